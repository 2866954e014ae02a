//! The gate: a run against a baseline that was accepted once, query by query. A figure falls when a
//! paired test finds it worse than chance explains; what moves within noise passes. Queries that
//! nothing answers are too few for a test: there the number counts that is answered now.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::metrics::Metric;
use super::paired::{self, Difference, Side};
use super::run::{Config, Results, Run, SearchType};
use crate::error::{Doing as _, Error, Kind, Result};

/// Queries that are named, at most.
const SHOWN: usize = 12;
/// So many queries more may be answered that should be left empty, and not one more.
const ANSWERED: f64 = 2.0;

/// What was accepted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// The run it was taken from.
    pub run_id: String,
    /// When that was.
    pub timestamp: String,
    /// What was asked.
    pub config: Config,
    /// The main figures of every query, by way of searching.
    pub figures: BTreeMap<SearchType, Figures>,
}

/// Figures of one way, by query.
pub type Figures = BTreeMap<String, BTreeMap<Metric, f64>>;

/// One figure of one way, then and now.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Check {
    /// The way.
    pub search_type: SearchType,
    /// The figure.
    pub metric: Metric,
    /// Both means, the difference, and how probable it is by chance.
    #[serde(flatten)]
    pub difference: Difference,
    /// Whether it fell.
    pub fell: bool,
}

/// What the gate says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdict {
    /// The run that was looked at.
    pub run_id: String,
    /// The run that it was held against.
    pub baseline: String,
    /// Each figure.
    pub checks: Vec<Check>,
    /// Queries that got worse by NDCG at 10, or are answered and should not be; the worst first.
    pub worse: Vec<String>,
}

impl Baseline {
    /// Takes a run as what is good enough.
    pub fn of(run: &Run) -> Self {
        let ways = run.results_by_search_type.iter();
        Self {
            run_id: run.run_id.clone(),
            timestamp: run.timestamp.clone(),
            config: run.config.clone(),
            figures: ways
                .map(|(way, results)| (*way, figures(results)))
                .collect(),
        }
    }

    /// Reads what was accepted.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|source| {
            Error::input(format!("could not read the baseline {}", path.display()))
                .because(source)
                .hint("accept a run as one: cargo xtask eval gate --env local --accept")
        })?;
        let what = format!("understand the baseline {}", path.display());
        serde_json::from_str(&text).doing_as(Kind::Input, what)
    }

    /// Writes it, to be reviewed and committed.
    pub fn write(&self, path: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self).doing("write the baseline as JSON")? + "\n";
        std::fs::write(path, text).doing(format!("write {}", path.display()))
    }

    /// Holds a run against it.
    pub fn check(&self, run: &Run) -> Result<Verdict> {
        if self.config.fingerprint != run.config.fingerprint
            || self.config.top_k != run.config.top_k
        {
            return Err(Error::input(format!(
                "the run cannot be held against the baseline: it asks {} queries ({}) of {} for {} \
                 results, the baseline {} ({}) of {} for {}",
                run.config.queries, run.config.split, run.config.set, run.config.top_k,
                self.config.queries, self.config.split, self.config.set, self.config.top_k,
            ))
            .hint("ask the same; or, if the set was changed on purpose, accept a new baseline with --accept"));
        }
        let mut checks = Vec::new();
        let mut worse = Vec::new();
        for (way, then) in &self.figures {
            let now = run.results_by_search_type.get(way).ok_or_else(|| {
                Error::input(format!("the run has no {way}, which the baseline has"))
            })?;
            let now = figures(now);
            checks.extend(of_way(*way, then, &now));
            worse.extend(worse_queries(*way, then, &now));
        }
        worse.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
        Ok(Verdict {
            run_id: run.run_id.clone(),
            baseline: self.run_id.clone(),
            checks,
            worse: worse.into_iter().map(|(_, said)| said).collect(),
        })
    }
}

impl Verdict {
    /// Whether nothing fell.
    pub fn is_green(&self) -> bool {
        self.checks.iter().all(|check| !check.fell)
    }
}

fn figures(results: &Results) -> Figures {
    let queries = results.query_results.iter().map(|result| {
        let main = Metric::MAIN.into_iter();
        let main = main.filter_map(|metric| Some((metric, *result.metrics.get(&metric)?)));
        (result.query_id.clone(), main.collect())
    });
    queries.collect()
}

/// The figures of one way, corrected for their number.
fn of_way(way: SearchType, then: &Figures, now: &Figures) -> Vec<Check> {
    let mut found: Vec<(Metric, Difference)> = Metric::MAIN
        .into_iter()
        .filter_map(|metric| {
            let pair = |(query, was): (&String, &BTreeMap<Metric, f64>)| {
                Some((*was.get(&metric)?, *now.get(query)?.get(&metric)?))
            };
            let pairs: Vec<(f64, f64)> = then.iter().filter_map(pair).collect();
            Some((metric, Difference::of(&pairs, Side::Below)?))
        })
        .collect();
    let answered = lost(then, now, Metric::LeftEmpty);
    paired::correct(
        &mut found
            .iter_mut()
            .map(|found| &mut found.1)
            .collect::<Vec<_>>(),
    );
    let check = |(metric, difference): (Metric, Difference)| Check {
        search_type: way,
        metric,
        fell: difference.is_one() || metric == Metric::LeftEmpty && answered > ANSWERED,
        difference,
    };
    found.into_iter().map(check).collect()
}

/// The sum of what a figure was over its queries, less what it is.
fn lost(then: &Figures, now: &Figures, metric: Metric) -> f64 {
    let lost = then.iter().filter_map(|(query, was)| {
        let is = now.get(query)?.get(&metric)?;
        Some(was.get(&metric)? - is)
    });
    lost.sum()
}

fn worse_queries(way: SearchType, then: &Figures, now: &Figures) -> Vec<(f64, String)> {
    let mut worse = Vec::new();
    for (query, was) in then {
        for metric in [Metric::Ndcg(10), Metric::LeftEmpty] {
            let is = now.get(query).and_then(|now| now.get(&metric));
            // Numbers of a file may differ in their last digits.
            if let (Some(was), Some(is)) = (was.get(&metric), is)
                && *is < was - 1e-9
            {
                let said = format!("{way} {query}: {metric} {was:.3} -> {is:.3}");
                worse.push((is - was, said));
            }
        }
    }
    worse
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for check in &self.checks {
            let word = if check.fell { "FELL" } else { "ok  " };
            let (way, metric) = (check.search_type.to_string(), check.metric.to_string());
            let Difference { a, b, p, .. } = check.difference;
            writeln!(f, "{word} {way:<8} {metric:<13} {a:.3} -> {b:.3}  p {p:.3}")?;
        }
        if self.is_green() {
            return writeln!(
                f,
                "no figure fell below the baseline, run {}",
                self.baseline
            );
        }
        writeln!(f, "worse than the baseline, run {}:", self.baseline)?;
        let mut shown = self.worse.iter().take(SHOWN);
        shown.try_for_each(|said| writeln!(f, "  {said}"))?;
        if self.worse.len() > SHOWN {
            writeln!(f, "  and {} more", self.worse.len() - SHOWN)?;
        }
        writeln!(f, "see docs/RUNBOOK.md#search-got-worse")
    }
}
