//! Pictures as phones take them, made here.

use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageEncoder, Rgb, RgbImage};

/// Stands in every [`picture`] beside the pixels, for a place and a name that must not leave the device.
pub const PICTURE_CANARY: &[u8] = b"CANARY-9.9347N-106.3453E";

/// A JPEG of `width` × `height` with so much grain that its photo has about a hundred kilobytes, and with Exif. Another for
/// another `mark`.
///
/// # Panics
/// Never: it is made in memory.
pub fn picture(width: u32, height: u32, mark: u8) -> Vec<u8> {
    let mut dice = u32::from(mark) + 1;
    let pixels = RgbImage::from_fn(width, height, |x, y| {
        dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let grain = (dice >> 27) as u8;
        Rgb([
            mark.wrapping_add((x / 9) as u8) / 2 + grain,
            (y / 7) as u8 / 2 + grain,
            60 + grain,
        ])
    });
    let mut file = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut file, 90);
    let exif = [b"MM\0\x2a\0\0\0\x08\0\0\0\0\0\0".as_slice(), PICTURE_CANARY].concat();
    encoder.set_exif_metadata(exif).expect("a JPEG has Exif");
    encoder
        .write_image(&pixels, width, height, ExtendedColorType::Rgb8)
        .expect("memory");
    file
}
