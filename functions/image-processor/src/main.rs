//! The image-processor function.

use std::time::Instant;

use anyhow::Result;
use collections_core::contract::functions::ImageProcessor;
use collections_core::{lambda, queue};
use image_processor::processor::Processor;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let started = Instant::now();
    let cloud = lambda::start::<ImageProcessor>().await?;
    let processor = Processor::new(&cloud)?;
    let processor = &processor;
    lambda::serve::<ImageProcessor, _, _, _, _>(started, |delivery, invocation| async move {
        queue::each(delivery, &invocation, |envelope| processor.handle(envelope)).await
    })
    .await
}
