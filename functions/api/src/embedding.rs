//! Queries as vectors, the recent ones kept.

use std::collections::VecDeque;

use anyhow::Result;
use collections_core::contract::EnvKey;
use collections_core::contract::parameters::VoyageKey;
use collections_core::db::embeddings::DIMENSIONS;
use collections_core::providers::voyage::{self, Input, Voyage};
use tokio::sync::Mutex;

use crate::app::App;

/// Four kilobytes each.
const KEPT: usize = 256;

/// The vectors of recent queries.
#[derive(Debug, Default)]
pub struct QueryEmbedding {
    recent: Mutex<VecDeque<(String, Vec<f32>)>>,
}

impl QueryEmbedding {
    /// The vector of a query.
    pub async fn of(&self, app: &App, query: &str) -> Result<Vec<f32>> {
        if let Some(vector) = self.kept(query).await {
            return Ok(vector);
        }
        let mut embedded = model(app)
            .await?
            .embed(&[query.to_owned()], Input::Query)
            .await?;
        let vector = embedded.vectors.swap_remove(0);
        let mut recent = self.recent.lock().await;
        recent.truncate(KEPT - 1);
        recent.push_front((query.to_owned(), vector.clone()));
        Ok(vector)
    }

    /// The vector of a query that was asked lately, which it now was again.
    async fn kept(&self, query: &str) -> Option<Vec<f32>> {
        let mut recent = self.recent.lock().await;
        let at = recent.iter().position(|(text, _)| text == query)?;
        let entry = recent.remove(at)?;
        let vector = entry.1.clone();
        recent.push_front(entry);
        Some(vector)
    }
}

async fn model(app: &App) -> Result<Voyage> {
    let setting = |key, default| Ok::<_, anyhow::Error>(app.settings.get(key)?.unwrap_or(default));
    Ok(Voyage {
        http: app.http.clone(),
        base_url: setting(EnvKey::VoyageBaseUrl, voyage::BASE_URL)?
            .trim_end_matches('/')
            .to_owned(),
        key: app.secrets.parameter::<VoyageKey>().await?,
        model: setting(EnvKey::VoyageEmbeddingModel, voyage::DEFAULT_MODEL)?.to_owned(),
        dimensions: DIMENSIONS,
    })
}
