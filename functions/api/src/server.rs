//! The API on a port of its own: what `cargo xtask serve` and a container run.

use std::future::Future;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// How long requests in work may take to end once the server is told to stop. Container services
/// kill what is left after thirty seconds.
const GRACE: Duration = Duration::from_secs(25);

/// Serves until `stop` is over, then takes nothing new and ends what is in work.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    let (stopping, told) = oneshot::channel();
    let server = axum::serve(listener, router).with_graceful_shutdown(async move {
        stop.await;
        tracing::info!("stopping");
        // The other end waits as long as the server runs.
        let _ = stopping.send(());
    });
    let given_up = async {
        if told.await.is_err() {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        done = server.into_future() => done.context("serve"),
        () = given_up => {
            tracing::warn!("some requests did not end in time");
            Ok(())
        }
    }
}

/// Waits for what asks a process to end: Ctrl-C, or SIGTERM as container services send it.
pub async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        // Without a handler the signal ends the process by itself.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
