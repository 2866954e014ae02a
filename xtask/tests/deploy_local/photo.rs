//! A photo that no two runs make differently, with a caption in its metadata.

pub(crate) const WIDTH: u32 = 1200;
pub(crate) const HEIGHT: u32 = 900;

/// A gradient as PNG; the caption stands in its text chunk `Description`.
pub(crate) fn png(caption: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, WIDTH, HEIGHT);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder
        .add_text_chunk("Description".to_owned(), caption.to_owned())
        .unwrap();
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&pixels()).unwrap();
    writer.finish().unwrap();
    bytes
}

fn pixels() -> Vec<u8> {
    let shade = |at: u32, of: u32| u8::try_from(at * 255 / of).unwrap();
    let rows = (0..HEIGHT).flat_map(|y| (0..WIDTH).map(move |x| (x, y)));
    rows.flat_map(|(x, y)| [shade(x, WIDTH), shade(y, HEIGHT), 128])
        .collect()
}
