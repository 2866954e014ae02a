//! A delivery as a whole: its analyses share one request to the model, but fail alone.

use anyhow::{Context, Result, bail};
use collections_core::contract::events::{AnalysisComplete, RebuildRequested};
use collections_core::domain::UserId;
use collections_core::lambda::Invocation;
use collections_core::queue::{self, Answer, Delivery, Envelope, Failure, Record};
use collections_core::trace::Span;
use time::OffsetDateTime;
use tracing::Instrument as _;

use crate::{Embedder, Rebuilt, Work};

/// What one event leaves to do.
enum Step {
    Nothing,
    Embed(Work),
    Rebuild(Rebuild),
}

/// All of a user's, as of a moment.
struct Rebuild {
    user: UserId,
    since: OffsetDateTime,
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
            match prepare(embedder, &envelope).await? {
                Step::Nothing => {}
                Step::Embed(work) => embedder.embed(&[&work], within).await?,
                Step::Rebuild(all) => rebuild(embedder, &all, invocation, within).await?,
            }
            return Ok(Answer::default());
        }
        Delivery::Queue(batch) => batch,
    };
    let mut failures = Vec::new();
    let (mut waiting, mut rebuilds) = (Vec::new(), Vec::new());
    for record in batch.records {
        let span = queue::record_span(&record);
        let step = async {
            let envelope = Envelope::parse(&record, invocation)?;
            envelope.note();
            prepare(embedder, &envelope).await
        };
        match step.instrument(span.clone()).await {
            Ok(Step::Nothing) => failures.extend(queue::settle(&record, &span, Ok(()))),
            Ok(Step::Embed(work)) => waiting.push((record, work, span)),
            Ok(Step::Rebuild(all)) => rebuilds.push((record, all, span)),
            Err(error) => failures.extend(queue::settle(&record, &span, Err(error))),
        }
    }
    failures.extend(embed_all(embedder, waiting, within).await);
    // Last, for they take as long as there is time: then they fail alone.
    for (record, all, span) in rebuilds {
        let outcome = rebuild(embedder, &all, invocation, within);
        let outcome = outcome.instrument(span.clone()).await;
        failures.extend(queue::settle(&record, &span, outcome));
    }
    Ok(Answer {
        batch_item_failures: failures,
    })
}

async fn embed_all(
    embedder: &Embedder,
    waiting: Vec<(Record, Work, tracing::Span)>,
    within: &Span,
) -> Vec<Failure> {
    if waiting.is_empty() {
        return Vec::new();
    }
    let together: Vec<_> = waiting.iter().map(|(_, work, _)| work).collect();
    let outcomes = embedder.embed_each(&together, within).await;
    let settled = waiting.iter().zip(outcomes);
    settled
        .filter_map(|((record, _, span), outcome)| queue::settle(record, span, outcome))
        .collect()
}

async fn rebuild(
    embedder: &Embedder,
    all: &Rebuild,
    invocation: &Invocation,
    within: &Span,
) -> Result<()> {
    let rebuilt = embedder.rebuild(&all.user, all.since, invocation, within);
    let Rebuilt {
        done,
        left,
        cut_off,
    } = rebuilt.await?;
    tracing::info!(user_id = all.user.as_str(), done, left, "embedded again");
    if cut_off {
        bail!("the time is over; the next delivery goes on with the rebuild");
    }
    Ok(())
}

async fn prepare(embedder: &Embedder, envelope: &Envelope) -> Result<Step> {
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
        let user = event.user_id.parse()?;
        return Ok(Step::Rebuild(Rebuild { user, since }));
    }
    Err(envelope.unexpected())
}
