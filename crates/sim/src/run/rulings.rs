//! Officers who change who and where: units that merge or move, machines revoked, machines invited. What they sign counts
//! once the centre has judged it, which may be never.

use hocvu_central::directory::Directory;
use hocvu_central::figures::figures;
use hocvu_model::UnitUid;
use hocvu_model::operation::{Kind, OfficeDraft};
use hocvu_model::unit::{Boundaries, Level, Succession, SuccessionKind, Unit};
use hocvu_sync::invite_code;

use super::Run;
use super::copies::MACHINES_MAX;
use crate::device::Device;
use crate::people::{COMMUNE, HAMLETS, NEIGHBOUR, PROVINCE};
use crate::{Checked, Violation, oracle};

/// Units that may come to be: uid, name, the units they follow on. Both lie in the commune most of a run happens in.
const REORDERED: [(&str, &str, &[&str]); 2] = [
    ("u:merged", "Ấp Hòa Rạch", &["u:hoa-thuan", "u:rach-goc"]),
    ("u:moved", "Ấp Số 5 mới", &["u:so-5"]),
];

/// What officers signed and this run reckons with until the end tells what became of it. Acts are known by their texts: the
/// number of one that was lost with a disk can be another's.
#[derive(Default)]
pub(super) struct Signed {
    /// New units, by the acts that make them.
    units: Vec<(String, &'static str)>,
    /// The act that revokes a device, and the device's name at the centre.
    revocation: Option<(String, String)>,
    /// Machines that were invited: which, and by which act.
    invited: Vec<(usize, String)>,
}

impl Signed {
    pub(super) fn revokes(&self) -> bool {
        self.revocation.is_some()
    }
}

impl Run {
    /// An officer, or somebody who is none, rules.
    pub(super) fn an_officer_rules(&mut self, at: usize) -> Checked {
        match self.dice.below(3) {
            0 => self.units_are_reordered(Some(at)),
            1 => self.someone_revokes(at),
            _ => self.someone_invites(at),
        }
    }

    /// Units merge or move: an officer signs it, or the centre's own log says so.
    pub(super) fn units_are_reordered(&mut self, officer: Option<usize>) -> Checked {
        let (uid, name, olds) = *self.dice.pick(&REORDERED);
        if self.units.contains_key(uid) {
            return Ok(());
        }
        let units = [hamlet(uid, name, false)];
        let follows = |old: &&str| Succession {
            old: (*old).into(),
            new: uid.into(),
            kind: if olds.len() > 1 {
                SuccessionKind::Merge
            } else {
                SuccessionKind::Transfer
            },
            effective: chrono::NaiveDate::from_ymd_opt(2025, 10, 1).unwrap_or_default(),
            legal_basis: "Nghị quyết 12/NQ-HĐND".into(),
        };
        let successions: Vec<Succession> = olds.iter().map(follows).collect();
        let draft = OfficeDraft {
            units: &units,
            successions: &successions,
            ..OfficeDraft::new(Kind::Succeed, self.seconds(officer))
        };
        // Reckoned with before it is told: an answer may already show it.
        self.units.insert(uid.to_owned(), Some(COMMUNE.to_owned()));
        let follow = olds.iter().map(|old| ((*old).to_owned(), uid.to_owned()));
        self.successions.extend(follow);
        self.tell_scopes();
        match officer {
            Some(at) => match self.signs(at, &draft)? {
                Some(act) => self.signed.units.push((act, uid)),
                None => self.forget_unit(uid),
            },
            None if self.the_centre_says(&draft, &[])? => {
                self.count("office: units merge or move");
                self.trace.line(format!("{uid} takes over"));
            }
            None => self.forget_unit(uid),
        }
        Ok(())
    }

    /// The clock of who signs: an officer's machine, or the centre. Seconds since 1970.
    pub(super) fn seconds(&self, officer: Option<usize>) -> i64 {
        officer.map_or(self.centre.clock.seconds(), |at| self.devices[at].clock.seconds())
    }

    /// The centre's own log says it; whether that counts. `refusals` are the codes it may answer to itself.
    pub(super) fn the_centre_says(&mut self, draft: &OfficeDraft<'_>, refusals: &[&str]) -> Checked<bool> {
        let text = draft.text();
        let done = self.centre.act(move |desk| desk.author("sim", &text));
        if let Some(Ok(authored)) = &done {
            self.copies.clear();
            return match authored.ruling.c.as_deref() {
                None => Ok(true),
                Some(code) if refusals.contains(&code) => Ok(false),
                Some(_) => {
                    let what = format!("the centre's own {} is {:?}", authored.id, authored.ruling);
                    Err(Violation::new("unexpected", what))
                }
            };
        }
        self.act_failed("succeed", done.map(|done| done.map(drop)))?;
        Ok(false)
    }

    fn forget_unit(&mut self, uid: &str) {
        self.units.remove(uid);
        self.successions.retain(|_, new| new != uid);
        self.tell_scopes();
    }

    fn someone_revokes(&mut self, at: usize) -> Checked {
        let target = self.dice.below(self.devices.len() as u64) as usize;
        let Some(id) = self.devices[target].id.clone() else {
            return Ok(());
        };
        if !self.revoked.is_empty() || self.signed.revokes() {
            return Ok(()); // One is enough: the others must have somebody to be compared with.
        }
        let draft = OfficeDraft {
            device: Some(&id),
            reason: Some("Mất máy"),
            ..OfficeDraft::new(Kind::Revoke, self.devices[at].clock.seconds())
        };
        if let Some(act) = self.signs(at, &draft)? {
            self.signed.revocation = Some((act, id));
        }
        Ok(())
    }

    /// A machine gets a code that only the officer's machine knows, and tries it whether or not the centre has heard of it.
    fn someone_invites(&mut self, at: usize) -> Checked {
        let unit = self.dice.pick(&HAMLETS[..3]).0;
        if self.devices.len() >= MACHINES_MAX {
            return Ok(());
        }
        let (code, hash) = invite_code(&*self.devices[at].clock);
        let place = UnitUid::from(unit);
        let draft = OfficeDraft {
            unit: Some(&place),
            role: Some("team"),
            code: Some(&hash),
            name: Some("Khách"),
            ..OfficeDraft::new(Kind::Invite, self.devices[at].clock.seconds())
        };
        let Some(act) = self.signs(at, &draft)? else {
            return Ok(());
        };
        let number = self.devices.len();
        let name = format!("guest{number}");
        let disk = format!("{}-{name}", self.devices[0].machine);
        let link = self.network.link(&name);
        let dice = self.dice.fork(300 + number as u64);
        let mut guest = Device::new(&name, &disk, unit, "team", link, &dice);
        guest.code = Some(code);
        guest.switch_on()?;
        self.devices.push(guest);
        self.signed.invited.push((number, act));
        self.tell_scopes();
        Ok(())
    }

    /// Signs on a machine; gives the act's text, or nothing when its disk failed.
    pub(super) fn signs(&mut self, at: usize, draft: &OfficeDraft<'_>) -> Checked<Option<String>> {
        let name = self.devices[at].name.clone();
        match self.devices[at].sign(draft) {
            Ok(id) => {
                self.trace.line(format!("{name} signs {} {}", draft.k.as_str(), id.seq));
                self.count("office: units, machines");
                Ok(Some(draft.text()))
            }
            Err(refused) => self.not_saved(at, refused).map(|()| None),
        }
    }

    /// All has been judged: what was signed and not accepted never was.
    pub(super) fn settle_signed(&mut self, rows: &[oracle::Row]) {
        self.settle_slips(&oracle::units_said(rows));
        let accepted = |act: &str| accepted(rows, act);
        for (act, uid) in std::mem::take(&mut self.signed.units) {
            if accepted(&act).is_none() {
                self.forget_unit(uid);
            }
        }
        if let Some((act, id)) = self.signed.revocation.take()
            && let Some(row) = accepted(&act)
        {
            let alike = self.devices.iter().filter(|device| device.id.as_ref() == Some(&id));
            let names: Vec<String> = alike.map(|device| device.name.clone()).collect();
            self.revoked.extend(names.into_iter().map(|name| (name, row.judged)));
        }
    }

    /// Whether a machine was invited by an act the centre never accepted.
    pub(super) fn is_uninvited(&self, at: usize, rows: &[oracle::Row]) -> bool {
        let act = self.signed.invited.iter().find(|(device, _)| *device == at);
        act.is_some_and(|(_, act)| accepted(rows, act).is_none())
    }

    /// In both boundaries nothing is lost and nothing counted twice, and every unit shows its own.
    pub(super) fn figures_conserve(&self, db: &rusqlite::Connection, fold: &oracle::Refold) -> Checked {
        let wrong = |what: String| Violation::new("i8_figures", what);
        let directory = Directory::load(db, 0).map_err(|error| wrong(error.to_string()))?;
        for unit in [PROVINCE, COMMUNE, NEIGHBOUR] {
            for boundaries in [Boundaries::AsWas, Boundaries::AsIsNow] {
                let told = figures(db, &directory.units, unit, None, boundaries);
                let told = told.map_err(|error| wrong(error.to_string()))?.total;
                let within = |place: &str| match boundaries {
                    Boundaries::AsWas => self.is_below(place, unit),
                    Boundaries::AsIsNow => self.is_within(place, unit),
                };
                let sum = fold.sum(within);
                if (told.sessions, told.attended) != sum {
                    let told = (told.sessions, told.attended);
                    return Err(wrong(format!(
                        "{unit} {boundaries:?} shows {told:?}, sessions make {sum:?}"
                    )));
                }
            }
        }
        Ok(())
    }
}

/// The act as the centre accepted it, under whatever number.
fn accepted<'a>(rows: &'a [oracle::Row], act: &str) -> Option<&'a oracle::Row> {
    let mut accepted = rows.iter().filter(|row| row.verdict == "accepted");
    accepted.find(|row| oracle::says_the_same(row, act))
}

/// A hamlet of the commune as an office says it.
pub(super) fn hamlet(uid: &str, name: &str, void: bool) -> Unit {
    Unit {
        uid: uid.into(),
        code: None,
        level: Level::Hamlet,
        name: name.to_owned(),
        parent: Some(COMMUNE.into()),
        valid_from: None,
        valid_to: None,
        sort: None,
        members: Vec::new(),
        void,
    }
}
