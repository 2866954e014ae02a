//! Search: by words, by meaning, or both.

use std::time::Instant;

use axum::extract::State;
use collections_core::contract::objects::ObjectKey;
use collections_core::retrieval::bm25::Bm25;
use collections_core::retrieval::hybrid::{self, Hybrid};
use collections_core::retrieval::vector::{EXACT_UP_TO, Vector};
use collections_core::retrieval::{Hit, Query, Retriever, ScoreType};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::app::App;
use crate::body::Json;
use crate::identity::Caller;
use crate::observe::Observed;
use crate::problem::Problem;

const MIN_QUERY: usize = 3;
const MAX_QUERY: usize = 1000;
const MAX_TOP_K: i64 = 50;

/// How to search.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SearchType {
    /// By words.
    Bm25,
    /// By meaning.
    Vector,
    /// By both.
    #[default]
    Hybrid,
}

/// What to search for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchRequest {
    query: String,
    #[serde(default)]
    search_type: SearchType,
    #[serde(default = "default_top_k")]
    top_k: i64,
    category_filter: Option<String>,
    #[serde(default = "default_relevance")]
    min_relevance_score: f64,
    #[serde(default)]
    min_similarity_score: f64,
}

fn default_top_k() -> i64 {
    10
}

fn default_relevance() -> f64 {
    -1.0
}

/// What was found.
#[derive(Debug, Serialize)]
pub struct SearchResponse {
    query: String,
    search_type: SearchType,
    results: Vec<SearchResult>,
    total_results: usize,
    retrieval_time_ms: u64,
    /// What did not work, so that the results are fewer or worse than they could be.
    #[serde(skip_serializing_if = "Option::is_none")]
    degraded: Option<&'static str>,
}

/// One item that was found.
#[derive(Debug, Serialize)]
struct SearchResult {
    rank: usize,
    score_type: ScoreType,
    image_url: Option<String>,
    #[serde(flatten)]
    hit: Hit,
}

/// Searches the caller's items.
pub async fn search(
    State(app): State<App>,
    Caller(user): Caller,
    observed: Observed,
    Json(request): Json<SearchRequest>,
) -> Result<axum::Json<SearchResponse>, Problem> {
    check(&request)?;
    let started = Instant::now();
    let work = observed.begin(&app, "search", &user);
    let mut query = Query {
        text: request.query.clone(),
        vector: None,
        top_k: request.top_k,
        category: request.category_filter,
        min_relevance: request.min_relevance_score,
        min_similarity: request.min_similarity_score,
    };
    let mut degraded = None;
    let mut retriever: &dyn Retriever = match request.search_type {
        SearchType::Bm25 => &Bm25,
        SearchType::Vector => &Vector,
        SearchType::Hybrid => &Hybrid,
    };
    if request.search_type != SearchType::Bm25 {
        match app.embedding.of(&app, &request.query, &work).await {
            Ok(vector) => query.vector = Some(vector),
            Err(error) if request.search_type == SearchType::Vector => {
                return Err(Problem::unavailable(&error));
            }
            Err(error) => {
                tracing::warn!(error = format!("{error:#}"), "searching by words only");
                degraded = Some("the query could not be embedded; only words were compared");
                retriever = &Bm25;
            }
        }
    }
    work.end();
    let mut db = app.connection().await?;
    let hits = retriever.retrieve(&mut db, &user, &query).await?;
    drop(db);
    let results = results(&app, hits, retriever.score_type()).await?;
    Ok(axum::Json(SearchResponse {
        query: request.query,
        search_type: request.search_type,
        total_results: results.len(),
        results,
        retrieval_time_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        degraded,
    }))
}

fn check(request: &SearchRequest) -> Result<(), Problem> {
    let length = request.query.trim().chars().count();
    if !(MIN_QUERY..=MAX_QUERY).contains(&length) {
        let detail = format!("query must have {MIN_QUERY} to {MAX_QUERY} characters");
        return Err(Problem::bad_request(detail));
    }
    if !(1..=MAX_TOP_K).contains(&request.top_k) {
        return Err(Problem::bad_request(format!(
            "top_k must be from 1 to {MAX_TOP_K}"
        )));
    }
    if !(0.0..=1.0).contains(&request.min_similarity_score) {
        return Err(Problem::bad_request(
            "min_similarity_score must be from 0 to 1",
        ));
    }
    if request
        .category_filter
        .as_deref()
        .is_some_and(|category| category.contains('\0'))
    {
        return Err(Problem::bad_request("a category holds no NUL"));
    }
    Ok(())
}

async fn results(
    app: &App,
    hits: Vec<Hit>,
    score_type: ScoreType,
) -> Result<Vec<SearchResult>, Problem> {
    let mut results = Vec::with_capacity(hits.len());
    for (at, hit) in hits.into_iter().enumerate() {
        let thumbnail = hit.thumbnail_path.as_deref().and_then(ObjectKey::parse);
        let image_url = match thumbnail {
            Some(key) => Some(app.objects.presign_thumbnail(&key).await?),
            None => None,
        };
        results.push(SearchResult {
            rank: at + 1,
            score_type,
            image_url,
            hit,
        });
    }
    Ok(results)
}

/// The parameters in effect.
pub async fn config(_: Caller) -> axum::Json<Value> {
    axum::Json(json!({
        "search_types": ["bm25", "vector", "hybrid"],
        "default_search_type": SearchType::default(),
        "default_top_k": default_top_k(),
        "max_top_k": MAX_TOP_K,
        "rrf": {
            "bm25_weight": hybrid::WORDS_WEIGHT, "vector_weight": hybrid::MEANING_WEIGHT,
            "c": hybrid::CONSTANT, "fetch": "2 x top_k",
        },
        "exact_scan_up_to_rows": EXACT_UP_TO,
        "distance": "cosine",
        "similarity": "1 - distance / 2",
    }))
}
