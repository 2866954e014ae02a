//! The event bus, bounded by the events the function may put.

use std::marker::PhantomData;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use aws_config::SdkConfig;
use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use contract::access::PutEvent;
use contract::{Event, Function, Grants};

/// What one PutEvents call takes.
const CALL_LIMIT: usize = 10;
const ATTEMPTS: u32 = 4;
/// Where an event's detail names its trace.
pub(crate) const TRACE_FIELD: &str = "trace";

/// The default bus as function `F` may use it.
#[derive(Debug)]
pub struct Events<F> {
    client: Client,
    function: PhantomData<fn() -> F>,
}

impl<F: Function> Events<F> {
    /// A client for the default bus.
    pub fn new(config: &SdkConfig) -> Self {
        Self {
            client: Client::new(config),
            function: PhantomData,
        }
    }

    /// Puts events. Entries the bus refuses are sent again, and only those; what is still refused
    /// after that fails the call.
    pub async fn put<E: Event>(&self, events: &[E], trace: Option<&str>) -> Result<()>
    where
        F: Grants<PutEvent<E>>,
    {
        for chunk in events.chunks(CALL_LIMIT) {
            let entries: Result<Vec<_>> = chunk.iter().map(|event| entry(event, trace)).collect();
            self.send(entries?)
                .await
                .with_context(|| format!("put {} on the event bus", E::TYPE.detail_type))?;
        }
        Ok(())
    }

    async fn send(&self, mut entries: Vec<PutEventsRequestEntry>) -> Result<()> {
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                tokio::time::sleep(crate::providers::jitter(Duration::from_millis(50), attempt))
                    .await;
            }
            let answer = self
                .client
                .put_events()
                .set_entries(Some(entries.clone()))
                .send()
                .await?;
            if answer.failed_entry_count == 0 {
                return Ok(());
            }
            let refused: Vec<_> = answer
                .entries()
                .iter()
                .zip(entries)
                .filter(|(result, _)| result.error_code().is_some())
                .collect();
            let reasons: Vec<_> = refused.iter().filter_map(|(r, _)| r.error_code()).collect();
            tracing::warn!(
                refused = refused.len(),
                ?reasons,
                "the event bus refused entries"
            );
            entries = refused.into_iter().map(|(_, entry)| entry).collect();
        }
        bail!("the bus refused {} events {ATTEMPTS} times", entries.len())
    }
}

fn entry<E: Event>(event: &E, trace: Option<&str>) -> Result<PutEventsRequestEntry> {
    let mut detail = serde_json::to_value(event)?;
    if let (Some(trace), Some(detail)) = (trace, detail.as_object_mut()) {
        // The header below reaches consumers behind the bus; not every bus passes it on to queues.
        detail.insert(TRACE_FIELD.to_owned(), trace.into());
    }
    Ok(PutEventsRequestEntry::builder()
        .source(E::TYPE.source)
        .detail_type(E::TYPE.detail_type)
        .detail(detail.to_string())
        .set_trace_header(trace.map(str::to_owned))
        .build())
}
