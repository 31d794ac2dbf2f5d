//! A fixed piece of work, failing at every call of the device's disk in turn.

use std::collections::BTreeMap;
use std::sync::Arc;

use hocvu_central::NewCode;
use hocvu_model::operation::Kind;
use hocvu_model::unit::{Level, Unit};

use crate::centre::Centre;
use crate::device::{Act, Device, Refused};
use crate::link::Network;
use crate::people::{self, HAMLETS};
use crate::run::alone;
use crate::vfs::{Call, Failure, Plan};
use crate::{Checked, Dice, Violation, oracle};

/// Tries a person makes before giving up on a machine.
const TRIES: u32 = 4;

/// What one play of the script showed.
#[derive(Debug)]
pub struct Played {
    /// Kinds of calls of the device's disk, in order.
    pub calls: Vec<Call>,
    /// Saves that were acknowledged.
    pub saved: usize,
    /// What must not have happened.
    pub violation: Option<Violation>,
}

/// Plays enrol, save, edit, seal, send, settle, pull, with a failure at the `at`-th call of the device's disk; `name` tells
/// this play's disks from all others. With `sync_lies`, the disk promises and does not keep.
pub fn play(name: &str, failure: Option<Plan>, sync_lies: bool) -> Played {
    let dice = Dice::new(failure.map_or(0, |plan| plan.at));
    let centre = Arc::new(Centre::new(&format!("{name}-centre"), dice.fork(1)));
    let network = Arc::new(Network::new(Arc::clone(&centre), dice.fork(2)));
    let link = network.link("lan");
    let mut device = Device::new("lan", &format!("{name}-lan"), HAMLETS[0].0, "team", link, &dice.fork(3));
    device.disk.record();
    if sync_lies {
        device.disk.let_sync_lie();
    }
    if let Some(plan) = failure {
        device.disk.plan(plan);
    }
    let mut script = Script {
        network,
        dice,
        failure,
        device: &mut device,
    };
    let violation = script.whole(&centre).err();
    let played = Played {
        calls: device.disk.recorded(),
        saved: device.witness.len(),
        violation,
    };
    drop(device);
    centre.stop();
    played
}

struct Script<'a> {
    network: Arc<Network>,
    dice: Dice,
    failure: Option<Plan>,
    device: &'a mut Device,
}

impl Script<'_> {
    fn whole(&mut self, centre: &Centre) -> Checked {
        self.device.code = Some(open_office(centre)?);
        self.on()?;
        self.enrol()?;
        let record = people::record_id(&mut self.dice);
        for step in 0..3 {
            let unit = HAMLETS[0].0;
            let set = if step == 0 {
                people::session(&mut self.dice)
            } else {
                people::edit(&mut self.dice)
            };
            self.save(&Act::put(record, unit, set))?;
            let another = people::record_id(&mut self.dice);
            let set = people::session(&mut self.dice);
            self.save(&Act::put(another, unit, set))?;
            self.talk()?;
        }
        self.save(&Act::turn(record, HAMLETS[0].0, Kind::Void))?;
        self.talk()?;
        self.off_and_on()?;
        self.heal()?;
        self.judge(centre)
    }

    /// The machine is on, whatever it takes.
    fn on(&mut self) -> Checked {
        for _ in 0..TRIES {
            if !self.device.is_on() {
                self.device.switch_on()?;
            }
            if self.device.is_on() && !self.device.disk.is_down() {
                return Ok(());
            }
            self.off();
        }
        Err(Violation::new(
            "i1_saved_is_durable",
            "the machine does not come on again".into(),
        ))
    }

    fn off(&mut self) {
        let failure = match self.failure {
            Some(Plan {
                failure: Failure::PowerCut,
                ..
            }) => Failure::PowerCut,
            _ => Failure::Kill,
        };
        self.device.switch_off(failure, &mut self.dice);
    }

    fn off_and_on(&mut self) -> Checked {
        self.off();
        self.on()
    }

    fn enrol(&mut self) -> Checked {
        for _ in 0..TRIES {
            self.on()?;
            if self.device.id.is_some() {
                return Ok(());
            }
            match alone(self.device.enrol()) {
                Ok(id) => {
                    self.device.id = Some(id);
                    return Ok(());
                }
                Err(error) if self.device.disk_failed() => drop(error),
                Err(error) => return Err(Violation::new("unexpected", error.to_string())),
            }
            self.off_and_on()?;
        }
        Err(Violation::new("unexpected", "the machine cannot enrol".into()))
    }

    fn save(&mut self, act: &Act) -> Checked {
        for _ in 0..TRIES {
            match self.device.save(act) {
                Ok(_) => return Ok(()),
                Err(Refused::Disk) => self.off_and_on()?,
                Err(Refused::Wrong(what)) => return Err(Violation::new("unexpected", what)),
            }
        }
        Err(Violation::new("unexpected", "the machine cannot save".into()))
    }

    fn talk(&mut self) -> Checked {
        match alone(self.device.round()) {
            Ok(_) => Ok(()),
            Err(_) if self.device.disk_failed() => self.off_and_on(),
            Err(error) => Err(Violation::new("unexpected", error.to_string())),
        }
    }

    fn heal(&mut self) -> Checked {
        self.device.disk.forget_plan();
        for _ in 0..3 {
            self.off_and_on()?;
            self.talk()?;
        }
        Ok(())
    }

    fn judge(&mut self, centre: &Centre) -> Checked {
        self.device.remembers()?;
        let db = centre
            .look()
            .map_err(|error| Violation::new("i8_state_is_a_fold", error.to_string()))?;
        let rows = oracle::rows(&db)?;
        let by_id: BTreeMap<_, _> = rows.iter().map(|row| (row.id, row)).collect();
        oracle::nothing_lost(self.device, &by_id)?;
        oracle::conservation(self.device, &by_id, true)?;
        oracle::durable_receipts(&self.network.observer.receipts(), &by_id)?;
        let fold = oracle::refold(&db, &rows)?;
        oracle::replicas_agree(self.device, &fold, &[HAMLETS[0].0.to_owned()].into())?;
        match self.network.observer.violations().into_iter().next() {
            Some(violation) => Err(violation),
            None => Ok(()),
        }
    }
}

/// Starts a centre with one hamlet and gives a code for it.
fn open_office(centre: &Centre) -> Checked<String> {
    let wrong = |what: String| Violation::new("setup", what);
    centre.start().map_err(|error| wrong(error.to_string()))?;
    let (uid, above, name) = HAMLETS[0];
    let unit = Unit {
        uid: uid.into(),
        code: None,
        level: Level::Hamlet,
        name: name.to_owned(),
        parent: Some(above.into()),
        valid_from: None,
        valid_to: None,
        sort: None,
        members: Vec::new(),
        void: false,
    };
    let new = NewCode {
        unit: uid.to_owned(),
        role: None,
        user_name: None,
        days: 7,
    };
    let made = centre.act(move |desk| {
        desk.add_unit("sim", unit.clone())?;
        desk.make_code("sim", new.clone())
    });
    made.ok_or_else(|| wrong("the centre is down".into()))?
        .map_err(|error| wrong(error.to_string()))
}
