//! Every line that is logged for a request leads to its answer.

use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use collections_core::telemetry;
use serde_json::{Value, json};

use crate::world::World;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn every_line_of_a_request_carries_the_id_that_its_answer_has() {
    let world = World::new().await;
    let lines = Lines::default();
    let writer = lines.clone();
    // Threads of other tests must have a subscriber too, or tracing takes the one here for all.
    let everywhere = telemetry::subscriber("info", std::io::sink);
    tracing::subscriber::set_global_default(everywhere).unwrap();
    let subscriber = telemetry::subscriber("info", move || writer.clone());
    let _during_this_test = tracing::subscriber::set_default(subscriber);
    let search = json!({"query": "beach"});
    let degraded = world.call("POST", "ann", "/search", search).await;
    assert_eq!(degraded.status, StatusCode::OK);
    world.aws.state().failures = 9;
    let failed = world.upload("ann", "a.png", crate::world::PNG).await;
    assert_eq!(failed.status, StatusCode::INTERNAL_SERVER_ERROR);
    let absent = world.get("ann", "/nowhere").await;

    let written = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let mut seen = Vec::new();
    for line in written.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let id = line["span"]["request_id"].as_str();
        seen.push(id.unwrap_or_else(|| panic!("{line}")).to_owned());
    }
    for answer in [&degraded, &failed, &absent] {
        let id = answer.headers["x-request-id"].to_str().unwrap();
        assert!(seen.iter().any(|known| known == id), "{written}");
    }
    assert!(written.contains("searching by words only"), "{written}");
    assert!(written.contains("\"user_id\":\"ann\""));
}
