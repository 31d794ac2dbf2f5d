//! What becomes of each record of a table: the rules of `model`, and whether it is here already.

use std::collections::HashMap;
use std::sync::Arc;

use hocvu_model::record::{Context, Record};
use hocvu_model::session::{self, Checked, TrainingSession};
use hocvu_model::unit::{Level, Unit, UnitBook};
use hocvu_model::{Finding, FindingCode, RecordId, RecordKind, UnitUid, input::date, text};
use hocvu_store::{Read as StoreRead, Ready};

use super::lines::{Candidate, What};
use crate::{App, records};

/// What becomes of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is new.
    Add,
    /// It was declared void and is said again.
    Restore,
    /// It is here with other figures, and those of the file were asked for.
    Change,
    /// It is here, exactly so.
    Same,
    /// At least one error.
    Refused,
}

/// A record judged.
pub struct Judged {
    /// What becomes of it.
    pub fate: Fate,
    /// The record and its body ready to be written, where the rules let it through.
    pub record: Option<(RecordId, Record, Ready)>,
    /// The unit, where it is one.
    pub unit: Option<Unit>,
    /// What the rules and the comparison say.
    pub findings: Vec<Finding>,
}

/// Judges one record after another, and remembers them: two of one table are compared like two of one machine.
pub struct Judge<'a> {
    app: &'a App,
    units: Arc<UnitBook>,
    today: chrono::NaiveDate,
    deployment: String,
    /// Figures of the file may change figures that are here.
    update: bool,
    seen: HashMap<RecordId, usize>,
    largest: HashMap<UnitUid, u32>,
    days: HashMap<(UnitUid, chrono::NaiveDate), Vec<Held>>,
}

/// A session held on a day: its topics and its `attended`.
type Held = (Vec<String>, u32);

impl<'a> Judge<'a> {
    /// Asks the store what it needs once; inside a transaction it is not to be asked again.
    pub fn new(app: &'a App, update: bool) -> Self {
        Self {
            app,
            units: app.units(),
            today: app.today(),
            deployment: app.deployment(),
            update,
            seen: HashMap::new(),
            largest: HashMap::new(),
            days: HashMap::new(),
        }
    }

    /// Judges one.
    pub fn judge(&mut self, read: &StoreRead<'_>, candidate: &mut Candidate) -> hocvu_store::Result<Judged> {
        let unreadable = candidate.cells.iter().any(|(_, finding)| finding.is_error());
        let mut ready = None;
        let (record, findings) = match &mut candidate.what {
            What::Unit(fields) => return Ok(self.unit(fields, unreadable)),
            What::Figure(form) => {
                let kind = records::kind_of(&form.kind).unwrap_or(RecordKind::Coverage);
                let checked = records::check(self.app, read, kind, form)?;
                (checked.record, checked.findings)
            }
            What::Session(session) => {
                let (checked, made) = session.as_mut();
                self.compare_session(read, checked)?;
                ready = made.take();
                let findings = std::mem::take(&mut checked.findings);
                (checked.session.take().map(Record::Session), findings)
            }
        };
        let Some(record) = record.filter(|_| !unreadable) else {
            return Ok(refused(findings));
        };
        let id = match record.natural_id(&self.deployment) {
            Some(id) => id,
            None => self.keyed(&candidate.key),
        };
        let ready = ready.unwrap_or_else(|| Ready::of(record.kind().as_str(), &record.body()));
        self.compare(read, (id, record, ready), findings, candidate.rows[0])
    }

    /// The record a key names: its own id if the key is one, else one that follows from it.
    fn keyed(&self, key: &str) -> RecordId {
        let kind = RecordKind::TrainingSession.as_str();
        key.parse()
            .unwrap_or_else(|_| RecordId::natural(&self.deployment, kind, &text::tidy(key)))
    }

    fn compare(
        &mut self,
        read: &StoreRead<'_>,
        (id, record, ready): (RecordId, Record, Ready),
        mut findings: Vec<Finding>,
        row: usize,
    ) -> hocvu_store::Result<Judged> {
        if let Some(first) = self.seen.get(&id) {
            findings.push(Finding::new(FindingCode::RowTwice, "").with("row", first + 1));
            return Ok(refused(findings));
        }
        self.seen.insert(id, row);
        let fate = match read.record(id)? {
            None => Fate::Add,
            Some(before) if before.void => Fate::Restore,
            Some(before) => {
                let set = record.kind().patch(&before.body, &record.body());
                match before.unit == *record.unit() {
                    true if set.is_empty() => Fate::Same,
                    true if self.update => Fate::Change,
                    _ => {
                        findings.push(Finding::new(FindingCode::RecordDiffers, ""));
                        return Ok(refused(findings));
                    }
                }
            }
        };
        match (&record, fate) {
            (_, Fate::Same) => findings.clear(), // Said when it was saved.
            // It is compared with itself as it was.
            (_, Fate::Change) => findings.retain(|finding| finding.code != FindingCode::DuplicateLikely),
            (Record::Session(session), _) => self.remember(session),
            _ => {}
        }
        Ok(Judged {
            fate,
            record: Some((id, record, ready)),
            unit: None,
            findings,
        })
    }

    /// Compares a session with those of its unit and day, of this machine and of the table so far.
    fn compare_session(&mut self, read: &StoreRead<'_>, checked: &mut Checked) -> hocvu_store::Result<()> {
        let Some(found) = &checked.session else {
            return Ok(());
        };
        if !self.largest.contains_key(&found.unit) {
            let largest = read.largest(&found.unit, None)?.unwrap_or(0);
            self.largest.insert(found.unit.clone(), largest);
        }
        let day = (found.unit.clone(), found.date);
        if !self.days.contains_key(&day) {
            let recorded = read.recorded_on(&found.unit, found.date)?;
            self.days.insert(day.clone(), recorded);
        }
        let shared = |topics: &[String]| {
            found
                .topics
                .iter()
                .any(|topic| topics.iter().any(|other| other == topic.as_str()))
        };
        let same = self.days[&day].iter().rev().find(|(topics, _)| shared(topics));
        let units = Arc::clone(&self.units);
        let find = |uid: &str| units.get(uid);
        let mut context = Context::new(self.today, &find);
        context.largest = self.largest.get(&found.unit).copied();
        context.duplicate = same.map(|(_, attended)| *attended);
        session::compare(checked, &context);
        Ok(())
    }

    fn remember(&mut self, session: &TrainingSession) {
        let attended = session.attended();
        let largest = self.largest.entry(session.unit.clone()).or_default();
        *largest = attended.max(*largest);
        let topics = session.topics.iter().map(|topic| topic.as_str().to_owned()).collect();
        self.days
            .entry((session.unit.clone(), session.date))
            .or_default()
            .push((topics, attended));
    }

    /// A unit made by people: its uid follows from its place and name, so that the same table makes it once.
    fn unit(&mut self, fields: &[(&'static str, String)], unreadable: bool) -> Judged {
        let of = |name: &str| {
            fields
                .iter()
                .find(|(field, _)| *field == name)
                .map_or("", |(_, text)| text.trim())
        };
        let mut findings = Vec::new();
        let level = Level::parse(of("level"));
        if level.is_none() {
            findings.push(Finding::new(FindingCode::LevelUnknown, "level").with("value", of("level")));
        }
        let mut day = |field: &str| {
            date::parse(of(field), self.today).unwrap_or_else(|_| {
                findings.push(Finding::new(FindingCode::DateUnreadable, field).with("value", of(field)));
                None
            })
        };
        let (valid_from, valid_to) = (day("valid_from"), day("valid_to"));
        if valid_from.zip(valid_to).is_some_and(|(from, to)| to < from) {
            findings.push(Finding::new(FindingCode::DatesReversed, "valid_to"));
        }
        let (name, parent) = (text::tidy(of("name")), UnitUid(of("parent").to_owned()));
        let key = format!("{parent}|{}|{}", of("level"), text::fold(&name));
        let id = RecordId::natural(&self.deployment, "unit", &key);
        let uid = UnitUid(format!("u:{id}"));
        let unit = Unit {
            parent: Some(parent),
            valid_from,
            valid_to,
            ..Unit::new(uid, level.unwrap_or(Level::Hamlet), name)
        };
        let checked = self.units.check_new(unit);
        let unit = match checked {
            Ok(unit) if findings.is_empty() && !unreadable => unit,
            Ok(_) => return refused(findings),
            Err(more) => {
                findings.extend(more);
                return refused(findings);
            }
        };
        let here = |other: &Unit| {
            let same = other.parent == unit.parent
                && other.level == unit.level
                && text::fold(&other.name) == text::fold(&unit.name);
            other.uid == unit.uid || same
        };
        let fate = if self.units.iter().any(here) || self.seen.contains_key(&id) {
            Fate::Same
        } else {
            Fate::Add
        };
        self.seen.insert(id, 0);
        Judged {
            fate,
            record: None,
            unit: Some(unit),
            findings,
        }
    }
}

fn refused(findings: Vec<Finding>) -> Judged {
    Judged {
        fate: Fate::Refused,
        record: None,
        unit: None,
        findings,
    }
}
