//! Dead letters for people to read: what each is about, how often it failed, and its text without
//! anything that looks like a secret.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;
use std::time::Duration;

use regex::Regex;
use serde::Serialize;
use serde_json::Value;

use super::{Pair, age, depth};
use crate::cloud::Cloud;
use crate::cloud::queues::Message;
use crate::error::Result;

/// How long messages are hidden while they are looked at: long enough to give all of them back.
const HIDDEN: Duration = Duration::from_secs(30);
/// What one call receives.
const CALL_LIMIT: u32 = 10;
/// The most characters of a text that are shown.
const MAX_TEXT: usize = 2_000;
const REDACTED: &str = "[redacted]";

/// Names of fields whose values are not shown.
static SECRET_NAME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)pass(word|wd)?|secret|token|api.?key|authorization|credential|signature|cookie")
});
/// Values that are not shown, whatever they are called.
static SECRET_VALUE: LazyLock<Regex> = LazyLock::new(|| {
    let known = [
        r"(?i)bearer\s+[\w.~+/=-]+",
        r"\bAKIA[0-9A-Z]{16}\b",
        r"\bsk-[\w-]{8,}",
        r"\beyJ[\w-]+\.[\w-]+\.[\w-]*",
        r"(?i)[?&](x-amz-signature|x-amz-credential|x-amz-security-token)=[^&\s]+",
        r"://[^/\s:@]+:[^/\s@]+@",
    ];
    pattern(&known.join("|"))
});

fn pattern(text: &str) -> Regex {
    // Both patterns are fixed and tested.
    Regex::new(text).unwrap_or_else(|error| unreachable!("{error}"))
}

/// Dead letters of several functions.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Letters(pub Vec<Letter>);

/// One event that could not be handled.
#[derive(Debug, Serialize)]
pub struct Letter {
    function: &'static str,
    message_id: String,
    /// The event's type, where it is one.
    event: Option<String>,
    /// Whom and what it is about.
    about: BTreeMap<String, String>,
    /// How often it was received, looks like this one included.
    receives: u32,
    age_seconds: Option<u64>,
    /// Why the bus gave up, where it did before any function saw it.
    undelivered: Option<String>,
    trace: Option<String>,
    /// What was sent, redacted.
    body: Value,
}

/// Looks at some dead letters and gives them back.
pub async fn look(cloud: &Cloud, environment: &str, pair: &Pair, most: u32) -> Result<Vec<Letter>> {
    depth(cloud, environment, &pair.dead).await?;
    let mut seen = Vec::new();
    let outcome = receive(cloud, &pair.dead, most, &mut seen).await;
    // Whatever went wrong: nobody else sees them before they are given back.
    for message in &seen {
        cloud.queues.release(&pair.dead, &message.receipt).await?;
    }
    outcome?;
    let now = cloud.clock.now();
    let letters = seen.into_iter().map(|message| {
        let age = message.sent.and_then(|sent| now.duration_since(sent).ok());
        letter(pair.function, message, age)
    });
    Ok(letters.collect())
}

async fn receive(cloud: &Cloud, queue: &str, most: u32, seen: &mut Vec<Message>) -> Result<()> {
    while let Some(left) = most.checked_sub(seen.len() as u32).filter(|left| *left > 0) {
        let found = cloud
            .queues
            .receive(queue, left.min(CALL_LIMIT), HIDDEN)
            .await?;
        if found.is_empty() {
            break;
        }
        seen.extend(found);
    }
    Ok(())
}

fn letter(function: &'static str, message: Message, age: Option<Duration>) -> Letter {
    let body: Value =
        serde_json::from_str(&message.body).unwrap_or_else(|_| Value::String(message.body.clone()));
    let about = ["user_id", "item_id", "analysis_id"].into_iter();
    let about = about.filter_map(|name| {
        let id = body.get("detail")?.get(name)?.as_str()?;
        Some((name.to_owned(), id.to_owned()))
    });
    let key = body.pointer("/detail/object/key").and_then(Value::as_str);
    let key = key.map(|key| ("key".to_owned(), key.to_owned()));
    let undelivered = message.attributes.get("ERROR_CODE").map(|code| {
        let words = message.attributes.get("ERROR_MESSAGE");
        format!("{code}: {}", redact_text(words.map_or("", String::as_str)))
    });
    Letter {
        function,
        event: body
            .get("detail-type")
            .and_then(Value::as_str)
            .map(str::to_owned),
        about: about.chain(key).collect(),
        message_id: message.id,
        receives: message.receives,
        age_seconds: age.map(|age| age.as_secs()),
        undelivered,
        trace: message.trace,
        body: redact(body),
    }
}

/// The same without secrets: by the names of fields, and by what values look like.
fn redact(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(name, value)| {
                let hide = SECRET_NAME.is_match(&name) && !value.is_null();
                let value = if hide { REDACTED.into() } else { redact(value) };
                (name, value)
            });
            Value::Object(fields.collect())
        }
        Value::Array(values) => Value::Array(values.into_iter().map(redact).collect()),
        Value::String(text) => Value::String(redact_text(&text)),
        other => other,
    }
}

fn redact_text(text: &str) -> String {
    let redacted = SECRET_VALUE.replace_all(text, REDACTED);
    let shown = redacted.chars().filter(|c| !c.is_control() || *c == '\n');
    shown.take(MAX_TEXT).collect()
}

impl fmt::Display for Letters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return writeln!(f, "no dead letters");
        }
        for letter in &self.0 {
            let event = letter.event.as_deref().unwrap_or("no event");
            let age = letter.age_seconds.map(Duration::from_secs).map(age);
            let age = age.map_or_else(String::new, |age| format!(", {age} old"));
            writeln!(
                f,
                "{} {}: {event}, received {} times{age}",
                letter.function, letter.message_id, letter.receives
            )?;
            for (name, id) in &letter.about {
                writeln!(f, "  {name}: {id}")?;
            }
            if let Some(reason) = &letter.undelivered {
                writeln!(f, "  undelivered: {reason}")?;
            }
            if let Some(trace) = &letter.trace {
                writeln!(f, "  trace: {trace}")?;
            }
            writeln!(f, "  {}", letter.body)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{redact, redact_text};

    #[test]
    fn secrets_are_hidden_by_name_and_by_look() {
        let body = json!({"detail": {"item_id": "a", "Password": "canary", "api-key": ["canary"],
            "nested": [{"access_token": {"value": "canary"}}], "none": null}});
        let shown = redact(body);
        assert!(!shown.to_string().contains("canary"), "{shown}");
        assert_eq!(shown["detail"]["item_id"], "a");
        for text in [
            "Authorization: Bearer canary.x-y",
            "key AKIAIOSFODNN7CANARY1 used",
            "sk-ant-canary-12345",
            "eyJhbGciOiJub25lIn0.canary.sig",
            "https://b/k?X-Amz-Signature=canary&x=1",
            "postgresql://user:canary@host/db",
        ] {
            let shown = redact_text(text);
            assert!(shown.contains("[redacted]"), "{shown}");
            assert!(!shown.to_lowercase().contains("canary"), "{shown}");
        }
        assert_eq!(redact_text("a\u{1b}[31mb"), "a[31mb");
    }
}
