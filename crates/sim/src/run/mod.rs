//! One run: people write, machines and links fail, and in the end everything heals and is looked at.

mod acts;
mod copies;
mod faults;
mod heal;
mod office;
mod rogue;
mod rounds;
mod rulings;
mod setup;
mod slips;
mod stick;
mod trace;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hocvu_model::RecordId;

use crate::centre::{Centre, Copy};
use crate::device::Device;
use crate::link::{Fault, Network};
use crate::observer::Seen;
use crate::{Checked, Dice, Violation};

pub use rounds::alone;
pub use trace::Trace;

/// What one run is to be.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// The seed.
    pub seed: u64,
    /// Things people and the world do before everything heals.
    pub steps: u32,
    /// Whether disks fail. Without, calls of disks decide nothing, and runs with different clocks can be compared.
    pub disks_fail: bool,
    /// Whether work travels by hand too. Sealing takes randomness of its own: whoever keeps sealed bytes is spared
    /// failures that calls of disks decide.
    pub sticks: bool,
    /// Which clocks the devices have; runs that differ in this alone must end alike (I15).
    pub clocks: u64,
    /// Whether the run is to be compared with one that has a mistake less (I5): then nothing but verdicts may depend on
    /// what people wrote, neither links nor who comes first.
    pub compared: bool,
    /// Which mistake is none: something good is written in its place, under the same number.
    pub mended: Option<usize>,
}

impl Plan {
    /// The usual run of a seed.
    pub fn of(seed: u64) -> Self {
        Self {
            seed,
            steps: 90,
            disks_fail: true,
            sticks: seed.is_multiple_of(2),
            clocks: 0,
            compared: false,
            mended: None,
        }
    }
}

/// What came of a run.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// What must not have happened.
    pub violation: Option<Violation>,
    /// What happened, line by line, with its hash.
    pub trace: Trace,
    /// Faults by kind.
    pub faults: BTreeMap<String, u64>,
    /// What left the centre.
    pub seen: Seen,
    /// Verdicts at rest, when all was healed.
    pub verdicts: BTreeMap<(String, Option<String>), u64>,
    /// Everything that must be the same whatever the clocks of devices say.
    pub picture: String,
    /// Records of mistakes, in their order; only of a run that is to be compared.
    pub mistakes: Vec<RecordId>,
}

/// A run under way.
struct Run {
    plan: Plan,
    dice: Dice,
    clock_dice: Dice,
    centre: Arc<Centre>,
    network: Arc<Network>,
    devices: Vec<Device>,
    records: Vec<RecordId>,
    /// What each device may see and write, by its name.
    grants: BTreeMap<String, Vec<String>>,
    /// Revoked devices, with the last arrival number before that.
    revoked: BTreeMap<String, u64>,
    /// Units known at the centre, with the unit above.
    units: BTreeMap<String, Option<String>>,
    /// Units that others took over, by the run's own book.
    successions: BTreeMap<String, String>,
    /// What officers signed.
    signed: rulings::Signed,
    copies: Vec<Copy>,
    sticks: stick::Sticks,
    rogue: Option<rogue::Rogue>,
    /// The rogue's name at the centre.
    rogue_id: Option<String>,
    /// Steps until the centre is started again.
    centre_back_in: u64,
    faults: BTreeMap<String, u64>,
    trace: Trace,
    verdicts: BTreeMap<(String, Option<String>), u64>,
    picture: String,
    /// See [`Outcome::mistakes`].
    mistakes: Vec<RecordId>,
}

/// Plays one run.
pub fn play(plan: Plan) -> Outcome {
    let mut run = Run::new(plan);
    let violation = run.whole().err();
    if let Some(violation) = &violation {
        run.trace.line(format!("VIOLATION {violation}"));
    }
    run.end();
    let links = run.network.counts();
    let mut faults = std::mem::take(&mut run.faults);
    for (fault, count) in links {
        *faults.entry(link_fault(fault).to_owned()).or_default() += count;
    }
    Outcome {
        violation,
        faults,
        seen: run.network.observer.seen(),
        verdicts: std::mem::take(&mut run.verdicts),
        picture: std::mem::take(&mut run.picture),
        mistakes: std::mem::take(&mut run.mistakes),
        trace: std::mem::take(&mut run.trace),
    }
}

impl Run {
    fn whole(&mut self) -> Checked {
        self.begin()?;
        for step in 0..self.plan.steps {
            self.trace.step(step);
            self.step()?;
            self.after_step()?;
        }
        self.heal()?;
        self.judge()
    }

    fn step(&mut self) -> Checked {
        if self.plan.sticks && self.dice.one_in(5) {
            return self.a_stick_travels();
        }
        match self.dice.below(100) {
            0..28 => self.someone_saves(),
            28..32 => self.somebody_slips(),
            32..50 => self.someone_edits(),
            50..53 => self.someone_turns(),
            53..56 => self.someone_errs(),
            56..60 => self.someone_decides(),
            60..82 => self.rounds(),
            82..86 => self.a_device_fails(),
            86..89 => self.a_disk_will_fail(),
            89..92 => self.the_centre_fails(),
            92..94 => self.a_clock_jumps(),
            94..95 => self.the_link_changes(),
            95..96 => self.a_copy_is_taken_or_used(),
            96..97 => self.a_machine_is_copied_or_put_back(),
            97..98 => self.an_office_acts(),
            _ if self.dice.one_in(3) => self.a_stranger_knocks(),
            _ => self.the_rogue_acts(),
        }
    }

    /// Whatever left the centre is held to its word, and what crashed on its own is seen to.
    fn after_step(&mut self) -> Checked {
        if let Some(violation) = self.network.observer.violations().into_iter().next() {
            return Err(violation);
        }
        self.note_enrolled();
        self.mind_the_centre()?;
        self.mind_the_devices()?;
        self.note_enrolled();
        Ok(())
    }

    fn count(&mut self, fault: &str) {
        *self.faults.entry(fault.to_owned()).or_default() += 1;
    }

    /// Everything within the grants of a device, by this run's own book.
    fn scope(&self, device: &str) -> BTreeSet<String> {
        let grants = self.grants.get(device).map_or(&[][..], Vec::as_slice);
        let covered = |unit: &&String| grants.iter().any(|grant| self.is_within(unit, grant));
        self.units.keys().filter(covered).cloned().collect()
    }

    /// Whether a unit is another or lies below it, in today's boundaries.
    fn is_within(&self, unit: &str, ancestor: &str) -> bool {
        let mut now = Some(unit.to_owned());
        while let Some(unit) = now {
            let shown = self.successions.get(&unit).unwrap_or(&unit);
            if unit == ancestor || shown == ancestor {
                return true;
            }
            now = self.units.get(shown).cloned().flatten();
        }
        false
    }

    /// Whether a unit is another or lies below it, in the boundaries of its day.
    fn is_below(&self, unit: &str, ancestor: &str) -> bool {
        let mut now = Some(unit.to_owned());
        while let Some(unit) = now {
            if unit == ancestor {
                return true;
            }
            now = self.units.get(&unit).cloned().flatten();
        }
        false
    }

    /// Every file is closed before its disk goes.
    fn end(&mut self) {
        self.devices.clear();
        self.centre.stop();
    }
}

fn link_fault(fault: Fault) -> &'static str {
    match fault {
        Fault::LoseRequest => "link: request lost",
        Fault::LoseAnswer => "link: answer lost",
        Fault::Duplicate => "link: sent twice",
        Fault::Delay => "link: late",
        Fault::CutRequest => "link: request cut",
        Fault::CutAnswer => "link: answer cut",
        Fault::FlipRequest => "link: bit of a request",
        Fault::FlipAnswer => "link: bit of an answer",
        Fault::Portal => "link: login page",
        Fault::Stale => "link: stale answer",
    }
}
