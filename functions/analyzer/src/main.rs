//! The analyzer function.

use std::time::Instant;

use analyzer::Analyzer;
use anyhow::Result;
use collections_core::contract::functions::Analyzer as Function;
use collections_core::lambda;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let started = Instant::now();
    let analyzer = Analyzer::new(&lambda::start::<Function>().await?)?;
    analyzer.prefetch();
    let analyzer = &analyzer;
    lambda::serve::<Function, _, _, _, _>(started, |delivery, invocation| async move {
        analyzer.deliver(delivery, &invocation).await
    })
    .await
}
