//! Units made by a slip, declared void and said again (ADR 20), while people record for them before, between and after.

use std::collections::BTreeMap;

use hocvu_model::operation::{Kind, OfficeDraft};

use super::Run;
use super::rulings::hamlet;
use crate::Checked;
use crate::device::Act;
use crate::people::{self, COMMUNE};

/// Units somebody makes by a slip: uid, name. Both lie in the commune most of a run happens in.
const SLIPS: [(&str, &str); 2] = [("u:slip", "Ấp Gõ Nhầm"), ("u:twice", "Ấp Nhập Hai Lần")];
/// What the centre may answer to its own word about a unit: somebody records there already, or nobody has said it yet.
const REFUSALS: [&str; 2] = ["UNIT_IN_USE", "UNIT_UNKNOWN"];

impl Run {
    /// A unit is made, declared void, said again or recorded for, in whatever order. In a run that is compared with one that has
    /// a mistake less, whether a unit is in use would differ by right.
    pub(super) fn somebody_slips(&mut self) -> Checked {
        if self.plan.compared {
            return Ok(());
        }
        let (uid, name) = SLIPS[usize::from(self.dice.one_in(4))];
        if !self.units.contains_key(uid) {
            return self.a_unit_is_said(uid, name, false);
        }
        match self.dice.below(6) {
            0..3 => self.a_unit_is_said(uid, name, true),
            3 => self.a_unit_is_said(uid, name, false),
            _ => self.somebody_records_for(uid),
        }
    }

    /// An officer signs it, or the centre's own log says so.
    fn a_unit_is_said(&mut self, uid: &str, name: &str, void: bool) -> Checked {
        let officer = if self.dice.one_in(3) { None } else { self.officer() };
        let units = [hamlet(uid, name, void)];
        let draft = OfficeDraft {
            units: &units,
            ..OfficeDraft::new(Kind::Succeed, self.seconds(officer))
        };
        self.trace.line(format!("{uid} is said, void: {void}"));
        self.count(if void {
            "office: unit void"
        } else {
            "office: unit by a slip"
        });
        // Reckoned with before it is told: an answer may already show it.
        self.units.insert(uid.to_owned(), Some(COMMUNE.to_owned()));
        self.tell_scopes();
        match officer {
            Some(at) => self.signs(at, &draft).map(drop),
            None => self.the_centre_says(&draft, &REFUSALS).map(drop),
        }
    }

    /// Somebody records a session there, whatever became of the unit meanwhile.
    fn somebody_records_for(&mut self, uid: &str) -> Checked {
        let Some(at) = self.officer() else { return Ok(()) };
        let record = people::record_id(&mut self.dice);
        let act = Act::put(record, uid, people::session(&mut self.dice));
        self.save(at, &act)
    }

    /// All has been judged: of units made by a slip those are left that the acts the centre accepted say are there.
    pub(super) fn settle_slips(&mut self, said: &BTreeMap<String, bool>) {
        for (uid, _) in SLIPS {
            match said.get(uid) {
                Some(true) => continue,
                Some(false) => self.count("unit: void in the end"),
                None => {}
            }
            self.units.remove(uid);
        }
    }
}
