//! What the last validation found, over HTTP.

use axum::http::StatusCode;
use collections_core::contract::objects::ObjectKey;
use serde_json::{Value, json};

use crate::world::{World, open};

const PATH: &str = "/reports/latest";

fn store(world: &World, body: &[u8]) {
    let mut state = world.aws.state();
    let key = ObjectKey::report().to_string();
    state.objects.insert(key, body.to_vec());
}

#[tokio::test]
async fn the_last_validation_is_shown_in_short_to_who_is_signed_in() {
    let world = World::new().await;
    let refused = world.send(open(PATH)).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        world.get("u", PATH).await.body,
        json!({ "report": Value::Null })
    );

    let steps = json!([
        {"name": "rds", "verdict": "passed", "millis": 120},
        // Should the tool ever say more than names, verdicts and times, it ends here.
        {"name": "s3", "verdict": "failed", "millis": 7, "detail": "secret-bucket refuses"},
    ]);
    let report = json!({"started": "2026-11-21T10:00:00Z", "millis": 450, "steps": steps});
    store(&world, report.to_string().as_bytes());
    let answer = world.get("u", PATH).await;
    let shown = json!({"report": {
        "started": "2026-11-21T10:00:00Z", "millis": 450, "passed": 1,
        "steps": [
            {"name": "rds", "verdict": "passed", "millis": 120},
            {"name": "s3", "verdict": "failed", "millis": 7},
        ],
    }});
    assert_eq!(answer.body, shown);
}

#[tokio::test]
async fn a_report_that_cannot_be_understood_is_no_good_report() {
    let world = World::new().await;
    for body in [&b"{"[..], b"{}", &[b' '; 70_000]] {
        store(&world, body);
        let answer = world.get("u", PATH).await;
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(answer.body.get("detail"), None);
    }
}
