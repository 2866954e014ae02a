//! The HTTP server: routes, start and end.

mod counts;
mod port_file;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use axum::extract::State;
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use axum::{Json, Router, middleware};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::embedding::{DIMENSIONS, Embedder, MODEL};
use crate::faults::{self, Faults};
use crate::wire::{Trouble, anthropic, langsmith, ollama, openai, tavily, voyage};
use counts::Counts;

pub use port_file::write as write_port_file;

/// How long requests under way may take after the end is asked for.
const GRACE: Duration = Duration::from_secs(3);

/// What all routes share.
pub struct App {
    pub(crate) embedder: Arc<Embedder>,
    pub(crate) faults: Faults,
    counts: Counts,
    embedding: Arc<Semaphore>,
}

impl App {
    /// An application with no faults ordered and nothing counted.
    pub fn new(embedder: Arc<Embedder>) -> Self {
        Self {
            embedder,
            faults: Faults::default(),
            counts: Counts::default(),
            embedding: Arc::new(Semaphore::new(1)),
        }
    }

    /// Embedding runs one request at a time; the others wait here.
    pub(crate) async fn embedding_turn(&self) -> Result<OwnedSemaphorePermit, Trouble> {
        let turn = Arc::clone(&self.embedding).acquire_owned().await;
        turn.map_err(|_| Trouble::Internal)
    }
}

/// Binds a loopback address; port 0 lets the system choose.
pub async fn bind(listen: SocketAddr) -> Result<TcpListener> {
    ensure!(
        listen.ip().is_loopback(),
        "refuse to listen on {listen}: the model server serves this machine only, \
         use a loopback address such as 127.0.0.1:0"
    );
    TcpListener::bind(listen)
        .await
        .with_context(|| format!("listen on {listen}"))
}

/// Serves until `end` comes, then lets requests under way finish for a short while.
pub async fn serve(
    listener: TcpListener,
    app: App,
    end: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    let (ended, mut has_ended) = tokio::sync::watch::channel(false);
    let listener = listener.tap_io(|connection| {
        // Small frames of streams should leave at once.
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY is not available");
        }
    });
    let served = axum::serve(listener, router(Arc::new(app))).with_graceful_shutdown(async move {
        end.await;
        // Nobody listens any more if serving failed first.
        ended.send_replace(true);
    });
    let overdue = async move {
        if has_ended.wait_for(|ended| *ended).await.is_ok() {
            tokio::time::sleep(GRACE).await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        result = served => result.context("serve requests"),
        () = overdue => {
            tracing::warn!("ended with requests under way");
            Ok(())
        }
    }
}

fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/v1/messages", post(anthropic::messages))
        .route("/v1/chat/completions", post(openai::completions))
        .route("/api/chat", post(ollama::chat))
        .route("/v1/embeddings", post(voyage::embeddings))
        .route("/search", post(tavily::search))
        .route("/otel/v1/traces", post(langsmith::traces))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&app),
            faults::inject,
        ))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&app),
            counts::count,
        ))
        .route("/health", get(health))
        .route(
            "/_local/faults",
            get(faults::list)
                .post(faults::request)
                .delete(faults::clear),
        )
        .route("/_local/requests", get(counts::list).delete(counts::clear))
        .with_state(app)
}

/// Answers only once the model is loaded, since serving begins after that.
async fn health(State(_): State<Arc<App>>) -> Json<Value> {
    Json(json!({"status": "ok", "model": MODEL, "dimensions": DIMENSIONS}))
}

/// Loads the model of a directory away from the threads that serve.
pub async fn load(model_dir: &Path) -> Result<App> {
    let directory = model_dir.to_owned();
    let loaded = tokio::task::spawn_blocking(move || Embedder::load(&directory)).await;
    let embedder = loaded.context("load the embedding model")??;
    Ok(App::new(Arc::new(embedder)))
}
