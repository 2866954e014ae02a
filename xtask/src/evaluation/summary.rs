//! Figures over many queries: means with intervals, and percentiles of times.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::estimate::{Estimate, mean, percentile};
use super::metrics::{CUTS, Metric};
use super::run::QueryResult;

/// What a search is worth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// How many queries.
    pub queries: usize,
    /// By how far down results are looked at.
    pub precision: BTreeMap<usize, Estimate>,
    /// The same.
    pub recall: BTreeMap<usize, Estimate>,
    /// The same.
    pub ndcg: BTreeMap<usize, Estimate>,
    /// Of the first relevant result.
    pub mrr: Option<Estimate>,
    /// Queries that nothing answers.
    pub edge_cases: EdgeCases,
}

/// Queries that nothing answers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct EdgeCases {
    /// The share of them that was rightly left empty.
    pub left_empty: Option<Estimate>,
}

impl Summary {
    /// Of these answers.
    pub(super) fn of(results: &[&QueryResult]) -> Self {
        let estimate = |metric: Metric| {
            let values = results
                .iter()
                .filter_map(|result| result.metrics.get(&metric));
            Estimate::of(&values.copied().collect::<Vec<f64>>())
        };
        let at = |metric: fn(usize) -> Metric| -> BTreeMap<usize, Estimate> {
            let found = CUTS.iter().map(|cut| (*cut, estimate(metric(*cut))));
            found
                .filter_map(|(cut, found)| Some((cut, found?)))
                .collect()
        };
        Self {
            queries: results.len(),
            precision: at(Metric::Precision),
            recall: at(Metric::Recall),
            ndcg: at(Metric::Ndcg),
            mrr: estimate(Metric::ReciprocalRank),
            edge_cases: EdgeCases {
                left_empty: estimate(Metric::LeftEmpty),
            },
        }
    }

    /// One figure; none where no query has it.
    pub fn get(&self, metric: Metric) -> Option<Estimate> {
        match metric {
            Metric::Precision(cut) => self.precision.get(&cut).copied(),
            Metric::Recall(cut) => self.recall.get(&cut).copied(),
            Metric::Ndcg(cut) => self.ndcg.get(&cut).copied(),
            Metric::ReciprocalRank => self.mrr,
            Metric::LeftEmpty => self.edge_cases.left_empty,
        }
    }
}

/// How long answers took, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// As seen from here, network included.
    pub client_ms: Percentiles,
    /// As the API told it.
    pub retrieval_ms: Percentiles,
}

/// Times of which so many percent are no longer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Percentiles {
    pub mean: f64,
    pub p50: f64,
    pub p90: f64,
    pub p95: f64,
    pub p99: f64,
    pub max: f64,
}

impl Timing {
    /// Of these answers.
    pub(super) fn of(results: &[&QueryResult]) -> Self {
        let of = |time: fn(&QueryResult) -> f64| {
            Percentiles::of(results.iter().map(|result| time(result)).collect())
        };
        Self {
            client_ms: of(|result| result.client_ms),
            retrieval_ms: of(|result| result.retrieval_ms),
        }
    }
}

impl Percentiles {
    fn of(mut times: Vec<f64>) -> Self {
        times.sort_by(f64::total_cmp);
        let at = |share| percentile(&times, share);
        Self {
            mean: mean(&times),
            p50: at(0.5),
            p90: at(0.9),
            p95: at(0.95),
            p99: at(0.99),
            max: at(1.0),
        }
    }
}
