//! Items that were found, as every route shows them.

use collections_core::contract::objects::ObjectKey;
use collections_core::retrieval::sources::Seen;
use collections_core::retrieval::{Hit, ScoreType};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::problem::Problem;

/// One item that was found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SearchResult {
    /// 1 for the best.
    rank: usize,
    /// The `n` of `[Item n]`, by which answers name it; without one, its rank.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<usize>,
    /// What the score measures.
    score_type: ScoreType,
    /// Where its thumbnail can be fetched for an hour.
    image_url: Option<String>,
    #[serde(flatten)]
    hit: Hit,
}

/// Hits as results.
pub async fn of_hits(
    app: &App,
    hits: Vec<Hit>,
    score_type: ScoreType,
) -> Result<Vec<SearchResult>, Problem> {
    let mut results = Vec::with_capacity(hits.len());
    for (at, hit) in hits.into_iter().enumerate() {
        results.push(result(app, at + 1, None, score_type, hit).await?);
    }
    Ok(results)
}

/// Numbered items as results.
pub async fn of_seen(app: &App, items: Vec<Seen>) -> Result<Vec<SearchResult>, Problem> {
    let mut results = Vec::with_capacity(items.len());
    for (at, seen) in items.into_iter().enumerate() {
        let number = Some(seen.number);
        results.push(result(app, at + 1, number, seen.score_type, seen.hit).await?);
    }
    Ok(results)
}

async fn result(
    app: &App,
    rank: usize,
    number: Option<usize>,
    score_type: ScoreType,
    hit: Hit,
) -> Result<SearchResult, Problem> {
    let thumbnail = hit.thumbnail_path.as_deref().and_then(ObjectKey::parse);
    let image_url = match thumbnail {
        Some(key) => Some(app.objects.presign_thumbnail(&key).await?),
        None => None,
    };
    Ok(SearchResult {
        rank,
        number,
        score_type,
        image_url,
        hit,
    })
}
