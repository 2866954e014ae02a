//! The embedder function.

use std::time::Instant;

use anyhow::Result;
use collections_core::contract::functions::Embedder as Function;
use collections_core::lambda;
use embedder::{Embedder, batch};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let started = Instant::now();
    let embedder = Embedder::new(&lambda::start::<Function>().await?)?;
    embedder.prefetch();
    let embedder = &embedder;
    lambda::serve::<Function, _, _, _, _>(started, |delivery, invocation| async move {
        batch::handle(embedder, delivery, &invocation).await
    })
    .await
}
