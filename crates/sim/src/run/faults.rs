//! What the world does to machines, links and the centre.

use super::Run;
use super::setup::COMMIT_FAILS;
use crate::oracle;
use crate::people;
use crate::vfs::{Failure, Plan};
use crate::{Checked, Violation};

/// Copies of the centre kept: yesterday's and the day before's.
const COPIES_MAX: usize = 3;
const YEAR: i64 = 365 * 86_400;

impl Run {
    /// A machine is killed or loses power, now.
    pub(super) fn a_device_fails(&mut self) -> Checked {
        let at = self.dice.below(self.devices.len() as u64) as usize;
        let power = self.plan.disks_fail && self.dice.one_in(2) && !self.devices[at].sealed;
        let failure = if power { Failure::PowerCut } else { Failure::Kill };
        self.count(if failure == Failure::PowerCut {
            "device: power cut"
        } else {
            "device: killed"
        });
        self.trace
            .line(format!("{} goes off ({failure:?})", self.devices[at].name));
        self.devices[at].switch_off(failure, &mut self.dice);
        if self.dice.one_in(3) {
            return Ok(()); // Its person comes back later.
        }
        self.devices[at].switch_on()
    }

    /// A disk will fail at some call to come.
    pub(super) fn a_disk_will_fail(&mut self) -> Checked {
        let failure = *self.dice.pick(&[
            Failure::PowerCut,
            Failure::Kill,
            Failure::PowerCut,
            Failure::Once,
            Failure::Full,
        ]);
        let plan = Plan {
            at: 1 + self.dice.below(120),
            failure,
        };
        let which = self.dice.below(self.devices.len() as u64 + 1) as usize;
        let sealed = self
            .devices
            .get(which)
            .map_or(self.sticks.at_centre, |device| device.sealed);
        if !self.plan.disks_fail || sealed {
            return Ok(());
        }
        self.count(match failure {
            Failure::PowerCut => "disk: power cut at a call",
            Failure::Kill => "disk: killed at a call",
            Failure::Once => "disk: a call fails",
            Failure::Full => "disk: full",
        });
        match self.devices.get(which) {
            Some(device) => device.disk.plan(plan),
            None => self.centre.disk.plan(plan),
        }
        Ok(())
    }

    /// The centre crashes now, or cannot commit once.
    pub(super) fn the_centre_fails(&mut self) -> Checked {
        if self.dice.one_in(3) {
            self.count(COMMIT_FAILS);
            self.centre.clock.fail_next_commit();
            return Ok(());
        }
        let power = self.plan.disks_fail && self.dice.one_in(2) && !self.sticks.at_centre;
        let failure = if power { Failure::PowerCut } else { Failure::Kill };
        self.count(if failure == Failure::PowerCut {
            "centre: power cut"
        } else {
            "centre: killed"
        });
        self.trace.line(format!("the centre goes off ({failure:?})"));
        self.centre.crash(failure, &mut self.dice);
        self.centre_back_in = self.dice.below(4);
        Ok(())
    }

    /// A centre whose disk went down is crashed in full; one that is off comes back when its time has come.
    pub(super) fn mind_the_centre(&mut self) -> Checked {
        if self.centre.disk.is_down() && self.centre.is_up() {
            self.trace.line("the centre's disk went down");
            self.centre.stop();
            self.centre.disk.restart(&mut self.dice);
            self.centre_back_in = self.dice.below(4);
        }
        if self.centre.is_up() {
            return Ok(());
        }
        if self.centre_back_in > 0 {
            self.centre_back_in -= 1;
            return Ok(());
        }
        self.start_centre()
    }

    /// Starts the centre and holds it to every receipt it gave (I4).
    pub(super) fn start_centre(&mut self) -> Checked {
        if let Err(error) = self.centre.start() {
            if self.centre_may_fail() {
                self.trace.line(format!("the centre does not start: {error}"));
                self.centre.stop();
                self.centre.disk.restart(&mut self.dice);
                return Ok(());
            }
            return Err(Violation::new(
                "i4_ack_after_commit",
                format!("the centre does not start: {error}"),
            ));
        }
        self.trace.line("the centre starts");
        self.centre.disk.make_room();
        self.receipts_stand()
    }

    pub(super) fn receipts_stand(&mut self) -> Checked {
        let wrong = |error: rusqlite::Error| Violation::new("i4_ack_after_commit", error.to_string());
        let db = match self.centre.look() {
            Ok(db) => db,
            Err(_) if self.centre.disk.is_down() => return Ok(()),
            Err(error) => return Err(wrong(error)),
        };
        let rows = match oracle::rows(&db) {
            Ok(rows) => rows,
            Err(_) if self.centre.disk.stats().failures > 0 && self.centre.disk.is_down() => return Ok(()),
            Err(violation) => return Err(violation),
        };
        let by_id = rows.iter().map(|row| (row.id, row)).collect();
        oracle::durable_receipts(&self.network.observer.receipts(), &by_id)
    }

    /// Machines whose disk went down are off; some of those that are off come back.
    pub(super) fn mind_the_devices(&mut self) -> Checked {
        for at in 0..self.devices.len() {
            if self.devices[at].disk.is_down() {
                self.trace.line(format!("{} crashed", self.devices[at].name));
                self.devices[at].switch_off(Failure::Kill, &mut self.dice);
            }
            if !self.devices[at].is_on() && self.dice.one_in(3) {
                self.trace.line(format!("{} comes on", self.devices[at].name));
                self.devices[at].switch_on()?;
            }
        }
        Ok(())
    }

    /// A clock shows another year (a battery died, somebody typed).
    pub(super) fn a_clock_jumps(&mut self) -> Checked {
        let at = self.dice.below(self.devices.len() as u64) as usize;
        let jump = self.clock_dice.below(90) as i64 - 20;
        self.count("clock: jump");
        self.devices[at].clock.set(crate::clock::BEGIN + jump * YEAR);
        let centre = self.dice.below(7_200) as i64 - 600;
        self.centre.clock.advance(centre);
        Ok(())
    }

    pub(super) fn the_link_changes(&mut self) -> Checked {
        let one_in = *self.dice.pick(&[0, 3, 6, 12]);
        self.network.set_faults(if self.plan.compared { 0 } else { one_in });
        let late = self.dice.below(4);
        self.network.deliver_delayed(late);
        Ok(())
    }

    /// A copy of the centre is made, or yesterday's is put in its place: a new epoch begins.
    pub(super) fn a_copy_is_taken_or_used(&mut self) -> Checked {
        if self.copies.is_empty() || self.dice.one_in(2) {
            if self.centre.is_up() && !self.centre.disk.is_down() {
                self.copies.push(self.centre.disk.copy());
                if self.copies.len() > COPIES_MAX {
                    self.copies.remove(0);
                }
            }
            return Ok(());
        }
        let copy = self.dice.pick(&self.copies).clone();
        self.count("centre: restored from a copy");
        self.trace.line("the centre is restored from a copy");
        self.centre.crash(Failure::Kill, &mut self.dice);
        self.centre.disk.replace(&copy);
        let epoch = format!("e{}", self.dice.throw());
        let db = self.centre.look();
        let changed = db.and_then(|db| db.execute("UPDATE meta SET value = ?1 WHERE key = 'epoch'", [epoch]));
        changed.map_err(|error| Violation::new("setup", format!("the epoch cannot be changed: {error}")))?;
        self.network.observer.forget_receipts();
        self.start_centre()
    }

    /// An administrator adds the late hamlet, grants, or revokes.
    pub(super) fn an_office_acts(&mut self) -> Checked {
        if !self.centre.is_up() {
            return Ok(());
        }
        match self.dice.below(5) {
            4 => self.units_are_reordered(None),
            3 => {
                let month = format!("2025-{:02}", 9 + self.dice.below(2));
                self.count("office: month locked");
                self.trace.line(format!("{month} is locked"));
                self.copies.clear();
                let done = self
                    .centre
                    .act(move |desk| desk.lock_period("sim", people::COMMUNE, &month));
                self.act_failed("lock_period", done)
            }
            0 => {
                let (uid, above, name) = people::HAMLETS[3];
                if !self.units.contains_key(uid) {
                    self.trace.line("the late hamlet is added");
                    self.count("office: unit added");
                    self.add_unit(uid, above, name)?;
                    self.copies.clear();
                }
                Ok(())
            }
            1 => self.someone_is_granted(),
            _ => self.someone_is_revoked(),
        }
    }

    fn someone_is_granted(&mut self) -> Checked {
        let at = self.dice.below(self.devices.len() as u64) as usize;
        let unit = self.dice.pick(&people::HAMLETS[..3]).0;
        let (name, Some(id)) = (self.devices[at].name.clone(), self.devices[at].id.clone()) else {
            return Ok(());
        };
        let role = self.devices[at].role.clone();
        // Granted before it is told: an answer may already show it.
        for alike in self.alike(at) {
            self.grants.entry(alike).or_default().push(unit.to_owned());
        }
        self.tell_scopes();
        self.count("office: grant");
        self.trace.line(format!("{name} is granted {unit}"));
        let done = self.centre.act(move |desk| desk.grant("sim", &id, unit, &role));
        if !matches!(done, Some(Ok(()))) {
            for alike in self.alike(at) {
                self.grants.entry(alike).or_default().pop();
            }
            self.tell_scopes();
        }
        self.copies.clear();
        self.act_failed("grant", done)
    }

    fn someone_is_revoked(&mut self) -> Checked {
        let at = self.dice.below(self.devices.len() as u64) as usize;
        let (name, Some(id)) = (self.devices[at].name.clone(), self.devices[at].id.clone()) else {
            return Ok(());
        };
        if !self.revoked.is_empty() || self.signed.revokes() {
            return Ok(()); // One is enough: the others must have somebody to be compared with.
        }
        self.count("office: revocation");
        let done = self.centre.act(move |desk| desk.revoke("sim", &id));
        if matches!(done, Some(Ok(()))) {
            self.trace.line(format!("{name} is revoked"));
            let last = self.last_number();
            for alike in self.alike(at) {
                self.network.observer.set_revoked(&alike, true);
                self.revoked.insert(alike, last);
            }
            self.copies.clear();
        }
        self.act_failed("revoke", done)
    }

    /// The last number the centre gave.
    fn last_number(&self) -> u64 {
        let asked = self
            .centre
            .look()
            .and_then(|db| db.query_row("SELECT fseq FROM counter", [], |row| row.get::<_, i64>(0)));
        asked.map_or(u64::MAX, i64::unsigned_abs)
    }
}
