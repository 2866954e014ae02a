//! The gate and comparisons: what differs is called so, and nothing else.

use super::super::comparison::{Chosen, between};
use super::super::gate::Baseline;
use super::super::metrics::Metric;
use super::super::run::SearchType;
use super::{results, run};

#[test]
fn a_gate_lets_noise_pass_and_refuses_a_fall() {
    let accepted = Baseline::of(&run(&[(SearchType::Hybrid, results(12, 4))]));
    for (good, empty, fell) in [
        (12, 4, vec![]),
        // One query of twelve may be chance.
        (11, 4, vec![]),
        (
            4,
            4,
            vec![
                Metric::Ndcg(10),
                Metric::ReciprocalRank,
                Metric::Precision(10),
                Metric::Recall(10),
            ],
        ),
    ] {
        let verdict = accepted.check(&run(&[(SearchType::Hybrid, results(good, empty))]));
        let verdict = verdict.unwrap();
        let found: Vec<Metric> = verdict
            .checks
            .iter()
            .filter(|check| check.fell)
            .map(|check| check.metric)
            .collect();
        assert_eq!(found, fell, "{good} {empty}: {verdict}");
        assert_eq!(verdict.is_green(), fell.is_empty());
        assert_eq!(verdict.worse.len(), 12 - good);
    }
}

/// Four queries without an answer: no test finds a difference among so few.
#[test]
fn a_gate_lets_two_more_queries_be_answered_that_should_not_be_and_no_more() {
    let accepted = Baseline::of(&run(&[(SearchType::Hybrid, results(12, 4))]));
    for (empty, green) in [(3, true), (2, true), (1, false), (0, false)] {
        let now = run(&[(SearchType::Hybrid, results(12, empty))]);
        let verdict = accepted.check(&now).unwrap();
        assert_eq!(verdict.is_green(), green, "{empty}: {verdict}");
        assert_eq!(verdict.worse.len(), 4 - empty);
    }
}

#[test]
fn a_gate_is_not_held_against_other_queries_or_without_a_way() {
    let of = run(&[(SearchType::Hybrid, results(12, 4))]);
    let accepted = Baseline::of(&of);
    let mut other = of.clone();
    other.config.fingerprint = "g".to_owned();
    assert!(accepted.check(&other).is_err());
    let other = run(&[(SearchType::Vector, results(12, 4))]);
    let said = accepted.check(&other).unwrap_err().to_string();
    assert!(said.contains("has no hybrid"), "{said}");
}

#[test]
fn a_baseline_is_read_back_as_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("baseline.json");
    let accepted = Baseline::of(&run(&[(SearchType::Hybrid, results(9, 2))]));
    accepted.write(&path).unwrap();
    assert_eq!(Baseline::read(&path).unwrap(), accepted);
    std::fs::write(&path, "{}").unwrap();
    assert!(
        Baseline::read(&path)
            .unwrap_err()
            .to_string()
            .contains("understand the baseline")
    );
}

#[test]
fn a_difference_is_called_one_only_when_it_is() {
    let run = run(&[
        (SearchType::Bm25, results(3, 4)),
        (SearchType::Vector, results(11, 0)),
        (SearchType::Hybrid, results(12, 0)),
    ]);
    let of = |way: SearchType| Chosen {
        label: way.to_string(),
        run: &run,
        way,
    };
    let clear = between(&of(SearchType::Bm25), &of(SearchType::Vector)).unwrap();
    assert_eq!(
        clear.deltas[&Metric::Ndcg(10)].winner.as_deref(),
        Some("vector")
    );
    // Four queries are too few to show anything.
    assert_eq!(clear.deltas[&Metric::LeftEmpty].winner, None);
    assert_eq!(clear.by_query["q05"], 1.0);
    let noise = between(&of(SearchType::Vector), &of(SearchType::Hybrid)).unwrap();
    assert!(
        noise.deltas.values().all(|delta| delta.winner.is_none()),
        "{noise}"
    );
    assert!(noise.agreement.rank_1 > 0.9);
    assert_eq!(run.comparison.len(), 3);
}

#[test]
fn other_queries_are_not_compared() {
    let one = run(&[(SearchType::Hybrid, results(12, 4))]);
    let mut other = one.clone();
    other.config.fingerprint = "g".to_owned();
    let of = |run| Chosen {
        label: "run".to_owned(),
        run,
        way: SearchType::Hybrid,
    };
    assert!(between(&of(&one), &of(&other)).is_err());
    let absent = Chosen {
        way: SearchType::Agentic,
        ..of(&one)
    };
    assert!(between(&of(&one), &absent).is_err());
}
