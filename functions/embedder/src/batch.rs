//! A delivery as a whole: its analyses share one request to the model, but fail alone.

use anyhow::{Context, Result};
use collections_core::contract::events::{AnalysisComplete, RebuildRequested};
use collections_core::lambda::Invocation;
use collections_core::queue::{self, Answer, Delivery, Envelope, Failure, Record};
use collections_core::trace::Span;

use crate::{Embedder, Work};

/// What one event leaves to do.
enum Step {
    Nothing,
    Embed(Work),
}

/// Handles a delivery.
pub async fn handle(
    embedder: &Embedder,
    delivery: Delivery,
    invocation: &Invocation,
) -> Result<Answer> {
    if delivery.is_empty() {
        // Somebody asks whether the function runs. That is no work, and leaves no trace.
        return Ok(Answer::default());
    }
    let within = embedder
        .traces
        .begin("embedding")
        .about("request_id", invocation.request_id.as_str());
    let answer = embed_delivery(embedder, delivery, invocation, &within).await;
    within.end();
    embedder.traces.flush().await;
    answer
}

async fn embed_delivery(
    embedder: &Embedder,
    delivery: Delivery,
    invocation: &Invocation,
    within: &Span,
) -> Result<Answer> {
    let batch = match delivery {
        Delivery::Direct(envelope) => {
            if let Step::Embed(work) = prepare(embedder, &envelope, within).await? {
                embedder.embed(&[&work], within).await?;
            }
            return Ok(Answer::default());
        }
        Delivery::Queue(batch) => batch,
    };
    let mut failures = Vec::new();
    let mut waiting = Vec::new();
    for record in batch.records {
        let span = queue::record_span(&record);
        let step = async {
            let envelope = Envelope::parse(&record, invocation)?;
            envelope.note();
            prepare(embedder, &envelope, within).await
        };
        match tracing::Instrument::instrument(step, span.clone()).await {
            Ok(Step::Nothing) => failures.extend(queue::settle(&record, &span, Ok(()))),
            Ok(Step::Embed(work)) => waiting.push((record, work, span)),
            Err(error) => failures.extend(queue::settle(&record, &span, Err(error))),
        }
    }
    failures.extend(embed_all(embedder, waiting, within).await);
    Ok(Answer {
        batch_item_failures: failures,
    })
}

/// All in one request; if that fails, each in its own, so that a bad one fails alone.
async fn embed_all(
    embedder: &Embedder,
    waiting: Vec<(Record, Work, tracing::Span)>,
    within: &Span,
) -> Vec<Failure> {
    if waiting.is_empty() {
        return Vec::new();
    }
    let together: Vec<_> = waiting.iter().map(|(_, work, _)| work).collect();
    let outcomes = match embedder.embed(&together, within).await {
        Ok(()) => together.iter().map(|_| Ok(())).collect(),
        Err(error) if together.len() == 1 => vec![Err(error)],
        Err(error) => {
            tracing::warn!(error = format!("{error:#}"), "embedding one by one");
            let mut outcomes = Vec::new();
            for work in together {
                outcomes.push(embedder.embed(&[work], within).await);
            }
            outcomes
        }
    };
    let settled = waiting.iter().zip(outcomes);
    settled
        .filter_map(|((record, _, span), outcome)| queue::settle(record, span, outcome))
        .collect()
}

async fn prepare(embedder: &Embedder, envelope: &Envelope, within: &Span) -> Result<Step> {
    if let Some(event) = envelope.event::<AnalysisComplete>()? {
        queue::about(&event.user_id, &event.item_id);
        let (user, analysis) = (event.user_id.parse()?, event.analysis_id.parse()?);
        let pending = embedder.pending(&user, &analysis).await?;
        return Ok(pending.map_or(Step::Nothing, Step::Embed));
    }
    if let Some(event) = envelope.event::<RebuildRequested>()? {
        let since = envelope
            .time
            .context("the request does not say when it was made")?;
        let done = embedder
            .rebuild(&event.user_id.parse()?, since, within)
            .await?;
        tracing::info!(user_id = event.user_id, done, "embedded again");
        return Ok(Step::Nothing);
    }
    Err(envelope.unexpected())
}
