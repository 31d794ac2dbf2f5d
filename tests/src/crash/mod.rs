//! `kill -9` at random moments: real programs, a line with every fault between them, and a witness outside both.
//!
//! Several machines save and sync at once, again and again; programs and the centre are killed in the middle of it. Whenever
//! the centre comes back it must have everything it ever gave a receipt for (I4). At the end the line is healed, everybody
//! syncs, and the centre must have every session a program called saved, once, as it was said, and no other (I1, I2, I3).

mod dice;
mod inspect;
mod machine;
mod witness;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use hocvu_testkit::proxy::{Line, Proxy};

use crate::places::Folder;
use crate::trouble::{Outcome, Trouble};
use crate::{Centre, binary};
use dice::Dice;
use inspect::File;
use machine::{Doing, Ended, Machine};
use witness::{Save, Witness};

/// Hamlets of the machines: three of one commune write for two hamlets, one machine stands in another commune.
const MACHINES: [(&str, &str, &str); 4] = [
    ("u:hoa-thuan", "Ấp Hòa Thuận", "new:29413"),
    ("u:hoa-thuan", "Ấp Hòa Thuận", "new:29413"),
    ("u:hoa-lac", "Ấp Hòa Lạc", "new:29413"),
    ("u:binh-la", "Ấp Bình La", "new:29341"),
];
/// A program that has not ended by then is killed: a turned bit may make it wait a minute for the rest of an answer.
const PATIENCE: Duration = Duration::from_secs(8);
/// Rounds a machine may need on a healed line.
const ROUNDS: u32 = 10;
/// Between two looks at running programs.
const LOOK: Duration = Duration::from_millis(2);

/// What to do.
#[derive(Debug, Clone)]
pub struct Options {
    /// How often to kill.
    pub kills: u32,
    /// Where the dice begin.
    pub seed: u64,
    /// Another command line than the one built beside this program.
    pub cli: Option<PathBuf>,
}

/// What happened.
#[derive(Debug, Default)]
pub struct Report {
    /// Kills of command lines and of the centre.
    pub kills: (u32, u32),
    /// Attempts to save, and those a program called saved.
    pub saves: (usize, usize),
    /// Rounds begun, and those that ended well.
    pub rounds: (u32, u32),
    /// Times a program said saved and was killed before it ended.
    pub said_and_killed: u32,
    /// Everything that is wrong, one sentence each.
    pub wrong: Vec<String>,
    /// What the line carried and did.
    pub line: String,
}

struct Field {
    _folder: Folder,
    centre: Centre,
    proxy: Proxy,
    machines: Vec<Machine>,
    witness: Witness,
    dice: Dice,
    report: Report,
    /// How long saving and a round usually take: kills are spread over that.
    usual: (Duration, Duration),
}

/// Runs it; `tell` hears how it goes.
///
/// # Errors
/// Something that has nothing to do with what is tested: a program is not built, a port is taken.
pub async fn run(options: &Options, tell: impl Fn(&str)) -> Outcome<Report> {
    let mut field = Field::new(options).await?;
    let mut told = 0;
    while field.killed() < options.kills {
        field.burst().await?;
        if field.killed() >= told + 10 || field.killed() >= options.kills {
            told = field.killed();
            tell(&field.progress(options.kills));
        }
    }
    tell("healing the line; everybody syncs");
    field.heal().await?;
    field.inspect()?;
    field.report.saves = field.witness.count();
    field.report.line = field.proxy.counts().to_string();
    Ok(field.report)
}

impl Field {
    async fn new(options: &Options) -> Outcome<Self> {
        let folder = Folder::new()?;
        let mut centre = Centre::new(folder.inside("centre")?)?;
        centre.up().await?;
        let address: SocketAddr = centre
            .url()
            .trim_start_matches("http://")
            .parse()
            .map_err(|_| Trouble("the centre has no address".into()))?;
        let proxy = Proxy::before(address, Line::default())?;
        let program = match &options.cli {
            Some(program) => program.clone(),
            None => binary("hocvu-cli")?,
        };
        let mut machines = Vec::new();
        for (at, (unit, name, commune)) in MACHINES.into_iter().enumerate() {
            if !MACHINES[..at].iter().any(|(known, ..)| *known == unit) {
                centre.add_unit(unit, name, commune)?;
            }
            let code = centre.enrol_code(unit, "Lan")?;
            let mut machine = Machine::new(program.clone(), folder.inside(&format!("machine-{at}"))?, unit);
            machine.told(&["enrol", "--code", &code, "--centre", &proxy.url(), "--name", "Lan"])?;
            machine.device = File::open(&centre.database())?.last_device()?;
            machines.push(machine);
        }
        proxy.set(Line::chaos(options.seed));
        Ok(Self {
            _folder: folder,
            centre,
            proxy,
            machines,
            witness: Witness::default(),
            dice: Dice::new(options.seed),
            report: Report::default(),
            usual: (Duration::from_millis(100), Duration::from_millis(400)),
        })
    }

    fn killed(&self) -> u32 {
        self.report.kills.0 + self.report.kills.1
    }

    fn progress(&self, wanted: u32) -> String {
        let (programs, centre) = self.report.kills;
        let (tried, said) = self.witness.count();
        let (rounds, well) = self.report.rounds;
        format!(
            "{}/{wanted} kills ({programs} of command lines, {centre} of the centre); {said} of {tried} saves were said, \
             {well} of {rounds} rounds ended well; {} wrong",
            self.killed(),
            self.report.wrong.len()
        )
    }

    /// Several machines do something at once; usually somebody is killed in the middle of it.
    async fn burst(&mut self) -> Outcome {
        for at in 0..self.machines.len() {
            if self.dice.chance(70) {
                self.begin(at)?;
            }
        }
        if self.dice.chance(90) {
            self.kill_somebody().await?;
        }
        self.all_ended().await?;
        if !self.centre.is_up() {
            self.centre.up().await?;
            self.receipts_are_kept()?;
        }
        Ok(())
    }

    fn begin(&mut self, at: usize) -> Outcome {
        let machine = &mut self.machines[at];
        if self.dice.chance(40) {
            self.report.rounds.0 += 1;
            return machine.sync();
        }
        let attended = 5 + self.dice.below(60);
        let female = self.dice.below(attended + 1);
        let note = self.witness.attempt(Save {
            machine: at,
            unit: machine.unit,
            attended,
            female,
            said: false,
        });
        machine.save(&note, attended, female)
    }

    async fn kill_somebody(&mut self) -> Outcome {
        let running: Vec<usize> = (0..self.machines.len())
            .filter(|at| self.machines[*at].is_running())
            .collect();
        let centre = running.is_empty() || self.dice.chance(25);
        let victim = running
            .get(self.dice.below(running.len().max(1) as u64) as usize)
            .copied();
        let usual = match victim.and_then(|at| self.machines[at].doing()) {
            Some(Doing::Saving(_)) if !centre => self.usual.0,
            _ => self.usual.1,
        };
        let moment = usual.mul_f64(self.dice.below(1_000) as f64 / 1_000.0);
        tokio::time::sleep(moment).await; // The moment itself is what is tried, not something to wait for.
        match victim {
            _ if centre => {
                self.centre.down();
                self.report.kills.1 += 1;
            }
            Some(at) if self.machines[at].is_running() => {
                self.machines[at].kill();
                self.report.kills.0 += 1;
            }
            _ => {} // It was quicker.
        }
        Ok(())
    }

    async fn all_ended(&mut self) -> Outcome {
        let began = Instant::now();
        for at in 0..self.machines.len() {
            while self.machines[at].doing().is_some() {
                if let Some(ended) = self.machines[at].ended()? {
                    self.take_note(&ended);
                } else if began.elapsed() > PATIENCE {
                    self.machines[at].kill();
                    self.report.kills.0 += 1;
                }
                tokio::time::sleep(LOOK).await;
            }
        }
        Ok(())
    }

    fn take_note(&mut self, ended: &Ended) {
        let Ended {
            doing,
            well,
            said_saved,
            took,
        } = ended;
        let usual = match doing {
            Doing::Saving(note) => {
                if *said_saved {
                    self.witness.said(note);
                    self.report.said_and_killed += u32::from(!well);
                } else if *well {
                    self.report.wrong.push(format!("{note} ended well and said nothing"));
                }
                &mut self.usual.0
            }
            Doing::Syncing => {
                self.report.rounds.1 += u32::from(*well);
                &mut self.usual.1
            }
        };
        if *well {
            *usual = (*usual * 7 + *took) / 8;
        }
    }

    /// I4: what has a receipt on a machine is at the centre, whenever the centre was killed.
    fn receipts_are_kept(&mut self) -> Outcome {
        let file = File::open(&self.centre.database())?;
        for (at, machine) in self.machines.iter().enumerate() {
            let receipts = machine.json(&["receipt", "--json"])?["operations"]
                .as_u64()
                .unwrap_or(0);
            let kept = file.operations_of(machine.device)?;
            if receipts > kept {
                self.report.wrong.push(format!(
                    "machine {at} has {receipts} receipts, the centre came back with {kept} of its operations"
                ));
            }
        }
        Ok(())
    }

    /// A good line; everybody syncs until nothing waits, and once more for what the others sent.
    async fn heal(&mut self) -> Outcome {
        self.proxy.set(Line::default());
        for at in 0..self.machines.len() {
            let machine = &self.machines[at];
            let mut rounds = 0;
            while let Err(trouble) = settled(machine) {
                rounds += 1;
                if rounds == ROUNDS {
                    self.report
                        .wrong
                        .push(format!("machine {at} does not get through: {trouble}"));
                    break;
                }
            }
        }
        for machine in &self.machines {
            machine.told(&["sync"])?;
        }
        Ok(())
    }

    fn inspect(&mut self) -> Outcome {
        let file = File::open(&self.centre.database())?;
        let found = file.found()?;
        let wrong = &mut self.report.wrong;
        wrong.extend(self.witness.judge(&found));
        for (at, machine) in self.machines.iter().enumerate() {
            if file.logs_of(machine.device)? != 1 {
                wrong.push(format!("machine {at} took itself for a copy after a kill"));
            }
            let receipt = machine.json(&["receipt", "--json"])?;
            if receipt["digest"].as_str() != Some(&file.digest_of(machine.device)?) {
                wrong.push(format!("the texts of machine {at} are not byte for byte the centre's"));
            }
            let sums = self.witness.sums(machine.unit, &found);
            for (who, totals) in [
                ("the centre", self.centre.figures(machine.unit)?["total"].clone()),
                (
                    "the machine",
                    machine.json(&["session", "list", "--json"])?["totals"].clone(),
                ),
            ] {
                let told = (totals["sessions"].as_u64(), totals["attended"].as_u64());
                if told != (Some(sums.0), Some(sums.1)) {
                    wrong.push(format!(
                        "{}: {who} counts {told:?}, machine {at}'s witness {sums:?}",
                        machine.unit
                    ));
                }
            }
        }
        if let Err(trouble) = self.centre.verify() {
            wrong.push(trouble.0);
        }
        Ok(())
    }
}

/// One round after which nothing waits.
fn settled(machine: &Machine) -> Outcome {
    machine.told(&["sync"])?;
    let waiting = machine.json(&["status", "--json"])?["sync"]["waiting"].clone();
    if waiting == 0 {
        Ok(())
    } else {
        Err(Trouble(format!("{waiting} wait")))
    }
}
