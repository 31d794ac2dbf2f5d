//! `hocvu-central verify`: proves the file against itself. Signatures, digests, numbers, the fold of all operations, the
//! figures recomputed, the chain of the audit.

use std::collections::{HashMap, HashSet};

use hocvu_model::ids::{LogId, OperationId, RecordId};
use hocvu_model::operation;
use hocvu_model::record::Record;
use hocvu_wire::b64;
use hocvu_wire::batch::Verdict;
use hocvu_wire::frame::SealedFrame;
use rusqlite::Connection;
use serde::Serialize;

use crate::desk::{Deltas, MEASURES, contribute};
use crate::directory::Directory;
use crate::error::{Error, Result};
use crate::fold::Fold;
use crate::judge::State;
use crate::reading;
use crate::refold::{Refold, Told};
use crate::{audit, db};

/// What was looked at and what was found wrong.
#[derive(Debug, Default, Serialize)]
pub struct Verified {
    /// Frames whose signature was checked.
    pub frames: u64,
    /// Operations whose text was found in its frame with its digest.
    pub operations: u64,
    /// Records compared with the fold.
    pub records: u64,
    /// Figures compared with those recomputed.
    pub figures: u64,
    /// Rows of the audit.
    pub acts: u64,
    /// Photos whose bytes are here and good.
    pub photos: u64,
    /// Photos an operation names and nobody has sent yet.
    pub photos_awaited: u64,
    /// What is wrong, naming the row; empty when all is well.
    pub faults: Vec<String>,
}

/// An operation in the order it took effect.
struct Row {
    told: Told,
    frame: i64,
    start: usize,
    length: usize,
    digest: [u8; 32],
}

/// Proves the file. Reads everything and keeps every record in memory: meant for an office's nightly run.
///
/// # Errors
/// SQLite's own; what is wrong with the content is in [`Verified::faults`].
pub fn verify(db: &Connection) -> Result<Verified> {
    db.execute_batch("BEGIN")?;
    let verified = verify_inside(db);
    db.execute_batch("COMMIT")?;
    verified
}

fn verify_inside(db: &Connection) -> Result<Verified> {
    let directory = Directory::load(db, 0)?;
    let mut verified = Verified::default();
    let integrity: String = db.query_row("PRAGMA quick_check", [], |row| row.get(0))?;
    if integrity != "ok" {
        verified.faults.push(format!("SQLite: {integrity}"));
    }
    frames(db, &directory, &mut verified)?;
    numbers(db, &mut verified)?;
    let fold = fold(db, &directory, &mut verified)?;
    records(db, &fold, &mut verified)?;
    versions(db, &fold, &mut verified)?;
    matters(db, &fold, &mut verified)?;
    figures(db, &fold, &directory, &mut verified)?;
    let photos = crate::blobs::prove(db)?;
    (verified.photos, verified.photos_awaited) = (photos.whole, photos.awaited);
    verified.faults.extend(photos.faults);
    let (acts, fault) = audit::verify(db)?;
    verified.acts = acts;
    verified
        .faults
        .extend(fault.map(|no| format!("audit row {no} does not follow from the one before")));
    Ok(verified)
}

fn frames(db: &Connection, directory: &Directory, verified: &mut Verified) -> Result<()> {
    let mut read = db.prepare("SELECT f.no, l.device, f.signature, f.text FROM frame f JOIN log l ON l.no = f.log")?;
    let mut rows = read.query([])?;
    while let Some(row) = rows.next()? {
        let (no, device, signature): (i64, i64, [u8; 64]) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let sealed = SealedFrame {
            p: row.get(3)?,
            s: b64::encode(signature),
        };
        verified.frames += 1;
        let genuine = directory
            .device_no(device)
            .is_some_and(|device| sealed.verify(&device.key).is_ok());
        if !genuine {
            verified.faults.push(format!("frame {no}: the signature does not fit"));
        }
    }
    Ok(())
}

/// Every number up to the last was given exactly once.
fn numbers(db: &Connection, verified: &mut Verified) -> Result<()> {
    let last: u64 = db.query_row("SELECT fseq FROM counter", [], |row| row.get(0))?;
    let (count, distinct, highest): (u64, u64, Option<u64>) =
        db.query_row(include_str!("queries/numbers.sql"), [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    if count != last || distinct != last || highest.unwrap_or_default() != last {
        verified.faults.push(format!(
            "numbers: {last} given, {count} used, {distinct} different, highest {highest:?}"
        ));
    }
    Ok(())
}

fn fold(db: &Connection, directory: &Directory, verified: &mut Verified) -> Result<Fold> {
    let mut rows = rows(db)?;
    rows.sort_by_key(|row| row.told.feed);
    let mut text_of = db.prepare("SELECT text FROM frame WHERE no = ?1")?;
    let (mut last_frame, mut text) = (None, String::new());
    let strict_from: u64 = db::meta(db, "strict_from")?.unwrap_or(0);
    let mut refold = Refold::new(directory, strict_from);
    for row in rows {
        if last_frame != Some(row.frame) {
            text = text_of.query_row([row.frame], |row| row.get(0))?;
            last_frame = Some(row.frame);
        }
        verified.operations += 1;
        let (id, fseq) = (row.told.id, row.told.fseq);
        let exact = text.get(row.start..row.start + row.length).unwrap_or_default();
        if operation::digest(exact) != row.digest {
            verified
                .faults
                .push(format!("operation {fseq}: its text is not what was signed for"));
            continue;
        }
        if let Err(why) = refold.add(&row.told, exact) {
            verified.faults.push(format!("operation {fseq} ({id}): {why}"));
        }
    }
    Ok(refold.into_fold())
}

fn rows(db: &Connection) -> Result<Vec<Row>> {
    let mut read = db.prepare(include_str!("queries/verify_operations.sql"))?;
    let rows = read.query_map([], |row| {
        Ok(Row {
            told: Told {
                feed: row.get(0)?,
                fseq: row.get(1)?,
                id: OperationId {
                    log: LogId(row.get(2)?),
                    seq: row.get(3)?,
                },
                verdict: row.get(4)?,
                code: row.get(9)?,
                rank: row.get(10)?,
                device: row.get(11)?,
                adopted: match row.get(12)? {
                    Some(act) => Some((act, row.get(13)?)),
                    None => None,
                },
            },
            frame: row.get(5)?,
            start: row.get(6)?,
            length: row.get(7)?,
            digest: row.get(8)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn records(db: &Connection, fold: &Fold, verified: &mut Verified) -> Result<()> {
    let mut read = db.prepare(include_str!("queries/verify_records.sql"))?;
    let mut rows = read.query([])?;
    let mut seen = HashSet::new();
    while let Some(row) = rows.next()? {
        let id = RecordId(uuid::Uuid::from_bytes(row.get(0)?));
        let body: String = row.get(3)?;
        let state = State {
            kind: db::kind_of(row, 7)?,
            unit: row.get(1)?,
            void: row.get(2)?,
            body: serde_json::from_str(&body).map_err(|e| Error::Damaged(format!("record {id}: {e}")))?,
        };
        let head = OperationId {
            log: LogId(row.get(4)?),
            seq: row.get(5)?,
        };
        verified.records += 1;
        seen.insert(id);
        let floor: u8 = row.get(6)?;
        let Some(folded) = fold.records().get(&id) else {
            verified.faults.push(format!("record {id}: no operation made it"));
            continue;
        };
        let mut cells = differing(&folded.state, &state);
        cells.extend((folded.head != head).then(|| "head".to_owned()));
        cells.extend((folded.floor != floor).then(|| "floor".to_owned()));
        if !cells.is_empty() {
            let cells = cells.join(", ");
            verified
                .faults
                .push(format!("record {id}: {cells} not what its operations say"));
        }
    }
    for id in fold.records().keys().filter(|id| !seen.contains(id)) {
        verified.faults.push(format!("record {id}: its row is missing"));
    }
    Ok(())
}

/// Names the cells in which two states differ.
pub(crate) fn differing(one: &State, other: &State) -> Vec<String> {
    let mut cells = Vec::new();
    cells.extend((one.kind != other.kind).then(|| "kind".to_owned()));
    cells.extend((one.unit != other.unit).then(|| "unit".to_owned()));
    cells.extend((one.void != other.void).then(|| "void".to_owned()));
    let fields: std::collections::BTreeSet<&String> = one.body.keys().chain(other.body.keys()).collect();
    let differing = fields
        .into_iter()
        .filter(|field| one.body.get(*field) != other.body.get(*field));
    cells.extend(differing.map(|field| format!("body.{field}")));
    cells
}

/// Earlier heads and branches: each must be the state its operation made.
fn versions(db: &Connection, fold: &Fold, verified: &mut Verified) -> Result<()> {
    let mut read = db.prepare(include_str!("queries/verify_versions.sql"))?;
    let mut rows = read.query([])?;
    while let Some(row) = rows.next()? {
        let id = OperationId {
            log: LogId(row.get(0)?),
            seq: row.get(1)?,
        };
        let body: String = row.get(4)?;
        let state = State {
            kind: db::kind_of(row, 5)?,
            unit: row.get(2)?,
            void: row.get(3)?,
            body: reading::parse_body(&body)?,
        };
        let cells = match fold.state(id) {
            Some(folded) => differing(folded, &state),
            None => vec!["everything".to_owned()],
        };
        if !cells.is_empty() {
            let cells = cells.join(", ");
            verified.faults.push(format!("version {id}: {cells} not what it says"));
        }
    }
    Ok(())
}

/// What waits for a person must be shown as waiting, and nothing else.
fn matters(db: &Connection, fold: &Fold, verified: &mut Verified) -> Result<()> {
    let mut read = db.prepare(include_str!("queries/verify_matters.sql"))?;
    let mut rows = read.query([])?;
    while let Some(row) = rows.next()? {
        let id = OperationId {
            log: LogId(row.get(0)?),
            seq: row.get(1)?,
        };
        let (fseq, verdict): (u64, String) = (row.get(2)?, row.get(3)?);
        let (has_record, superseded): (bool, bool) = (row.get(4)?, row.get(5)?);
        let shown: bool = row.get::<_, Option<bool>>(6)?.unwrap_or(false);
        let branch = verdict == Verdict::Conflicted.as_str() && has_record;
        if branch && superseded == fold.is_open(id) {
            verified
                .faults
                .push(format!("operation {fseq}: superseded not what operations say"));
        }
        let waits = match Verdict::parse(&verdict) {
            Some(Verdict::Conflicted) => !superseded,
            Some(Verdict::Held | Verdict::Quarantined) => true,
            _ => false,
        };
        if waits != shown {
            verified
                .faults
                .push(format!("operation {fseq}: not shown as it stands"));
        }
    }
    Ok(())
}

fn figures(db: &Connection, fold: &Fold, directory: &Directory, verified: &mut Verified) -> Result<()> {
    let mut places = HashMap::new();
    let mut read = db.prepare("SELECT uid, no FROM place")?;
    let mut rows = read.query([])?;
    while let Some(row) = rows.next()? {
        places.insert(row.get::<_, String>(0)?, row.get::<_, i64>(1)?);
    }
    let mut expected = Deltas::default();
    for (id, folded) in fold.records().iter().filter(|(_, folded)| !folded.state.void) {
        let State {
            kind,
            unit,
            body,
            void: _,
        } = &folded.state;
        let body = serde_json::Value::Object(body.clone()).to_string();
        let checked = reading::check(*kind, &body, Some(unit), directory, chrono::NaiveDate::MIN);
        match (checked.and_then(|checked| checked.record), places.get(unit)) {
            (Some(Record::Session(session)), Some(place)) => contribute(&mut expected, *place, &session, 1),
            (Some(_), Some(_)) => {}
            _ => verified
                .faults
                .push(format!("record {id}: the rules refuse what was accepted")),
        }
    }
    let expected: HashMap<_, _> = expected
        .into_iter()
        .map(|((place, date, group), values)| ((place, date.to_string(), group.to_owned()), values))
        .collect();
    let mut read = db.prepare("SELECT * FROM rollup")?;
    let mut rows = read.query([])?;
    let mut found = HashMap::new();
    while let Some(row) = rows.next()? {
        let mut values = [0_i64; MEASURES.len()];
        for (at, value) in values.iter_mut().enumerate() {
            *value = row.get(3 + at)?;
        }
        if values != [0; MEASURES.len()] {
            found.insert(
                (
                    row.get::<_, i64>(0)?,
                    row.get::<_, String>(1)?,
                    row.get::<_, String>(2)?,
                ),
                values,
            );
        }
    }
    verified.figures = found.len() as u64;
    for key in expected.keys().chain(found.keys()).collect::<HashSet<_>>() {
        if expected.get(key) != found.get(key) {
            verified
                .faults
                .push(format!("figures of place {} on {} for “{}”", key.0, key.1, key.2));
        }
    }
    Ok(())
}
