//! A line of a log as people read it.

use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::macros::format_description;

use crate::cloud::logs::LogEvent;

/// Fields that have their own place in a line, or that nobody reads.
const PLACED: &[&str] = &[
    "timestamp",
    "level",
    "message",
    "span",
    "_aws",
    "environment",
    "function",
];

/// The line in words; none for one in which the runtime speaks of itself.
pub(in crate::commands) fn readable(event: &LogEvent) -> Option<String> {
    let text = event.text.trim();
    let words = match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(line)) if line.contains_key("_aws") => metrics(&line),
        Ok(Value::Object(line)) if line.contains_key("message") => message(&line),
        Ok(Value::Object(line)) if line.contains_key("record") => platform(&line)?,
        _ if is_of_runtime(text) => return None,
        _ => text.to_owned(),
    };
    Some(format!("{} {}", clock(event.time), plain(&words)))
}

/// Whether a line tells of something that went wrong: an error of our own code, an invocation that
/// did not end by itself, a panic. Figures about errors, and words about them, are none.
pub(in crate::commands) fn is_error(event: &LogEvent) -> bool {
    let text = event.text.trim();
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(line)) if line.contains_key("record") => {
            // One that ended as `error` was told of by the function.
            let ended = line["record"]["status"].as_str();
            line["type"] == "platform.report" && matches!(ended, Some("timeout" | "failure"))
        }
        Ok(Value::Object(line)) => line.get("level").is_some_and(|level| level == "ERROR"),
        _ => text.contains("panicked at") || text.contains("Task timed out"),
    }
}

/// A text without what would move the cursor or ring a bell.
pub(super) fn plain(text: &str) -> String {
    let text = text.trim_end();
    let text = text.replace('\t', " ");
    text.replace(|sign: char| sign.is_control(), "")
}

fn clock(milliseconds: i64) -> String {
    let nanoseconds = i128::from(milliseconds) * 1_000_000;
    let time = OffsetDateTime::from_unix_timestamp_nanos(nanoseconds);
    let format = format_description!("[month]-[day] [hour]:[minute]:[second].[subsecond digits:3]");
    let time = time.ok().and_then(|time| time.format(format).ok());
    time.unwrap_or_else(|| milliseconds.to_string())
}

/// What our own code says: level, sentence, fields, and where it belongs.
fn message(line: &Map<String, Value>) -> String {
    let text = |key: &str| line.get(key).and_then(Value::as_str).unwrap_or_default();
    let mut words = format!("{:<5} {}", text("level"), text("message"));
    let span = line.get("span").and_then(Value::as_object);
    let span = span.into_iter().flatten().filter(|(key, _)| *key != "name");
    for (key, value) in line
        .iter()
        .filter(|(key, _)| !PLACED.contains(&key.as_str()))
        .chain(span)
    {
        words += &field(key, value);
    }
    words
}

/// What was measured: each figure with its unit.
fn metrics(line: &Map<String, Value>) -> String {
    let declared = line["_aws"].pointer("/CloudWatchMetrics/0/Metrics");
    let declared = declared.and_then(Value::as_array).into_iter().flatten();
    let units: Map<String, Value> = declared
        .filter_map(|metric| Some((metric["Name"].as_str()?.to_owned(), metric["Unit"].clone())))
        .collect();
    let mut words = "      ".to_owned();
    for (key, value) in line
        .iter()
        .filter(|(key, _)| !PLACED.contains(&key.as_str()))
    {
        match (units.get(key).and_then(Value::as_str), value.as_f64()) {
            (Some("Milliseconds"), Some(number)) => words += &format!(" {key} {number:.1} ms"),
            (Some(_), Some(number)) => words += &format!(" {key} {number}"),
            _ => words += &field(key, value),
        }
    }
    words
}

/// What Lambda says of an invocation; only how it ended is worth a line.
fn platform(line: &Map<String, Value>) -> Option<String> {
    if line.get("type")?.as_str()? != "platform.report" {
        return None;
    }
    let figure = |key: &str| line["record"]["metrics"][key].as_f64();
    let mut words = format!("       took {:.0} ms", figure("durationMs")?);
    if let Some(start) = figure("initDurationMs") {
        words += &format!(", start {start:.0} ms");
    }
    if let Some((used, size)) = figure("maxMemoryUsedMB").zip(figure("memorySizeMB")) {
        words += &format!(", {used} of {size} MB");
    }
    match line["record"]["status"].as_str() {
        Some("success") | None => Some(words),
        Some(status) => Some(format!("{words}, ended as {status}")),
    }
}

fn field(key: &str, value: &Value) -> String {
    match value {
        Value::String(text) if text.contains(' ') => format!(" {key}={text:?}"),
        Value::String(text) => format!(" {key}={text}"),
        Value::Null => String::new(),
        other => format!(" {key}={other}"),
    }
}

/// The plain lines around every invocation.
fn is_of_runtime(text: &str) -> bool {
    let begins = [
        "START RequestId",
        "END RequestId",
        "REPORT RequestId",
        "INIT_START",
    ];
    text.is_empty() || begins.iter().any(|words| text.starts_with(words))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{is_error, readable};
    use crate::cloud::logs::LogEvent;

    fn event(text: &str) -> LogEvent {
        LogEvent {
            time: 1_795_000_001_234,
            id: "1".into(),
            text: text.into(),
        }
    }

    fn shown(text: &str) -> Option<String> {
        let line = readable(&event(text))?;
        Some(line.strip_prefix("11-18 11:06:41.234 ").unwrap().to_owned())
    }

    #[test]
    fn lines_are_said_in_words() {
        let cases = [
            (
                r#"{"timestamp":"x","level":"INFO","message":"stored","item_id":"7f","reason":"a b","span":{"request_id":"r","name":"invocation"}}"#,
                "INFO  stored item_id=7f reason=\"a b\" request_id=r",
            ),
            (
                r#"{"_aws":{"CloudWatchMetrics":[{"Metrics":[{"Name":"Duration","Unit":"Milliseconds"},{"Name":"Failed","Unit":"Count"}]}]},"Duration":12.345,"Failed":0.0,"cold_start":true,"function":"api"}"#,
                "       Duration 12.3 ms Failed 0 cold_start=true",
            ),
            (
                r#"{"time":"x","type":"platform.report","record":{"status":"timeout","metrics":{"durationMs":30000.4,"initDurationMs":9.0,"maxMemoryUsedMB":40,"memorySizeMB":512}}}"#,
                "       took 30000 ms, start 9 ms, 40 of 512 MB, ended as timeout",
            ),
            (
                "thread 'main' panicked\u{1b}[31m\n",
                "thread 'main' panicked[31m",
            ),
            ("[1, 2]", "[1, 2]"),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(text).unwrap(), expected);
        }
    }

    #[test]
    fn only_what_went_wrong_is_an_error() {
        for text in [
            r#"{"timestamp":"x","level":"ERROR","message":"the database cannot be reached"}"#,
            r#"{"time":"x","type":"platform.report","record":{"status":"timeout","metrics":{}}}"#,
            r#"{"time":"x","type":"platform.report","record":{"status":"failure","metrics":{}}}"#,
            "thread 'main' panicked at src/lib.rs:1:2:",
            "2026-11-21T10:00:00Z 7f Task timed out after 30.00 seconds",
        ] {
            assert!(is_error(&event(text)), "{text}");
        }
        for text in [
            r#"{"_aws":{"CloudWatchMetrics":[]},"ServerErrors":0.0,"function":"api"}"#,
            r#"{"timestamp":"x","level":"INFO","message":"tried again","error":"ERROR 57P03"}"#,
            r#"{"timestamp":"x","level":"WARN","message":"refused","reason":"an ERROR page"}"#,
            r#"{"time":"x","type":"platform.report","record":{"status":"success","metrics":{}}}"#,
            r#"{"time":"x","type":"platform.runtimeDone","record":{"status":"timeout"}}"#,
            "START RequestId: ERROR",
            "[\"level\", \"ERROR\"]",
        ] {
            assert!(!is_error(&event(text)), "{text}");
        }
    }

    #[test]
    fn the_runtime_speaking_of_itself_is_left_out() {
        for text in [
            "START RequestId: 1 Version: 2",
            "END RequestId: 1",
            "REPORT RequestId: 1\tDuration: 2 ms",
            r#"{"time":"x","type":"platform.start","record":{}}"#,
            "",
        ] {
            assert_eq!(shown(text), None, "{text}");
        }
    }
}
