//! `local-models`: parse, load, serve.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};

/// The model server of the local environment.
#[derive(Parser)]
#[command(version)]
struct Args {
    /// Where to listen; loopback only. Port 0 lets the system choose.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Holds model.safetensors and tokenizer.json of all-MiniLM-L6-v2.
    #[arg(long, value_name = "DIRECTORY")]
    model_dir: PathBuf,
    /// Receives the chosen address once requests are answered.
    #[arg(long, value_name = "FILE")]
    port_file: Option<PathBuf>,
}

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    let args = Args::parse();
    tracing_subscriber::fmt()
        .json()
        .with_writer(std::io::stderr)
        .with_max_level(tracing::Level::INFO)
        .init();
    match run(args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "the model server failed");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("wait for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("wait for SIGINT")?;
    let end = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("ending");
    };
    let listener = local_models::bind(args.listen).await?;
    let address = listener.local_addr().context("learn the chosen address")?;
    let app = local_models::load(&args.model_dir).await?;
    if let Some(path) = &args.port_file {
        local_models::write_port_file(path, address)?;
    }
    tracing::info!(%address, model = local_models::MODEL, "ready");
    local_models::serve(listener, app, end).await
}
