//! One user's items, to be searched whichever way. Whom it searches for is decided when it is made.

use std::time::Duration;

use anyhow::{Context, Result};
use async_trait::async_trait;
use contract::Grants;
use contract::access::Database;
use serde_json::Value;
use thiserror::Error;

use super::bm25::Bm25;
use super::hybrid::Hybrid;
use super::vector::Vector;
use super::{Hit, Query, Retriever, ScoreType};
use crate::db::{Db, analyses};
use crate::domain::{ItemId, UserId};

/// A way of searching.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Way {
    /// By words.
    Bm25,
    /// By meaning.
    Vector,
    /// By both.
    #[default]
    Hybrid,
}

/// What a search found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Best first.
    pub hits: Vec<Hit>,
    /// How they were measured.
    pub score_type: ScoreType,
    /// What did not work, so that the hits are fewer or worse than they could be.
    pub degraded: Option<&'static str>,
}

/// Why a search found nothing at all.
#[derive(Debug, Error)]
pub enum SearchError {
    /// Something it needs is not there now.
    #[error("{0:#}")]
    Unavailable(anyhow::Error),
    /// Something is wrong inside.
    #[error("{0:#}")]
    Failed(anyhow::Error),
}

/// Makes vectors of queries.
#[async_trait]
pub trait Embed: Send + Sync {
    /// The vector of a query.
    async fn embed(&self, text: &str) -> Result<Vec<f32>>;
}

/// Somebody's items.
#[async_trait]
pub trait Search: Send + Sync {
    /// The items that fit a query.
    async fn find(&self, way: Way, query: Query) -> Result<Found, SearchError>;

    /// What was last said of items.
    async fn describe(&self, items: &[ItemId]) -> Result<Vec<(ItemId, Value)>, SearchError>;
}

/// The items of one user in the database.
pub struct UsersItems<'a, F> {
    /// Where they are.
    pub db: &'a Db<F>,
    /// What makes vectors of queries.
    pub embed: &'a dyn Embed,
    /// How long that may take.
    pub embed_within: Duration,
    /// Whose items.
    pub user: UserId,
}

impl<F> UsersItems<'_, F> {
    /// The vector of a query, if it comes in time: who searches waits for it.
    async fn embedded(&self, text: &str) -> Result<Vec<f32>> {
        let vector = tokio::time::timeout(self.embed_within, self.embed.embed(text)).await;
        vector.with_context(|| format!("no vector of the query within {:?}", self.embed_within))?
    }
}

#[async_trait]
impl<F: Grants<Database>> Search for UsersItems<'_, F> {
    async fn find(&self, way: Way, mut query: Query) -> Result<Found, SearchError> {
        let mut degraded = None;
        let mut retriever: &dyn Retriever = match way {
            Way::Bm25 => &Bm25,
            Way::Vector => &Vector,
            Way::Hybrid => &Hybrid,
        };
        if way != Way::Bm25 && query.vector.is_none() {
            match self.embedded(&query.text).await {
                Ok(vector) => query.vector = Some(vector),
                Err(error) if way == Way::Vector => return Err(SearchError::Unavailable(error)),
                Err(error) => {
                    tracing::warn!(error = format!("{error:#}"), "searching by words only");
                    degraded = Some("the query could not be embedded; only words were compared");
                    retriever = &Bm25;
                }
            }
        }
        let mut db = self.db.acquire().await.map_err(SearchError::Unavailable)?;
        let hits = retriever.retrieve(&mut db, &self.user, &query).await;
        Ok(Found {
            hits: hits.map_err(SearchError::Failed)?,
            score_type: retriever.score_type(),
            degraded,
        })
    }

    async fn describe(&self, items: &[ItemId]) -> Result<Vec<(ItemId, Value)>, SearchError> {
        let mut db = self.db.acquire().await.map_err(SearchError::Unavailable)?;
        let said = analyses::latest_of(&mut db, &self.user, items).await;
        said.map_err(SearchError::Failed)
    }
}
