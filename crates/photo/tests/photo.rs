//! Photos from real pictures made here: what comes out is small, upright and tells nothing but what is to be seen.

use std::io::Cursor;

use hocvu_model::session::{PHOTO_BYTES_MAX, PHOTO_SIDE_MAX};
use hocvu_model::wording::{Locale, sentence};
use hocvu_photo::{BadPhoto, FILE_BYTES_MAX, Flaw, Size, inspect, reduce};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{ImageEncoder, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};

const RED: Rgb<u8> = Rgb([220, 20, 20]);
const BLUE: Rgb<u8> = Rgb([20, 20, 220]);
/// Stands for everything a picture may tell besides what is to be seen.
const CANARY: &[u8] = b"CANARY-9.9347N-106.3453E-Lan-iPhone";

/// Left half red, right half blue.
fn halves(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| if x < width / 2 { RED } else { BLUE })
}

/// A room full of detail: waves, and grain as of a small sensor.
fn room(width: u32, height: u32, grain: u32) -> RgbImage {
    let mut dice = 1_u32;
    RgbImage::from_fn(width, height, |x, y| {
        dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let wave = (x / 7 + y / 11) % 120 + x * 60 / width;
        let value = |shift: u32| u8::try_from((wave + shift + (dice >> 24) * grain / 256).min(255)).unwrap_or(255);
        Rgb([value(20), value(35), value(10)])
    })
}

/// A TIFF header with an orientation and a text that must not survive.
fn exif(orientation: u8) -> Vec<u8> {
    let mut exif = b"MM\0\x2a\0\0\0\x08\0\x02".to_vec();
    exif.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
    exif.extend([
        0x01,
        0x0e,
        0,
        2,
        0,
        0,
        0,
        u8::try_from(CANARY.len()).expect("short"),
        0,
        0,
        0,
        38,
    ]);
    exif.extend([0; 4]);
    exif.extend(CANARY);
    exif
}

fn encoded(encoder: impl ImageEncoder, picture: &RgbImage) {
    let (width, height) = picture.dimensions();
    encoder
        .write_image(picture, width, height, image::ExtendedColorType::Rgb8)
        .expect("memory");
}

fn jpeg(picture: &RgbImage, orientation: Option<u8>) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut file, 92);
    if let Some(orientation) = orientation {
        encoder.set_exif_metadata(exif(orientation)).expect("a JPEG has Exif");
        encoder.set_icc_profile(CANARY.to_vec()).expect("a JPEG has a profile");
    }
    encoded(encoder, picture);
    file
}

/// A segment right behind the start of a JPEG.
fn with_segment(file: &[u8], marker: u8, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len() + 2).expect("short").to_be_bytes();
    [&file[..2], &[0xff, marker], &length, payload, &file[2..]].concat()
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

fn small(file: &[u8]) -> (Size, RgbImage) {
    let photo = reduce(file).expect("a good picture");
    let size = inspect(&photo).expect("what is made passes the centre's check");
    let picture = image::load_from_memory_with_format(&photo, ImageFormat::Jpeg).expect("a JPEG");
    assert_eq!((picture.width(), picture.height()), (size.width, size.height));
    (size, picture.into_rgb8())
}

fn is_near(pixel: Rgb<u8>, colour: Rgb<u8>) -> bool {
    pixel.0.iter().zip(colour.0).all(|(a, b)| a.abs_diff(b) < 40)
}

#[test]
fn twelve_megapixels_become_a_small_photo_the_same_each_time() {
    let file = jpeg(&room(4_000, 3_000, 90), None);
    let photo = reduce(&file).expect("a good picture");
    assert!(photo.len() <= PHOTO_BYTES_MAX as usize);
    assert!(
        photo.len() > PHOTO_BYTES_MAX as usize / 3,
        "no more is thrown away than must be: {}",
        photo.len()
    );
    assert_eq!(
        inspect(&photo),
        Ok(Size {
            width: 1_280,
            height: 960
        })
    );
    assert_eq!(reduce(&file), Ok(photo), "deterministic");
}

#[test]
fn noise_gets_fewer_pixels_rather_than_more_bytes() {
    let (size, _) = small(&jpeg(&room(1_600, 1_600, 255), None));
    assert!(size.width < PHOTO_SIDE_MAX && size.width == size.height, "{size:?}");
}

#[test]
fn a_picture_is_set_upright() {
    for (orientation, size, place, colour) in [
        (1, (60, 40), (5, 20), RED),
        (2, (60, 40), (5, 20), BLUE),
        (3, (60, 40), (5, 20), BLUE),
        (6, (40, 60), (20, 5), RED),
        (8, (40, 60), (20, 5), BLUE),
    ] {
        let (found, picture) = small(&jpeg(&halves(60, 40), Some(orientation)));
        assert_eq!((found.width, found.height), size, "orientation {orientation}");
        assert!(
            is_near(*picture.get_pixel(place.0, place.1), colour),
            "orientation {orientation}"
        );
    }
    let mut file = Vec::new();
    let mut encoder = PngEncoder::new(&mut file);
    encoder.set_exif_metadata(exif(6)).expect("a PNG has Exif");
    encoded(encoder, &halves(60, 40));
    assert_eq!(small(&file).0, Size { width: 40, height: 60 }, "a PNG too");
}

#[test]
fn a_tiny_picture_is_not_enlarged() {
    let (size, picture) = small(&jpeg(&halves(8, 5), None));
    assert_eq!((size.width, size.height), (8, 5));
    assert!(is_near(*picture.get_pixel(1, 2), RED));
    let (line, _) = small(&jpeg(&halves(6_000, 2), None));
    assert_eq!((line.width, line.height), (1_280, 1), "a line stays a line");
}

/// Exif with a place, XMP, IPTC, a profile, a comment, a film behind the picture: in every format nothing of it is left.
#[test]
fn nothing_but_pixels_is_left() {
    let plain = jpeg(&halves(60, 40), Some(1));
    assert!(holds(&plain, CANARY), "the canary is in the file");
    let xmp = [b"http://ns.adobe.com/xap/1.0/\0".as_slice(), CANARY].concat();
    let mut phone = with_segment(&with_segment(&plain, 0xe1, &xmp), 0xed, CANARY);
    phone = with_segment(&phone, 0xfe, CANARY);
    phone.extend(CANARY);
    let (mut png, mut webp) = (Vec::new(), Vec::new());
    let mut encoder = PngEncoder::new(&mut png);
    encoder.set_exif_metadata(exif(1)).expect("a PNG has Exif");
    encoder.set_icc_profile(CANARY.to_vec()).expect("a PNG has a profile");
    encoded(encoder, &halves(60, 40));
    let mut encoder = WebPEncoder::new_lossless(&mut webp);
    encoder.set_exif_metadata(exif(1)).expect("a WebP has Exif");
    encoder.set_icc_profile(CANARY.to_vec()).expect("a WebP has a profile");
    encoded(encoder, &halves(60, 40));
    for (name, file) in [("JPEG", phone), ("PNG", png), ("WebP", webp)] {
        assert!(holds(&file, CANARY), "{name}: the canary is in the file");
        let photo = reduce(&file).expect("a good picture");
        for trace in [CANARY, b"Exif", b"ICC_PROFILE", b"xap", b"iPhone"] {
            assert!(!holds(&photo, trace), "{name}: {}", String::from_utf8_lossy(trace));
        }
        inspect(&photo).unwrap_or_else(|flaw| panic!("{name}: {flaw}"));
    }
}

#[test]
fn what_is_transparent_becomes_white() {
    let clear = RgbaImage::from_pixel(20, 20, Rgba([0, 0, 0, 0]));
    let mut file = Vec::new();
    clear
        .write_to(&mut Cursor::new(&mut file), ImageFormat::Png)
        .expect("memory");
    let (_, picture) = small(&file);
    assert!(is_near(*picture.get_pixel(10, 10), Rgb([255, 255, 255])));
}

#[test]
fn what_cannot_be_a_photo_says_what_to_do() {
    let good = jpeg(&room(200, 150, 20), None);
    // A PNG whose head promises 60,000 × 60,000 pixels.
    let mut bomb = Vec::new();
    encoded(PngEncoder::new(&mut bomb), &halves(4, 4));
    bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let crc = crc32(&bomb[12..29]);
    bomb[29..33].copy_from_slice(&crc.to_be_bytes());
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec();
    let too_many = BadPhoto::TooManyPixels(Size {
        width: 60_000,
        height: 60_000,
    });
    for (file, problem, says) in [
        (Vec::new(), BadPhoto::Unreadable, "Chọn ảnh JPG, PNG hoặc WebP."),
        (
            b"%PDF-1.7 cong van".to_vec(),
            BadPhoto::Unreadable,
            "không phải ảnh đọc được",
        ),
        (heic, BadPhoto::Heic, "kiểu JPG"),
        (good[..good.len() - 2].to_vec(), BadPhoto::Damaged, "chưa chép xong"),
        (good[..good.len() / 2].to_vec(), BadPhoto::Damaged, "chưa chép xong"),
        (b"\x89PNG\r\n\x1a\nhong".to_vec(), BadPhoto::Damaged, "chưa chép xong"),
        (
            bomb,
            too_many,
            "60000 × 60000 điểm là quá lớn, nhiều nhất 64 triệu điểm",
        ),
        (
            vec![0xff; FILE_BYTES_MAX + 1],
            BadPhoto::FileTooLarge(FILE_BYTES_MAX + 1),
            "33 MB là quá lớn",
        ),
    ] {
        assert_eq!(reduce(&file), Err(problem));
        let told = sentence(Locale::Vi, &problem.finding());
        assert!(told.contains(says), "{told}");
    }
}

/// Every truncation of a photo, and of a picture, is an error or a photo; never a panic.
#[test]
fn no_cut_is_taken_for_the_whole() {
    let photo = reduce(&jpeg(&room(64, 48, 90), Some(3))).expect("a good picture");
    for end in 0..photo.len() {
        assert_eq!(inspect(&photo[..end]), Err(Flaw::NotJpeg), "cut at {end}");
        assert!(reduce(&photo[..end]).is_err(), "cut at {end}");
    }
}

#[test]
fn the_centre_sees_whatever_else_a_jpeg_carries() {
    let photo = reduce(&jpeg(&halves(60, 40), None)).expect("a good picture");
    let trailing = [photo.as_slice(), b"x"].concat();
    let hidden = {
        let end = photo.len() - 2;
        // Between the last scan and the end.
        [&photo[..end], &[0xff, 0xe1, 0, 6], b"GPS!", &photo[end..]].concat()
    };
    for (file, flaw) in [
        (with_segment(&photo, 0xe1, b"Exif\0\0MM"), Flaw::Metadata(0xe1)),
        (with_segment(&photo, 0xe0, b"JFXX\0\x10thumb"), Flaw::Metadata(0xe0)),
        (with_segment(&photo, 0xe2, b"ICC_PROFILE\0"), Flaw::Metadata(0xe2)),
        (with_segment(&photo, 0xfe, b"Ap Hoa Thuan"), Flaw::Metadata(0xfe)),
        (hidden, Flaw::Metadata(0xe1)),
        (trailing, Flaw::Trailing),
        (jpeg(&halves(1_281, 10), None), Flaw::TooWide(1_281)),
        (b"\x89PNG\r\n\x1a\n".to_vec(), Flaw::NotJpeg),
        (b"\xff\xd8\xff\xd9".to_vec(), Flaw::NotJpeg),
        (vec![0xff; 200_000], Flaw::TooLarge(200_000)),
        (vec![0xff; 100_000], Flaw::NotJpeg),
    ] {
        assert_eq!(inspect(&file), Err(flaw));
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
        })
    })
}
