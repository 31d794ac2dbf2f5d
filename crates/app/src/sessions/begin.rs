use hocvu_model::UnitUid;
use hocvu_model::unit::Level;
use hocvu_model::wording::{Locale, label};
use hocvu_store::Identity;

use super::{form_from_body, from_body, record_id};
use crate::App;
use crate::command::Command;
use crate::contract::{BeginInput, BeginView, SessionForm, UnitOption};
use crate::error::{Error, Result};
use crate::{drafts, form, settings};

/// How many earlier venues and names are offered.
const OFFERED: usize = 12;

/// `session.begin`
pub struct Begin;

impl Command for Begin {
    const NAME: &'static str = "session.begin";
    type Input = BeginInput;
    type Output = BeginView;

    fn run(app: &App, input: BeginInput) -> Result<BeginView> {
        let own = app.store().read(|read| read.identity())?.ok_or(Error::NotEnrolled)?;
        let last = last_form(app)?;
        let mut draft_id = app.new_id().to_string();
        let mut record = None;
        let form = match input {
            BeginInput::New => fresh(app, &own, last.as_ref())?,
            BeginInput::RepeatLast => repeated(app, last.clone().unwrap_or_else(|| default_form(&own))),
            BeginInput::Repeat { id } => repeated(app, saved_form(app, &id)?),
            BeginInput::Edit { id } => {
                record = Some(id.clone());
                saved_form(app, &id)?
            }
            BeginInput::Draft { id } => {
                let draft = app.store().read(|read| read.draft(&id))?.ok_or(Error::NotFound)?;
                draft_id = id;
                record = draft.record_id.map(|record| record.to_string());
                drafts::form_of(&draft)
            }
        };
        let unit = UnitUid(form.unit.clone());
        let (venues, facilitators) = app
            .store()
            .read(|read| Ok((read.venues(&unit, OFFERED)?, read.facilitators(&unit, OFFERED)?)))?;
        let venues = venues.into_iter().map(display_venue).collect();
        Ok(BeginView {
            draft_id,
            record_id: record,
            form,
            last,
            units: units(app, &own),
            venues,
            facilitators,
        })
    }
}

/// Today, and the pinned fields of the last session.
fn fresh(app: &App, own: &Identity, last: Option<&SessionForm>) -> Result<SessionForm> {
    let mut form = default_form(own);
    form.date = form::date_view(app.today()).text;
    let Some(last) = last.cloned() else { return Ok(form) };
    for field in settings::read(app)?.pinned {
        match field.as_str() {
            "topics" => form.topics.clone_from(&last.topics),
            "form" => form.form.clone_from(&last.form),
            "venue" => form.venue.clone_from(&last.venue),
            "facilitators" => form.facilitators.clone_from(&last.facilitators),
            "duration_minutes" => form.duration_minutes.clone_from(&last.duration_minutes),
            "start" => form.start.clone_from(&last.start),
            "language" => form.language.clone_from(&last.language),
            _ => {}
        }
    }
    form.unit = last.unit;
    Ok(form)
}

/// Everything but what is never the same twice: date, counts and note.
fn repeated(app: &App, last: SessionForm) -> SessionForm {
    SessionForm {
        date: form::date_view(app.today()).text,
        counts: std::collections::BTreeMap::new(),
        note: String::new(),
        household_businesses: String::new(),
        broadcast_items: String::new(),
        attachments: Vec::new(),
        ..last
    }
}

fn default_form(own: &Identity) -> SessionForm {
    SessionForm {
        unit: own.unit.to_string(),
        form: "class".into(),
        language: "vi".into(),
        ..SessionForm::default()
    }
}

fn last_form(app: &App) -> Result<Option<SessionForm>> {
    let last = app.store().read(|read| read.last_session(None))?;
    Ok(last
        .and_then(|(_, body, unit)| from_body(app, &body, &unit))
        .map(|session| form::from_session(&session)))
}

fn saved_form(app: &App, id: &str) -> Result<SessionForm> {
    let id = record_id(id)?;
    let detail = app.store().read(|read| read.session(id))?.ok_or(Error::NotFound)?;
    Ok(form_from_body(app, &detail.body, &detail.unit))
}

/// The device's unit, and for an office everything below it.
fn units(app: &App, own: &Identity) -> Vec<UnitOption> {
    let book = app.units();
    let option = |uid: &UnitUid, name: &str, parent: Option<String>| UnitOption {
        uid: uid.to_string(),
        name: name.to_owned(),
        parent_name: parent,
    };
    let mut below: Vec<UnitOption> = book
        .iter()
        .filter(|unit| unit.uid != own.unit && unit.level >= Level::Hamlet)
        .filter(|unit| {
            book.is_within(
                unit.uid.as_str(),
                own.unit.as_str(),
                hocvu_model::unit::Boundaries::AsIsNow,
            )
        })
        .map(|unit| {
            let parent = unit.parent.as_ref().and_then(|parent| book.get(parent.as_str()));
            option(&unit.uid, &unit.name, parent.map(|parent| parent.name.clone()))
        })
        .collect();
    below.sort_by(|a, b| hocvu_model::text::compare(&a.name, &b.name));
    below.insert(0, option(&own.unit, &own.unit_name, own.parent_name.clone()));
    below
}

/// A venue that is only a kind is shown by its label.
fn display_venue(venue: String) -> String {
    match hocvu_model::codes::VenueType::parse(&venue) {
        Some(kind) => label(Locale::Vi, "venue_type", kind.as_str()),
        None => venue,
    }
}
