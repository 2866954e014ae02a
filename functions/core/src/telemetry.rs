//! JSON log lines and metrics in CloudWatch's embedded format, both on stdout.

use std::io::Write;
use std::sync::OnceLock;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use contract::{EnvKey, Function};
use serde_json::{Map, Value, json};
use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt;

use crate::settings::Settings;

/// The namespace of every metric.
const NAMESPACE: &str = "Collections";

/// The environment of a process that nobody told.
const LOCAL: &str = "local";

/// The environment that the metrics of this process are of: several share an account.
static ENVIRONMENT: OnceLock<String> = OnceLock::new();

/// Starts logging: one JSON object a line, spans' fields included.
pub fn start<F: Function>(settings: &Settings<F>) {
    // A second call (in tests) keeps the first, here and below.
    let _ = ENVIRONMENT.set(settings.environment().to_owned());
    let level = settings
        .get(EnvKey::LogLevel)
        .ok()
        .flatten()
        .unwrap_or("info");
    let _ = subscriber(level, std::io::stdout).try_init();
}

/// What turns events into lines.
pub fn subscriber<W>(level: &str, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_new(level).unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_target(false)
        .with_env_filter(filter)
        .with_writer(writer)
        .finish()
}

/// A metric's unit, as CloudWatch names it.
#[derive(Clone, Copy, Debug)]
pub enum Unit {
    /// A number of things.
    Count,
    /// Milliseconds.
    Milliseconds,
    /// Something CloudWatch has no unit for, such as money.
    None,
}

impl Unit {
    fn name(self) -> &'static str {
        match self {
            Self::Count => "Count",
            Self::Milliseconds => "Milliseconds",
            Self::None => "None",
        }
    }
}

/// Metrics of one piece of work, written as one line.
#[derive(Debug)]
pub struct Metrics {
    function: &'static str,
    dimension: Option<(&'static str, String)>,
    values: Vec<(&'static str, Unit, f64)>,
    properties: Map<String, Value>,
    started: Instant,
}

impl Metrics {
    /// Starts the clock.
    pub fn of<F: Function>() -> Self {
        Self::named(F::NAME)
    }

    /// The same for a function known by name alone.
    pub(crate) fn named(function: &'static str) -> Self {
        Self {
            function,
            dimension: None,
            values: Vec::new(),
            properties: Map::new(),
            started: Instant::now(),
        }
    }

    /// Adds one more dimension, such as the model's name.
    #[must_use]
    pub fn by(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.dimension = Some((name, value.into()));
        self
    }

    /// Adds a value.
    #[must_use]
    pub fn add(mut self, name: &'static str, unit: Unit, value: f64) -> Self {
        self.values.push((name, unit, value));
        self
    }

    /// Adds something to search for, which is no metric.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.properties.insert(name.to_owned(), value.into());
        self
    }

    /// Adds the time since the start.
    #[must_use]
    pub fn duration(self, name: &'static str) -> Self {
        let elapsed = self.started.elapsed().as_secs_f64() * 1000.0;
        self.add(name, Unit::Milliseconds, elapsed)
    }

    /// Writes the line.
    pub fn write(self) {
        let environment = ENVIRONMENT.get().map_or(LOCAL, String::as_str);
        let mut line = self.line(environment, SystemTime::now());
        line.push('\n');
        // A closed stdout leaves nobody to tell.
        let _ = std::io::stdout().lock().write_all(line.as_bytes());
    }

    fn line(self, environment: &str, now: SystemTime) -> String {
        let mut dimensions = vec!["environment", "function"];
        let mut line = self.properties;
        line.insert("environment".into(), environment.into());
        line.insert("function".into(), self.function.into());
        if let Some((name, value)) = self.dimension {
            dimensions.push(name);
            line.insert(name.into(), value.into());
        }
        let metrics: Vec<_> = self
            .values
            .iter()
            .map(|(name, unit, _)| json!({"Name": name, "Unit": unit.name()}))
            .collect();
        for (name, _, value) in self.values {
            line.insert(name.into(), value.into());
        }
        let stamp = now
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_millis());
        line.insert(
            "_aws".into(),
            json!({
                "Timestamp": u64::try_from(stamp).unwrap_or(u64::MAX),
                "CloudWatchMetrics": [{
                    "Namespace": NAMESPACE, "Dimensions": [dimensions], "Metrics": metrics,
                }],
            }),
        );
        Value::Object(line).to_string()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::{Metrics, Unit};

    #[test]
    fn a_line_declares_every_metric_it_carries() {
        let line = Metrics::of::<contract::functions::Analyzer>()
            .by("model", "claude")
            .add("InputTokens", Unit::Count, 12.0)
            .with("item_id", "7f")
            .line("staging", UNIX_EPOCH + Duration::from_millis(5));
        // As JSON: the order of keys depends on what else is in the build.
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        let expected = serde_json::json!({
            "InputTokens": 12.0,
            "_aws": {
                "CloudWatchMetrics": [{
                    "Dimensions": [["environment", "function", "model"]],
                    "Metrics": [{ "Name": "InputTokens", "Unit": "Count" }],
                    "Namespace": "Collections",
                }],
                "Timestamp": 5,
            },
            "environment": "staging",
            "function": "analyzer",
            "item_id": "7f",
            "model": "claude",
        });
        assert_eq!(line, expected);
    }
}
