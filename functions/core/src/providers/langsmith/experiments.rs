//! Datasets and experiments: a judged set as a dataset, what was found for it as an experiment.
//!
//! Ids come from what they name. What is sent twice is there once: LangSmith answers 409 to an id or
//! a name that it has, which here is as good as success.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use reqwest::{RequestBuilder, Url};
use serde::Deserialize;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use uuid::Uuid;

use super::{NAME, endpoint};
use crate::providers::ProviderError;
use crate::providers::http::Http;
use crate::secret::Secret;

/// In one request, at most.
const BATCH: usize = 50;
/// Examples in one answer.
const PAGE: usize = 100;
/// Requests at one time.
const AT_ONCE: usize = 4;

/// A judged query.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// Its id, the same whenever it is sent.
    pub id: Uuid,
    /// What is asked.
    pub inputs: Value,
    /// What should be found.
    pub outputs: Value,
    /// What else is known of it.
    pub metadata: Value,
}

/// What was found for an example.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// Its id, the same whenever it is sent.
    pub id: Uuid,
    /// The example.
    pub example: Uuid,
    /// What was asked.
    pub inputs: Value,
    /// What was found.
    pub outputs: Value,
    /// When it was asked.
    pub started: OffsetDateTime,
    /// When it was answered.
    pub ended: OffsetDateTime,
    /// What that is worth, by figure.
    pub scores: BTreeMap<String, f64>,
}

/// A run over a dataset.
#[derive(Clone, Debug, PartialEq)]
pub struct Experiment {
    /// Its id, the same whenever it is sent.
    pub id: Uuid,
    /// What it is called; no other may be called so.
    pub name: String,
    /// The dataset.
    pub dataset: Uuid,
    /// What else is known of it.
    pub metadata: Value,
    /// What was found.
    pub trials: Vec<Trial>,
}

/// LangSmith, for those who measure.
#[derive(Debug)]
pub struct Experiments {
    http: Http,
    endpoint: String,
    key: Secret,
}

#[derive(Deserialize)]
struct Named {
    id: Uuid,
}

impl Experiments {
    /// At the provider's address, or a configured one.
    pub fn new(http: Http, configured: Option<&str>, key: Secret) -> Self {
        Self {
            http,
            endpoint: endpoint(configured),
            key,
        }
    }

    /// The dataset of this name with these examples; what is missing is added.
    pub async fn dataset(
        &self,
        name: &str,
        description: &str,
        examples: &[Example],
    ) -> Result<Uuid, ProviderError> {
        let dataset = match self.find(name).await? {
            Some(dataset) => dataset,
            None => {
                let new = json!({ "name": name, "description": description, "data_type": "kv" });
                let made: Named = self.send(self.post("/datasets").json(&new)).await?;
                made.id
            }
        };
        let there = self.examples(dataset).await?;
        let missing = examples
            .iter()
            .filter(|example| !there.contains(&example.id));
        let missing: Vec<Value> = missing.map(|example| example.body(dataset)).collect();
        for batch in missing.chunks(BATCH) {
            self.put("/examples/bulk", &json!(batch)).await?;
        }
        Ok(dataset)
    }

    /// Sends an experiment, with a score of each figure for each trial.
    pub async fn experiment(&self, of: &Experiment) -> Result<(), ProviderError> {
        let started = of.trials.iter().map(|trial| trial.started).min();
        let ended = of.trials.iter().map(|trial| trial.ended).max();
        let session = json!({
            "id": of.id,
            "name": of.name,
            "reference_dataset_id": of.dataset,
            "start_time": started.map(rfc3339),
            "end_time": ended.map(rfc3339),
            "extra": { "metadata": of.metadata },
        });
        self.put("/sessions", &session).await?;
        for batch in of.trials.chunks(BATCH) {
            let runs: Vec<Value> = batch.iter().map(|trial| trial.body(of.id)).collect();
            let body = json!({ "post": runs, "patch": [] });
            self.put("/runs/batch", &body).await?;
        }
        let scores = of.trials.iter().flat_map(Trial::feedback);
        let scores = scores.map(|score| async move { self.put("/feedback", &score).await });
        stream::iter(scores)
            .buffer_unordered(AT_ONCE)
            .try_collect::<()>()
            .await
    }

    async fn find(&self, name: &str) -> Result<Option<Uuid>, ProviderError> {
        let found: Vec<Named> = self.list("/datasets", &[("name", name)]).await?;
        Ok(found.first().map(|dataset| dataset.id))
    }

    async fn examples(&self, dataset: Uuid) -> Result<BTreeSet<Uuid>, ProviderError> {
        let mut there = BTreeSet::new();
        loop {
            let page = [
                ("dataset", &*dataset.to_string()),
                ("limit", &PAGE.to_string()),
                ("offset", &there.len().to_string()),
            ];
            let found = self.list("/examples", &page).await?;
            let (before, many) = (there.len(), found.len());
            there.extend(found.into_iter().map(|example| example.id));
            // A page that brings nothing new would be asked for forever.
            if many < PAGE || there.len() == before {
                return Ok(there);
            }
        }
    }

    async fn list(&self, path: &str, asked: &[(&str, &str)]) -> Result<Vec<Named>, ProviderError> {
        let url = Url::parse_with_params(&format!("{}{path}", self.endpoint), asked);
        let url = url.map_err(|error| ProviderError::Shape {
            provider: NAME,
            reason: format!("its address is no URL: {error}"),
        })?;
        self.send(self.http.get(url.as_str())).await
    }

    fn post(&self, path: &str) -> RequestBuilder {
        self.http.post(&format!("{}{path}", self.endpoint))
    }

    async fn send<T: serde::de::DeserializeOwned>(
        &self,
        request: RequestBuilder,
    ) -> Result<T, ProviderError> {
        let request = request.header("x-api-key", self.key.expose());
        self.http.json(NAME, request).await
    }

    /// Sends what may be there already.
    async fn put(&self, path: &str, body: &Value) -> Result<(), ProviderError> {
        match self.send::<Value>(self.post(path).json(body)).await {
            Ok(_) | Err(ProviderError::Refused { status: 409, .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

impl Example {
    fn body(&self, dataset: Uuid) -> Value {
        json!({
            "id": self.id,
            "dataset_id": dataset,
            "inputs": self.inputs,
            "outputs": self.outputs,
            "metadata": self.metadata,
        })
    }
}

impl Trial {
    fn body(&self, session: Uuid) -> Value {
        let order =
            format_description!("[year][month][day]T[hour][minute][second][subsecond digits:6]Z");
        let order = self.started.format(&order).unwrap_or_default();
        json!({
            "id": self.id,
            "trace_id": self.id,
            "dotted_order": format!("{order}{}", self.id),
            "session_id": session,
            "reference_example_id": self.example,
            "name": "search",
            "run_type": "retriever",
            "inputs": self.inputs,
            "outputs": self.outputs,
            "start_time": rfc3339(self.started),
            "end_time": rfc3339(self.ended),
        })
    }

    fn feedback(&self) -> impl Iterator<Item = Value> {
        self.scores.iter().map(|(key, score)| {
            json!({
                "id": Uuid::new_v5(&self.id, key.as_bytes()),
                "run_id": self.id,
                "trace_id": self.id,
                "key": key,
                "score": score,
                "feedback_source": { "type": "api" },
            })
        })
    }
}

/// A time of ours is always one that can be written.
fn rfc3339(time: OffsetDateTime) -> String {
    time.format(&Rfc3339).unwrap_or_default()
}
