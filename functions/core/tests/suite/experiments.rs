//! Datasets and experiments, on a LangSmith that keeps what it is sent.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use collections_core::providers::http::{Http, Patience};
use collections_core::providers::langsmith::experiments::{
    Example, Experiment, Experiments, Trial,
};
use collections_core::secret::Secret;
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

const KEY: &str = "lsv2-canary-key";

/// What LangSmith knows, by path and id. Like the real one it answers 409 to what it has.
#[derive(Clone, Default)]
struct World(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    rows: BTreeMap<(String, String), Value>,
    requests: usize,
    busy: usize,
}

impl World {
    fn of(&self, path: &str) -> Vec<Value> {
        let known = self.0.lock().unwrap();
        let rows = known.rows.iter().filter(|((at, _), _)| at == path);
        rows.map(|(_, row)| row.clone()).collect()
    }
}

impl Respond for World {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut known = self.0.lock().unwrap();
        known.requests += 1;
        if request
            .headers
            .get("x-api-key")
            .is_none_or(|key| key != KEY)
        {
            return ResponseTemplate::new(401).set_body_json(json!({"detail": "Invalid token"}));
        }
        if known.busy > 0 {
            known.busy -= 1;
            return ResponseTemplate::new(503);
        }
        let path = request.url.path().to_owned();
        let asked: BTreeMap<String, String> = request.url.query_pairs().into_owned().collect();
        if request.method.as_str() == "GET" {
            let fits = |row: &Value| match asked.get("dataset") {
                Some(dataset) => row["dataset_id"] == json!(dataset),
                None => row["name"] == json!(asked["name"]),
            };
            let rows = known
                .rows
                .iter()
                .filter(|((at, _), row)| *at == path && fits(row));
            let number = |name: &str| asked.get(name).and_then(|text| text.parse().ok());
            let rows: Vec<Value> = rows
                .map(|(_, row)| row.clone())
                .skip(number("offset").unwrap_or(0))
                .take(number("limit").unwrap_or(100))
                .collect();
            return ResponseTemplate::new(200).set_body_json(rows);
        }
        let body: Value = request.body_json().unwrap();
        let (path, rows) = match path.as_str() {
            "/examples/bulk" => ("/examples".to_owned(), body.as_array().unwrap().clone()),
            "/runs/batch" => ("/runs".to_owned(), body["post"].as_array().unwrap().clone()),
            _ => (path, vec![body]),
        };
        let mut answer = Value::Null;
        for mut row in rows {
            if row["id"].is_null() {
                row["id"] = json!(Uuid::new_v4());
            }
            let key = (path.clone(), row["id"].as_str().unwrap().to_owned());
            answer = row.clone();
            if known.rows.insert(key, row).is_some() {
                return ResponseTemplate::new(409).set_body_json(json!({"detail": "exists"}));
            }
        }
        ResponseTemplate::new(200).set_body_json(answer)
    }
}

async fn start() -> (MockServer, World) {
    let (server, world) = (MockServer::start().await, World::default());
    Mock::given(wiremock::matchers::any())
        .respond_with(world.clone())
        .mount(&server)
        .await;
    (server, world)
}

fn client(server: &MockServer, key: &str) -> Experiments {
    let patience = Patience {
        backoff: Duration::from_millis(1),
        ..Patience::default()
    };
    let http = Http::new(patience).unwrap();
    Experiments::new(http, Some(&server.uri()), Secret::new(key))
}

fn id(text: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, text.as_bytes())
}

fn examples(many: usize) -> Vec<Example> {
    let example = |at: usize| Example {
        id: id(&format!("example {at}")),
        inputs: json!({"query": format!("query {at}")}),
        outputs: json!({"expected": {"a": 3}}),
        metadata: json!({"query_type": "semantic"}),
    };
    (0..many).map(example).collect()
}

fn experiment(dataset: Uuid, many: usize) -> Experiment {
    let trial = |at: usize| Trial {
        id: id(&format!("trial {at}")),
        example: id(&format!("example {at}")),
        inputs: json!({"query": format!("query {at}")}),
        outputs: json!({"found": ["a"]}),
        started: OffsetDateTime::UNIX_EPOCH,
        ended: OffsetDateTime::UNIX_EPOCH + Duration::from_millis(20),
        scores: BTreeMap::from([("ndcg@10".to_owned(), 0.5), ("mrr".to_owned(), 1.0)]),
    };
    Experiment {
        id: id("experiment"),
        name: "golden-hybrid".to_owned(),
        dataset,
        metadata: json!({"search_type": "hybrid"}),
        trials: (0..many).map(trial).collect(),
    }
}

#[tokio::test]
async fn a_set_becomes_a_dataset_and_a_run_an_experiment_and_both_only_once() {
    let (server, world) = start().await;
    let client = client(&server, KEY);
    for _ in 0..2 {
        let dataset = client
            .dataset("golden", "queries", &examples(120))
            .await
            .unwrap();
        client.experiment(&experiment(dataset, 120)).await.unwrap();
    }
    let counts = ["/datasets", "/examples", "/sessions", "/runs", "/feedback"];
    assert_eq!(
        counts.map(|path| world.of(path).len()),
        [1, 120, 1, 120, 240]
    );
    let (dataset, session) = (&world.of("/datasets")[0], &world.of("/sessions")[0]);
    assert_eq!(session["reference_dataset_id"], dataset["id"]);
    let ids: Vec<Value> = world
        .of("/examples")
        .iter()
        .map(|row| row["id"].clone())
        .collect();
    for run in world.of("/runs") {
        assert!(ids.contains(&run["reference_example_id"]));
        assert_eq!(run["session_id"], session["id"]);
        let order = run["dotted_order"].as_str().unwrap();
        assert!(order.starts_with("19700101T000000000000Z"), "{order}");
    }
}

#[tokio::test]
async fn what_was_added_to_a_set_is_added_to_its_dataset() {
    let (server, world) = start().await;
    let client = client(&server, KEY);
    let first = client.dataset("golden", "", &examples(3)).await.unwrap();
    let second = client.dataset("golden", "", &examples(5)).await.unwrap();
    assert_eq!((first, world.of("/examples").len()), (second, 5));
}

#[tokio::test]
async fn a_busy_service_is_asked_again_and_a_wrong_key_is_told_without_it() {
    let (server, world) = start().await;
    world.0.lock().unwrap().busy = 2;
    client(&server, KEY)
        .dataset("golden", "", &examples(1))
        .await
        .unwrap();
    let wrong = client(&server, "lsv2-wrong-key")
        .dataset("golden", "", &[])
        .await;
    let said = format!("{:?}", wrong.unwrap_err());
    assert!(said.contains("401") && !said.contains("lsv2"), "{said}");
    assert!(!format!("{:?}", client(&server, KEY)).contains(KEY));
}
