//! A small Lambda: its runtime API for one invocation, and the two ways a function is started.

use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path as Segments, State};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use bollard::Docker;
use bollard::models::{ContainerCreateBody, HostConfig};
use bollard::query_parameters::{LogsOptions, RemoveContainerOptions};
use futures::StreamExt as _;
use serde_json::Value;
use tokio::sync::mpsc;

const PATIENCE: Duration = Duration::from_secs(60);

/// What came of an invocation: the sort of answer and what it says.
pub(crate) type Outcome = (String, Value);

struct Invocation {
    event: Mutex<Option<String>>,
    outcome: mpsc::Sender<Outcome>,
}

/// A runtime API that hands out one event.
pub(crate) struct Runtime {
    pub(crate) address: String,
    outcome: mpsc::Receiver<Outcome>,
}

impl Runtime {
    pub(crate) async fn start(event: &Value) -> Self {
        let (sender, outcome) = mpsc::channel(4);
        let state = Arc::new(Invocation {
            event: Mutex::new(Some(event.to_string())),
            outcome: sender,
        });
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/{kind}", post(done))
            .route("/2018-06-01/runtime/init/error", post(init_failed))
            .with_state(state);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, outcome }
    }

    /// Waits for what came of the event, while `running` goes on.
    async fn outcome(mut self, running: impl Future<Output = String>) -> Outcome {
        tokio::select! {
            outcome = tokio::time::timeout(PATIENCE, self.outcome.recv()) => {
                outcome.expect("an answer in time").unwrap()
            }
            ended = running => panic!("the function ended before it answered: {ended}"),
        }
    }
}

async fn next(State(state): State<Arc<Invocation>>) -> impl IntoResponse {
    let event = state.event.lock().unwrap().take();
    // One event only: the second request waits, as Lambda lets it wait.
    let Some(event) = event else {
        return std::future::pending().await;
    };
    let headers = [
        (
            "lambda-runtime-aws-request-id",
            "00000000-0000-4000-8000-000000000001",
        ),
        ("lambda-runtime-deadline-ms", "4000000000000"),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws:lambda:us-east-1:000000000000:function:test",
        ),
        ("lambda-runtime-trace-id", testkit::events::TRACE),
    ];
    (headers, event)
}

async fn done(
    State(state): State<Arc<Invocation>>,
    Segments((_, kind)): Segments<(String, String)>,
    body: Bytes,
) {
    let said = serde_json::from_slice(&body).unwrap();
    state.outcome.send((kind, said)).await.unwrap();
}

async fn init_failed(State(state): State<Arc<Invocation>>, body: Bytes) {
    let said = serde_json::from_slice(&body).unwrap_or_default();
    state.outcome.send(("init".into(), said)).await.unwrap();
}

/// Runs the `bootstrap` of a zip, as Lambda does with a zip.
pub(crate) async fn run_zip(zip: &Path, variables: &[(String, String)], event: &Value) -> Outcome {
    let runtime = Runtime::start(event).await;
    let folder = tempfile::tempdir().unwrap();
    let mut archive = zip::ZipArchive::new(std::fs::File::open(zip).unwrap()).unwrap();
    archive.extract(folder.path()).unwrap();
    let mut child = tokio::process::Command::new(folder.path().join("bootstrap"))
        .current_dir(folder.path())
        .env_clear()
        .envs(variables.iter().cloned())
        .env("AWS_LAMBDA_RUNTIME_API", &runtime.address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let ended = async { format!("{:?}", child.wait().await) };
    runtime.outcome(ended).await
}

/// Runs an image in an engine, as Lambda does with an image: read-only, as nobody.
pub(crate) async fn run_image(
    docker: &Docker,
    image: &str,
    variables: &[(String, String)],
    event: &Value,
) -> Outcome {
    let runtime = Runtime::start(event).await;
    let mut variables: Vec<String> = variables.iter().map(|(k, v)| format!("{k}={v}")).collect();
    variables.push(format!("AWS_LAMBDA_RUNTIME_API={}", runtime.address));
    let body = ContainerCreateBody {
        image: Some(image.to_owned()),
        env: Some(variables),
        user: Some("993:990".to_owned()),
        host_config: Some(HostConfig {
            network_mode: Some("host".to_owned()),
            readonly_rootfs: Some(true),
            ..HostConfig::default()
        }),
        ..ContainerCreateBody::default()
    };
    let container = docker.create_container(None, body).await.unwrap().id;
    docker.start_container(&container, None).await.unwrap();
    let outcome = runtime.outcome(ended(docker, &container)).await;
    let options = RemoveContainerOptions {
        force: true,
        ..RemoveContainerOptions::default()
    };
    docker
        .remove_container(&container, Some(options))
        .await
        .unwrap();
    outcome
}

/// Everything a container said, once it has ended.
async fn ended(docker: &Docker, container: &str) -> String {
    let options = LogsOptions {
        follow: true,
        stdout: true,
        stderr: true,
        ..LogsOptions::default()
    };
    let lines = docker.logs(container, Some(options));
    let lines: Vec<String> = lines.map(|line| line.unwrap().to_string()).collect().await;
    lines.concat()
}
