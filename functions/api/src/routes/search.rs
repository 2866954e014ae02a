//! Search: by words, by meaning, or both.

use std::time::Instant;

use axum::extract::State;
use collections_core::contract::objects::ObjectKey;
use collections_core::retrieval::bm25::Bm25;
use collections_core::retrieval::hybrid::{self, Hybrid};
use collections_core::retrieval::vector::{EXACT_UP_TO, Vector};
use collections_core::retrieval::{Hit, Query, Retriever, ScoreType};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::body::Json;
use crate::identity::Caller;
use crate::observe::Observed;
use crate::problem::Problem;

const MIN_QUERY: usize = 3;
const MAX_QUERY: usize = 1000;
const MAX_TOP_K: i64 = 50;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(search))
        .routes(routes!(config))
}

/// How to search.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchRequest {
    /// What to find.
    #[schema(min_length = 3, max_length = 1000)]
    query: String,
    /// How to find it.
    #[serde(default)]
    search_type: SearchType,
    /// How many results at most.
    #[serde(default = "default_top_k")]
    #[schema(minimum = 1, maximum = 50)]
    top_k: i64,
    /// Only of this category.
    category_filter: Option<String>,
    /// Words must match at least so well.
    #[serde(default = "default_relevance")]
    min_relevance_score: f64,
    /// Meanings must be at least so near.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1)]
    min_similarity_score: f64,
}

fn default_top_k() -> i64 {
    10
}

fn default_relevance() -> f64 {
    -1.0
}

/// What was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchResponse {
    /// What was to be found.
    query: String,
    /// How it was asked for.
    search_type: SearchType,
    /// What was found, best first.
    results: Vec<SearchResult>,
    /// How many results there are.
    total_results: usize,
    /// How long it took.
    retrieval_time_ms: u64,
    /// What did not work, so that the results are fewer or worse than they could be.
    #[serde(skip_serializing_if = "Option::is_none")]
    degraded: Option<&'static str>,
}

/// One item that was found.
#[derive(Debug, Serialize, ToSchema)]
struct SearchResult {
    /// 1 for the best.
    rank: usize,
    /// What the score measures.
    score_type: ScoreType,
    /// Where its thumbnail can be fetched for an hour.
    image_url: Option<String>,
    #[serde(flatten)]
    hit: Hit,
}

/// Searches the caller's items.
#[utoipa::path(post, path = "/search", tag = "search", operation_id = "search",
    responses((status = OK, body = SearchResponse)))]
async fn search(
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
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchConfig {
    /// The ways there are.
    search_types: [SearchType; 3],
    /// The way where none is named.
    default_search_type: SearchType,
    /// Results where no number is named.
    default_top_k: i64,
    /// Results at most.
    max_top_k: i64,
    /// How the two rankings of a hybrid search become one.
    rrf: Fusion,
    /// With so many embeddings or fewer, all are compared; with more, an index is used.
    exact_scan_up_to_rows: i64,
    /// How far vectors are apart.
    distance: &'static str,
    /// How that becomes a score.
    similarity: &'static str,
}

/// Reciprocal rank fusion: the sum of `weight / (c + rank)`.
#[derive(Debug, Serialize, ToSchema)]
struct Fusion {
    bm25_weight: f64,
    vector_weight: f64,
    c: f64,
    /// How far down each ranking counts.
    fetch: &'static str,
}

/// The parameters in effect.
#[utoipa::path(get, path = "/search/config", tag = "search", operation_id = "get_search_config",
    responses((status = OK, body = SearchConfig)))]
async fn config(_: Caller) -> axum::Json<SearchConfig> {
    axum::Json(SearchConfig {
        search_types: [SearchType::Bm25, SearchType::Vector, SearchType::Hybrid],
        default_search_type: SearchType::default(),
        default_top_k: default_top_k(),
        max_top_k: MAX_TOP_K,
        rrf: Fusion {
            bm25_weight: hybrid::WORDS_WEIGHT,
            vector_weight: hybrid::MEANING_WEIGHT,
            c: hybrid::CONSTANT,
            fetch: "2 x top_k",
        },
        exact_scan_up_to_rows: EXACT_UP_TO,
        distance: "cosine",
        similarity: "1 - distance / 2",
    })
}
