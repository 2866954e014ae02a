//! What an image may cost in memory. Each is measured in a process of its own: what was freed
//! before is not always given back, and would hide what is used next.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::io::Cursor;

use image::codecs::gif::GifEncoder;
use image::{DynamicImage, Frame, ImageFormat, RgbImage, RgbaImage};
use image_processor::thumbnail::make;
use turbojpeg::{Colorspace, Compressor, Image, PixelFormat, Subsamp};

/// Tells this program to measure one file.
const FILE: &str = "MEMORY_TEST_FILE";

fn figure(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    image
        .write_to(&mut Cursor::new(&mut bytes), format)
        .unwrap();
    bytes
}

/// A JPEG of one colour, in any of its ways.
fn jpeg(side: usize, format: PixelFormat, how: impl FnOnce(&mut Compressor)) -> Vec<u8> {
    let pixels = vec![128; side * side * format.size()];
    let mut compressor = Compressor::new().unwrap();
    compressor.set_subsamp(Subsamp::None).unwrap();
    how(&mut compressor);
    let image = Image {
        pixels: pixels.as_slice(),
        width: side,
        pitch: side * format.size(),
        height: side,
        format,
    };
    compressor.compress_to_vec(image).unwrap()
}

fn progressive(compressor: &mut Compressor) {
    compressor.set_progressive(true).unwrap();
}

fn progressive_ink(compressor: &mut Compressor) {
    compressor.set_colorspace(Colorspace::YCCK).unwrap();
    compressor.set_progressive(true).unwrap();
}

/// A plain JPEG whose colours come one after the other: decoders keep all of them until the end.
fn one_colour_after_the_other(side: u16) -> Vec<u8> {
    let mut bytes = jpeg(16, PixelFormat::RGB, |_| ());
    let frame = bytes
        .windows(2)
        .position(|pair| pair == [0xff, 0xc0])
        .unwrap();
    bytes[frame + 5..frame + 7].copy_from_slice(&side.to_be_bytes());
    bytes[frame + 7..frame + 9].copy_from_slice(&side.to_be_bytes());
    let scan = bytes
        .windows(2)
        .position(|pair| pair == [0xff, 0xda])
        .unwrap();
    // Only the first of three components, and data that ends at once.
    bytes.truncate(scan);
    bytes.extend([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0, 0, 0xff, 0xd9]);
    bytes
}

/// A GIF whose only frame is smaller than its canvas.
fn canvas(side: u16) -> Vec<u8> {
    let mut bytes = Vec::new();
    let frame = Frame::new(RgbaImage::new(2, 2));
    GifEncoder::new(&mut bytes).encode_frame(frame).unwrap();
    bytes[6..8].copy_from_slice(&side.to_le_bytes());
    bytes[8..10].copy_from_slice(&side.to_le_bytes());
    bytes
}

fn largest() -> Vec<(&'static str, Vec<u8>)> {
    let rgb = |side| DynamicImage::from(RgbImage::new(side, side));
    let deep = DynamicImage::from(RgbaImage::new(2_890, 2_890)).into_rgba16();
    let colour = PixelFormat::RGB;
    vec![
        (
            "larger grey PNG",
            encoded(&DynamicImage::new_luma8(8_200, 8_200), ImageFormat::Png),
        ),
        (
            "grey PNG",
            encoded(&DynamicImage::new_luma8(8_190, 8_190), ImageFormat::Png),
        ),
        ("PNG", encoded(&rgb(4_725), ImageFormat::Png)),
        ("deep PNG", encoded(&deep.into(), ImageFormat::Png)),
        ("WebP", encoded(&rgb(3_200), ImageFormat::WebP)),
        ("larger WebP", encoded(&rgb(4_725), ImageFormat::WebP)),
        ("GIF", encoded(&rgb(3_000), ImageFormat::Gif)),
        ("GIF canvas", canvas(3_200)),
        ("larger GIF canvas", canvas(5_000)),
        ("larger JPEG", jpeg(8_010, colour, |_| ())),
        ("JPEG", jpeg(7_990, colour, |_| ())),
        ("larger progressive JPEG", jpeg(3_990, colour, progressive)),
        ("progressive JPEG", jpeg(3_200, colour, progressive)),
        (
            "larger progressive CMYK",
            jpeg(3_990, PixelFormat::CMYK, progressive_ink),
        ),
        (
            "larger JPEG scan by scan",
            one_colour_after_the_other(7_990),
        ),
    ]
}

/// What became of an image, and how many megabytes that cost.
fn measure(bytes: &[u8]) -> (String, u64) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let itself = std::env::current_exe().unwrap();
    let told = std::process::Command::new(itself)
        .args([
            "--exact",
            "no_image_costs_a_hundred_megabytes",
            "--nocapture",
        ])
        .env(FILE, file.path())
        .output()
        .unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    let line = told.lines().find_map(|line| line.strip_prefix("cost "));
    let (cost, verdict) = line.and_then(|line| line.split_once(' ')).unwrap();
    (verdict.to_owned(), cost.parse().unwrap())
}

/// The other half of `measure`, in the process that it starts.
fn tell(file: &std::ffi::OsStr) {
    let bytes = std::fs::read(file).unwrap();
    let before = figure("VmRSS");
    let verdict = match make(&bytes) {
        Ok(_) => "accepted".to_owned(),
        Err(refusal) => refusal.to_string(),
    };
    // From the beginning of the line, which the test's name has begun already.
    println!("\ncost {} {verdict}", (figure("VmHWM") - before) / 1024);
}

#[test]
fn no_image_costs_a_hundred_megabytes() {
    if let Some(file) = std::env::var_os(FILE) {
        return tell(&file);
    }
    let mut costs = Vec::new();
    for (name, bytes) in largest() {
        let (verdict, cost) = measure(&bytes);
        costs.push((name, verdict, cost));
    }
    for (name, verdict, cost) in &costs {
        assert!(*cost < 100, "{name}: {verdict} after {cost} MB");
        let refused = verdict.contains("more pixels");
        assert!(!refused || *cost < 5, "{name}: refused after {cost} MB");
        let expected = name.starts_with("larger");
        assert_eq!(refused, expected, "{name}: {verdict}; {costs:#?}");
    }
}
