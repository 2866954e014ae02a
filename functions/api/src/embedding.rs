//! Queries as vectors, the recent ones kept.

use std::collections::VecDeque;

use anyhow::Result;
use async_trait::async_trait;
use collections_core::providers::voyage::{Input, Voyage};
use collections_core::retrieval::search::Embed;
use collections_core::trace::Span;
use tokio::sync::Mutex;

use crate::app::App;

/// Four kilobytes each.
const KEPT: usize = 256;

/// The vectors of recent queries.
#[derive(Debug, Default)]
pub struct QueryEmbedding {
    recent: Mutex<VecDeque<Kept>>,
}

#[derive(Debug)]
struct Kept {
    model: String,
    text: String,
    vector: Vec<f32>,
}

impl QueryEmbedding {
    /// The vector of a query, which is looked for as a step of some work.
    pub async fn of(&self, app: &App, query: &str, within: &Span) -> Result<Vec<f32>> {
        let model = Voyage::configured(&app.http, &app.settings, &app.secrets).await?;
        if let Some(vector) = self.kept(&model.model, query).await {
            return Ok(vector);
        }
        let texts = [query.to_owned()];
        let mut embedded = model.embed(&texts, Input::Query, within).await?;
        let vector = embedded.vectors.swap_remove(0);
        let [text] = texts;
        let kept = Kept {
            model: model.model,
            text,
            vector: vector.clone(),
        };
        let mut recent = self.recent.lock().await;
        recent.truncate(KEPT - 1);
        recent.push_front(kept);
        Ok(vector)
    }

    /// The vector of a query that was asked lately, which it now was again.
    async fn kept(&self, model: &str, query: &str) -> Option<Vec<f32>> {
        let mut recent = self.recent.lock().await;
        let same = |kept: &Kept| kept.text == query && kept.model == model;
        let at = recent.iter().position(same)?;
        let kept = recent.remove(at)?;
        let vector = kept.vector.clone();
        recent.push_front(kept);
        Some(vector)
    }
}

/// Vectors of queries, looked for as steps of some work.
#[derive(Clone, Copy, Debug)]
pub struct Vectors<'a> {
    /// What looks for them, and keeps them.
    pub app: &'a App,
    /// The work.
    pub within: &'a Span,
}

#[async_trait]
impl Embed for Vectors<'_> {
    async fn embed(&self, text: &str) -> Result<Vec<f32>> {
        self.app.embedding.of(self.app, text, self.within).await
    }
}
