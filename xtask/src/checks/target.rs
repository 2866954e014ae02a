//! What checks work on: a deployed environment, its addresses, and clients for them.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use crate::cloud::Cloud;
use crate::cloud::functions::Answer;
use crate::error::{Doing as _, Error, Result};

/// The alias that traffic follows.
const LIVE: &str = "live";
/// A cold start over a database that wakes up takes some seconds, not more.
const PATIENCE: Duration = Duration::from_secs(30);

/// A deployed environment.
#[derive(Clone)]
pub struct Target {
    /// Its name.
    pub environment: String,
    /// The account it is in.
    pub cloud: Cloud,
    /// Where its API answers.
    pub api: String,
    /// Whether this machine can connect to its database.
    pub database_is_reachable: bool,
    /// Outputs by stack and name.
    pub outputs: BTreeMap<String, BTreeMap<String, String>>,
    /// For the API.
    pub http: reqwest::Client,
}

impl Target {
    /// An HTTP client as checks want it.
    pub fn http() -> Result<reqwest::Client> {
        let client = reqwest::Client::builder().timeout(PATIENCE);
        client.build().doing("make an HTTP client")
    }

    /// An output that a stack of the app always has.
    pub fn output(&self, stack: &str, name: &str) -> Result<&str> {
        let outputs = self.outputs.get(stack);
        let value = outputs.and_then(|outputs| outputs.get(name));
        value.map(String::as_str).ok_or_else(|| {
            let environment = &self.environment;
            Error::failed(format!("stack {stack} has no output {name}")).hint(format!(
                "deploy {environment} whole: cargo xtask deploy --env {environment}"
            ))
        })
    }

    /// A command on this environment, as a hint.
    pub fn command(&self, command: &str) -> String {
        format!("cargo xtask {command} --env {}", self.environment)
    }

    /// Invokes a function behind its alias.
    pub async fn invoke(&self, function: &str, request: &Value) -> Result<Value> {
        let functions = &self.cloud.functions;
        match functions.invoke(function, LIVE, request).await? {
            Answer::Value(value) => Ok(value),
            Answer::Failed(said) => Err(Error::failed(said)),
        }
    }

    /// Asks `ops`.
    pub async fn ops(&self, request: &Value) -> Result<Value> {
        let function = self.output("compute", "OpsFunctionName")?;
        self.invoke(function, request).await
    }

    /// A GET with or without a token: status, whether the function itself answered, and the body.
    pub async fn get(&self, path: &str, token: Option<&str>) -> Result<Answered> {
        let request = self.http.get(format!("{}{path}", self.api));
        let request = match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        answered(request).await
    }
}

/// What the API answered.
#[derive(Clone, Debug)]
pub struct Answered {
    /// The HTTP status.
    pub status: u16,
    /// The media type.
    pub content_type: String,
    /// The body; text where it is no JSON.
    pub body: Value,
    /// How long to wait before asking again, where it says so.
    pub retry_after: Option<Duration>,
}

/// Sends a request and reads the answer.
pub async fn answered(request: reqwest::RequestBuilder) -> Result<Answered> {
    let answer = request.send().await.doing("reach the API")?;
    let status = answer.status().as_u16();
    let content_type = answer.headers().get(reqwest::header::CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok());
    let content_type = content_type.unwrap_or_default().to_owned();
    let seconds = answer.headers().get(reqwest::header::RETRY_AFTER);
    let seconds = seconds.and_then(|value| value.to_str().ok()?.parse().ok());
    let text = answer.text().await.doing("read the answer of the API")?;
    Ok(Answered {
        status,
        content_type,
        body: serde_json::from_str(&text).unwrap_or(Value::String(text)),
        retry_after: seconds.map(Duration::from_secs),
    })
}

impl Answered {
    /// The body, if the status is this one.
    pub fn expect(self, status: u16) -> Result<Value> {
        if self.status == status {
            return Ok(self.body);
        }
        let said = self.words();
        Err(Error::failed(format!(
            "answers {} in place of {status}: {said}",
            self.status
        )))
    }

    /// What it says, in a line.
    pub fn words(&self) -> String {
        let known = ["detail", "title", "message"]
            .iter()
            .find_map(|field| self.body.get(field).and_then(Value::as_str));
        let text = known.map_or_else(|| self.body.to_string(), str::to_owned);
        text.chars().take(200).collect()
    }
}
