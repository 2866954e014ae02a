//! A small AWS over HTTP: as much of S3, EventBridge, Parameter Store, Secrets Manager and
//! DynamoDB as the functions use, as state that a test can look into.

mod dynamodb;
mod form;
mod json;
mod store;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::SystemTime;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use serde_json::Value;
use tokio::sync::Notify;

/// The one bucket there is.
pub const BUCKET: &str = "images";
const REGION: &str = "us-east-1";
const ACCESS_KEY: &str = "AKIDEXAMPLE";
const SECRET_KEY: &str = "secret";

/// What the fake holds.
#[derive(Debug, Default)]
pub struct State {
    /// Objects by key.
    pub objects: BTreeMap<String, Vec<u8>>,
    /// The traces that objects were stored with, by key.
    pub traces: BTreeMap<String, String>,
    /// Events that were accepted, in order.
    pub events: Vec<PutEvent>,
    /// Parameters by name.
    pub parameters: BTreeMap<String, String>,
    /// Secrets by id.
    pub secrets: BTreeMap<String, String>,
    /// Rows of the one table, in DynamoDB's JSON.
    pub rows: Vec<Value>,
    /// Events to refuse, by position, call by call.
    pub refuse_events: Vec<Vec<usize>>,
    /// How many rows were written, one by one.
    pub item_writes: usize,
    /// How many queries of rows were answered.
    pub queries: usize,
    /// How many reads of objects were answered.
    pub object_reads: usize,
    /// How many reads of secrets were answered.
    pub secret_reads: usize,
    /// How many of the next requests fail with 500.
    pub failures: usize,
    /// What the next read of an object waits for, after it has the object as it is.
    pub hold_read: Option<Arc<Notify>>,
}

/// An event that was put.
#[derive(Clone, Debug, PartialEq)]
pub struct PutEvent {
    /// Its type.
    pub detail_type: String,
    /// Itself.
    pub detail: Value,
    /// The trace it was put with.
    pub trace: Option<String>,
}

/// A running fake; it ends with the test's runtime.
#[derive(Clone, Debug)]
pub struct FakeAws {
    state: Arc<Mutex<State>>,
    endpoint: String,
}

impl FakeAws {
    /// Starts one on a free port of loopback.
    pub async fn start() -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let objects = get(store::get).put(store::put).delete(store::delete);
        let router = Router::new()
            .route("/", post(json::call))
            .route(&format!("/{BUCKET}/{{*key}}"), objects)
            .layer(DefaultBodyLimit::disable())
            .with_state(state.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { state, endpoint }
    }

    /// What it holds now.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// The events of one type, in order.
    pub fn events(&self, detail_type: &str) -> Vec<Value> {
        let state = self.state();
        let events = state
            .events
            .iter()
            .filter(|event| event.detail_type == detail_type);
        events.map(|event| event.detail.clone()).collect()
    }

    /// Sets a parameter below the prefix of the environment `test`.
    pub fn set_parameter(&self, name: &str, value: &str) {
        let path = format!("{}/{name}", contract::parameters::prefix("test"));
        self.state().parameters.insert(path, value.to_owned());
    }

    /// Takes a file by form, as S3 does from a browser: the key it is stored under, or why it is
    /// refused.
    pub fn post_form(
        &self,
        fields: &BTreeMap<String, String>,
        file: &[u8],
        now: SystemTime,
    ) -> Result<String, String> {
        let key = form::check(fields, file.len(), now)?;
        self.state().objects.insert(key.clone(), file.to_vec());
        Ok(key)
    }

    /// How SDK clients reach it.
    pub fn config(&self) -> SdkConfig {
        let credentials = Credentials::new(ACCESS_KEY, SECRET_KEY, None, None, "test");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(REGION))
            .endpoint_url(&self.endpoint)
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .build()
    }
}
