//! From a request body to verified frames: everything about a batch that needs no database.
//!
//! **Invariant:** runs in the request task, so that the one writer never parses, hashes or checks a signature.

use std::collections::HashMap;

use chrono::NaiveDate;
use hocvu_model::ids::{LogId, SEQ_MAX};
use hocvu_model::operation::{Kind, Operation};
use hocvu_wire::batch::OpsRequest;
use hocvu_wire::frame::{BadFrame, FrameText, SealedFrame};
use hocvu_wire::problem::{Problem, ProblemCode};
use hocvu_wire::{b64, limits};

use crate::directory::Directory;
use crate::reading::{self, Candidate};

/// Code of a frame whose log belongs to no device known here.
pub const LOG_UNKNOWN: &str = "LOG_UNKNOWN";

/// A batch ready for the writer.
#[derive(Debug)]
pub struct Batch {
    /// Frames in the order of the request; a refused one has its code.
    pub frames: Vec<std::result::Result<Frame, &'static str>>,
    /// Operations in all of them.
    pub operations: usize,
    /// The log of the first frame, if it could be read: outcomes of this log do not name it.
    pub first: Option<LogId>,
}

/// A frame whose signature was verified.
#[derive(Debug)]
pub struct Frame {
    /// Its log.
    pub log: LogId,
    /// Number of the device whose key signed it.
    pub device: i64,
    /// Number of its first operation.
    pub from: u64,
    /// The user who wrote it.
    pub author: String,
    /// The exact text.
    pub text: String,
    /// The signature.
    pub signature: [u8; 64],
    /// The operations.
    pub operations: Vec<Placed>,
}

/// An operation and where its text is in the frame's.
#[derive(Debug)]
pub struct Placed {
    /// First byte.
    pub start: usize,
    /// Bytes.
    pub length: usize,
    /// What it says.
    pub candidate: Candidate,
}

/// Reads and verifies every frame of a request. A bad frame is refused alone.
///
/// # Errors
/// The whole request is refused only when it holds more operations than a batch may.
pub fn prepare(request: OpsRequest, directory: &Directory, today: NaiveDate) -> Result<Batch, Box<Problem>> {
    let read: Vec<_> = request
        .frames
        .iter()
        .map(|frame| read_frame(frame, directory))
        .collect();
    let operations = read.iter().flatten().map(|frame| frame.ops.len()).sum();
    if operations > limits::BATCH_OPS_MAX {
        let detail = format!("{operations} operations, at most {}", limits::BATCH_OPS_MAX);
        return Err(Box::new(Problem::new(ProblemCode::TooLarge).detail(detail)));
    }
    let opened = opened_here(&read, directory);
    let frames = read
        .iter()
        .zip(&request.frames)
        .map(|(read, sealed)| {
            let text = read.as_ref().map_err(|bad| bad.code())?;
            let device = match directory.log(text.log) {
                Some(log) => log.device,
                None => *opened.get(&text.log).ok_or(LOG_UNKNOWN)?,
            };
            verified(sealed, text, device, directory, today)
        })
        .collect();
    let first = read.first().and_then(|frame| frame.as_ref().ok()).map(|text| text.log);
    Ok(Batch {
        frames,
        operations,
        first,
    })
}

fn read_frame<'a>(frame: &'a SealedFrame, directory: &Directory) -> Result<FrameText<'a>, BadFrame> {
    let text = frame.read(&directory.deployment)?;
    let numbers_fit = text.from <= SEQ_MAX;
    if numbers_fit && limits::depth_is_fine(&frame.p) {
        Ok(text)
    } else {
        Err(BadFrame::Malformed)
    }
}

/// Logs this very request opens: number 1 names a device known here, whose key the frame's signature must then fit.
fn opened_here(read: &[Result<FrameText<'_>, BadFrame>], directory: &Directory) -> HashMap<LogId, i64> {
    let mut opened = HashMap::new();
    for frame in read.iter().flatten().filter(|frame| frame.from == 1) {
        if directory.log(frame.log).is_some() {
            continue;
        }
        let named = frame
            .ops
            .first()
            .and_then(|op| Operation::parse(op.get()).ok())
            .filter(|op| op.k == Kind::Open)
            .and_then(|op| op.device);
        if let Some(device) = named.and_then(|id| directory.device(&id)) {
            opened.entry(frame.log).or_insert(device.no);
        }
    }
    opened
}

fn verified(
    sealed: &SealedFrame,
    text: &FrameText<'_>,
    device: i64,
    directory: &Directory,
    today: NaiveDate,
) -> Result<Frame, &'static str> {
    let key = &directory.device_no(device).ok_or(LOG_UNKNOWN)?.key;
    sealed.verify(key).map_err(BadFrame::code)?;
    let signature = b64::decode(&sealed.s).ok_or(BadFrame::BadSignature.code())?;
    let operations = text
        .ops
        .iter()
        .map(|op| Placed {
            start: op.get().as_ptr().addr() - sealed.p.as_ptr().addr(), // A slice of it, as the reader borrows.
            length: op.get().len(),
            candidate: reading::read(op.get(), directory, today),
        })
        .collect();
    Ok(Frame {
        log: text.log,
        device,
        from: text.from,
        author: text.by.clone().into_owned(),
        text: sealed.p.clone(),
        signature,
        operations,
    })
}
