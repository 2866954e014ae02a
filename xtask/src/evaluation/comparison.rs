//! Two searches beside each other, query by query.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::agreement::Agreement;
use super::estimate::Estimate;
use super::metrics::Metric;
use super::paired::{self, Difference, Side};
use super::run::{QueryResult, Results, Run, SearchType};
use crate::error::{Error, Result};

/// A figure of both, and whether they differ in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Delta {
    /// The mean of the first.
    pub a: f64,
    /// The mean of the second.
    pub b: f64,
    /// How much the second is above the first, with its interval.
    pub difference: Estimate,
    /// How probable a difference as large is by chance; corrected for how many were looked at.
    pub p: f64,
    /// Which is better; nobody, unless the paired test says so.
    pub winner: Option<String>,
}

/// What came of comparing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// What the first is called.
    pub a: String,
    /// What the second is called.
    pub b: String,
    /// How many queries were asked of both.
    pub queries: usize,
    /// The main figures, over all queries.
    pub deltas: BTreeMap<Metric, Delta>,
    /// The same over the queries of each kind.
    pub by_query_type: BTreeMap<String, BTreeMap<Metric, Delta>>,
    /// How long answers took, in milliseconds as seen from here.
    pub client_ms: Option<Delta>,
    /// How far they find the same.
    pub agreement: Agreement,
    /// NDCG at 10 of the second above that of the first, query by query.
    pub by_query: BTreeMap<String, f64>,
}

/// One way of searching in one run.
pub struct Chosen<'r> {
    /// What it is called in a comparison.
    pub label: String,
    /// The run.
    pub run: &'r Run,
    /// The way.
    pub way: SearchType,
}

impl<'r> Chosen<'r> {
    fn results(&self) -> Result<&'r Results> {
        let results = self.run.results_by_search_type.get(&self.way);
        results.ok_or_else(|| {
            let there = self.run.results_by_search_type.keys();
            let there: Vec<String> = there.map(ToString::to_string).collect();
            Error::input(format!("{} has no {}", self.label, self.way))
                .hint(format!("it has {}", there.join(", ")))
        })
    }
}

/// Compares what may be: the same queries, judged the same, as many results.
pub fn between(a: &Chosen<'_>, b: &Chosen<'_>) -> Result<Comparison> {
    let (one, other) = (&a.run.config, &b.run.config);
    if one.fingerprint != other.fingerprint {
        return Err(Error::input(format!(
            "the runs cannot be compared: {} asks {} queries of {} ({}), {} asks {} of {} ({})",
            a.label,
            one.queries,
            one.set,
            one.split,
            b.label,
            other.queries,
            other.set,
            other.split
        ))
        .hint("run both on the same set and half: cargo xtask eval run --split held-out"));
    }
    if one.top_k != other.top_k {
        return Err(Error::input(format!(
            "the runs cannot be compared: one asks for {} results, the other for {}",
            one.top_k, other.top_k
        )));
    }
    Ok(compare((&a.label, a.results()?), (&b.label, b.results()?)))
}

/// Compares answers to the same queries.
pub(super) fn compare(a: (&str, &Results), b: (&str, &Results)) -> Comparison {
    let answers = &b.1.query_results;
    let of_b: BTreeMap<&str, &QueryResult> = answers
        .iter()
        .map(|result| (result.query_id.as_str(), result))
        .collect();
    let pairs: Vec<(&QueryResult, &QueryResult)> = (a.1.query_results.iter())
        .filter_map(|result| Some((result, *of_b.get(result.query_id.as_str())?)))
        .collect();
    let names = (a.0, b.0);
    let mut by_query_type: BTreeMap<String, BTreeMap<Metric, Difference>> = BTreeMap::new();
    for (result, _) in &pairs {
        by_query_type.entry(result.query_type.clone()).or_default();
    }
    for (kind, found) in &mut by_query_type {
        let of_kind = pairs.iter().copied();
        *found = differences(
            &of_kind
                .filter(|pair| pair.0.query_type == *kind)
                .collect::<Vec<_>>(),
        );
    }
    let mut deltas = differences(&pairs);
    // What is read together is corrected together.
    paired::correct(&mut deltas.values_mut().collect::<Vec<_>>());
    let kinds = by_query_type.values_mut().flat_map(BTreeMap::values_mut);
    paired::correct(&mut kinds.collect::<Vec<_>>());
    let judged = |found: BTreeMap<Metric, Difference>| -> BTreeMap<Metric, Delta> {
        let found = found.into_iter();
        found
            .map(|(metric, of)| (metric, Delta::of(of, names, true)))
            .collect()
    };
    let times: Vec<(f64, f64)> = pairs
        .iter()
        .map(|(a, b)| (a.client_ms, b.client_ms))
        .collect();
    let rankings: Vec<_> = pairs
        .iter()
        .map(|(a, b)| (a.ranking(), b.ranking()))
        .collect();
    let rankings: Vec<_> = rankings
        .iter()
        .map(|(a, b)| (a.as_slice(), b.as_slice()))
        .collect();
    Comparison {
        a: a.0.to_owned(),
        b: b.0.to_owned(),
        queries: pairs.len(),
        deltas: judged(deltas),
        by_query_type: by_query_type
            .into_iter()
            .map(|(kind, of)| (kind, judged(of)))
            .collect(),
        client_ms: Difference::of(&times, Side::Both).map(|of| Delta::of(of, names, false)),
        agreement: Agreement::of(&rankings),
        by_query: by_query(&pairs),
    }
}

/// The values of a figure that both have, query by query.
pub(super) fn values(pairs: &[(&QueryResult, &QueryResult)], metric: Metric) -> Vec<(f64, f64)> {
    let both = |(a, b): &(&QueryResult, &QueryResult)| {
        Some((*a.metrics.get(&metric)?, *b.metrics.get(&metric)?))
    };
    pairs.iter().filter_map(both).collect()
}

fn differences(pairs: &[(&QueryResult, &QueryResult)]) -> BTreeMap<Metric, Difference> {
    let of = |metric| Some((metric, Difference::of(&values(pairs, metric), Side::Both)?));
    Metric::MAIN.into_iter().filter_map(of).collect()
}

fn by_query(pairs: &[(&QueryResult, &QueryResult)]) -> BTreeMap<String, f64> {
    let metric = Metric::Ndcg(10);
    let of = |(a, b): &(&QueryResult, &QueryResult)| {
        let difference = b.metrics.get(&metric)? - a.metrics.get(&metric)?;
        Some((a.query_id.clone(), difference))
    };
    pairs.iter().filter_map(of).collect()
}

impl Delta {
    fn of(difference: Difference, names: (&str, &str), more_is_better: bool) -> Self {
        let second = (difference.difference.value > 0.0) == more_is_better;
        let better = if second { names.1 } else { names.0 };
        Self {
            winner: difference.is_one().then(|| better.to_owned()),
            a: difference.a,
            b: difference.b,
            difference: difference.difference,
            p: difference.p,
        }
    }
}
