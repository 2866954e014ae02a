//! JPEG: decoding at a reduced scale, the orientation in its metadata, encoding.

use image::metadata::Orientation;
use image::{DynamicImage, RgbImage};
use turbojpeg::{
    Colorspace, Compressor, DecompressHeader, Decompressor, Image, PixelFormat, ScalingFactor,
    Subsamp,
};

use crate::thumbnail::{EDGE, Refusal};

/// A progressive image is held as coefficients, two bytes a sample and up to three samples a pixel.
const MAX_PIXELS: usize = 64_000_000;
const MAX_PROGRESSIVE_PIXELS: usize = 16_000_000;
/// Ordinary progressive images have ten; thousands are an attack.
const MAX_SCANS: u32 = 64;
const QUALITY: i32 = 85;
/// A warning for junk between segments, which many cameras leave there.
const HARMLESS: &str = "extraneous bytes before marker";

/// An image decoded at a reduced scale, with its full size.
pub(crate) struct Decoded {
    pub(crate) image: DynamicImage,
    pub(crate) full: (usize, usize),
    pub(crate) orientation: Orientation,
}

pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded, Refusal> {
    let mut decompressor = Decompressor::new()?;
    let header = decompressor.read_header(bytes)?;
    let segments = Segments::of(bytes);
    check(&header, segments.progressive)?;
    decompressor.set_scan_limit(MAX_SCANS)?;
    let factor = reduction(&header);
    decompressor.set_scaling_factor(factor)?;
    let (width, height) = (factor.scale(header.width), factor.scale(header.height));
    let cmyk = matches!(header.colorspace, Colorspace::CMYK | Colorspace::YCCK);
    let format = if cmyk {
        PixelFormat::CMYK
    } else {
        PixelFormat::RGB
    };
    let mut pixels = vec![0; width * height * format.size()];
    let target = Image {
        pixels: pixels.as_mut_slice(),
        width,
        pitch: width * format.size(),
        height,
        format,
    };
    match decompressor.decompress(bytes, target) {
        Err(error) if !error.to_string().contains(HARMLESS) => return Err(error.into()),
        _ => {}
    }
    let rgb = if cmyk { rgb_of(&pixels) } else { pixels };
    Ok(Decoded {
        image: image(width, height, rgb)?,
        full: (header.width, header.height),
        orientation: segments.orientation,
    })
}

fn check(header: &DecompressHeader, progressive: bool) -> Result<(), Refusal> {
    let pixels = header.width.saturating_mul(header.height);
    let most = if progressive {
        MAX_PROGRESSIVE_PIXELS
    } else {
        MAX_PIXELS
    };
    if pixels == 0 {
        return Err(Refusal::Empty);
    }
    if pixels > most {
        return Err(Refusal::TooManyPixels);
    }
    Ok(())
}

/// The strongest reduction that leaves at least what the thumbnail needs.
fn reduction(header: &DecompressHeader) -> ScalingFactor {
    let longest = header.width.max(header.height);
    [8, 4, 2]
        .into_iter()
        .map(|by| ScalingFactor::new(1, by))
        .find(|factor| factor.scale(longest) >= EDGE as usize)
        .unwrap_or(ScalingFactor::ONE)
}

/// Writers of CMYK store it inverted, so that ink times key is light.
fn rgb_of(cmyk: &[u8]) -> Vec<u8> {
    let light =
        |ink: u8, key: u8| u8::try_from(u16::from(ink) * u16::from(key) / 255).unwrap_or(255);
    cmyk.chunks_exact(4)
        .flat_map(|p| [light(p[0], p[3]), light(p[1], p[3]), light(p[2], p[3])])
        .collect()
}

fn image(width: usize, height: usize, rgb: Vec<u8>) -> Result<DynamicImage, Refusal> {
    let side = |n: usize| u32::try_from(n).map_err(|_| Refusal::TooManyPixels);
    RgbImage::from_raw(side(width)?, side(height)?, rgb)
        .map(DynamicImage::ImageRgb8)
        .ok_or(Refusal::Empty)
}

pub(crate) fn encode(image: &RgbImage) -> Result<Vec<u8>, turbojpeg::Error> {
    let mut compressor = Compressor::new()?;
    compressor.set_quality(QUALITY)?;
    compressor.set_subsamp(Subsamp::Sub2x2)?;
    let (width, height) = (image.width() as usize, image.height() as usize);
    let pixels = image.as_raw().as_slice();
    let format = PixelFormat::RGB;
    compressor.compress_to_vec(Image {
        pixels,
        width,
        pitch: width * format.size(),
        height,
        format,
    })
}

impl From<turbojpeg::Error> for Refusal {
    fn from(error: turbojpeg::Error) -> Self {
        Self::Broken(error.to_string())
    }
}

/// What the segments before the picture say.
struct Segments {
    orientation: Orientation,
    progressive: bool,
}

impl Segments {
    fn of(bytes: &[u8]) -> Self {
        let mut found = Self {
            orientation: Orientation::NoTransforms,
            progressive: false,
        };
        let mut at = 2;
        while let Some(&[0xff, marker, high, low]) = bytes.get(at..at + 4) {
            let length = usize::from(u16::from_be_bytes([high, low]));
            match marker {
                0xff => {
                    at += 1;
                    continue;
                }
                0xe1 => found.orientation = exif(bytes, at, length).unwrap_or(found.orientation),
                0xc2 | 0xc6 | 0xca | 0xce => found.progressive = true,
                0xda => break,
                _ => {}
            }
            at += 2 + length;
        }
        found
    }
}

fn exif(bytes: &[u8], at: usize, length: usize) -> Option<Orientation> {
    let segment = bytes.get(at + 4..at + 2 + length)?;
    Orientation::from_exif_chunk(segment.strip_prefix(b"Exif\0\0")?)
}
