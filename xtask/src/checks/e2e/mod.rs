//! test-e2e: an image from its upload to search and back to nothing, through the API and through
//! events alone.

mod by_api;
mod by_events;
mod journey;

use super::Check;

/// The name of the whole.
pub const SUITE: &str = "e2e";

/// Both ways.
pub fn journeys() -> Vec<Box<dyn Check>> {
    vec![Box::new(by_api::ByApi), Box::new(by_events::ByEvents)]
}
