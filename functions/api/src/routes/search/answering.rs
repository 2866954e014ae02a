//! Searching, and answering from what was found. Without a model there are still results; the
//! answer then says what it is without.

use std::time::Instant;

use collections_core::agent::AgentError;
use collections_core::domain::UserId;
use collections_core::providers::ProviderError;
use collections_core::retrieval::Query;
use collections_core::retrieval::answer::{self, Answer};
use collections_core::retrieval::search::Search;
use collections_core::retrieval::{agentic, search::Found};
use collections_core::trace::Span;

use super::{SearchRequest, SearchResponse, milliseconds};
use crate::app::App;
use crate::embedding::Vectors;
use crate::problem::Problem;
use crate::routes::results;
use crate::talk;

const NO_ANSWER: &str = "no model answers now; these are the results alone";
const NO_AGENT: &str = "no model answers now; the search was a hybrid one, without an agent";

/// One search, and an answer from it where one is asked for.
pub(super) async fn plain(
    app: &App,
    user: &UserId,
    request: &SearchRequest,
    within: &Span,
) -> Result<SearchResponse, Problem> {
    let began = Instant::now();
    let vectors = Vectors { app, within };
    let items = talk::items(app, &vectors, user);
    let query = Query {
        text: request.query.clone(),
        vector: None,
        top_k: request.top_k,
        category: request.category_filter.clone(),
        min_relevance: request.min_relevance_score,
        min_similarity: request.min_similarity_score,
    };
    let found = items.find(request.search_type.way(), query).await?;
    let mut response = SearchResponse {
        retrieval_time_ms: milliseconds(began),
        degraded: found.degraded,
        ..empty(request)
    };
    if request.include_answer && !found.hits.is_empty() {
        let began = Instant::now();
        match answer_from(app, &items, request, &found, within).await? {
            Ok(answer) => response.set(answer),
            Err(error) => {
                tracing::warn!(%error, "results without an answer");
                response.degraded = response.degraded.or(Some(NO_ANSWER));
            }
        }
        response.answer_time_ms = Some(milliseconds(began));
    }
    response.results = results::of_hits(app, found.hits, found.score_type).await?;
    response.total_results = response.results.len();
    Ok(response)
}

/// An answer, or why there is none; a model that does not exist is the caller's mistake.
async fn answer_from(
    app: &App,
    items: &dyn Search,
    request: &SearchRequest,
    found: &Found,
    within: &Span,
) -> Result<Result<Option<Answer>, AgentError>, Problem> {
    let model = app
        .models
        .choose(&app.secrets, request.answer_model.as_deref());
    Ok(match model.await {
        Ok(model) => answer::answer(&*model, items, &request.query, found, within).await,
        Err(error) => Err(named_wrongly(request, error)?.into()),
    })
}

/// The agent's search; a hybrid one where no model answers.
pub(super) async fn agentic(
    app: &App,
    user: &UserId,
    request: &SearchRequest,
    within: &Span,
) -> Result<SearchResponse, Problem> {
    let began = Instant::now();
    let vectors = Vectors { app, within };
    let items = talk::items(app, &vectors, user);
    let rounds = talk::limits(app)?.rounds;
    let model = app
        .models
        .choose(&app.secrets, request.answer_model.as_deref());
    let found = match model.await {
        Ok(model) => {
            let scope = request.scope();
            let query = &request.query;
            agentic::search(&*model, &items, query, &scope, rounds, within, &mut |_| ()).await
        }
        Err(error) => Err(named_wrongly(request, error)?.into()),
    };
    let found = match found {
        Ok(found) => found,
        Err(error) => {
            tracing::warn!(%error, "searching without an agent");
            let mut without = request.clone();
            without.include_answer = false;
            let response = plain(app, user, &without, within).await?;
            return Ok(SearchResponse {
                degraded: Some(NO_AGENT),
                ..response
            });
        }
    };
    let mut response = SearchResponse {
        retrieval_time_ms: milliseconds(began),
        agent_reasoning: found.reasoning,
        tools_used: found.tools_used,
        degraded: found.degraded,
        ..empty(request)
    };
    if request.include_answer {
        response.set(found.answer);
    }
    response.results = results::of_seen(app, found.items).await?;
    response.total_results = response.results.len();
    Ok(response)
}

/// A model that the caller named and that is not to be had is refused; else it is our own trouble.
fn named_wrongly(request: &SearchRequest, error: ProviderError) -> Result<ProviderError, Problem> {
    match (&error, &request.answer_model) {
        (ProviderError::NotConfigured { .. }, Some(_)) => {
            Err(Problem::bad_request(format!("answer_model: {error}")))
        }
        _ => Ok(error),
    }
}

fn empty(request: &SearchRequest) -> SearchResponse {
    SearchResponse {
        query: request.query.clone(),
        search_type: request.search_type,
        results: Vec::new(),
        total_results: 0,
        answer: None,
        answer_confidence: None,
        citations: Vec::new(),
        retrieval_time_ms: 0,
        answer_time_ms: None,
        agent_reasoning: Vec::new(),
        tools_used: Vec::new(),
        degraded: None,
    }
}

impl SearchResponse {
    fn set(&mut self, answer: Option<Answer>) {
        let Some(answer) = answer else {
            return;
        };
        self.answer_confidence = Some(answer.cited.confidence());
        self.answer = Some(answer.cited.text);
        self.citations = answer.cited.items;
    }
}
