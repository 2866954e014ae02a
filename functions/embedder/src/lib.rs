//! Embeds every analysis: those of one delivery in one request, or all of a user's again.

pub mod batch;

use anyhow::{Context, Result};
use collections_core::contract::functions::Embedder as F;
use collections_core::db::Db;
use collections_core::db::embeddings::{self, NewEmbedding, Pending};
use collections_core::domain::document::document;
use collections_core::domain::{AnalysisId, Description, UserId};
use collections_core::providers::http::{Http, Patience};
use collections_core::providers::outbound::Outbound;
use collections_core::providers::voyage::{self, BATCH, Input, Voyage};
use collections_core::secrets::Secrets;
use collections_core::trace::{Span, Traces};
use collections_core::{Cloud, Settings};
use serde_json::json;
use time::OffsetDateTime;

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
        Ok(pending.map(|pending| Work {
            user: user.clone(),
            pending,
        }))
    }

    /// Embeds and stores at most [`BATCH`] analyses with one request.
    pub async fn embed(&self, work: &[&Work], within: &Span) -> Result<()> {
        let model = self.model().await?;
        let texts: Result<Vec<_>> = work.iter().map(|work| text(&work.pending)).collect();
        let embedded = model.embed(&texts?, Input::Document, within).await?;
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

    /// Embeds again what a user had when the rebuild was asked for. Cut off, the next delivery of
    /// the same request goes on where this one ended.
    pub async fn rebuild(
        &self,
        user: &UserId,
        since: OffsetDateTime,
        within: &Span,
    ) -> Result<usize> {
        let mut done = 0;
        loop {
            let mut db = self.db.acquire().await?;
            let stale = embeddings::stale(&mut db, user, since, i64::try_from(BATCH)?).await?;
            drop(db);
            if stale.is_empty() {
                return Ok(done);
            }
            let work: Vec<_> = stale
                .into_iter()
                .map(|pending| Work {
                    user: user.clone(),
                    pending,
                })
                .collect();
            self.embed(&work.iter().collect::<Vec<_>>(), within).await?;
            done += work.len();
        }
    }

    async fn model(&self) -> Result<Voyage> {
        Voyage::configured(&self.http, &self.settings, &self.secrets).await
    }
}

fn text(pending: &Pending) -> Result<String> {
    let description = Description::from_value(pending.raw_response.clone())
        .with_context(|| format!("read analysis {}", pending.id))?;
    Ok(document(&description))
}
