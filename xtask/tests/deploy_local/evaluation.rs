//! Search as it is measured: a run, a comparison, the gate; a set of others; and what is refused.

use serde_json::Value;

use crate::checkout::{Checkout, Run};

pub(crate) fn search_is_measured(checkout: &mut Checkout) {
    let gate = ["eval", "gate", "--env", "local"];
    let run = checkout.run(&gate);
    assert_eq!(run.code, 3, "nobody is signed in: {run:?}");
    assert!(run.stderr.contains("users create --env local"), "{run:?}");
    let email = ["--email", "test@collections.local", "--generate"];
    let create = [["users", "create", "--env", "local"].as_slice(), &email].concat();
    checkout.run(&create).expect_success();

    checkout.run(&gate).expect_success();
    let file = held_out(checkout);
    two_ways_are_compared(checkout, &file);
    what_fell_is_refused(checkout, &file);
    a_set_of_others_is_loaded_asked_and_removed(checkout);
}

/// Asks the half that no tuning has seen; gives the run's file.
fn held_out(checkout: &mut Checkout) -> String {
    let run = json(&checkout.run(&["eval", "run", "--env", "local"]));
    assert_eq!(run["config"]["queries"], 25, "{run:#}");
    for way in ["bm25", "vector", "hybrid"] {
        let summary = &run["results_by_search_type"][way]["summary"];
        let figure = |at: &str| summary.pointer(at).unwrap().as_f64().unwrap();
        let (low, ndcg) = (figure("/ndcg/10/low"), figure("/ndcg/10/value"));
        assert!(low < ndcg && ndcg > 0.7, "{way}: {summary:#}");
        assert!(
            figure("/edge_cases/left_empty/value") >= 0.5,
            "{way}: {summary:#}"
        );
        let times = &run["results_by_search_type"][way]["timing"]["client_ms"];
        assert!(times["p95"].as_f64() >= times["p50"].as_f64(), "{times:#}");
    }
    let files: Vec<&str> = run["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file.as_str().unwrap())
        .collect();
    assert_eq!(files.len(), 3);
    files[0].to_owned()
}

fn two_ways_are_compared(checkout: &mut Checkout, file: &str) {
    let (a, b) = (format!("{file}:bm25"), format!("{file}:hybrid"));
    let compared = json(&checkout.run(&["eval", "compare", &a, &b]));
    let pair = &compared["comparisons"][0];
    assert_eq!(pair["queries"], 25, "{pair:#}");
    let delta = &pair["deltas"]["ndcg@10"];
    let at = |name: &str| delta["difference"][name].as_f64().unwrap();
    assert!(
        at("low") <= at("value") && at("value") <= at("high"),
        "{delta:#}"
    );
    // Nobody wins without the test saying so.
    let shown = delta["p"].as_f64().unwrap() < 0.05;
    assert_eq!(delta["winner"].is_string(), shown, "{delta:#}");

    let same = checkout.run(&["eval", "compare", file, file]);
    assert_eq!(same.code, 3, "{same:?}");
    let absent = checkout.run(&["eval", "compare", file, "nowhere.json"]);
    assert_eq!(absent.code, 3, "{absent:?}");
}

/// The same run with the first results of half of the queries taken away.
fn what_fell_is_refused(checkout: &mut Checkout, file: &str) {
    let baseline = checkout.path("baseline.json").display().to_string();
    let gate = ["eval", "gate", "--env", "local", "--baseline", &baseline];
    checkout
        .run(&[gate.as_slice(), &["--run", file, "--accept"]].concat())
        .expect_success();
    checkout
        .run(&[gate.as_slice(), &["--run", file]].concat())
        .expect_success();
    let mut run: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let results = run["results_by_search_type"]["vector"]["query_results"].as_array_mut();
    for result in results.unwrap().iter_mut().step_by(2) {
        for (_, value) in result["metrics"].as_object_mut().unwrap() {
            *value = 0.0.into();
        }
    }
    let broken = checkout.path("broken.json").display().to_string();
    std::fs::write(&broken, run.to_string()).unwrap();
    let refused = checkout.run(&[gate.as_slice(), &["--run", &broken]].concat());
    assert_eq!(refused.code, 1, "{refused:?}");
    let verdict: Value = serde_json::from_str(&refused.stdout).unwrap();
    let fell = verdict["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|check| check["fell"] == true);
    assert!(fell.clone().count() > 0 && fell.clone().all(|check| check["search_type"] == "vector"));
}

fn a_set_of_others_is_loaded_asked_and_removed(checkout: &mut Checkout) {
    let folder = checkout.path("animals");
    std::fs::create_dir(&folder).unwrap();
    let write = |name: &str, text: &str| -> String {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let corpus = write(
        "corpus.jsonl",
        "{\"_id\": \"cat\", \"title\": \"Cats\", \"text\": \"A cat purrs and sleeps all day.\"}\n\
         {\"_id\": \"dog\", \"title\": \"Dogs\", \"text\": \"A dog barks at the postman.\"}\n\
         {\"_id\": \"fish\", \"title\": \"\", \"text\": \"Salmon swim up the river to spawn.\"}\n",
    );
    let queries = write(
        "queries.jsonl",
        "{\"_id\": \"q1\", \"text\": \"which animal purrs\"}\n\
         {\"_id\": \"q2\", \"text\": \"salmon in a river\"}\n",
    );
    let qrels = write(
        "test.tsv",
        "query-id\tcorpus-id\tscore\nq1\tcat\t1\nq2\tfish\t1\n",
    );
    let asked = ["eval", "run", "--env", "local", "--corpus", &corpus];
    let asked = [
        asked.as_slice(),
        &["--queries", &queries, "--qrels", &qrels],
    ]
    .concat();
    for _ in 0..2 {
        let run = json(&checkout.run(&asked));
        assert_eq!(run["config"]["set"], "animals", "{run:#}");
        for way in ["bm25", "hybrid"] {
            let mrr = &run["results_by_search_type"][way]["summary"]["mrr"]["value"];
            assert_eq!(mrr, 1.0, "{way}: {run:#}");
        }
    }
    let removed = json(&checkout.run(&["eval", "clean", "--env", "local"]));
    assert_eq!(removed["users"].as_array().unwrap().len(), 1, "{removed:#}");
    let removed = json(&checkout.run(&["eval", "clean", "--env", "local"]));
    assert_eq!(removed["users"].as_array().unwrap().len(), 0, "{removed:#}");
}

fn json(run: &Run) -> Value {
    run.expect_success();
    serde_json::from_str(&run.stdout).unwrap()
}
