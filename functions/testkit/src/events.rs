//! Events as a queue delivers them.

use contract::Event;
use contract::events::OBJECT_CREATED;
use serde_json::{Value, json};

/// The trace of every delivery.
pub const TRACE: &str = "Root=1-5759e988-bd862e3fe1be46a994272793";

/// An event of ours, as the bus wraps it.
pub fn envelope<E: Event>(id: &str, event: &E) -> Value {
    json!({
        "version": "0", "id": id, "source": E::TYPE.source, "detail-type": E::TYPE.detail_type,
        "account": "000000000000", "region": "us-east-1", "resources": [],
        "time": "2026-11-20T12:00:00Z", "detail": event,
    })
}

/// What S3 tells of a stored object.
pub fn object_created(key: &str, sequencer: &str) -> Value {
    json!({
        "version": "0", "id": uuid::Uuid::new_v4(), "source": OBJECT_CREATED.source,
        "detail-type": OBJECT_CREATED.detail_type, "time": "2026-11-20T12:00:00Z",
        "detail": {
            "version": "0", "bucket": {"name": crate::aws::BUCKET},
            "object": {"key": key, "size": 1, "etag": "e", "sequencer": sequencer},
            "reason": "PutObject",
        },
    })
}

/// A delivery of a queue: the n-th event is message `m<n>`.
pub fn delivery(events: &[Value]) -> Value {
    let bodies: Vec<_> = events.iter().map(ToString::to_string).collect();
    delivery_of(&bodies)
}

/// The same of bodies that need not be events.
pub fn delivery_of(bodies: &[String]) -> Value {
    let records: Vec<_> = bodies
        .iter()
        .enumerate()
        .map(|(n, body)| {
            json!({
                "messageId": format!("m{n}"), "body": body, "eventSource": "aws:sqs",
                "attributes": {"ApproximateReceiveCount": "1", "AWSTraceHeader": TRACE},
            })
        })
        .collect();
    json!({"Records": records})
}

/// Bodies that nobody can handle, made of an event that somebody can: `ids` are fields of its
/// detail that are parsed.
pub fn malformed(good: &Value, ids: &[&str]) -> Vec<String> {
    let text = good.to_string();
    let words = [
        "",
        " ",
        "null",
        "5",
        "true",
        "[]",
        "{}",
        "{",
        "\"an event\"",
        "\0",
        "<xml/>",
    ];
    let mut bodies: Vec<String> = words.map(str::to_owned).to_vec();
    bodies.extend((1..8).map(|part| text[..text.len() * part / 8].to_owned()));
    bodies.push(format!("[{text}]"));
    bodies.push(text.replace("u", "\\ud800"));
    bodies.push(format!("{}{}", "[".repeat(5_000), "]".repeat(5_000)));
    let mut change = |at: &str, value: Value| {
        let mut event = good.clone();
        *event.pointer_mut(at).unwrap() = value;
        bodies.push(event.to_string());
    };
    for field in ["/source", "/detail-type"] {
        for value in [json!(null), json!(7), json!("somebody.else"), json!("")] {
            change(field, value);
        }
    }
    for detail in [json!(null), json!("text"), json!([]), json!({})] {
        change("/detail", detail);
    }
    let wrong = [
        json!(null),
        json!(7),
        json!({}),
        json!(""),
        json!("../x"),
        json!("a b"),
        json!("a/b"),
        json!("nul\0"),
        json!("x".repeat(100_000)),
    ];
    for id in ids {
        for value in &wrong {
            change(&format!("/detail/{id}"), value.clone());
        }
    }
    for field in ["source", "detail-type", "detail"] {
        let mut event = good.clone();
        event.as_object_mut().unwrap().remove(field);
        bodies.push(event.to_string());
    }
    bodies
}
