//! Runs made up for tests, and what is said of them.

mod gates;
mod ir_measures;
mod reports;

use super::metrics::{Grades, Metric};
use super::run::{Config, FoundItem, QueryResult, Results, Run, SearchType};
use serde_json::json;

/// A query whose only relevant item is `right`, and what was found for it; without `right`, nothing
/// answers it.
fn answered(at: usize, right: Option<&str>, found: &[&str]) -> QueryResult {
    let grades: Grades = right.map(|id| (id.to_owned(), 3)).into_iter().collect();
    let ranking: Vec<String> = found.iter().map(|id| (*id).to_owned()).collect();
    let value = |metric: Metric| Some((metric, metric.of(&ranking, &grades)?));
    QueryResult {
        query_id: format!("q{at:02}"),
        query_text: format!("where is {}", right.unwrap_or("nothing")),
        query_type: right.map_or("no_result", |_| "single_item").to_owned(),
        split: None,
        judged: grades.clone(),
        metrics: Metric::all().filter_map(value).collect(),
        found: ranking
            .iter()
            .map(|id| FoundItem {
                item_id: id.clone(),
                score: 0.5,
            })
            .collect(),
        client_ms: 20.0 + at as f64,
        retrieval_ms: 2.0,
    }
}

/// Twelve queries of one item each and four that nothing answers. `good` of the first find theirs
/// at once, the others not at all; `empty` of the last find nothing.
fn results(good: usize, empty: usize) -> Results {
    let of_item = (0..12).map(|at| {
        let found: &[&str] = if at < good {
            &["right", "wrong"]
        } else {
            &["wrong"]
        };
        answered(at, Some("right"), found)
    });
    let of_none = (0..4).map(|at| {
        let found: &[&str] = if at < empty { &[] } else { &["wrong"] };
        answered(at + 12, None, found)
    });
    Results::of(of_item.chain(of_none).collect())
}

fn run(ways: &[(SearchType, Results)]) -> Run {
    let run = Run {
        run_id: "0001".to_owned(),
        timestamp: "2026-10-05T09:00:00Z".to_owned(),
        config: Config {
            environment: "local".to_owned(),
            set: "golden".to_owned(),
            split: "all".to_owned(),
            queries: 16,
            items: 2,
            fingerprint: "f".to_owned(),
            top_k: 10,
            notes: vec!["a <b>note</b>".to_owned()],
        },
        search_configuration: json!({}),
        results_by_search_type: ways.iter().cloned().collect(),
        comparison: Vec::new(),
    };
    run.compared()
}
