use std::collections::BTreeMap;

use hocvu_model::RecordKind;
use hocvu_model::unit::Boundaries;
use hocvu_store::{Case, Version};

use super::history::People;
use super::{Versions, compose, leaves, list, plain};
use crate::App;
use crate::command::Command;
use crate::contract::{ConflictCheckView, ConflictInput, ConflictView, IdInput, VersionView};
use crate::error::{Error, Result};
use crate::sessions::{self, record_id};
use crate::{form, system};

/// `conflict.get`
pub struct Get;

impl Command for Get {
    const NAME: &'static str = "conflict.get";
    type Input = IdInput;
    type Output = ConflictView;

    fn run(app: &App, input: IdInput) -> Result<ConflictView> {
        let id = record_id(&input.id)?;
        let versions = Versions::of(app, id)?;
        let kind = plain::kind(app, id)?;
        let (detail, cases, people) = app
            .store()
            .read(|read| Ok((read.session(id)?, read.cases_of(id)?, People::read(read)?)))?;
        let ((row, record), mut leaves) = match kind {
            None => {
                let detail = detail.ok_or(Error::NotFound)?;
                let row = sessions::row(&app.units(), detail.row, Boundaries::AsIsNow);
                ((row, None), leaves::leaves(&leaves::read(app, &versions.all)))
            }
            Some(kind) => {
                let found = app.store().read(|read| plain::row(app, read, id))?;
                let (row, record) = found.ok_or(Error::NotFound)?;
                ((row, Some(record)), plain::leaves(kind, &versions.all))
            }
        };
        for leaf in leaves.iter_mut().filter(|leaf| leaf.path == "unit") {
            leaf.values.iter_mut().for_each(|uid| *uid = unit_name(app, uid));
        }
        let voids = versions.all.iter().filter(|version| version.void).count();
        let (total, next) = list::around(app, id)?;
        let view = |(at, version): (usize, &Version)| VersionView {
            by: people.name(&version.by),
            ..version_view(version, versions.has_head && at == 0, &cases)
        };
        Ok(ConflictView {
            row,
            record,
            leaves,
            can_split: voids == 0 && kind.is_none_or(|kind| kind == RecordKind::Team),
            total,
            next: next.map(|id| id.to_string()),
            versions: versions.all.iter().enumerate().map(view).collect(),
        })
    }
}

/// `conflict.check`
pub struct Check;

impl Command for Check {
    const NAME: &'static str = "conflict.check";
    type Input = ConflictInput;
    type Output = ConflictCheckView;

    fn run(app: &App, input: ConflictInput) -> Result<ConflictCheckView> {
        let id = record_id(&input.id)?;
        let versions = Versions::as_seen(app, id, &input.versions)?;
        if let Some(kind) = plain::kind(app, id)? {
            let composed = plain::compose(kind, &versions, &input)?;
            let checked = app.store().read(|read| plain::check(app, read, kind, &composed))?;
            let date = checked.record.as_ref().and_then(|record| record.day());
            return Ok(ConflictCheckView {
                findings: form::findings(checked.findings),
                date: date.map(form::date_view),
                totals: BTreeMap::new(),
                venue: String::new(),
                voided: composed.void,
            });
        }
        let composed = compose::compose(app, &versions, &input)?;
        let checked = app.store().read(|read| compose::check(app, read, &composed, id))?;
        let date = hocvu_model::input::date::parse(&composed.form.date, app.today())
            .ok()
            .flatten();
        Ok(ConflictCheckView {
            findings: form::findings(checked.findings),
            date: date.map(form::date_view),
            totals: form::totals(&composed.form),
            venue: composed.form.venue,
            voided: composed.void,
        })
    }
}

fn version_view(version: &Version, counts: bool, cases: &[Case]) -> VersionView {
    let case = cases.iter().find(|case| case.op == version.op);
    VersionView {
        operation: version.op.to_string(),
        by: version.by.clone(),
        at: system::from_unix(version.at),
        mine: version.own,
        counts,
        voided: version.void,
        reason: version.reason.clone(),
        code: case.and_then(|case| case.code.as_ref()).map(|code| code.to_lowercase()),
    }
}

fn unit_name(app: &App, uid: &str) -> String {
    let units = app.units();
    units.get(uid).map_or_else(|| uid.to_owned(), |unit| unit.name.clone())
}
