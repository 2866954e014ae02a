//! Finding a user's items: by words, by meaning, or by both, behind one trait.

pub mod agentic;
pub mod answer;
pub mod bm25;
pub mod citing;
pub mod hybrid;
pub mod search;
pub mod sources;
pub mod tool;
pub mod vector;
pub mod words;

use anyhow::Result;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::PgConnection;
use utoipa::ToSchema;

use crate::domain::{ItemId, UserId};

/// What to find, and how much of it.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// What was asked for.
    pub text: String,
    /// The same as a vector; without one, only words can be compared.
    pub vector: Option<Vec<f32>>,
    /// How many items at most.
    pub top_k: i64,
    /// Only of this category.
    pub category: Option<String>,
    /// Words must match at least so well: 1 is all that was asked for, 0 nothing of it.
    pub min_relevance: Option<f64>,
    /// Meanings must be at least so near: 1 is the same, 0 the opposite.
    pub min_similarity: Option<f64>,
}

/// Any match by words will do.
pub const ANY_RELEVANCE: f64 = -1.0;
/// Any meaning will do.
pub const ANY_SIMILARITY: f64 = 0.0;

impl Query {
    fn min_relevance(&self) -> f64 {
        self.min_relevance.unwrap_or(ANY_RELEVANCE)
    }

    fn min_similarity(&self) -> f64 {
        self.min_similarity.unwrap_or(ANY_SIMILARITY)
    }

    /// Who asks for a threshold of either kind gets what passes it. Who asks for none gets nothing
    /// where not even the best fits, and all that was found where it does: a threshold on each would
    /// cut off the weaker ones of many that belong there.
    fn has_threshold(&self) -> bool {
        self.min_relevance.is_some() || self.min_similarity.is_some()
    }

    fn unless_nothing_fits(&self, hits: Vec<Hit>, from: f64) -> Vec<Hit> {
        let fits = hits.first().is_some_and(|best| best.score >= from);
        match fits || self.has_threshold() {
            true => hits,
            false => Vec::new(),
        }
    }
}

/// How a hit was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScoreType {
    /// By matching words.
    Bm25,
    /// By the angle between meanings.
    Similarity,
    /// By its ranks in both.
    HybridRrf,
}

/// An item that was found.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow, ToSchema)]
pub struct Hit {
    /// The item.
    pub item_id: ItemId,
    /// How well it matches; comparable within one search only.
    pub score: f64,
    /// Its category.
    pub category: Option<String>,
    /// Its headline.
    pub headline: Option<String>,
    /// Its summary.
    pub summary: Option<String>,
    /// The key of its thumbnail.
    #[serde(skip)]
    pub thumbnail_path: Option<String>,
    /// What else is known of it.
    #[schema(value_type = Object)]
    pub metadata: Value,
}

/// A way of finding items.
#[async_trait]
pub trait Retriever: Send + Sync {
    /// How its hits are measured.
    fn score_type(&self) -> ScoreType;

    /// The best items of one user, best first.
    async fn retrieve(
        &self,
        db: &mut PgConnection,
        user: &UserId,
        query: &Query,
    ) -> Result<Vec<Hit>>;
}

/// Every statement of this module, for the test that each is bounded to one user.
pub const STATEMENTS: &[&str] = &[
    bm25::SQL,
    vector::EXACT,
    vector::INDEXED,
    vector::SIZE,
    hybrid::EXACT,
    hybrid::INDEXED,
];
