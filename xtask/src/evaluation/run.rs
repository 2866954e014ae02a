//! What a run found: every answer, and what it is worth.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::comparison::{Comparison, compare};
use super::metrics::{Grades, Metric};
use super::summary::{Summary, Timing};
use crate::error::{Doing as _, Error, Kind, Result};

/// A way of searching, as the API names it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum SearchType {
    /// By words
    Bm25,
    /// By meaning
    Vector,
    /// By both
    Hybrid,
    /// By an agent, which asks a model
    Agentic,
}

/// What was asked, of what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Config {
    /// The environment.
    pub environment: String,
    /// The judged set.
    pub set: String,
    /// Which half of it.
    pub split: String,
    /// How many queries.
    pub queries: usize,
    /// How many items the user has, all of them of the set.
    pub items: usize,
    /// Of the queries and their judgments.
    pub fingerprint: String,
    /// Results asked for.
    pub top_k: usize,
    /// What a reader of the figures should know.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// A run, as it is written to a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Its name.
    pub run_id: String,
    /// When it began.
    pub timestamp: String,
    /// What was asked.
    pub config: Config,
    /// The parameters of search in effect, as the API told them.
    pub search_configuration: Value,
    /// What was found, by each way.
    pub results_by_search_type: BTreeMap<SearchType, Results>,
    /// Each two of these ways beside each other.
    pub comparison: Vec<Comparison>,
}

/// What one way of searching found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Results {
    /// Over all queries.
    pub summary: Summary,
    /// Over the queries of each kind.
    pub by_query_type: BTreeMap<String, Summary>,
    /// How long it took.
    pub timing: Timing,
    /// How long the queries of each kind took.
    #[serde(default)]
    pub timing_by_query_type: BTreeMap<String, Timing>,
    /// Each query.
    pub query_results: Vec<QueryResult>,
}

/// The answer to one query.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QueryResult {
    /// The query's name.
    pub query_id: String,
    /// What was asked.
    pub query_text: String,
    /// Of which kind it is.
    pub query_type: String,
    /// Which half it is of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub split: Option<String>,
    /// What was judged for it.
    pub judged: Grades,
    /// What was found, best first.
    pub found: Vec<FoundItem>,
    /// What that is worth.
    pub metrics: BTreeMap<Metric, f64>,
    /// How long the answer took, as seen from here.
    pub client_ms: f64,
    /// How long finding took, as the API told it.
    pub retrieval_ms: f64,
}

/// An item that was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FoundItem {
    /// Its name within the set.
    pub item_id: String,
    /// How well it matches, by the search's own measure.
    pub score: f64,
}

impl QueryResult {
    /// The names of what was found, best first.
    pub fn ranking(&self) -> Vec<String> {
        self.found.iter().map(|item| item.item_id.clone()).collect()
    }
}

impl Results {
    /// Sums up what was found.
    pub fn of(query_results: Vec<QueryResult>) -> Self {
        let mut kinds: BTreeMap<String, Vec<&QueryResult>> = BTreeMap::new();
        for result in &query_results {
            kinds
                .entry(result.query_type.clone())
                .or_default()
                .push(result);
        }
        let all: Vec<&QueryResult> = query_results.iter().collect();
        let by_query_type = kinds
            .iter()
            .map(|(kind, of)| (kind.clone(), Summary::of(of)));
        let timing = kinds
            .iter()
            .map(|(kind, of)| (kind.clone(), Timing::of(of)));
        Self {
            summary: Summary::of(&all),
            by_query_type: by_query_type.collect(),
            timing: Timing::of(&all),
            timing_by_query_type: timing.collect(),
            query_results,
        }
    }
}

impl Run {
    /// Compares each two of the ways.
    pub fn compared(mut self) -> Self {
        let ways: Vec<(&SearchType, &Results)> = self.results_by_search_type.iter().collect();
        let mut found = Vec::new();
        for (at, (a, of_a)) in ways.iter().enumerate() {
            for (b, of_b) in &ways[at + 1..] {
                found.push(compare((&a.to_string(), of_a), (&b.to_string(), of_b)));
            }
        }
        self.comparison = found;
        self
    }

    /// Reads a run from its JSON.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|source| {
            Error::input(format!("could not read {}", path.display()))
                .because(source)
                .hint("a run is written to reports/eval-<env>-<time>.json by: cargo xtask eval run")
        })?;
        let what = format!("understand {} as a run", path.display());
        serde_json::from_str(&text).doing_as(Kind::Input, what)
    }
}

impl fmt::Display for SearchType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bm25 => "bm25",
            Self::Vector => "vector",
            Self::Hybrid => "hybrid",
            Self::Agentic => "agentic",
        })
    }
}
