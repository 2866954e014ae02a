//! The api function: behind Lambda where its runtime calls, else a plain server.

use std::net::SocketAddr;
use std::time::Instant;

use anyhow::{Context, Result};
use api::{App, observe, router, server};
use collections_core::contract::functions::Api;
use collections_core::{aws, lambda};

/// Where the plain server listens, unless its first argument says otherwise.
const ADDRESS: &str = "127.0.0.1:8000";

#[tokio::main]
async fn main() -> Result<()> {
    let started = Instant::now();
    let app = App::new(&lambda::start::<Api>().await?)?;
    app.prefetch();
    let router = router(app);
    if aws::in_lambda() {
        observe::started(started);
        return lambda_http::run(router)
            .await
            .map_err(|error| anyhow::anyhow!(error))
            .context("serve invocations");
    }
    let address: SocketAddr = std::env::args()
        .nth(1)
        .unwrap_or_else(|| ADDRESS.to_owned())
        .parse()
        .context("read the address to listen on, such as 127.0.0.1:8000")?;
    let listener = tokio::net::TcpListener::bind(address)
        .await
        .with_context(|| format!("listen on {address}"))?;
    tracing::info!(%address, "listening");
    server::serve(listener, router, server::told_to_stop()).await
}
