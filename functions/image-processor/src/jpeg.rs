//! JPEG: decoding at a reduced scale, the orientation in its metadata, encoding.

use image::metadata::Orientation;
use image::{DynamicImage, RgbImage};
use turbojpeg::{
    Colorspace, Compressor, DecompressHeader, Decompressor, Image, PixelFormat, ScalingFactor,
    Subsamp,
};

use crate::thumbnail::{EDGE, Refusal};

const MAX_PIXELS: usize = 64_000_000;
/// An image of several scans is held as coefficients until the last one is read.
const MAX_COEFFICIENTS: usize = 80 * 1024 * 1024;
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
    check(&header, &segments)?;
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

fn check(header: &DecompressHeader, segments: &Segments) -> Result<(), Refusal> {
    if header.is_lossless {
        return Err(Refusal::Lossless);
    }
    let pixels = header.width.saturating_mul(header.height);
    if pixels == 0 {
        return Err(Refusal::Empty);
    }
    let held = segments.frame.held(pixels);
    if pixels > MAX_PIXELS || (segments.several_scans && held > MAX_COEFFICIENTS) {
        return Err(Refusal::TooManyPixels);
    }
    Ok(())
}

/// The strongest reduction that leaves twice what the thumbnail needs: the decoder's own is coarse,
/// and what it has blurred no filter sharpens.
fn reduction(header: &DecompressHeader) -> ScalingFactor {
    let longest = header.width.max(header.height);
    [8, 4, 2]
        .into_iter()
        .map(|by| ScalingFactor::new(1, by))
        .find(|factor| factor.scale(longest) >= 2 * EDGE as usize)
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
    frame: Frame,
    /// Whether the picture comes in more than one pass.
    several_scans: bool,
}

/// The components of a picture.
#[derive(Clone, Copy, Default)]
struct Frame {
    progressive: bool,
    components: u8,
    /// Samples of all components in one block of pixels, and how many pixels that block has.
    samples: usize,
    block: usize,
}

impl Frame {
    fn of(marker: u8, segment: &[u8]) -> Option<Self> {
        let components = *segment.get(5)?;
        let factors = segment.get(6..6 + 3 * usize::from(components))?;
        let factors = factors.chunks_exact(3);
        let factors = factors.map(|c| (usize::from(c[1] >> 4), usize::from(c[1] & 15)));
        let widest = factors.clone().map(|(across, _)| across).max()?;
        let tallest = factors.clone().map(|(_, down)| down).max()?;
        Some(Self {
            progressive: matches!(marker, 0xc2 | 0xc6 | 0xca | 0xce),
            components,
            samples: factors.map(|(across, down)| across * down).sum(),
            block: widest * tallest,
        })
    }

    /// Bytes of the coefficients of so many pixels: two for each sample.
    fn held(&self, pixels: usize) -> usize {
        let blocks = pixels.div_ceil(self.block.max(1));
        blocks.saturating_mul(self.samples).saturating_mul(2)
    }
}

impl Segments {
    fn of(bytes: &[u8]) -> Self {
        let mut found = Self {
            orientation: Orientation::NoTransforms,
            frame: Frame::default(),
            several_scans: false,
        };
        let mut at = 2;
        while let Some(&[0xff, marker, high, low]) = bytes.get(at..at + 4) {
            let length = usize::from(u16::from_be_bytes([high, low]));
            let segment = bytes.get(at + 4..at + 2 + length).unwrap_or_default();
            match marker {
                0xff => {
                    at += 1;
                    continue;
                }
                0xe1 => found.orientation = exif(segment).unwrap_or(found.orientation),
                // Between them are tables and what is reserved.
                0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                    found.frame = Frame::of(marker, segment).unwrap_or(found.frame);
                }
                0xda => {
                    let here = segment.first().copied().unwrap_or_default();
                    found.several_scans = found.frame.progressive || here < found.frame.components;
                    break;
                }
                _ => {}
            }
            at += 2 + length;
        }
        found
    }
}

fn exif(segment: &[u8]) -> Option<Orientation> {
    Orientation::from_exif_chunk(segment.strip_prefix(b"Exif\0\0")?)
}
