//! Our figures beside those of `ir_measures`, which asks `trec_eval`: on random runs with ties,
//! empty answers, items nobody judged, and queries without anything relevant.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;

use super::super::chance::Chance;
use super::super::metrics::{CUTS, Grades, Metric};

const QUERIES: usize = 150;
const NEAR: f64 = 1e-9;

fn program() -> PathBuf {
    std::env::var_os("COLLECTIONS_IR_MEASURES")
        .map(PathBuf::from)
        .expect("cargo xtask test --only metrics installs it and says where")
}

/// What `ir_measures` calls it.
fn name(metric: Metric) -> Option<String> {
    match metric {
        Metric::Precision(cut) => Some(format!("P@{cut}")),
        Metric::Recall(cut) => Some(format!("R@{cut}")),
        Metric::Ndcg(cut) => Some(format!("nDCG@{cut}")),
        Metric::ReciprocalRank => Some("RR".to_owned()),
        Metric::LeftEmpty => None,
    }
}

/// Judgments and scores of each query.
fn random(seed: u64) -> Vec<(Grades, Vec<(String, usize)>)> {
    let mut chance = Chance::new(seed);
    let query = |_| {
        let document = |chance: &mut Chance| format!("d{:02}", chance.below(40));
        let grades: Grades = (0..1 + chance.below(12))
            .map(|_| (document(&mut chance), chance.below(4) as i64))
            .collect();
        let found: BTreeMap<String, usize> = (0..chance.below(25))
            // Few different scores: many ties.
            .map(|_| (document(&mut chance), chance.below(8)))
            .collect();
        (grades, found.into_iter().collect())
    };
    (0..QUERIES).map(query).collect()
}

/// The order that `trec_eval` gives them: by score, and of equal ones the later name first.
fn ranking(scored: &[(String, usize)]) -> Vec<String> {
    let mut sorted = scored.to_vec();
    sorted.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| b.0.cmp(&a.0)));
    sorted.into_iter().map(|(id, _)| id).collect()
}

/// Its figures by query and name.
fn theirs(queries: &[(Grades, Vec<(String, usize)>)]) -> BTreeMap<(String, String), f64> {
    let folder = tempfile::tempdir().unwrap();
    let (mut qrels, mut run) = (String::new(), String::new());
    for ((grades, found), at) in queries.iter().zip(0..) {
        for (id, grade) in grades {
            writeln!(qrels, "q{at} 0 {id} {grade}").unwrap();
        }
        for (id, score) in found {
            writeln!(run, "q{at} Q0 {id} 0 {score} random").unwrap();
        }
    }
    let (qrels_at, run_at) = (folder.path().join("qrels"), folder.path().join("run"));
    std::fs::write(&qrels_at, qrels).unwrap();
    std::fs::write(&run_at, run).unwrap();
    let measures = Metric::all().filter_map(name).collect::<Vec<_>>().join(" ");
    let output = Command::new(program())
        .args(["--by_query", "--no_summary", "--places", "17"])
        .arg(&qrels_at)
        .arg(&run_at)
        .arg(measures)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let failed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{failed}");
    let line = |line: &str| {
        let columns: Vec<&str> = line.split('\t').collect();
        let key = (columns[0].to_owned(), columns[1].to_owned());
        (key, columns[2].parse().unwrap())
    };
    said.lines().map(line).collect()
}

#[test]
#[ignore = "needs ir_measures: cargo xtask test --only metrics"]
fn our_figures_are_those_of_ir_measures() {
    for seed in [1, 2, 3] {
        let queries = random(seed);
        let theirs = theirs(&queries);
        let mut compared = 0;
        for ((grades, found), at) in queries.iter().zip(0..) {
            for metric in Metric::all() {
                let Some(name) = name(metric) else { continue };
                let Some(ours) = metric.of(&ranking(found), grades) else {
                    continue;
                };
                // Of a query that found nothing it may say nothing.
                let theirs = theirs
                    .get(&(format!("q{at}"), name))
                    .copied()
                    .unwrap_or(0.0);
                assert!(
                    (ours - theirs).abs() < NEAR,
                    "q{at} {metric}: {ours} {theirs}"
                );
                compared += 1;
            }
        }
        assert!(
            compared > QUERIES * CUTS.len() * 2,
            "only {compared} were compared"
        );
    }
}
