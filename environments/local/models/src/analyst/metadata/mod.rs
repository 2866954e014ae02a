//! What an image says about itself: EXIF, XMP, IPTC and PNG texts, merged in that order of use.

mod exif;
mod iptc;
mod png_text;
mod xmp;

use image::ImageDecoder;

use super::image_facts::Format;

/// More than a caption needs; what comes after is left out.
const LONGEST_TEXT: usize = 600;
const MOST_ENTRIES: usize = 20;

/// Everything found, cleaned and bounded. Nothing of it is trusted to be more than text.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Metadata {
    pub(crate) title: Option<String>,
    pub(crate) headline: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) comment: Option<String>,
    pub(crate) keywords: Vec<String>,
    pub(crate) places: Vec<String>,
    pub(crate) position: Option<Position>,
    pub(crate) taken: Option<String>,
    pub(crate) camera: Option<String>,
    pub(crate) software: Option<String>,
}

/// Degrees; north and east are positive.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Position {
    pub(crate) latitude: f64,
    pub(crate) longitude: f64,
}

impl Metadata {
    /// Reads all kinds. A kind that is damaged counts as absent: the pixels can still be seen.
    pub(crate) fn read(decoder: &mut impl ImageDecoder, bytes: &[u8], format: Format) -> Self {
        let mut found = Self::default();
        if let Ok(Some(packet)) = decoder.xmp_metadata() {
            xmp::read(&packet, &mut found);
        }
        if let Ok(Some(block)) = decoder.iptc_metadata() {
            iptc::read(&block, &mut found);
        }
        if let Ok(Some(block)) = decoder.exif_metadata() {
            exif::read(block, &mut found);
        }
        if format == Format::Png {
            png_text::read(bytes, &mut found);
        }
        found
    }

    /// The texts a person wrote about the image, without repetition, the shortest kind first.
    pub(crate) fn texts(&self) -> Vec<&str> {
        let mut texts: Vec<&str> = Vec::new();
        for text in [
            &self.title,
            &self.headline,
            &self.description,
            &self.comment,
        ]
        .into_iter()
        .flatten()
        {
            if !texts.contains(&text.as_str()) {
                texts.push(text);
            }
        }
        texts
    }

    fn add_keyword(&mut self, keyword: &str) {
        add(&mut self.keywords, keyword);
    }

    fn add_place(&mut self, place: &str) {
        add(&mut self.places, place);
    }
}

impl Position {
    /// None if it lies outside of the globe.
    fn new(latitude: f64, longitude: f64) -> Option<Self> {
        let on_globe = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
        on_globe.then_some(Self {
            latitude,
            longitude,
        })
    }
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.5}, {:.5}", self.latitude, self.longitude)
    }
}

/// Keeps the first value found: the order of reading is the order of trust.
fn set(slot: &mut Option<String>, value: &str) {
    let value = clean(value);
    if slot.is_none() && !value.is_empty() {
        *slot = Some(value);
    }
}

fn add(list: &mut Vec<String>, value: &str) {
    let value = clean(value);
    let known = list.iter().any(|entry| entry.eq_ignore_ascii_case(&value));
    if !value.is_empty() && !known && list.len() < MOST_ENTRIES {
        list.push(value);
    }
}

/// One line, single spaces, no control characters, bounded.
fn clean(value: &str) -> String {
    let visible: String = value
        .chars()
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .collect();
    let line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(LONGEST_TEXT).collect()
}
