//! How a run ends: nothing fails any more, everybody talks until nothing is left to say, and then everything is compared.

use std::collections::{BTreeMap, BTreeSet};

use super::Run;
use super::rounds::alone;
use crate::vfs::Failure;
use crate::{Checked, Violation, oracle};

/// Rounds of everybody until nothing moves any more; what is not settled then never will be.
const ROUNDS_MAX: u32 = 12;

impl Run {
    pub(super) fn heal(&mut self) -> Checked {
        self.trace.line("everything heals");
        self.network.set_faults(0);
        self.centre.clock.advance(3_600); // Whoever tried too many codes may try again.
        self.centre.disk.forget_plan();
        for at in 0..self.devices.len() {
            let device = &mut self.devices[at];
            device.disk.forget_plan();
            if device.disk_failed() {
                device.switch_off(Failure::Kill, &mut self.dice);
            }
            if !device.is_on() {
                device.switch_on()?;
            }
        }
        self.note_enrolled();
        self.centre.crash(Failure::Kill, &mut self.dice);
        self.centre.clock.mend_commits();
        for _ in 0..3 {
            if !self.centre.is_up() {
                self.start_centre()?;
            }
        }
        self.network.deliver_delayed(u64::MAX);
        let everybody: Vec<usize> = (0..self.devices.len()).collect();
        let mut quiet = 0;
        for _ in 0..ROUNDS_MAX {
            let mut moved = 0;
            for at in &everybody {
                moved += self.turns(&[*at], 0)?;
            }
            self.after_step()?;
            quiet = if moved == 0 { quiet + 1 } else { 0 };
            if quiet == 2 {
                return Ok(());
            }
        }
        Err(Violation::new(
            "i9_convergence",
            "devices and centre never come to rest".into(),
        ))
    }

    /// Every oracle, over everything.
    pub(super) fn judge(&mut self) -> Checked {
        let db = self
            .centre
            .look()
            .map_err(|error| Violation::new("i8_state_is_a_fold", error.to_string()))?;
        let rows = oracle::rows(&db)?;
        let by_id: BTreeMap<_, _> = rows.iter().map(|row| (row.id, row)).collect();
        for row in rows.iter().filter(|row| row.id.seq > 1) {
            *self
                .verdicts
                .entry((row.verdict.clone(), row.code.clone()))
                .or_default() += 1;
        }
        oracle::durable_receipts(&self.network.observer.receipts(), &by_id)?;
        let fold = oracle::refold(&db, &rows)?;
        let verified =
            hocvu_central::verify::verify(&db).map_err(|error| Violation::new("i8_verify", error.to_string()))?;
        if let Some(fault) = verified.faults.first() {
            return Err(Violation::new("i8_verify", fault.clone()));
        }
        self.settle_signed(&rows);
        oracle::units_are_a_fold(&db, &rows, &fold)?;
        let said = oracle::units_said(&rows);
        self.figures_conserve(&db, &fold)?;
        let book = oracle::Book {
            ever: said.keys().cloned().collect(),
            ..self.book()
        };
        oracle::within_grants(&rows, &fold, &book)?;
        oracle::revoked_is_set_aside(&rows, &book)?;
        oracle::held_for_a_reason(&rows, &fold, &book)?;
        let fseqs = feed_numbers(&db)?;
        for at in 0..self.devices.len() {
            self.devices[at].remembers()?;
            let device = &self.devices[at];
            if device.id.is_none() && self.is_uninvited(at, &rows) {
                continue;
            }
            if device.id.is_none() {
                return Err(Violation::new(
                    "i9_convergence",
                    format!("{} never became a device", device.name),
                ));
            }
            let hears = !self.revoked.contains_key(&device.name);
            oracle::nothing_lost(device, &by_id)?;
            oracle::conservation(device, &by_id, hears)?;
            if hears {
                let scope = self.scope(&device.name);
                oracle::replicas_agree(device, &fold, &scope)?;
                oracle::books_agree(device, &said, &scope)?;
                let later = |from: u64| -> BTreeSet<String> {
                    let of_scope = fold
                        .records
                        .iter()
                        .filter(|(_, record)| scope.contains(&record.state.unit));
                    of_scope
                        .filter(|(id, _)| fseqs.get(*id).is_some_and(|fseq| *fseq > from))
                        .map(|(id, _)| id.clone())
                        .collect()
                };
                let back = self.dice.below(60);
                alone(oracle::completeness(&self.devices[at], later, back))?;
            }
        }
        self.picture = picture(&rows, &fold);
        Ok(())
    }
}

impl Run {
    /// This run's own book, by the names devices have at the centre.
    fn book(&self) -> oracle::Book {
        let rogue = "rogue".to_owned();
        let known = self
            .devices
            .iter()
            .filter_map(|device| Some((device.id.clone()?, &device.name)));
        let known = known.chain(self.rogue_id.clone().map(|id| (id, &rogue)));
        oracle::Book {
            scopes: known.clone().map(|(id, name)| (id, self.scope(name))).collect(),
            units: self.units.keys().cloned().collect(),
            ever: BTreeSet::new(),
            revoked_after: known
                .filter_map(|(id, name)| Some((id, *self.revoked.get(name)?)))
                .collect(),
        }
    }
}

fn feed_numbers(db: &rusqlite::Connection) -> Checked<BTreeMap<String, u64>> {
    let read = || -> rusqlite::Result<BTreeMap<String, u64>> {
        let mut read = db.prepare("SELECT id, fseq FROM record")?;
        let rows = read.query_map([], |row| {
            let id = uuid::Uuid::from_bytes(row.get(0)?).to_string();
            Ok((id, row.get::<_, i64>(1)?.unsigned_abs()))
        })?;
        rows.collect()
    };
    read().map_err(|error| Violation::new("i10_feed_completeness", error.to_string()))
}

/// What no clock may change: verdicts, heads, states.
fn picture(rows: &[oracle::Row], fold: &oracle::Refold) -> String {
    let mut lines: Vec<String> = rows
        .iter()
        .map(|row| {
            format!(
                "{} {} {:?} {}",
                row.id,
                row.verdict,
                row.code,
                row.record().unwrap_or_default()
            )
        })
        .collect();
    lines.sort();
    lines.extend(fold.records.iter().map(|(id, record)| format!("{id} {record:?}")));
    lines.join("\n")
}
