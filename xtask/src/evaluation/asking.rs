//! Asks an environment's API what it finds, as one user, and takes the time.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::judged::{Judged, Query};
use super::metrics::Metric;
use super::run::{FoundItem, QueryResult, SearchType};
use crate::checks::client::Client;
use crate::error::{Error, Result};
use crate::event::{Events, Unit};

/// Somebody who has the items of a set.
pub struct Asker<'a> {
    /// The API, as this user.
    pub client: &'a Client,
    /// The set's names of the user's items.
    pub names: &'a BTreeMap<String, String>,
    /// Results to ask for.
    pub top_k: usize,
}

/// What the user has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holdings {
    /// Items.
    pub items: u64,
    /// Embeddings.
    pub embeddings: u64,
}

impl Asker<'_> {
    /// What the user has, as the API tells it.
    pub async fn holdings(&self) -> Result<Holdings> {
        let items = self.client.get("/items?limit=1").await?;
        let index = self.client.get("/vector-index/status").await?;
        let count = |value: &Value, name: &str| value.get(name).and_then(Value::as_u64);
        match (count(&items, "total"), count(&index, "num_documents")) {
            (Some(items), Some(embeddings)) => Ok(Holdings { items, embeddings }),
            _ => Err(Error::failed("the API does not tell how much there is")),
        }
    }

    /// The parameters of search in effect.
    pub async fn configuration(&self) -> Result<Value> {
        self.client.get("/search/config").await
    }

    /// Asks every query in every way. A query's vector is made when it is first asked, and kept by
    /// the API; so each is asked one time before times are taken.
    pub async fn ask_all(
        &self,
        judged: &Judged,
        ways: &[SearchType],
        events: &Events,
    ) -> Result<BTreeMap<SearchType, Vec<QueryResult>>> {
        let total = (judged.queries.len() * (ways.len() + 1)) as u64;
        let step = events.start(format!("ask {} queries", judged.queries.len()));
        let mut done = 0;
        let mut asked = BTreeMap::new();
        let warm = match ways {
            [SearchType::Bm25] => SearchType::Bm25,
            _ => SearchType::Vector,
        };
        for query in &judged.queries {
            self.ask(query, warm).await?;
            done += 1;
            step.progress(done, Some(total), Unit::Items);
        }
        for way in ways {
            let mut results = Vec::with_capacity(judged.queries.len());
            for query in &judged.queries {
                results.push(self.ask(query, *way).await?);
                done += 1;
                step.progress(done, Some(total), Unit::Items);
            }
            asked.insert(*way, results);
        }
        step.finish();
        Ok(asked)
    }

    async fn ask(&self, query: &Query, way: SearchType) -> Result<QueryResult> {
        let body = json!({
            "query": query.text,
            "search_type": way,
            "top_k": self.top_k,
            "include_answer": false,
        });
        let asked = self.client.send_patiently("POST", "/search", Some(&body));
        let (answer, time) = asked.await?;
        let answer = answer.expect(200).map_err(|error| {
            Error::failed(format!("query {} by {way}: {error}", query.id))
                .hint("see why: cargo xtask logs api --env E --since 10m")
        })?;
        if let Some(said) = answer.get("degraded").and_then(Value::as_str) {
            return Err(Error::failed(format!(
                "query {} by {way} is not what it should be: {said}",
                query.id
            ))
            .hint("the embedding model does not answer; figures would be of something else"));
        }
        let found = self.found(&answer);
        let ranking: Vec<String> = found.iter().map(|item| item.item_id.clone()).collect();
        let value = |metric: Metric| Some((metric, metric.of(&ranking, &query.grades)?));
        Ok(QueryResult {
            query_id: query.id.clone(),
            query_text: query.text.clone(),
            query_type: query.kind.clone(),
            split: query.split.clone(),
            judged: query.grades.clone(),
            metrics: Metric::all().filter_map(value).collect(),
            found,
            client_ms: rounded(time.as_secs_f64() * 1000.0),
            retrieval_ms: answer
                .get("retrieval_time_ms")
                .and_then(Value::as_f64)
                .unwrap_or_default(),
        })
    }

    fn found(&self, answer: &Value) -> Vec<FoundItem> {
        let results = answer.get("results").and_then(Value::as_array);
        let item = |hit: &Value| {
            let id = hit.get("item_id")?.as_str()?;
            Some(FoundItem {
                item_id: self.names.get(id).map_or(id, String::as_str).to_owned(),
                score: hit.get("score").and_then(Value::as_f64).unwrap_or_default(),
            })
        };
        results.into_iter().flatten().filter_map(item).collect()
    }
}

/// To a thousandth: more digits are noise, and would make files differ.
fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}
