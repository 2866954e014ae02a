//! Embeds every analysis: those of one delivery in one request, or all of a user's again.

pub mod batch;

use std::time::Duration;

use anyhow::{Context, Result};
use collections_core::contract::functions::Embedder as F;
use collections_core::db::Db;
use collections_core::db::embeddings::{self, NewEmbedding, Pending};
use collections_core::domain::document::document;
use collections_core::domain::{AnalysisId, Description, UserId};
use collections_core::lambda::Invocation;
use collections_core::providers::ProviderError;
use collections_core::providers::http::{Http, Patience};
use collections_core::providers::outbound::Outbound;
use collections_core::providers::voyage::{self, BATCH, Input, Voyage};
use collections_core::secrets::Secrets;
use collections_core::trace::{Span, Traces};
use collections_core::{Cloud, Settings};
use serde_json::json;
use time::OffsetDateTime;

/// What a batch of a rebuild may take: an answer of the model and its storing.
const A_BATCH: Duration = Duration::from_secs(20);
/// Records take turns at it: each needs it for a moment, and every instance that runs has its own.
const CONNECTIONS: u32 = 1;

/// The function with its clients.
#[derive(Debug)]
pub struct Embedder {
    db: Db<F>,
    secrets: Secrets<F>,
    http: Http,
    settings: Settings<F>,
    traces: Traces<F>,
}

/// Something to embed.
#[derive(Debug)]
pub struct Work {
    user: UserId,
    pending: Pending,
    text: String,
}

impl Work {
    fn of(user: &UserId, pending: Pending) -> Result<Self> {
        let description = Description::from_value(pending.raw_response.clone())
            .with_context(|| format!("read analysis {}", pending.id))?;
        Ok(Self {
            user: user.clone(),
            pending,
            text: document(&description),
        })
    }
}

/// How far a rebuild came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// Items that were embedded again.
    pub done: usize,
    /// Items that cannot be: their analysis cannot be read, or the model refuses it.
    pub left: usize,
    /// Whether the time was over before the end.
    pub cut_off: bool,
}

impl Embedder {
    /// With the clients of the function's environment.
    pub fn new(cloud: &Cloud<F>) -> Result<Self> {
        Self::over(cloud, cloud.database(CONNECTIONS)?, Patience::default())
    }

    /// With a given database and patience.
    pub fn over(cloud: &Cloud<F>, db: Db<F>, patience: Patience) -> Result<Self> {
        let http = Http::guarded(patience, Outbound::of(cloud.settings())?)?;
        let secrets = cloud.secrets()?;
        let settings = cloud.settings().clone();
        Ok(Self {
            db,
            traces: Traces::new(http.clone(), &settings, secrets.clone())?,
            secrets,
            http,
            settings,
        })
    }

    /// Begins to read keys and credentials before the first event needs them.
    pub fn prefetch(&self) {
        self.secrets.prefetch();
        self.db.prefetch();
    }

    /// What is left to do for an analysis; nothing, if it was embedded or there is a later one.
    pub async fn pending(&self, user: &UserId, analysis: &AnalysisId) -> Result<Option<Work>> {
        let model = self.model().await?;
        let mut db = self.db.acquire().await?;
        let pending = embeddings::pending(&mut db, user, analysis, &model.model).await?;
        pending.map(|pending| Work::of(user, pending)).transpose()
    }

    /// Embeds and stores at most [`BATCH`] analyses with one request.
    pub async fn embed(&self, work: &[&Work], within: &Span) -> Result<()> {
        if work.is_empty() {
            return Ok(());
        }
        let model = self.model().await?;
        let texts: Vec<_> = work.iter().map(|work| work.text.clone()).collect();
        let embedded = model.embed(&texts, Input::Document, within).await?;
        let mut db = self.db.acquire().await?;
        for (work, vector) in work.iter().zip(embedded.vectors) {
            let new = NewEmbedding {
                item_id: work.pending.item_id.clone(),
                analysis_id: work.pending.id.clone(),
                user_id: work.user.clone(),
                vector,
                model: model.model.clone(),
                source: json!({"provider": voyage::NAME, "analysis_id": work.pending.id}),
            };
            if !embeddings::upsert(&mut db, &new).await? {
                tracing::info!(item_id = %new.item_id, "deleted or analysed again meanwhile");
            }
        }
        Ok(())
    }

    /// Embeds work with one request; where the model refuses that, each in its own, so that a bad
    /// one fails alone. A model that is busy or away is not asked again for each.
    async fn embed_each(&self, work: &[&Work], within: &Span) -> Vec<Result<()>> {
        match self.embed(work, within).await {
            Ok(()) => work.iter().map(|_| Ok(())).collect(),
            Err(error) if work.len() > 1 && refuses(&error) => {
                tracing::warn!(error = format!("{error:#}"), "embedding one by one");
                let mut outcomes = Vec::new();
                for one in work {
                    outcomes.push(self.embed(&[*one], within).await);
                }
                outcomes
            }
            Err(error) => {
                let shared = format!("{error:#}");
                let rest = work.iter().skip(1);
                let rest = rest.map(|_| Err(anyhow::Error::msg(shared.clone())));
                std::iter::once(Err(error)).chain(rest).collect()
            }
        }
    }

    /// Embeds again what a user had when the rebuild was asked for. Cut off, the next delivery of
    /// the same request goes on where this one ended.
    pub async fn rebuild(
        &self,
        user: &UserId,
        since: OffsetDateTime,
        invocation: &Invocation,
        within: &Span,
    ) -> Result<Rebuilt> {
        let mut rebuilt = Rebuilt::default();
        let mut after = None;
        loop {
            if invocation.time_left().is_some_and(|left| left < A_BATCH) {
                rebuilt.cut_off = true;
                return Ok(rebuilt);
            }
            let limit = i64::try_from(BATCH)?;
            let mut db = self.db.acquire().await?;
            let stale = embeddings::stale(&mut db, user, since, after.as_ref(), limit).await?;
            drop(db);
            let Some(last) = stale.last() else {
                return Ok(rebuilt);
            };
            after = Some(last.item_id.clone());
            let mut work = Vec::new();
            for pending in stale {
                match Work::of(user, pending) {
                    Ok(one) => work.push(one),
                    Err(error) => {
                        rebuilt.left += 1;
                        tracing::warn!(error = format!("{error:#}"), "not embedded again");
                    }
                }
            }
            let work: Vec<_> = work.iter().collect();
            for outcome in self.embed_each(&work, within).await {
                match outcome {
                    Ok(()) => rebuilt.done += 1,
                    Err(error) if refuses(&error) => {
                        rebuilt.left += 1;
                        tracing::warn!(error = format!("{error:#}"), "not embedded again");
                    }
                    Err(error) => return Err(error),
                }
            }
        }
    }

    async fn model(&self) -> Result<Voyage> {
        Voyage::configured(&self.http, &self.settings, &self.secrets).await
    }
}

/// Whether the model will not embed what it was sent, however often it is asked.
fn refuses(error: &anyhow::Error) -> bool {
    let of_provider = error
        .chain()
        .find_map(|e| e.downcast_ref::<ProviderError>());
    matches!(
        of_provider,
        Some(ProviderError::Refused {
            status: 400 | 413 | 422,
            ..
        })
    )
}
