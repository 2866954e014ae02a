//! Hostile and broken images: each ends in a thumbnail or a reason, never in a crash.
#![allow(clippy::unwrap_used)]

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use image_processor::thumbnail::{EDGE, Refusal, make};

fn gradient(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| Rgb([x as u8, y as u8, (x ^ y) as u8]))
}

fn encoded(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    image
        .into()
        .write_to(&mut Cursor::new(&mut bytes), format)
        .unwrap();
    bytes
}

fn jpeg(image: &RgbImage) -> Vec<u8> {
    let (width, height) = (image.width() as usize, image.height() as usize);
    let pixels = image.as_raw().as_slice();
    let format = turbojpeg::PixelFormat::RGB;
    let source = turbojpeg::Image {
        pixels,
        width,
        pitch: width * 3,
        height,
        format,
    };
    turbojpeg::compress(source, 90, turbojpeg::Subsamp::Sub2x2)
        .unwrap()
        .to_vec()
}

fn samples() -> Vec<(&'static str, Vec<u8>)> {
    let image = gradient(300, 200);
    vec![
        ("jpeg", jpeg(&image)),
        ("png", encoded(image.clone(), ImageFormat::Png)),
        ("gif", encoded(image.clone(), ImageFormat::Gif)),
        ("webp", encoded(image, ImageFormat::WebP)),
    ]
}

fn sides(bytes: &[u8]) -> (u32, u32) {
    let header = turbojpeg::read_header(bytes).unwrap();
    (header.width as u32, header.height as u32)
}

#[test]
fn every_format_is_read_whatever_its_name_would_be() {
    for (name, bytes) in samples() {
        let thumbnail = make(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((thumbnail.width, thumbnail.height), (300, 200), "{name}");
        assert_eq!(
            sides(&thumbnail.jpeg),
            (300, 200),
            "{name}: small images stay as they are"
        );
    }
}

#[test]
fn thumbnails_fit_the_edge_and_keep_the_shape() {
    for (width, height, expected) in [
        (4000, 3000, (800, 600)),
        (1000, 3000, (267, 800)),
        (5000, 3, (800, 1)),
        (801, 801, (800, 800)),
    ] {
        for bytes in [
            jpeg(&gradient(width, height)),
            encoded(gradient(width, height), ImageFormat::Png),
        ] {
            assert_eq!(
                sides(&make(&bytes).unwrap().jpeg),
                expected,
                "{width}x{height}"
            );
        }
    }
    assert_eq!(EDGE, 800);
}

#[test]
fn files_cut_at_every_sixteenth_are_refused() {
    for (name, bytes) in samples() {
        for part in 0..16 {
            let cut = &bytes[..bytes.len() * part / 16];
            assert!(make(cut).is_err(), "{name} cut at {part}/16 was accepted");
        }
    }
}

#[test]
fn files_with_a_second_nature_are_refused() {
    let zip = [b"PK\x05\x06".as_slice(), &[0; 18]].concat();
    for (name, bytes) in samples() {
        for (what, tail) in [
            ("zip", zip.as_slice()),
            ("html", b"<html><script>alert(1)</script>"),
            ("php", b"<?PHP system($_GET[0]);"),
            ("svg", b"<svg onload=alert(1)>"),
        ] {
            let both = [bytes.as_slice(), tail].concat();
            assert!(
                matches!(make(&both), Err(Refusal::Polyglot(_))),
                "{name} and {what}"
            );
        }
    }
    let (_, gif) = samples().remove(2);
    let harmless = [gif.as_slice(), &[0; 64]].concat();
    assert!(make(&harmless).is_ok(), "trailing bytes alone are common");
    let mut pdf = jpeg(&gradient(64, 64));
    pdf.splice(2..2, [0xff, 0xfe, 0, 10].into_iter().chain(*b"%PDF-1.7"));
    assert!(matches!(make(&pdf), Err(Refusal::Polyglot(_))));
}

#[test]
fn what_is_no_image_is_refused() {
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'/>".as_slice();
    for bytes in [
        b"".as_slice(),
        b"x",
        svg,
        b"%PDF-1.7",
        b"BM\0\0",
        b"II*\0",
        b"PK\x03\x04",
        b"\0\0\0\x20ftypheic",
        b"\x7fELF",
        b"RIFF\0\0\0\0WAVE",
        &[0; 4096],
        &[0xff; 4096],
    ] {
        assert_eq!(make(bytes).err(), Some(Refusal::UnknownFormat), "{bytes:?}");
    }
    for bytes in [
        b"\xff\xd8\xff".as_slice(),
        b"\xff\xd8\xff\xd9",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
        b"GIF89a\0\0\0\0\0\0\0",
        b"RIFF\0\0\0\0WEBP",
        b"RIFF\xff\xff\xff\xffWEBPVP8 \xff\xff\xff\xff",
        b"RIFF\x04\0\0\0WEBPVP8X",
    ] {
        assert!(make(bytes).is_err(), "{bytes:?}");
    }
}

/// A PNG with any header and no data.
fn png_header(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = encoded(gradient(1, 1), ImageFormat::Png);
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let crc = crc(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&crc.to_be_bytes());
    bytes
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 * (crc & 1))
        })
    })
}

#[test]
fn headers_that_promise_too_much_or_nothing_are_refused_without_the_memory() {
    for (width, height) in [
        (10_000, 10_000),
        (65_535, 65_535),
        (u32::MAX >> 1, 1),
        (1, u32::MAX >> 1),
        (30_001, 1),
    ] {
        assert_eq!(
            make(&png_header(width, height)).err(),
            Some(Refusal::TooManyPixels)
        );
    }
    for (width, height) in [(0, 0), (0, 5), (5, 0)] {
        assert!(make(&png_header(width, height)).is_err());
    }
    for (width, height) in [(65_500_u16, 65_500_u16), (10_000, 10_000)] {
        let mut bytes = jpeg(&gradient(16, 16));
        let frame = bytes
            .windows(2)
            .position(|pair| pair == [0xff, 0xc0])
            .unwrap();
        bytes[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
        bytes[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
        assert_eq!(make(&bytes).err(), Some(Refusal::TooManyPixels));
    }
}

#[test]
fn transparency_becomes_white_and_sixteen_bits_become_eight() {
    let clear = RgbaImage::from_pixel(900, 900, Rgba([255, 0, 0, 0]));
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let thumbnail = make(&encoded(clear.clone(), format)).unwrap();
        let pixels = turbojpeg::decompress(&thumbnail.jpeg, turbojpeg::PixelFormat::RGB).unwrap();
        assert!(
            pixels.pixels.iter().all(|light| *light >= 254),
            "{format:?}"
        );
    }
    for image in [
        DynamicImage::from(gradient(900, 10)).to_rgb16().into(),
        DynamicImage::from(DynamicImage::from(gradient(900, 10)).to_rgba16()),
        DynamicImage::from(gradient(900, 10)).to_luma16().into(),
        DynamicImage::from(gradient(900, 10)).to_luma8().into(),
        DynamicImage::from(gradient(900, 10))
            .to_luma_alpha8()
            .into(),
    ] {
        let image: DynamicImage = image;
        assert_eq!(
            sides(&make(&encoded(image, ImageFormat::Png)).unwrap().jpeg),
            (800, 9)
        );
    }
}

/// An Exif segment that holds nothing but an orientation.
fn with_orientation(mut jpeg: Vec<u8>, orientation: u8) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01".to_vec();
    exif.extend([0, orientation, 0, 0, 0, 0, 0, 0]);
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    jpeg.splice(2..2, [0xff, 0xe1].into_iter().chain(length).chain(exif));
    jpeg
}

#[test]
fn orientation_is_applied_and_metadata_is_gone() {
    let mut image = RgbImage::from_pixel(40, 20, Rgb([0, 0, 0]));
    (0..20).for_each(|y| (0..10).for_each(|x| image.put_pixel(x, y, Rgb([255, 255, 255]))));
    let plain = jpeg(&image);
    for (orientation, expected, white) in [
        (1, (40, 20), (2, 2)),
        (3, (40, 20), (37, 2)),
        (6, (20, 40), (2, 2)),
        (8, (20, 40), (2, 37)),
    ] {
        let thumbnail = make(&with_orientation(plain.clone(), orientation)).unwrap();
        assert_eq!(
            (thumbnail.width, thumbnail.height),
            expected,
            "{orientation}"
        );
        let pixels = turbojpeg::decompress(&thumbnail.jpeg, turbojpeg::PixelFormat::GRAY).unwrap();
        assert_eq!(
            (pixels.width as u32, pixels.height as u32),
            expected,
            "{orientation}"
        );
        assert!(
            pixels.pixels[white.1 * pixels.pitch + white.0] > 200,
            "{orientation}"
        );
        assert!(!thumbnail.jpeg.windows(4).any(|bytes| bytes == b"Exif"));
    }
    for nonsense in [0, 9, 255] {
        assert!(make(&with_orientation(plain.clone(), nonsense)).is_ok());
    }
}

#[test]
fn animations_give_their_first_frame() {
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut bytes);
    let frame = |light| {
        image::Frame::new(RgbaImage::from_pixel(
            20,
            20,
            Rgba([light, light, light, 255]),
        ))
    };
    encoder
        .encode_frames([frame(255), frame(0), frame(0)])
        .unwrap();
    drop(encoder);
    let pixels = turbojpeg::decompress(&make(&bytes).unwrap().jpeg, turbojpeg::PixelFormat::GRAY);
    assert!(pixels.unwrap().pixels.iter().all(|light| *light > 250));
}

#[test]
fn cmyk_is_read() {
    let (width, height) = (64, 64);
    let pixels = vec![255_u8; width * height * 4];
    let format = turbojpeg::PixelFormat::CMYK;
    let image = turbojpeg::Image {
        pixels: pixels.as_slice(),
        width,
        pitch: width * 4,
        height,
        format,
    };
    let mut compressor = turbojpeg::Compressor::new().unwrap();
    compressor
        .set_colorspace(turbojpeg::Colorspace::YCCK)
        .unwrap();
    let bytes = compressor.compress_to_vec(image).unwrap();
    let pixels = turbojpeg::decompress(&make(&bytes).unwrap().jpeg, turbojpeg::PixelFormat::GRAY);
    assert!(pixels.unwrap().pixels.iter().all(|light| *light > 250));
}

#[test]
fn a_lossless_jpeg_cannot_be_reduced_and_is_refused() {
    let mut compressor = turbojpeg::Compressor::new().unwrap();
    compressor.set_lossless(true).unwrap();
    let image = gradient(2_000, 2_000);
    let bytes = compressor
        .compress_to_vec(turbojpeg::Image {
            pixels: image.as_raw().as_slice(),
            width: 2_000,
            pitch: 6_000,
            height: 2_000,
            format: turbojpeg::PixelFormat::RGB,
        })
        .unwrap();
    assert_eq!(make(&bytes).err(), Some(Refusal::Lossless));
}

#[test]
fn no_flipped_bit_crashes() {
    for (name, bytes) in samples() {
        let step = (bytes.len() / 200).max(1);
        for at in (0..bytes.len()).step_by(step) {
            let mut broken = bytes.clone();
            broken[at] ^= 0x55;
            if let Ok(thumbnail) = make(&broken) {
                assert!(!thumbnail.jpeg.is_empty(), "{name} at {at}");
            }
        }
    }
}
