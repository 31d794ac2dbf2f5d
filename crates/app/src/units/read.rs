use chrono::NaiveDate;
use hocvu_model::input::date;
use hocvu_model::text;
use hocvu_model::unit::{Level, MADE, Member, Unit, UnitBook};
use hocvu_model::{Finding, FindingCode, UnitUid};

use crate::App;
use crate::contract::UnitForm;
use crate::office::Scope;

/// A form read as far as it can be.
pub(super) struct Reading {
    /// As the rules store it; `None` when a finding refuses it.
    pub(super) unit: Option<Unit>,
    /// Its name, tidied.
    pub(super) name: String,
    /// The level it was read as.
    pub(super) level: Option<Level>,
    /// The unit above.
    pub(super) parent: Option<UnitUid>,
    /// Refusals and warnings.
    pub(super) findings: Vec<Finding>,
}

/// Reads a unit as typed against the units of `book`, and finds everything at once.
pub(super) fn read(app: &App, scope: &Scope, book: &UnitBook, form: &UnitForm) -> Reading {
    let mut findings = Vec::new();
    let name = text::tidy(&form.name);
    let known = book.get(&form.uid).filter(|_| !form.uid.is_empty());
    let level = match text::tidy(&form.level).as_str() {
        "" => known.map(|known| known.level).or_else(|| Level::of_name(&name)),
        typed => Level::read(typed),
    };
    let typed = text::tidy(&form.level);
    match level {
        None if typed.is_empty() => findings.push(Finding::new(FindingCode::LevelMissing, "level")),
        None => findings.push(Finding::new(FindingCode::LevelUnknown, "level").with("value", &typed)),
        Some(_) => {}
    }
    let parent = parent(app, scope, book, &form.parent, level);
    let day = |path: &str, typed: &str, findings: &mut Vec<Finding>| day(app, path, typed, findings);
    let (valid_from, valid_to) = (
        day("valid_from", &form.valid_from, &mut findings),
        day("valid_to", &form.valid_to, &mut findings),
    );
    let uid = known.map_or_else(|| UnitUid(format!("{MADE}{}", app.new_id())), |known| known.uid.clone());
    let level_read = level.unwrap_or(Level::Hamlet);
    let some = |text: &String| Some(text.clone()).filter(|text| !text.trim().is_empty());
    let checked = book.check(&Unit {
        uid,
        code: some(&form.code),
        level: level_read,
        name: name.clone(),
        parent: parent.clone(),
        valid_from,
        valid_to,
        sort: some(&form.sort),
        members: members(app, known, &form.members),
        void: false,
    });
    findings.extend(checked.findings);
    let refused = findings.iter().any(Finding::is_error);
    findings.sort_by_key(|finding| finding.severity);
    Reading {
        unit: checked.unit.filter(|_| !refused),
        name,
        level,
        parent,
        findings,
    }
}

/// A day as typed; a finding when it is none.
pub(super) fn day(app: &App, path: &str, typed: &str, findings: &mut Vec<Finding>) -> Option<NaiveDate> {
    date::parse(typed, app.today()).unwrap_or_else(|_| {
        findings.push(Finding::new(FindingCode::DateUnreadable, path).with("value", typed));
        None
    })
}

/// The unit above: by uid, by its full name or code among those in scope, or the only one the office could mean.
fn parent(app: &App, scope: &Scope, book: &UnitBook, typed: &str, level: Option<Level>) -> Option<UnitUid> {
    let typed = text::tidy(typed);
    if let Some(known) = book.get(&typed) {
        return Some(known.uid.clone());
    }
    let may_hold = |unit: &&Unit| level.is_none_or(|level| level.parents().contains(&unit.level));
    if typed.is_empty() {
        let mut granted = scope.granted(app).into_iter();
        return granted.next().filter(|_| granted.next().is_none());
    }
    let (key, today) = (text::fold(&typed), app.today());
    let mut named = book
        .iter()
        .filter(|unit| text::fold(&unit.name) == key || unit.code.as_deref() == Some(&typed))
        .filter(|unit| book.is_living(unit, today) && scope.covers(app, unit.uid.as_str()))
        .filter(may_hold);
    let found = named.next().filter(|_| named.next().is_none());
    Some(found.map_or_else(|| UnitUid(typed), |unit| unit.uid.clone()))
}

/// The members of an area as chosen: those that stay keep their days, those that left end today, the new begin today.
fn members(app: &App, known: Option<&Unit>, chosen: &[String]) -> Vec<Member> {
    let today = app.today();
    let mut members: Vec<Member> = known.map(|known| known.members.clone()).unwrap_or_default();
    for member in members.iter_mut().filter(|member| member.to.is_none()) {
        if !chosen.iter().any(|uid| member.unit.as_str() == uid) {
            member.to = today.pred_opt();
        }
    }
    // Who joined and left on the same day never was one.
    members.retain(|member| member.from.zip(member.to).is_none_or(|(from, to)| from <= to));
    for uid in chosen {
        let stays = |member: &Member| member.to.is_none() && member.unit.as_str() == uid;
        if !members.iter().any(stays) {
            members.push(Member {
                unit: UnitUid(uid.clone()),
                from: known.map(|_| today),
                to: None,
            });
        }
    }
    members
}
