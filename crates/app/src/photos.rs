//! Photos of sessions: taken in, listed, shown, fetched, removed. Their bytes never leave the encrypted file but to the
//! centre and to the screen that shows them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hocvu_model::operation::{Kind, TRAINING_SESSION};
use hocvu_model::session::{self, Attachment, PhotoId, SCHEMA_VERSION, TrainingSession, attachments_of};
use hocvu_model::{Finding, FindingCode, RecordId};
use hocvu_photo::BadPhoto;
use hocvu_store::{Append, PhotoState as Stored, Read as StoreRead};

use crate::command::Command;
use crate::contract::{
    AttachmentForm, Done, IdInput, PhotoAddInput, PhotoData, PhotoInput, PhotoState, PhotoView, PhotosView,
    SessionPhotoInput,
};
use crate::error::{Error, Result};
use crate::sessions::record_id;
use crate::{App, form, sessions};

/// `photo.add`
pub struct Add;

impl Command for Add {
    const NAME: &'static str = "photo.add";
    type Input = PhotoAddInput;
    type Output = AttachmentForm;

    fn run(app: &App, input: PhotoAddInput) -> Result<AttachmentForm> {
        let PhotoAddInput {
            record_id: record,
            data,
            caption,
        } = input;
        let record = record.as_deref().map(record_id).transpose()?;
        let bytes = reduce(&data).map_err(|bad| Error::Invalid(vec![bad.finding()]))?;
        let id = app.store().write(|tx| tx.put_photo(&bytes))?;
        let attachment = AttachmentForm {
            sha256: id.to_string(),
            size: u32::try_from(bytes.len()).unwrap_or(u32::MAX),
            caption,
        };
        if let Some(record) = record {
            let added = attachment.clone();
            change(app, record, |photos| photos.push(added))?;
        }
        Ok(attachment)
    }
}

/// `photo.list`
pub struct List;

impl Command for List {
    const NAME: &'static str = "photo.list";
    type Input = IdInput;
    type Output = PhotosView;

    fn run(app: &App, input: IdInput) -> Result<PhotosView> {
        let id = record_id(&input.id)?;
        app.store()
            .read(|read| {
                let Some(record) = read.record(id)? else {
                    return Ok(None);
                };
                let photos: Vec<PhotoView> = attachments_of(&record.body)
                    .into_iter()
                    .map(|attachment| view(read, attachment))
                    .collect::<hocvu_store::Result<_>>()?;
                let sent = photos.iter().filter(|photo| is_sent(photo.state)).count();
                Ok(Some(PhotosView {
                    photos,
                    sent: u32::try_from(sent).unwrap_or(u32::MAX),
                }))
            })?
            .ok_or(Error::NotFound)
    }
}

/// `photo.read`
pub struct Read;

impl Command for Read {
    const NAME: &'static str = "photo.read";
    type Input = PhotoInput;
    type Output = PhotoData;

    fn run(app: &App, input: PhotoInput) -> Result<PhotoData> {
        let id = photo_id(&input.sha256)?;
        let bytes = app.store().read(|read| read.photo_bytes(id))?.ok_or(Error::NotFound)?;
        Ok(PhotoData {
            url: format!("data:{};base64,{}", session::KIND_JPEG, STANDARD.encode(bytes)),
        })
    }
}

/// `photo.fetch`: asks the centre for a photo of another device. It comes when there is a link; topic `sessions` tells.
pub struct Fetch;

impl Command for Fetch {
    const NAME: &'static str = "photo.fetch";
    type Input = SessionPhotoInput;
    type Output = Done;

    fn run(app: &App, input: SessionPhotoInput) -> Result<Done> {
        let (record, photo) = (record_id(&input.id)?, photo_id(&input.sha256)?);
        app.store().write(|tx| {
            let body = tx.record(record)?.map(|record| record.body).unwrap_or_default();
            let named = attachments_of(&body).into_iter().find(|named| named.sha256 == photo);
            let named = named.ok_or(hocvu_store::Error::NotFound("photo"))?;
            match tx.photo(photo)? {
                Some(known) if known.here => Ok(()),
                _ => tx.want_photo(photo, named.size),
            }
        })?;
        app.with_engine(hocvu_sync::Engine::now);
        app.announce(&["sessions"]);
        Ok(Done {})
    }
}

/// `photo.remove`: a patch like any other; the photo stays for the history.
pub struct Remove;

impl Command for Remove {
    const NAME: &'static str = "photo.remove";
    type Input = SessionPhotoInput;
    type Output = Done;

    fn run(app: &App, input: SessionPhotoInput) -> Result<Done> {
        let (record, photo) = (record_id(&input.id)?, photo_id(&input.sha256)?);
        let name = photo.to_string();
        change(app, record, |photos| photos.retain(|one| one.sha256 != name))?;
        Ok(Done {})
    }
}

/// Photos a session is to have, whose bytes are neither here nor named by it before: they would never arrive anywhere.
pub(crate) fn missing(
    read: &StoreRead<'_>,
    record: RecordId,
    session: &TrainingSession,
) -> hocvu_store::Result<Vec<Finding>> {
    let before = read
        .line(record)?
        .map(|line| attachments_of(&line.body))
        .unwrap_or_default();
    let mut findings = Vec::new();
    for attachment in &session.attachments {
        let known = before.iter().any(|one| one.sha256 == attachment.sha256);
        if !known && read.photo(attachment.sha256)?.is_none() {
            findings.push(Finding::new(FindingCode::AttachmentMissing, "attachments"));
        }
    }
    Ok(findings)
}

fn reduce(data: &str) -> std::result::Result<Vec<u8>, BadPhoto> {
    let longest = hocvu_photo::FILE_BYTES_MAX.div_ceil(3) * 4;
    if data.len() > longest {
        return Err(BadPhoto::FileTooLarge(data.len() / 4 * 3));
    }
    let file = STANDARD.decode(data).map_err(|_| BadPhoto::Damaged)?;
    hocvu_photo::reduce(&file)
}

/// Changes the photos of a saved session: one operation, judged by the rules as any edit.
fn change(app: &App, id: RecordId, act: impl FnOnce(&mut Vec<AttachmentForm>)) -> Result<()> {
    let done = app.store().write(|tx| {
        let line = tx.line(id)?.ok_or(hocvu_store::Error::NotFound("record"))?;
        let mut form = sessions::form_from_body(app, &line.body, &line.unit);
        act(&mut form.attachments);
        let checked = sessions::check_raw(app, tx, &form::raw(&form), Some(id))?;
        let Some(session) = checked.session else {
            return Ok(Err(checked.findings));
        };
        let set = session::patch(&line.body, &session::body(&session));
        if set.is_empty() {
            return Ok(Ok(()));
        }
        tx.append(&Append {
            record: id,
            kind: Kind::Put,
            record_type: TRAINING_SESSION,
            schema_version: SCHEMA_VERSION,
            unit: &session.unit,
            set: Some(&set),
            reason: None,
            void: None,
            supersedes: &[],
            at: app.environment().unix(),
            findings: &checked.findings,
        })?;
        Ok(Ok(()))
    })?;
    done.map_err(Error::Invalid)?;
    app.saved();
    Ok(())
}

fn view(read: &StoreRead<'_>, attachment: Attachment) -> hocvu_store::Result<PhotoView> {
    let Attachment { sha256, size, caption } = attachment;
    let known = read.photo(sha256)?;
    let here = known.as_ref().is_some_and(|photo| photo.here);
    let state = match (known.as_ref().map(|photo| photo.state), read.wanted_photo(sha256)?) {
        (Some(Stored::Draft | Stored::Waiting), _) => PhotoState::Waiting,
        (Some(Stored::Refused), _) => PhotoState::Refused,
        (_, Some(wanted)) if wanted.code.is_none() => PhotoState::Fetching,
        (Some(Stored::Stored), _) => PhotoState::Sent,
        (None, Some(_)) => PhotoState::Unavailable,
        (None, None) => PhotoState::Absent,
    };
    Ok(PhotoView {
        sha256: sha256.to_string(),
        size,
        caption: caption.unwrap_or_default(),
        state,
        confirmed: known.map_or(0, |photo| photo.confirmed),
        here,
    })
}

fn is_sent(state: PhotoState) -> bool {
    state == PhotoState::Sent
}

fn photo_id(text: &str) -> Result<PhotoId> {
    text.parse()
        .map_err(|_| Error::BadCall(format!("{text} is no photo id")))
}
