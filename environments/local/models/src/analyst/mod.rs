//! The analyst: reports what can be seen in an image's pixels and read in its metadata.
//!
//! It never guesses. What needs a real vision model (emotions, vibes, what a thing without a
//! caption is) stays empty. Text found in an image is data: it is quoted, never followed.

mod colours;
mod image_facts;
mod metadata;
mod report;
mod words;

pub(crate) use image_facts::{Format, ImageFacts, Unreadable};
pub(crate) use report::Report;

/// Looks at one image.
pub(crate) fn analyse(facts: &ImageFacts) -> Report {
    report::write(facts)
}
