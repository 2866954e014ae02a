//! From the bytes of an upload to a thumbnail, or to the reason why there is none.

use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::DynamicImage;
use image::metadata::Orientation;
use thiserror::Error;

use crate::{jpeg, polyglot, raster};
use collections_core::domain::Format;

/// No side of a thumbnail is longer.
pub const EDGE: u32 = 800;
/// No upload is larger.
pub const MAX_BYTES: u64 = 25 * 1024 * 1024;

/// Why an image is not accepted; its owner reads it.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Refusal {
    /// Too many bytes.
    #[error("the file has {0} bytes, more than the {MAX_BYTES} that are accepted")]
    TooLarge(u64),
    /// Not one of the formats.
    #[error("the file is no PNG, JPEG, WebP or GIF image, whatever its name says")]
    UnknownFormat,
    /// Too much memory to decode.
    #[error("the image has more pixels than can be accepted")]
    TooManyPixels,
    /// No pixels.
    #[error("the image has no pixels")]
    Empty,
    /// A kind of JPEG that browsers do not show either.
    #[error("the image is a lossless JPEG, which is not accepted")]
    Lossless,
    /// It cannot be decoded.
    #[error("the image is damaged or incomplete: {0}")]
    Broken(String),
    /// It is something else as well.
    #[error("the file is an image and {0} at the same time")]
    Polyglot(&'static str),
}

/// A thumbnail and what was found out on the way.
#[derive(Clone, Debug)]
pub struct Thumbnail {
    /// The JPEG.
    pub jpeg: Vec<u8>,
    /// What the original is.
    pub format: Format,
    /// Pixels across of the original, as it is seen.
    pub width: u32,
    /// Pixels down of the original, as it is seen.
    pub height: u32,
}

/// Makes a thumbnail within [`EDGE`] pixels: turned upright, on white, without any metadata.
pub fn make(bytes: &[u8]) -> Result<Thumbnail, Refusal> {
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Refusal::TooLarge(bytes.len() as u64));
    }
    let format = Format::of(bytes).ok_or(Refusal::UnknownFormat)?;
    if let Some(other) = polyglot::second_nature(bytes) {
        return Err(Refusal::Polyglot(other));
    }
    let (mut image, full, orientation) = decode(bytes, format)?;
    put_on_white(&mut image);
    let mut small = reduce(image)?;
    small.apply_orientation(orientation);
    let jpeg = jpeg::encode(&small.into_rgb8())?;
    let (width, height) = if turns(orientation) {
        (full.1, full.0)
    } else {
        full
    };
    Ok(Thumbnail {
        jpeg,
        format,
        width,
        height,
    })
}

type Picture = (DynamicImage, (u32, u32), Orientation);

fn decode(bytes: &[u8], format: Format) -> Result<Picture, Refusal> {
    if format == Format::Jpeg {
        let decoded = jpeg::decode(bytes)?;
        let side = |n| u32::try_from(n).map_err(|_| Refusal::TooManyPixels);
        let full = (side(decoded.full.0)?, side(decoded.full.1)?);
        return Ok((decoded.image, full, decoded.orientation));
    }
    let decoded = raster::decode(bytes, format)?;
    let full = (decoded.image.width(), decoded.image.height());
    Ok((decoded.image, full, decoded.orientation))
}

/// Reduces to fit the edge; never enlarges.
fn reduce(image: DynamicImage) -> Result<DynamicImage, Refusal> {
    let (width, height) = (image.width(), image.height());
    let longest = width.max(height);
    if longest <= EDGE {
        return Ok(image);
    }
    let fit = |side: u32| {
        let exact = f64::from(side) * f64::from(EDGE) / f64::from(longest);
        (exact.round() as u32).clamp(1, EDGE)
    };
    let mut small = DynamicImage::new(fit(width), fit(height), image.color());
    let options = ResizeOptions::new()
        // Half the taps of Lanczos, and nearer to the original where a photograph is grainy.
        .resize_alg(ResizeAlg::Convolution(FilterType::Hamming))
        // Nothing is transparent any more; else the whole image would be copied first.
        .use_alpha(false);
    Resizer::new()
        .resize(&image, &mut small, &options)
        .map_err(|error| Refusal::Broken(error.to_string()))?;
    Ok(small)
}

/// Makes an image opaque where it lies: a copy of a large one would cost as much again.
fn put_on_white(image: &mut DynamicImage) {
    match image {
        DynamicImage::ImageRgba8(image) => image.pixels_mut().for_each(|p| over_white(&mut p.0)),
        DynamicImage::ImageLumaA8(image) => image.pixels_mut().for_each(|p| over_white(&mut p.0)),
        DynamicImage::ImageRgba16(image) => image.pixels_mut().for_each(|p| over_white(&mut p.0)),
        DynamicImage::ImageLumaA16(image) => image.pixels_mut().for_each(|p| over_white(&mut p.0)),
        _ => {}
    }
}

/// One pixel, whose last channel is its opacity.
fn over_white<C: Channel>(pixel: &mut [C]) {
    if let Some((alpha, colours)) = pixel.split_last_mut() {
        for colour in colours {
            *colour = colour.over_white(*alpha);
        }
        *alpha = C::WHITE;
    }
}

/// A channel of eight or sixteen bits.
trait Channel: Copy {
    const WHITE: Self;

    fn over_white(self, alpha: Self) -> Self;
}

macro_rules! channel {
    ($narrow:ty, $wide:ty) => {
        impl Channel for $narrow {
            const WHITE: Self = <$narrow>::MAX;

            fn over_white(self, alpha: Self) -> Self {
                let (white, alpha) = (<$wide>::from(Self::WHITE), <$wide>::from(alpha));
                let mixed = <$wide>::from(self) * alpha + white * (white - alpha);
                // At most white again.
                ((mixed + white / 2) / white) as $narrow
            }
        }
    };
}

channel!(u8, u32);
channel!(u16, u64);

fn turns(orientation: Orientation) -> bool {
    matches!(
        orientation,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    )
}
