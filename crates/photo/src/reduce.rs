//! Any picture a phone or a camera gives, as a photo of this program.

use std::io::Cursor;

use hocvu_model::session::{PHOTO_BYTES_MAX, PHOTO_SIDE_MAX};
use hocvu_model::{Finding, FindingCode};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, Rgb, RgbImage, RgbaImage};

use crate::inspect::{Segment, Segments, Size};

/// Bytes of a picture file: the largest a phone makes has about 25 MB.
pub const FILE_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Pixels unpacked: 256 MB of memory, which an old PC still has.
pub const PIXELS_MAX: u64 = 64_000_000;
/// Memory a decoder may take besides, bytes.
const DECODER_BYTES_MAX: u64 = 320 * 1024 * 1024;
/// Qualities tried, best first; below the last, faces and letters fall apart and a smaller picture is better.
const QUALITIES: [u8; 6] = [85, 78, 70, 62, 54, 46];

/// Why a file does not become a photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPhoto {
    /// Not a JPEG, PNG or WebP.
    #[error("not a picture of a known format")]
    Unreadable,
    /// HEIC, the own format of some phones.
    #[error("a HEIC picture")]
    Heic,
    /// Cut off or damaged.
    #[error("a damaged picture")]
    Damaged,
    /// More than [`FILE_BYTES_MAX`].
    #[error("a file of {0} bytes")]
    FileTooLarge(usize),
    /// More than [`PIXELS_MAX`].
    #[error("{} × {} pixels", .0.width, .0.height)]
    TooManyPixels(Size),
}

impl BadPhoto {
    /// The finding to show: its sentence says what to do.
    pub fn finding(self) -> Finding {
        let new = |code| Finding::new(code, "attachments");
        let megabytes = |bytes: usize| bytes.div_ceil(1024 * 1024);
        match self {
            Self::Unreadable => new(FindingCode::PhotoUnreadable),
            Self::Heic => new(FindingCode::PhotoHeic),
            Self::Damaged => new(FindingCode::PhotoDamaged),
            Self::FileTooLarge(bytes) => new(FindingCode::PhotoFileTooLarge)
                .with("value", megabytes(bytes))
                .with("max", megabytes(FILE_BYTES_MAX)),
            Self::TooManyPixels(Size { width, height }) => new(FindingCode::PhotoTooManyPixels)
                .with("width", width)
                .with("height", height)
                .with("max", PIXELS_MAX / 1_000_000),
        }
    }
}

/// Makes a photo of a picture file: upright, at most [`PHOTO_SIDE_MAX`] pixels on its longer side and
/// [`PHOTO_BYTES_MAX`] bytes, never enlarged, and nothing in it but pixels. Passes [`crate::inspect`].
///
/// # Errors
/// [`BadPhoto`].
pub fn reduce(file: &[u8]) -> Result<Vec<u8>, BadPhoto> {
    if file.len() > FILE_BYTES_MAX {
        return Err(BadPhoto::FileTooLarge(file.len()));
    }
    let (picture, orientation) = decode(file, format(file)?)?;
    let mut side = PHOTO_SIDE_MAX;
    loop {
        let photo = opaque(shrink(&picture, side), orientation);
        for quality in QUALITIES {
            let bytes = encode(&photo, quality)?;
            if bytes.len() <= PHOTO_BYTES_MAX as usize {
                return Ok(bytes);
            }
        }
        side = side * 3 / 4; // Noise: no quality makes it small enough.
    }
}

fn format(file: &[u8]) -> Result<ImageFormat, BadPhoto> {
    const HEIC: [&[u8]; 5] = [b"heic", b"heix", b"hevc", b"mif1", b"msf1"];
    if file.get(4..8) == Some(b"ftyp") && file.get(8..12).is_some_and(|brand| HEIC.contains(&brand)) {
        return Err(BadPhoto::Heic);
    }
    match image::guess_format(file) {
        Ok(format @ (ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP)) => Ok(format),
        _ => Err(BadPhoto::Unreadable),
    }
}

fn decode(file: &[u8], format: ImageFormat) -> Result<(DynamicImage, Orientation), BadPhoto> {
    // The decoder would fill what is missing of a JPEG with grey: half a class is no evidence.
    if format == ImageFormat::Jpeg && !is_whole(file) {
        return Err(BadPhoto::Damaged);
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(DECODER_BYTES_MAX);
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|_| BadPhoto::Damaged)?;
    let (width, height) = decoder.dimensions();
    let too_many = BadPhoto::TooManyPixels(Size { width, height });
    if u64::from(width) * u64::from(height) > PIXELS_MAX {
        return Err(too_many);
    }
    // Directions nobody can read do not spoil a picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let picture = DynamicImage::from_decoder(decoder).map_err(|error| match error {
        ImageError::Limits(_) => too_many,
        _ => BadPhoto::Damaged,
    })?;
    Ok((picture, orientation))
}

/// Whether the picture's data goes to its end. What phones hang behind it (a short film) is dropped.
fn is_whole(file: &[u8]) -> bool {
    let mut segments = Segments::of(file);
    std::iter::from_fn(|| segments.next()).any(|segment| matches!(segment, Segment::End(_)))
}

fn shrink(picture: &DynamicImage, side: u32) -> DynamicImage {
    let (width, height) = (picture.width(), picture.height());
    let longer = width.max(height);
    if longer <= side {
        return picture.clone();
    }
    let scaled = |length: u32| {
        let rounded = (u64::from(length) * u64::from(side) + u64::from(longer) / 2) / u64::from(longer);
        u32::try_from(rounded).unwrap_or(side).max(1)
    };
    picture.resize_exact(scaled(width), scaled(height), FilterType::Triangle)
}

/// The picture upright, on white where it is transparent.
fn opaque(picture: DynamicImage, orientation: Orientation) -> RgbImage {
    let mut picture = if picture.color().has_alpha() {
        DynamicImage::ImageRgb8(on_white(&picture.into_rgba8()))
    } else {
        DynamicImage::ImageRgb8(picture.into_rgb8())
    };
    picture.apply_orientation(orientation);
    picture.into_rgb8()
}

fn on_white(picture: &RgbaImage) -> RgbImage {
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [red, green, blue, alpha] = picture.get_pixel(x, y).0.map(u16::from);
        let over = |colour: u16| u8::try_from((colour * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX);
        Rgb([over(red), over(green), over(blue)])
    })
}

fn encode(photo: &RgbImage, quality: u8) -> Result<Vec<u8>, BadPhoto> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality)
        .encode_image(photo)
        .map_err(|_| BadPhoto::Damaged)?;
    Ok(bytes)
}
