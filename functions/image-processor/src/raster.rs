//! PNG, WebP and GIF: decoding within limits.

use std::io::Cursor;

use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, Limits};

use crate::thumbnail::Refusal;
use collections_core::domain::Format;

/// What the pixels of an image may take in memory once they are decoded.
const MAX_DECODED: u64 = 64 * 1024 * 1024;
/// The same while they are decoded.
const MAX_DECODING: u64 = 80 * 1024 * 1024;
const MAX_SIDE: u32 = 30_000;

/// A decoded image, and how it is to be turned.
pub(crate) struct Decoded {
    pub(crate) image: DynamicImage,
    pub(crate) orientation: Orientation,
}

pub(crate) fn decode(bytes: &[u8], format: Format) -> Result<Decoded, Refusal> {
    let data = Cursor::new(bytes);
    match format {
        // A frame and the canvas that it is put on, four bytes a pixel each.
        Format::Gif => finish(GifDecoder::new(data).map_err(refused)?, 8),
        Format::Webp => finish(
            WebPDecoder::new(data).map_err(refused)?,
            webp_bytes_a_pixel(bytes),
        ),
        Format::Png | Format::Jpeg => {
            let decoder = PngDecoder::with_limits(data, limits()).map_err(refused)?;
            let bytes_a_pixel = decoder.color_type().bytes_per_pixel();
            finish(decoder, u64::from(bytes_a_pixel))
        }
    }
}

/// A plain lossy picture is held as three planes of different sizes and as colours; any other one
/// twice as colours.
fn webp_bytes_a_pixel(bytes: &[u8]) -> u64 {
    if bytes.get(12..16) == Some(b"VP8 ") {
        5
    } else {
        8
    }
}

fn finish(mut decoder: impl ImageDecoder, bytes_a_pixel: u64) -> Result<Decoded, Refusal> {
    let (width, height) = decoder.dimensions();
    if width == 0 || height == 0 {
        return Err(Refusal::Empty);
    }
    let decoding = u64::from(width) * u64::from(height) * bytes_a_pixel;
    let large = decoding > MAX_DECODING || decoder.total_bytes() > MAX_DECODED;
    if width > MAX_SIDE || height > MAX_SIDE || large {
        return Err(Refusal::TooManyPixels);
    }
    decoder.set_limits(limits()).map_err(refused)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let image = DynamicImage::from_decoder(decoder).map_err(refused)?;
    Ok(Decoded { image, orientation })
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(2 * MAX_DECODED);
    limits
}

fn refused(error: ImageError) -> Refusal {
    match error {
        ImageError::Limits(_) => Refusal::TooManyPixels,
        error => Refusal::Broken(error.to_string()),
    }
}
