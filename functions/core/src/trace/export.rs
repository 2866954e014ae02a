//! Sends finished spans to LangSmith over OTLP and HTTP.

use std::time::{Duration, Instant};

use anyhow::Result;
use contract::access::ReadParameter;
use contract::parameters::{LangsmithKey, LangsmithProject};
use contract::{EnvKey, Function, Grants};
use tokio::sync::Mutex;

use super::otlp;
use super::sink::Sink;
use super::span::{Finished, Span};
use crate::providers::http::Http;
use crate::providers::{ProviderError, langsmith};
use crate::secrets::Secrets;
use crate::settings::Settings;

/// Spans in one request, at most.
const BATCH: usize = 100;

/// How patient an invocation is with LangSmith.
#[derive(Clone, Copy, Debug)]
pub struct Waiting {
    /// How long it waits for its spans to be taken.
    pub flush: Duration,
    /// How long LangSmith is left alone after it did not take them.
    pub pause: Duration,
}

impl Default for Waiting {
    fn default() -> Self {
        Self {
            flush: Duration::from_millis(1500),
            pause: Duration::from_secs(30),
        }
    }
}

/// The traces of function `F`.
#[derive(Debug)]
pub struct Traces<F> {
    sink: Sink,
    http: Http,
    endpoint: String,
    environment: String,
    secrets: Secrets<F>,
    waiting: Waiting,
    quiet_until: Mutex<Option<Instant>>,
}

impl<F> Traces<F>
where
    F: Function + Grants<ReadParameter<LangsmithKey>> + Grants<ReadParameter<LangsmithProject>>,
{
    /// Over the client of all providers.
    pub fn new(http: Http, settings: &Settings<F>, secrets: Secrets<F>) -> Result<Self> {
        let endpoint = settings.get(EnvKey::LangsmithEndpoint)?;
        Ok(Self {
            sink: Sink::default(),
            http,
            endpoint: langsmith::endpoint(endpoint),
            environment: settings.environment().to_owned(),
            secrets,
            waiting: Waiting::default(),
            quiet_until: Mutex::new(None),
        })
    }

    /// With another patience.
    #[must_use]
    pub fn waiting(self, waiting: Waiting) -> Self {
        Self { waiting, ..self }
    }

    /// Begins a piece of work, in a trace of its own.
    pub fn begin(&self, name: &str) -> Span {
        Span::root(F::NAME, self.sink.clone(), name)
    }

    /// Sends what has finished. Called when an answer is made: a frozen process sends nothing. It
    /// waits a bounded time; what is not taken until then stays for the next call.
    pub async fn flush(&self) {
        if self.sink.is_empty() {
            return;
        }
        let mut quiet = self.quiet_until.lock().await;
        if quiet.is_some_and(|until| Instant::now() < until) {
            return;
        }
        let deadline = Instant::now() + self.waiting.flush;
        *quiet = match self.send_all(deadline).await {
            Ok(()) => None,
            Err(error) => {
                tracing::warn!(error = format!("{error:#}"), "traces wait to be sent");
                Some(Instant::now() + self.waiting.pause)
            }
        };
    }

    async fn send_all(&self, deadline: Instant) -> Result<()> {
        let left = || deadline.saturating_duration_since(Instant::now());
        let key = self.secrets.optional_parameter::<LangsmithKey>();
        let Some(key) = tokio::time::timeout(left(), key).await?? else {
            self.sink.clear();
            return Ok(());
        };
        let project = self.secrets.optional_parameter::<LangsmithProject>();
        let project = tokio::time::timeout(left(), project).await??;
        while !self.sink.is_empty() {
            let unsent = Unsent::take(&self.sink);
            let mut request = self
                .http
                .post(&format!("{}/otel/v1/traces", self.endpoint))
                .header("x-api-key", key.expose())
                .json(&otlp::request(F::NAME, &self.environment, &unsent.spans));
            if let Some(project) = &project {
                request = request.header("Langsmith-Project", project.expose());
            }
            match self.http.once(langsmith::NAME, request, left()).await {
                Ok(_) => unsent.sent(),
                // Sent again they would be refused again.
                Err(error @ ProviderError::Refused { .. }) => {
                    let spans = unsent.sent();
                    tracing::warn!(%error, spans, "LangSmith refused traces; they are dropped");
                    return Err(error.into());
                }
                Err(error) => return Err(error.into()),
            };
        }
        Ok(())
    }
}

/// Spans that are being sent. Unless they were, they go back where they came from, also when the
/// sending is cut off.
struct Unsent<'s> {
    sink: &'s Sink,
    spans: Vec<Finished>,
}

impl<'s> Unsent<'s> {
    fn take(sink: &'s Sink) -> Self {
        Self {
            sink,
            spans: sink.take(BATCH),
        }
    }

    fn sent(mut self) -> usize {
        std::mem::take(&mut self.spans).len()
    }
}

impl Drop for Unsent<'_> {
    fn drop(&mut self) {
        self.sink.give_back(std::mem::take(&mut self.spans));
    }
}
