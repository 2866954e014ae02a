//! The analyzer may not claim that an image was processed.
use collections_core::contract::events::ImageProcessed;
use collections_core::contract::functions::Analyzer;
use collections_core::events::Events;

async fn forge(events: &Events<Analyzer>, event: ImageProcessed) {
    let _ = events.put(&[event], None).await;
}

fn main() {}
