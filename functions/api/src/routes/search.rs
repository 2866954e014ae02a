//! Search: by words, by meaning, by both, or by an agent; and an answer from what was found.

mod answering;

use std::time::Instant;

use axum::extract::State;
use collections_core::providers::chat::TEMPERATURE;
use collections_core::retrieval::search::Way;
use collections_core::retrieval::sources::Citation;
use collections_core::retrieval::tool::Scope;
use collections_core::retrieval::{bm25, hybrid, vector, words};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::body::{Json, check_category, whole};
use crate::identity::Caller;
use crate::observe::Observed;
use crate::problem::Problem;
use crate::routes::results::SearchResult;
use crate::talk;

const MIN_QUERY: usize = 3;
const MAX_QUERY: usize = 1000;
/// Results at most, of any search.
pub(super) const MAX_TOP_K: i64 = 50;

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
    /// By an agent, which searches by both, looks at what it found, and searches again if need be.
    Agentic,
}

impl SearchType {
    /// What every search of this type comes down to.
    fn way(self) -> Way {
        match self {
            Self::Bm25 => Way::Bm25,
            Self::Vector => Way::Vector,
            Self::Hybrid | Self::Agentic => Way::Hybrid,
        }
    }
}

/// What to search for.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchRequest {
    /// What to find.
    #[schema(min_length = 3, max_length = 1000, pattern = "[^\\s\\u0085]")]
    query: String,
    /// How to find it.
    #[serde(default)]
    search_type: SearchType,
    /// How many results at most.
    #[serde(default = "default_top_k", deserialize_with = "whole")]
    #[schema(minimum = 1, maximum = 50)]
    top_k: i64,
    /// Only of this category.
    #[schema(max_length = 200, pattern = "^[^\\u0000]*$")]
    category_filter: Option<String>,
    /// Words must match at least so well: 1 is all that was asked for. Without this threshold and
    /// the next, nothing is found where not even the best result fits; `-1` lets any result pass.
    min_relevance_score: Option<f64>,
    /// Meanings must be at least so near; `0` lets any result pass.
    #[schema(minimum = 0, maximum = 1)]
    min_similarity_score: Option<f64>,
    /// Whether a model shall answer the query from what was found.
    #[serde(default = "yes")]
    include_answer: bool,
    /// Which model: `claude-sonnet-4-5`, `gpt-4o`, `ollama/llama3.1`, or a provider's name.
    #[schema(min_length = 1, max_length = 100, pattern = "^[!-~]+$")]
    answer_model: Option<String>,
}

impl SearchRequest {
    fn scope(&self) -> Scope {
        Scope {
            way: self.search_type.way(),
            top_k: self.top_k,
            category: self.category_filter.clone(),
            min_relevance: self.min_relevance_score,
            min_similarity: self.min_similarity_score,
        }
    }
}

fn yes() -> bool {
    true
}

fn default_top_k() -> i64 {
    10
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
    /// The answer, where one was asked for and what was found holds one.
    answer: Option<String>,
    /// How well the answer is founded: the share of its sentences that cite an item.
    answer_confidence: Option<f64>,
    /// The items that the answer cites.
    citations: Vec<Citation>,
    /// How long finding took.
    retrieval_time_ms: u64,
    /// How long answering took; of an agent, that is one with finding.
    answer_time_ms: Option<u64>,
    /// What the agent thought and did, in order.
    agent_reasoning: Vec<String>,
    /// The tools it used.
    tools_used: Vec<String>,
    /// What did not work, so that the results are fewer or worse than they could be.
    #[serde(skip_serializing_if = "Option::is_none")]
    degraded: Option<&'static str>,
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
    let within = observed.begin(&app, "search", &user);
    let found = match request.search_type {
        SearchType::Agentic => answering::agentic(&app, &user, &request, &within).await?,
        _ => answering::plain(&app, &user, &request, &within).await?,
    };
    Ok(axum::Json(found))
}

/// Milliseconds since a moment.
pub(super) fn milliseconds(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

fn check(request: &SearchRequest) -> Result<(), Problem> {
    let length = request.query.chars().count();
    let blank = request.query.trim().is_empty();
    if blank || !(MIN_QUERY..=MAX_QUERY).contains(&length) {
        let detail =
            format!("query must have {MIN_QUERY} to {MAX_QUERY} characters, not all blank");
        return Err(Problem::bad_request(detail));
    }
    if !(1..=MAX_TOP_K).contains(&request.top_k) {
        return Err(Problem::bad_request(format!(
            "top_k must be from 1 to {MAX_TOP_K}"
        )));
    }
    check_similarity(request.min_similarity_score)?;
    check_category(request.category_filter.as_deref())?;
    let plain = |name: &String| {
        (1..=100).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_graphic())
    };
    if !request.answer_model.as_ref().is_none_or(plain) {
        return Err(Problem::bad_request("answer_model is no model's name"));
    }
    Ok(())
}

/// A similarity is a share.
pub(super) fn check_similarity(asked: Option<f64>) -> Result<(), Problem> {
    match asked.is_none_or(|asked| (0.0..=1.0).contains(&asked)) {
        true => Ok(()),
        false => Err(Problem::bad_request(
            "min_similarity_score must be from 0 to 1",
        )),
    }
}

/// The parameters in effect.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchConfig {
    /// The ways there are.
    search_types: [SearchType; 4],
    /// The way where none is named.
    default_search_type: SearchType,
    /// Results where no number is named.
    default_top_k: i64,
    /// Results at most.
    max_top_k: i64,
    /// How the two rankings of a hybrid search become one.
    rrf: Fusion,
    /// How words are weighed.
    words: Weights,
    /// How good the best result must be where no threshold is asked for, or nothing is found.
    found_from: FoundFrom,
    /// With so many embeddings or fewer, all are compared; with more, an index is used.
    exact_scan_up_to_rows: i64,
    /// How far vectors are apart.
    distance: &'static str,
    /// How that becomes a score.
    similarity: &'static str,
    /// Whether a model answers where a request does not say.
    default_include_answer: bool,
    /// How freely a model words its answers.
    answer_temperature: f64,
    /// Rounds of searching of an agent, at most.
    agent_max_iterations: usize,
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

/// What words are worth.
#[derive(Debug, Serialize, ToSchema)]
struct Weights {
    /// Tags and moods; what is seen and read in the image; categories; headline and summary.
    fields: [f32; 4],
    /// What two words in their order add to what they are worth apart.
    phrase: f64,
}

/// How good the best result must be.
#[derive(Debug, Serialize, ToSchema)]
struct FoundFrom {
    /// By words alone.
    bm25: f64,
    /// By meaning, alone or in a hybrid search.
    vector: f64,
    /// By words, in a hybrid search whose meanings are not near enough.
    hybrid_words: f64,
}

/// The parameters in effect.
#[utoipa::path(get, path = "/search/config", tag = "search", operation_id = "get_search_config",
    responses((status = OK, body = SearchConfig)))]
async fn config(State(app): State<App>, _: Caller) -> Result<axum::Json<SearchConfig>, Problem> {
    Ok(axum::Json(SearchConfig {
        search_types: [
            SearchType::Bm25,
            SearchType::Vector,
            SearchType::Hybrid,
            SearchType::Agentic,
        ],
        default_search_type: SearchType::default(),
        default_top_k: default_top_k(),
        max_top_k: MAX_TOP_K,
        rrf: Fusion {
            bm25_weight: hybrid::WORDS_WEIGHT,
            vector_weight: hybrid::MEANING_WEIGHT,
            c: hybrid::CONSTANT,
            fetch: "2 x top_k",
        },
        words: Weights {
            fields: words::FIELD_WEIGHTS,
            phrase: words::PHRASE_WEIGHT,
        },
        found_from: FoundFrom {
            bm25: bm25::FOUND_FROM,
            vector: vector::FOUND_FROM,
            hybrid_words: hybrid::FOUND_FROM_WORDS,
        },
        exact_scan_up_to_rows: vector::EXACT_UP_TO,
        distance: "cosine",
        similarity: "1 - distance / 2",
        default_include_answer: yes(),
        answer_temperature: TEMPERATURE,
        agent_max_iterations: talk::limits(&app)?.rounds,
    }))
}
