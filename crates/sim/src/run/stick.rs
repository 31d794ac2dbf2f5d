//! Work that travels on sticks: to the centre, through machines of others, damaged, twice or never (I17, I18).
//!
//! Bundles are sealed with randomness of their own. What happens depends on whether one is whole, never on its bytes, and no
//! line of a trace tells them.

use std::collections::BTreeMap;

use hocvu_central::bundles;
use hocvu_model::OperationId;
use hocvu_store::ExportScope;
use hocvu_sync::bundle::{Disk, ExportReason, Exporter, TakenOutcome, Trouble, import, write_receipts};
use hocvu_wire::bundle::{Header, Receipt, inspect};

use super::Run;
use crate::device::{Device, Refused};
use crate::{Checked, Dice, Violation};

/// Bundles and receipts lying about.
const KEPT_MAX: usize = 8;
/// Bytes of the readable beginning of a file.
const HEADER: usize = 162;

/// A bundle somebody carries in a pocket.
#[derive(Clone)]
struct Parcel {
    /// Whose it is.
    from: usize,
    bytes: Vec<u8>,
    /// What its machine had written by then.
    digests: BTreeMap<OperationId, [u8; 32]>,
}

/// A receipt on its way back.
#[derive(Clone)]
struct Slip {
    to: usize,
    bytes: Vec<u8>,
}

/// Everything that travels by hand.
#[derive(Default)]
pub(super) struct Sticks {
    parcels: Vec<Parcel>,
    slips: Vec<Slip>,
    /// Whose bundles are, by their ids.
    owners: BTreeMap<String, usize>,
    /// The centre took some: see [`Device::sealed`].
    pub(super) at_centre: bool,
}

/// What becomes of a file in a pocket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Harm {
    None,
    FlipHead,
    FlipBody,
    Cut,
    Longer,
    /// The beginning of another bundle.
    OtherHead,
    /// Another bundle's name.
    OtherName,
}

impl Run {
    pub(super) fn a_stick_travels(&mut self) -> Checked {
        match self.dice.below(10) {
            0..3 => self.someone_exports(),
            3..6 => self.someone_hands_in(),
            6..8 => self.receipts_leave(),
            _ => self.a_receipt_returns(),
        }
    }

    /// I18: exporting changes the standing of nothing.
    fn someone_exports(&mut self) -> Checked {
        let Some(at) = self.writer() else { return Ok(()) };
        let scope = if self.dice.one_in(3) {
            ExportScope::All
        } else {
            ExportScope::Unsent
        };
        let (device, before) = (&self.devices[at], standing(&self.devices[at]));
        let name = device.name.clone();
        let files = match export(device, scope) {
            Ok(files) => files,
            Err(Trouble::Problem("no_keys")) => return Ok(()), // It never had a whole round.
            Err(_) if device.disk_failed() => return self.not_saved(at, Refused::Disk),
            Err(trouble) => return Err(unexpected(&name, &trouble.to_string())),
        };
        if let (Some(before), Some(after)) = (before, standing(device))
            && before != after
        {
            let what = format!("{name} exported, and {before} became {after}");
            return Err(Violation::new("i18_export_is_not_sending", what));
        }
        let digests: BTreeMap<_, _> = device.witness.iter().map(|(id, saved)| (*id, saved.digest)).collect();
        self.count("stick: exports");
        self.trace
            .line(format!("{name} exported {scope:?} into {} bundles", files.len()));
        for (id, bytes) in files {
            self.sticks.owners.insert(id, at);
            let digests = digests.clone();
            let from = at;
            keep(&mut self.sticks.parcels, Parcel { from, bytes, digests });
        }
        Ok(())
    }

    /// A bundle comes to the centre's window, or to somebody who will pass it on.
    fn someone_hands_in(&mut self) -> Checked {
        if self.sticks.parcels.is_empty() {
            return self.someone_exports();
        }
        let which = self.dice.below(self.sticks.parcels.len() as u64) as usize;
        let parcel = self.sticks.parcels[which].clone();
        if self.dice.one_in(3) {
            self.sticks.parcels.swap_remove(which); // Otherwise it may come again.
        }
        let other = self.sticks.parcels.iter().find(|other| other.bytes != parcel.bytes);
        let other = other.and_then(|other| inspect(other.bytes.as_slice()).ok());
        let (bytes, harm) = harmed(&parcel.bytes, other, &mut self.dice);
        self.count(told(harm));
        self.sticks.at_centre = true;
        self.centre.disk.forget_plan();
        match self.dice.below(5) {
            0..2 => return self.the_centre_takes(&parcel, &bytes, harm),
            2 => return self.a_stranger_to_it_carries(&bytes, harm),
            _ => {}
        }
        let Some(at) = self.writer() else { return Ok(()) };
        self.devices[at].sealed = true;
        self.devices[at].disk.forget_plan();
        self.someone_takes(at, &parcel, &bytes, harm)
    }

    /// I17: what is not whole applies nothing.
    fn the_centre_takes(&mut self, parcel: &Parcel, bytes: &[u8], harm: Harm) -> Checked {
        let before = self.counted();
        let Some(took) = self.centre.take(bytes) else {
            return Ok(());
        };
        let wrong = |what: String| Err(Violation::new("i17_damaged_applies_nothing", what));
        if harm != Harm::None && before != self.counted() {
            return wrong(format!("a bundle with {harm:?} moved the centre from {before:?}"));
        }
        match took {
            Err(_) if self.centre_may_fail() => {
                self.trace.line("the centre could not take a bundle");
                Ok(())
            }
            Err(error) => Err(unexpected("the centre", &error.to_string())),
            Ok(Err(bad)) if harm == Harm::None => wrong(format!("a whole bundle was refused: {}", bad.code())),
            Ok(Err(_)) => Ok(()),
            Ok(Ok(took)) => {
                let (count, again) = (took.operations, took.again);
                self.trace
                    .line(format!("the centre took a bundle of {count} (again: {again})"));
                self.receipt_is_given(parcel, &took.header, again)
            }
        }
    }

    /// Whoever carries a bundle needs no rights to what is in it, and gets none.
    fn a_stranger_to_it_carries(&mut self, bytes: &[u8], harm: Harm) -> Checked {
        let before = self.counted();
        let Some(has) = self.the_rogue_carries(bytes) else {
            return Ok(());
        };
        let moved = before != self.counted();
        if (harm != Harm::None && moved) || (harm == Harm::None && !has) {
            let what = format!("a bundle with {harm:?} came by upload (the centre has it: {has}, it moved: {moved})");
            return Err(Violation::new("i17_damaged_applies_nothing", what));
        }
        self.count("stick: uploads by strangers to it");
        self.trace
            .line(format!("the rogue uploads a bundle (whole: {})", harm == Harm::None));
        Ok(())
    }

    /// The receipt binds the centre, and somebody may carry it back.
    fn receipt_is_given(&mut self, parcel: &Parcel, header: &Header, again: bool) -> Checked {
        let wrong = |what: String| Violation::new("i4_ack_after_commit", what);
        let db = self.centre.look().map_err(|error| wrong(error.to_string()))?;
        let known = bundles::by_content(&db, &header.sha256).map_err(|error| wrong(error.to_string()))?;
        let Some(known) = known else {
            return Err(wrong("a bundle that was taken is not there".into()));
        };
        let receipt: Receipt = serde_json::from_str(&known.receipt).map_err(|error| wrong(error.to_string()))?;
        if !again {
            self.network.observer.handed_in(&receipt, &parcel.digests);
        }
        let file = bundles::receipt_file(&db, known.id, Some(&header.sha256));
        if let Some(bytes) = file.map_err(|error| wrong(error.to_string()))? {
            let to = parcel.from;
            keep(&mut self.sticks.slips, Slip { to, bytes });
        }
        Ok(())
    }

    fn someone_takes(&mut self, at: usize, parcel: &Parcel, bytes: &[u8], harm: Harm) -> Checked {
        let name = self.devices[at].name.clone();
        let outcome = match take(&self.devices[at], "x.hvb", bytes) {
            Ok(outcome) => outcome,
            Err(_) if self.devices[at].disk_failed() => return self.not_saved(at, Refused::Disk),
            Err(trouble) => return Err(unexpected(&name, &trouble.to_string())),
        };
        let whole = matches!(harm, Harm::None | Harm::OtherName); // Only the centre can tell another name.
        let refused = matches!(outcome, TakenOutcome::Problem(_));
        let kept = matches!(outcome, TakenOutcome::Carried | TakenOutcome::Known); // Its own it does not look into.
        if (whole && refused) || (!whole && kept) {
            let what = format!("{name} was handed a bundle with {harm:?}: {outcome:?}");
            return Err(Violation::new("i17_damaged_applies_nothing", what));
        }
        let from = &self.devices[parcel.from].name;
        self.trace
            .line(format!("{name} was handed a bundle of {from}, and keeps it: {kept}"));
        Ok(())
    }

    /// Somebody who passed bundles on writes their receipts on a stick.
    fn receipts_leave(&mut self) -> Checked {
        let Some(at) = self.writer() else { return Ok(()) };
        let (device, folder) = (&self.devices[at], self.devices[at].folder.join("stick"));
        let Some(store) = device.store() else { return Ok(()) };
        drop(std::fs::create_dir_all(&folder));
        let names = match write_receipts(store, &Disk, &folder) {
            Ok(names) => names,
            Err(_) if device.disk_failed() => return self.not_saved(at, Refused::Disk),
            Err(trouble) => return Err(unexpected(&device.name, &trouble.to_string())),
        };
        let files: Vec<_> = names.iter().map(|name| std::fs::read(folder.join(name))).collect();
        drop(std::fs::remove_dir_all(&folder));
        for (name, bytes) in names.iter().zip(files) {
            let owner = self.sticks.owners.get(name.trim_end_matches(".hvr"));
            if let (Some(to), Ok(bytes)) = (owner.copied(), bytes) {
                self.count("stick: receipts of others");
                keep(&mut self.sticks.slips, Slip { to, bytes });
            }
        }
        Ok(())
    }

    /// A receipt comes back: to its machine, to another, or damaged.
    fn a_receipt_returns(&mut self) -> Checked {
        if self.sticks.slips.is_empty() {
            return Ok(());
        }
        let which = self.dice.below(self.sticks.slips.len() as u64) as usize;
        let slip = self.sticks.slips[which].clone();
        if self.dice.one_in(2) {
            self.sticks.slips.swap_remove(which);
        }
        let (bytes, harm) = harmed(&slip.bytes, None, &mut self.dice);
        let astray = if self.dice.one_in(6) { self.writer() } else { None };
        let at = astray.unwrap_or(slip.to);
        if !self.devices[at].is_on() {
            return Ok(());
        }
        let own = self.devices[at].id == self.devices[slip.to].id;
        let name = self.devices[at].name.clone();
        let before = standing(&self.devices[at]);
        let outcome = match take(&self.devices[at], "x.hvr", &bytes) {
            Ok(outcome) => outcome,
            Err(_) if self.devices[at].disk_failed() => return self.not_saved(at, Refused::Disk),
            Err(trouble) => return Err(unexpected(&name, &trouble.to_string())),
        };
        let good = own && harm == Harm::None;
        let unknown = outcome == TakenOutcome::Problem("no_keys");
        let settled = matches!(outcome, TakenOutcome::Receipt(_));
        let after = standing(&self.devices[at]);
        let moved = before.is_some() && after.is_some() && before != after;
        if (good != settled && !unknown) || (!good && moved) {
            let what = format!("{name} was handed a receipt (its own: {own}, {harm:?}): {outcome:?}");
            return Err(Violation::new("i17_damaged_applies_nothing", what));
        }
        self.count("stick: receipts handed back");
        self.trace
            .line(format!("{name} was handed a receipt, and believed it: {settled}"));
        Ok(())
    }

    /// What grows at the centre when anything is applied.
    fn counted(&self) -> Option<(i64, i64, i64)> {
        let read = |db: rusqlite::Connection| {
            let sql =
                "SELECT (SELECT fseq FROM counter), (SELECT count(*) FROM operation), (SELECT count(*) FROM bundle)";
            db.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        };
        self.centre.look().and_then(read).ok()
    }
}

/// Where everything of a device stands; nothing when its disk does not say.
fn standing(device: &Device) -> Option<String> {
    let read = |read: &hocvu_store::Read<'_>| {
        let mut text = format!("{:?}", read.tally()?);
        for id in device.witness.keys() {
            if let Some(found) = read.operation(*id)? {
                text.push_str(&format!("; {id} {:?} {:?}", found.state, found.code));
            }
        }
        Ok(text)
    };
    device.store()?.read(read).ok()
}

/// Writes bundles and takes them off the stick: their ids and bytes.
fn export(device: &Device, scope: ExportScope) -> Result<Vec<(String, Vec<u8>)>, Trouble> {
    let Some(store) = device.store() else {
        return Ok(Vec::new());
    };
    let folder = device.folder.join("stick");
    std::fs::create_dir_all(&folder)?;
    let exporter = Exporter {
        store,
        environment: &*device.clock,
        medium: &Disk,
    };
    let written = exporter.export(&folder, scope, ExportReason::Asked);
    let read = written.and_then(|written| {
        let read = |bundle: hocvu_sync::bundle::Written| Ok((bundle.id, std::fs::read(bundle.path)?));
        written.into_iter().map(read).collect()
    });
    drop(std::fs::remove_dir_all(&folder));
    read
}

/// Hands a device one file.
fn take(device: &Device, name: &str, bytes: &[u8]) -> Result<TakenOutcome, Trouble> {
    let Some(store) = device.store() else {
        return Ok(TakenOutcome::Known);
    };
    let path = device.folder.join(name);
    std::fs::write(&path, bytes)?;
    let taken = import(store, &*device.clock, &path);
    drop(std::fs::remove_file(path));
    Ok(taken?.pop().map_or(TakenOutcome::Known, |taken| taken.outcome))
}

/// What arrives of a file. `other` is the beginning of another one.
fn harmed(bytes: &[u8], other: Option<Header>, dice: &mut Dice) -> (Vec<u8>, Harm) {
    use Harm::{Cut, FlipBody, FlipHead, Longer, OtherHead, OtherName};
    let mut bytes = bytes.to_vec();
    let chance = dice.one_in(3);
    let harm = *dice.pick(&[FlipHead, FlipBody, Cut, Longer, OtherHead, OtherName]);
    let (bit, place) = (1 << dice.below(8), dice.throw() as usize);
    let own = inspect(bytes.as_slice());
    let harm = match (chance, harm, other) {
        (false, _, _) => Harm::None,
        (true, OtherHead | OtherName, None) => FlipBody,
        (true, harm, _) => harm,
    };
    match (harm, other, own) {
        (FlipHead, _, _) => bytes[80 + place % 64] ^= bit, // Where the digest stands: elsewhere chance would decide.
        (FlipBody, _, _) => {
            let room = bytes.len() - HEADER;
            bytes[HEADER + place % room] ^= bit;
        }
        (Cut, _, _) => {
            let length = bytes.len();
            bytes.truncate(place % length);
        }
        (Longer, _, _) => bytes.push(0),
        (OtherHead, Some(other), _) => bytes[..HEADER].copy_from_slice(other.render().as_bytes()),
        (OtherName, Some(other), Ok(own)) => {
            let renamed = Header { id: other.id, ..own };
            bytes[..HEADER].copy_from_slice(renamed.render().as_bytes());
        }
        _ => {}
    }
    (bytes, harm)
}

fn told(harm: Harm) -> &'static str {
    match harm {
        Harm::None => "stick: bundles handed in",
        Harm::FlipHead | Harm::FlipBody => "stick: bit of a bundle",
        Harm::Cut | Harm::Longer => "stick: bundle cut or longer",
        Harm::OtherHead | Harm::OtherName => "stick: another bundle's name",
    }
}

fn keep<T>(kept: &mut Vec<T>, more: T) {
    kept.push(more);
    if kept.len() > KEPT_MAX {
        kept.remove(0);
    }
}

fn unexpected(who: &str, what: &str) -> Violation {
    Violation::new("unexpected", format!("{who}: {what}"))
}
