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
    let records: Vec<_> = events
        .iter()
        .enumerate()
        .map(|(n, event)| {
            json!({
                "messageId": format!("m{n}"), "body": event.to_string(), "eventSource": "aws:sqs",
                "attributes": {"ApproximateReceiveCount": "1", "AWSTraceHeader": TRACE},
            })
        })
        .collect();
    json!({"Records": records})
}
