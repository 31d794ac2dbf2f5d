//! Walks the segments of a JPEG without decoding it: cheap enough for a centre, and blind to no byte.

use hocvu_model::session::{PHOTO_BYTES_MAX, PHOTO_SIDE_MAX};

/// Pixels of a photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

/// Why bytes are no photo of this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// Not the segments of a whole JPEG.
    #[error("not a whole JPEG")]
    NotJpeg,
    /// A segment that may tell of place, time, camera or person: Exif, XMP, IPTC, a profile, a thumbnail, a comment.
    #[error("carries metadata in segment FF{0:02X}")]
    Metadata(u8),
    /// Something lies behind the end of the picture.
    #[error("carries bytes behind its end")]
    Trailing,
    /// More pixels than a photo has.
    #[error("{0} pixels on a side")]
    TooWide(u32),
    /// More bytes than a photo has.
    #[error("{0} bytes")]
    TooLarge(usize),
}

const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const APP0: u8 = 0xe0;
/// Identifier, version, density and a thumbnail of no pixels.
const JFIF_BYTES: usize = 14;

/// One step of the walk.
pub(crate) enum Segment<'a> {
    /// A marker with its payload; the picture's data is not part of that of `SOS`.
    Marked(u8, &'a [u8]),
    /// The end, and what lies behind it.
    End(&'a [u8]),
}

/// The segments of a JPEG, in order; `None` in place of the rest when it is cut off or none.
pub(crate) struct Segments<'a> {
    rest: Option<&'a [u8]>,
    in_scan: bool,
}

impl<'a> Segments<'a> {
    pub(crate) fn of(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes.strip_prefix(&[0xff, SOI]),
            in_scan: false,
        }
    }

    pub(crate) fn next(&mut self) -> Option<Segment<'a>> {
        let mut rest = self.rest.take()?;
        if self.in_scan {
            rest = &rest[scan_end(rest)?..];
            self.in_scan = false;
        }
        let fill = rest.iter().take_while(|byte| **byte == 0xff).count();
        // Fill bytes before a marker are legal.
        let [0xff, marker, after @ ..] = &rest[fill.checked_sub(1)?..] else {
            return None;
        };
        match *marker {
            EOI => Some(Segment::End(after)),
            0x00..=0xbf | SOI | 0xd0..=0xd7 | 0xff => None,
            marker => {
                let [high, low, ..] = after else { return None };
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                let payload = after.get(2..length)?;
                self.rest = Some(&after[length..]);
                self.in_scan = marker == SOS;
                Some(Segment::Marked(marker, payload))
            }
        }
    }
}

/// Where the marker after the data of a scan begins.
fn scan_end(data: &[u8]) -> Option<usize> {
    data.windows(2)
        .position(|pair| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xd0..=0xd7 | 0xff))
}

/// Whether the bytes are a photo as [`crate`] makes them: one whole JPEG of at most [`PHOTO_SIDE_MAX`] pixels and
/// [`PHOTO_BYTES_MAX`] bytes, with nothing in it but the picture.
///
/// # Errors
/// The first [`Flaw`] found.
pub fn inspect(bytes: &[u8]) -> Result<Size, Flaw> {
    if bytes.len() > PHOTO_BYTES_MAX as usize {
        return Err(Flaw::TooLarge(bytes.len()));
    }
    let mut segments = Segments::of(bytes);
    let (mut size, mut scans) = (None, 0);
    loop {
        match segments.next().ok_or(Flaw::NotJpeg)? {
            Segment::End([]) if scans > 0 => return size.ok_or(Flaw::NotJpeg),
            Segment::End([]) => return Err(Flaw::NotJpeg),
            Segment::End(_) => return Err(Flaw::Trailing),
            Segment::Marked(APP0, payload) if payload.len() == JFIF_BYTES && payload.starts_with(b"JFIF\0") => {}
            // Baseline, extended and progressive frames.
            Segment::Marked(0xc0..=0xc2, payload) if size.is_none() => size = Some(frame(payload)?),
            Segment::Marked(SOS, _) => scans += 1,
            // Tables: Huffman, quantisation, restart interval.
            Segment::Marked(0xc4 | 0xdb | 0xdd, _) => {}
            Segment::Marked(marker @ (0xe0..=0xef | 0xfe), _) => return Err(Flaw::Metadata(marker)),
            Segment::Marked(..) => return Err(Flaw::NotJpeg),
        }
    }
}

fn frame(payload: &[u8]) -> Result<Size, Flaw> {
    let [_, h0, h1, w0, w1, ..] = payload else {
        return Err(Flaw::NotJpeg);
    };
    let size = Size {
        width: u32::from(u16::from_be_bytes([*w0, *w1])),
        height: u32::from(u16::from_be_bytes([*h0, *h1])),
    };
    match size.width.max(size.height) {
        _ if size.width == 0 || size.height == 0 => Err(Flaw::NotJpeg),
        side if side > PHOTO_SIDE_MAX => Err(Flaw::TooWide(side)),
        _ => Ok(size),
    }
}
