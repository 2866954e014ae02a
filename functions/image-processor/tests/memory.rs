//! What an image may cost in memory. Alone in its program: the figure is of the whole process.
#![allow(clippy::unwrap_used)]

use image_processor::thumbnail::make;

/// The most memory this process ever had, in kilobytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// A PNG of one colour: a few kilobytes that decode to many megabytes.
fn bomb(side: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let image = image::DynamicImage::new_luma8(side, side);
    image
        .write_to(
            &mut std::io::Cursor::new(&mut bytes),
            image::ImageFormat::Png,
        )
        .unwrap();
    bytes
}

#[test]
fn no_image_costs_a_hundred_megabytes() {
    let (largest, too_large) = (bomb(8_000), bomb(8_200));
    let before = peak();
    assert!(make(&largest).is_ok());
    assert!(make(&too_large).is_err());
    let more = (peak() - before) / 1024;
    assert!(more < 100, "{more} MB");
}
