//! Decodes an image and gathers what is certain about it.

use std::io::Cursor;

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use super::colours::{self, Colour};
use super::metadata::Metadata;

/// Larger than any phone's photo, small enough that decoding stays in bounds.
const LARGEST_SIDE: u32 = 16_384;
const LARGEST_DECODED: u64 = 256 * 1024 * 1024;

/// What can be said about an image without guessing.
#[derive(Debug)]
pub(crate) struct ImageFacts {
    pub(crate) format: Format,
    /// As displayed, that is after the rotation its metadata asks for.
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) colours: Vec<Colour>,
    pub(crate) metadata: Metadata,
}

/// The formats that the providers accept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Jpeg,
    Png,
    Gif,
    WebP,
}

/// Why an image could not be looked at.
#[derive(Debug, thiserror::Error)]
#[error("could not process image")]
pub(crate) struct Unreadable;

impl ImageFacts {
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        let format = Format::of(bytes).ok_or(Unreadable)?;
        let mut reader = ImageReader::with_format(Cursor::new(bytes), format.decoder());
        let mut limits = Limits::default();
        limits.max_image_width = Some(LARGEST_SIDE);
        limits.max_image_height = Some(LARGEST_SIDE);
        limits.max_alloc = Some(LARGEST_DECODED);
        reader.limits(limits);

        let mut decoder = reader.into_decoder().map_err(|_| Unreadable)?;
        let metadata = Metadata::read(&mut decoder, bytes, format);
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        let pixels = DynamicImage::from_decoder(decoder).map_err(|_| Unreadable)?;
        let (width, height) = displayed(pixels.width(), pixels.height(), orientation);
        Ok(Self {
            format,
            width,
            height,
            colours: colours::dominant(&pixels),
            metadata,
        })
    }

    /// How a provider estimates the cost of an image: its pixels by 750.
    pub(crate) fn tokens(&self) -> usize {
        (self.width as usize * self.height as usize).div_ceil(750)
    }

    pub(crate) fn shape(&self) -> &'static str {
        match self.width.cmp(&self.height) {
            std::cmp::Ordering::Greater => "landscape",
            std::cmp::Ordering::Less => "portrait",
            std::cmp::Ordering::Equal => "square",
        }
    }
}

impl Format {
    /// By the content's own mark, whatever a caller calls it.
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        match image::guess_format(bytes).ok()? {
            ImageFormat::Jpeg => Some(Self::Jpeg),
            ImageFormat::Png => Some(Self::Png),
            ImageFormat::Gif => Some(Self::Gif),
            ImageFormat::WebP => Some(Self::WebP),
            _ => None,
        }
    }

    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::WebP => "image/webp",
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Gif => "GIF",
            Self::WebP => "WebP",
        }
    }

    fn decoder(self) -> ImageFormat {
        match self {
            Self::Jpeg => ImageFormat::Jpeg,
            Self::Png => ImageFormat::Png,
            Self::Gif => ImageFormat::Gif,
            Self::WebP => ImageFormat::WebP,
        }
    }
}

fn displayed(width: u32, height: u32, orientation: Orientation) -> (u32, u32) {
    match orientation {
        Orientation::Rotate90
        | Orientation::Rotate270
        | Orientation::Rotate90FlipH
        | Orientation::Rotate270FlipH => (height, width),
        _ => (width, height),
    }
}
