//! What people do before their machines.

use hocvu_model::RecordId;
use hocvu_model::operation::Kind;
use hocvu_model::session::SCHEMA_VERSION;

use super::Run;
use crate::device::{Act, Refused};
use crate::people;
use crate::vfs::Failure;
use crate::{Checked, Violation};

impl Run {
    /// Somebody who can write: on, and a device already.
    pub(super) fn writer(&mut self) -> Option<usize> {
        let able: Vec<usize> = (0..self.devices.len())
            .filter(|at| self.devices[*at].is_on() && self.devices[*at].id.is_some())
            .collect();
        (!able.is_empty()).then(|| *self.dice.pick(&able))
    }

    /// The unit somebody writes for: their own hamlet, one of theirs, seldom one that is not, or not known yet.
    fn unit_for(&mut self, at: usize) -> String {
        let mut within: Vec<String> = self.scope(&self.devices[at].name.clone()).into_iter().collect();
        within.retain(|unit| unit.starts_with("u:"));
        if self.dice.one_in(14) || within.is_empty() {
            return self.dice.pick(&people::HAMLETS).0.to_owned();
        }
        self.dice.pick(&within).clone()
    }

    pub(super) fn someone_saves(&mut self) -> Checked {
        let Some(at) = self.writer() else { return Ok(()) };
        let unit = self.unit_for(at);
        if self.dice.one_in(6) {
            let (record, figure) = people::figure(&mut self.dice, &unit);
            return self.save(at, &Act::put(record, &unit, figure).of(people::FIGURE));
        }
        for _ in 0..=self.dice.below(3) {
            // Two machines that import the same row make the same record.
            let record = if self.dice.one_in(15) && !self.records.is_empty() {
                *self.dice.pick(&self.records)
            } else {
                people::record_id(&mut self.dice)
            };
            let act = Act::put(record, &unit, people::session(&mut self.dice));
            self.save(at, &act)?;
        }
        Ok(())
    }

    pub(super) fn someone_edits(&mut self) -> Checked {
        let Some((at, seen)) = self.known_record() else {
            return Ok(());
        };
        let unit = if self.dice.one_in(6) {
            self.unit_for(at)
        } else {
            seen.unit.0.clone()
        };
        let set = people::edit_of(&seen.record_type, &mut self.dice);
        let act = Act::put(seen.id, &unit, set).of(&seen.record_type);
        self.save(at, &act)
    }

    pub(super) fn someone_turns(&mut self) -> Checked {
        let Some((at, seen)) = self.known_record() else {
            return Ok(());
        };
        let kind = if seen.void { Kind::Restore } else { Kind::Void };
        let act = Act::turn(seen.id, seen.unit.as_str(), kind).of(&seen.record_type);
        self.save(at, &act)
    }

    /// Somebody's program writes what this centre refuses, or is newer than it.
    pub(super) fn someone_errs(&mut self) -> Checked {
        let Some(at) = self.writer() else { return Ok(()) };
        let unit = self.unit_for(at);
        let record = people::record_id(&mut self.dice);
        if self.plan.compared {
            return self.someone_errs_alone(at, record, &unit);
        }
        let act = match self.dice.below(6) {
            0..3 => Act::put(record, &unit, people::impossible(&mut self.dice)),
            3 => Act::put(record, &unit, people::enormous(&mut self.dice)),
            4 => Act {
                version: SCHEMA_VERSION + 1,
                ..Act::put(record, &unit, people::session(&mut self.dice))
            },
            _ => Act {
                record_type: "later_record".into(),
                ..Act::put(record, &unit, people::session(&mut self.dice))
            },
        };
        self.save(at, &act)
    }

    /// A mistake that nobody builds on, or something good in its place.
    fn someone_errs_alone(&mut self, at: usize, record: RecordId, unit: &str) -> Checked {
        let large = self.dice.one_in(4);
        let mut dice = self.dice.fork(17);
        self.dice.throw();
        let body = match (self.plan.mended == Some(self.mistakes.len()), large) {
            (true, _) => people::session(&mut dice),
            (false, true) => people::enormous(&mut dice),
            (false, false) => people::impossible(&mut dice),
        };
        self.mistakes.push(record);
        self.save(at, &Act::put(record, unit, body))
    }

    /// A record somebody sees, and who.
    fn known_record(&mut self) -> Option<(usize, hocvu_store::RecordView)> {
        let at = self.writer()?;
        if self.records.is_empty() {
            return None;
        }
        for _ in 0..6 {
            let record = *self.dice.pick(&self.records);
            if let Some(seen) = self.devices[at].sees(record) {
                return Some((at, seen));
            }
        }
        None
    }

    pub(super) fn save(&mut self, at: usize, act: &Act) -> Checked {
        let name = self.devices[at].name.clone();
        match self.devices[at].save(act) {
            Ok(id) => {
                self.trace.line(format!(
                    "{name} saved {}:{} {} of {}",
                    name,
                    id.seq,
                    act.kind.as_str(),
                    act.record
                ));
                if !self.records.contains(&act.record) && !self.mistakes.contains(&act.record) {
                    self.records.push(act.record);
                }
                Ok(())
            }
            Err(refused) => self.not_saved(at, refused),
        }
    }

    /// A disk that failed is no violation; anything else is.
    pub(super) fn not_saved(&mut self, at: usize, refused: Refused) -> Checked {
        let name = self.devices[at].name.clone();
        match refused {
            Refused::Wrong(what) => Err(Violation::new("unexpected", format!("{name}: {what}"))),
            Refused::Disk => {
                self.trace.line(format!("{name} could not save"));
                let power = self.dice.one_in(2) && !self.devices[at].sealed;
                let failure = if power { Failure::PowerCut } else { Failure::Kill };
                if self.devices[at].disk.is_down() || self.dice.one_in(2) {
                    self.devices[at].switch_off(failure, &mut self.dice);
                }
                Ok(())
            }
        }
    }
}
