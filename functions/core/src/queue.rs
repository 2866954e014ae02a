//! Events that come through a queue: each record is handled and fails alone.

use std::future::Future;

use anyhow::{Context, Result};
use contract::Event;
use contract::events::{EventType, OBJECT_CREATED};
use contract::objects::ObjectKey;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tracing::Instrument;

use crate::events::TRACE_FIELD;
use crate::lambda::Invocation;
use crate::trace::header;

/// What a function behind a queue is invoked with.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Delivery {
    /// Records of the queue.
    Queue(Batch),
    /// One event, by hand.
    Direct(Box<Envelope>),
}

impl Delivery {
    /// Whether there is nothing to handle: a deploy calls so to see that the function runs.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Queue(batch) if batch.records.is_empty())
    }
}

/// Records of a queue.
#[derive(Clone, Debug, Deserialize)]
pub struct Batch {
    /// The records.
    #[serde(rename = "Records")]
    pub records: Vec<Record>,
}

/// One record.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// What the answer names it by.
    pub message_id: String,
    /// The event as JSON.
    pub body: String,
    /// What the queue says about it.
    #[serde(default)]
    pub attributes: Attributes,
}

/// What the queue says about a record.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Attributes {
    /// How often it has been delivered, this time included.
    pub approximate_receive_count: Option<String>,
    /// The trace it belongs to.
    #[serde(rename = "AWSTraceHeader")]
    pub trace: Option<String>,
}

/// An event as the bus delivers it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Envelope {
    /// The bus's own id; the same on every delivery of one event.
    #[serde(default)]
    pub id: String,
    /// Who sent it.
    pub source: String,
    /// What it is.
    pub detail_type: String,
    /// When it was sent.
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub time: Option<time::OffsetDateTime>,
    /// The event itself.
    pub detail: Value,
    /// The trace to pass on; the queue's, not the bus's.
    #[serde(skip)]
    pub trace: Option<String>,
    /// The invocation that handles it.
    #[serde(skip)]
    pub request_id: String,
}

impl Envelope {
    /// Reads a record's body.
    pub fn parse(record: &Record, invocation: &Invocation) -> Result<Self> {
        let mut envelope: Self =
            serde_json::from_str(&record.body).context("the record is no event")?;
        let told = envelope.detail.get(TRACE_FIELD).and_then(Value::as_str);
        envelope.trace = told
            .and_then(header::read)
            .or_else(|| record.attributes.trace.clone())
            .or_else(|| invocation.trace.clone());
        envelope.request_id.clone_from(&invocation.request_id);
        Ok(envelope)
    }

    /// Records in the current span what it is and which trace it belongs to.
    pub fn note(&self) {
        let span = tracing::Span::current();
        span.record("event", self.detail_type.as_str());
        span.record("trace", self.trace.as_deref());
    }

    fn is(&self, event: EventType) -> bool {
        self.source == event.source && self.detail_type == event.detail_type
    }

    /// The event, if it is an `E`; an error if it claims to be one and is not.
    pub fn event<E: Event>(&self) -> Result<Option<E>> {
        if !self.is(E::TYPE) {
            return Ok(None);
        }
        let event = E::deserialize(&self.detail)
            .with_context(|| format!("the event is no {}", E::TYPE.detail_type))?;
        Ok(Some(event))
    }

    /// The stored object, if S3 tells of one; `None` in place of a key that is not ours.
    pub fn object_created(&self) -> Result<Option<StoredObject>> {
        if !self.is(OBJECT_CREATED) {
            return Ok(None);
        }
        let detail = ObjectCreated::deserialize(&self.detail).context("the event is not S3's")?;
        Ok(Some(StoredObject {
            key: ObjectKey::parse(&detail.object.key),
            raw_key: detail.object.key,
            sequencer: detail.object.sequencer,
        }))
    }

    /// The error for an event nobody here waits for.
    pub fn unexpected(&self) -> anyhow::Error {
        anyhow::anyhow!("no handler for {} from {}", self.detail_type, self.source)
    }
}

/// An object that S3 stored.
#[derive(Clone, Debug)]
pub struct StoredObject {
    /// Its key taken apart, if it is one of ours.
    pub key: Option<ObjectKey>,
    /// Its key as it came.
    pub raw_key: String,
    /// Orders the writes of one key.
    pub sequencer: Option<String>,
}

#[derive(Deserialize)]
struct ObjectCreated {
    object: ObjectDetail,
}

#[derive(Deserialize)]
struct ObjectDetail {
    key: String,
    sequencer: Option<String>,
}

/// Which records shall be delivered again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// Those that failed.
    pub batch_item_failures: Vec<Failure>,
}

/// A record that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    /// Its message id.
    pub item_identifier: String,
}

/// Handles every event of a delivery by itself, all at the same time. A failed record is named in
/// the answer; a failed direct event fails the invocation.
pub async fn each<H, Fut>(delivery: Delivery, invocation: &Invocation, handle: H) -> Result<Answer>
where
    H: Fn(Envelope) -> Fut,
    Fut: Future<Output = Result<()>>,
{
    let batch = match delivery {
        Delivery::Direct(mut envelope) => {
            envelope.trace.clone_from(&invocation.trace);
            envelope.request_id.clone_from(&invocation.request_id);
            handle(*envelope).await?;
            return Ok(Answer::default());
        }
        Delivery::Queue(batch) => batch,
    };
    let outcomes = batch.records.iter().map(|record| {
        let span = record_span(record);
        let work = async {
            let envelope = Envelope::parse(record, invocation)?;
            envelope.note();
            handle(envelope).await
        };
        async move { (record, work.instrument(span.clone()).await, span) }
    });
    let outcomes = futures::future::join_all(outcomes).await.into_iter();
    let failed = outcomes.filter_map(|(record, outcome, span)| settle(record, &span, outcome));
    Ok(Answer {
        batch_item_failures: failed.collect(),
    })
}

/// The span of one record; handlers record the ids once they know them.
pub fn record_span(record: &Record) -> tracing::Span {
    tracing::info_span!(
        "record",
        message_id = record.message_id,
        delivery = record.attributes.approximate_receive_count,
        event = tracing::field::Empty,
        trace = tracing::field::Empty,
        user_id = tracing::field::Empty,
        item_id = tracing::field::Empty,
    )
}

/// Records whose item the current record is about.
pub fn about(user_id: &str, item_id: &str) {
    let span = tracing::Span::current();
    span.record("user_id", user_id);
    span.record("item_id", item_id);
}

/// Logs how a record ended, once; what the queue is to be told of it, if it failed.
pub fn settle(record: &Record, span: &tracing::Span, outcome: Result<()>) -> Option<Failure> {
    let _about_it = span.enter();
    let Err(error) = outcome else {
        tracing::info!("the record is done");
        return None;
    };
    tracing::error!(
        error = format!("{error:#}"),
        "the record failed and will be delivered again"
    );
    Some(Failure {
        item_identifier: record.message_id.clone(),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The proof at the end of a deploy calls every function behind a queue like this.
    #[tokio::test]
    async fn a_delivery_without_records_is_no_work_and_no_failure() {
        let delivery: Delivery = serde_json::from_value(json!({ "Records": [] })).unwrap();
        assert!(delivery.is_empty());
        let handle = |_| async { Err(anyhow::anyhow!("there is nothing to handle")) };
        let answer = each(delivery, &Invocation::default(), handle).await;
        let answer = serde_json::to_value(answer.unwrap()).unwrap();
        assert_eq!(answer, json!({ "batchItemFailures": [] }));
    }
}
