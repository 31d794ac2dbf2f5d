//! What officers do on their machines: they settle, correct, take over, send back and release.

use hocvu_model::operation::{Kind, OfficeDraft};
use hocvu_model::{OperationId, RecordId, UnitUid};
use hocvu_store::{Case, Verdict};

use super::Run;
use crate::device::Act;
use crate::{Checked, people};

impl Run {
    /// Somebody looks at what waits for a person and does something about it, within their rights or not.
    pub(super) fn someone_decides(&mut self) -> Checked {
        let Some(at) = self.officer() else { return Ok(()) };
        if self.dice.one_in(4) {
            return self.an_officer_rules(at);
        }
        let store = self.devices[at].store();
        let mut cases = match store.map(|store| store.read(|read| read.open_cases())) {
            Some(Ok(cases)) => cases,
            _ => Vec::new(),
        };
        let by_mistake = |case: &Case| case.record.is_some_and(|record| self.mistakes.contains(&record));
        cases.retain(|case| !by_mistake(case));
        if cases.is_empty() {
            return self.someone_corrects(at);
        }
        if self.dice.one_in(4) {
            return self.someone_corrects(at);
        }
        let case = self.dice.pick(&cases).clone();
        match (case.verdict, case.record) {
            (Verdict::Conflicted, Some(record)) => self.someone_settles(at, record, &case),
            (Verdict::Held, _) if self.dice.one_in(2) => self.office(at, Kind::Adopt, &case),
            (Verdict::Held, _) => self.office(at, Kind::Return, &case),
            (Verdict::Quarantined, _) if self.dice.one_in(2) => self.office(at, Kind::Return, &case),
            (Verdict::Quarantined, _) => self.office(at, Kind::Release, &case),
            _ => Ok(()),
        }
    }

    /// An officer's machine mostly, seldom somebody else's.
    pub(super) fn officer(&mut self) -> Option<usize> {
        let officers: Vec<usize> = (0..self.devices.len())
            .filter(|at| ["commune", "province"].contains(&self.devices[*at].role.as_str()))
            .filter(|at| self.devices[*at].is_on() && self.devices[*at].id.is_some())
            .collect();
        if officers.is_empty() || self.dice.one_in(8) {
            return self.writer();
        }
        Some(*self.dice.pick(&officers))
    }

    fn someone_settles(&mut self, at: usize, record: RecordId, case: &Case) -> Checked {
        let Some(seen) = self.devices[at].sees(record) else {
            return Ok(());
        };
        let set = match self.dice.below(3) {
            0 => serde_json::Map::new(), // The head stays as it is.
            1 => case.body.clone(),
            _ => people::edit_of(&seen.record_type, &mut self.dice),
        };
        let act = Act {
            kind: Kind::Resolve,
            supersedes: vec![case.op],
            void: self.dice.one_in(5).then_some(case.void),
            reason: Some("Đã hỏi lại".into()),
            ..Act::put(record, seen.unit.as_str(), set).of(&seen.record_type)
        };
        self.save(at, &act)
    }

    fn someone_corrects(&mut self, at: usize) -> Checked {
        let known = self.records.clone();
        if known.is_empty() {
            return Ok(());
        }
        let record = *self.dice.pick(&known);
        let Some(seen) = self.devices[at].sees(record) else {
            return Ok(());
        };
        let explained = !self.dice.one_in(6);
        let set = people::edit_of(&seen.record_type, &mut self.dice);
        let act = Act {
            kind: Kind::Correct,
            void: self.dice.one_in(6).then_some(!seen.void),
            reason: explained.then(|| "Đối chiếu sổ giấy".to_owned()),
            ..Act::put(record, seen.unit.as_str(), set).of(&seen.record_type)
        };
        self.save(at, &act)
    }

    /// An act about a case.
    fn office(&mut self, at: usize, kind: Kind, case: &Case) -> Checked {
        let cites = [case.op];
        let own = UnitUid::from(people::HAMLETS[0].0);
        let place = (kind == Kind::Adopt && self.dice.one_in(2)).then_some(&own);
        let draft = OfficeDraft {
            cites: &cites,
            unit: place,
            reason: (kind != Kind::Adopt).then_some("Không thuộc địa bàn"),
            ..OfficeDraft::new(kind, self.devices[at].clock.seconds())
        };
        let name = self.devices[at].name.clone();
        let done: Result<OperationId, _> = self.devices[at].sign(&draft);
        match done {
            Ok(id) => {
                self.trace
                    .line(format!("{name} {} {} about {}", kind.as_str(), id.seq, case.op));
                self.count("office: acts on cases");
                Ok(())
            }
            Err(refused) => self.not_saved(at, refused),
        }
    }
}
