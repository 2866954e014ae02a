//! Spans in OTLP's JSON encoding, with the attributes that LangSmith reads.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::span::Finished;

/// The body of an export request.
pub(super) fn request(function: &str, environment: &str, spans: &[Finished]) -> Value {
    let resource = [
        attribute("service.name", &format!("collections-{function}").into()),
        attribute("deployment.environment.name", &environment.into()),
    ];
    let scope = json!({"name": "collections", "version": env!("CARGO_PKG_VERSION")});
    let spans: Vec<Value> = spans.iter().map(span).collect();
    json!({"resourceSpans": [{
        "resource": {"attributes": resource},
        "scopeSpans": [{"scope": scope, "spans": spans}],
    }]})
}

fn span(span: &Finished) -> Value {
    let mut attributes = vec![
        attribute("langsmith.span.kind", &span.kind.name().into()),
        attribute("gen_ai.operation.name", &span.kind.operation().into()),
    ];
    attributes.extend(span.facts.iter().map(|(name, value)| {
        let name = format!("langsmith.metadata.{name}");
        attribute(&name, &value.as_str().into())
    }));
    let own = span.attributes.iter();
    attributes.extend(own.map(|(name, value)| attribute(name, value)));
    let mut sent = json!({
        "traceId": format!("{:032x}", span.trace),
        "spanId": format!("{:016x}", span.id),
        "name": span.name,
        // 3 is a client of something else, 1 is internal.
        "kind": if span.kind.leaves_the_process() { 3 } else { 1 },
        "startTimeUnixNano": nanoseconds(span.began),
        "endTimeUnixNano": nanoseconds(span.ended),
        "attributes": attributes,
        "status": status(span.error.as_deref()),
    });
    if let Some(parent) = span.parent {
        sent["parentSpanId"] = format!("{parent:016x}").into();
    }
    sent
}

/// 1 is success, 2 an error.
fn status(error: Option<&str>) -> Value {
    match error {
        Some(error) => json!({"code": 2, "message": error}),
        None => json!({"code": 1}),
    }
}

/// 64-bit numbers are text in this encoding.
fn nanoseconds(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_nanos().to_string()
}

fn attribute(name: &str, value: &Value) -> Value {
    let value = match value {
        Value::Bool(value) => json!({"boolValue": value}),
        Value::Number(number) if number.is_f64() => json!({"doubleValue": number}),
        Value::Number(number) => json!({"intValue": number.to_string()}),
        Value::String(text) => json!({"stringValue": text}),
        other => json!({"stringValue": other.to_string()}),
    };
    json!({"key": name, "value": value})
}
