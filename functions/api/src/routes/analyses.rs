//! What models said of items, and asking them again.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use collections_core::contract::events::AnalysisRequested;
use collections_core::db::{analyses, items};
use collections_core::domain::{Analysis, ItemId};
use collections_core::providers::ProviderError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::body::{Json, Path};
use crate::identity::Caller;
use crate::observe::Observed;
use crate::problem::Problem;
use crate::routes::paths::{AnalysisPath, ItemPath};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(analyze))
        .routes(routes!(list))
        .routes(routes!(get))
}

/// How to analyse.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AnalyzeRequest {
    /// Ask a model even if there is an analysis.
    force_reanalyze: bool,
    /// Whose model to ask, of those that the environment has a key or an address for; by default
    /// whichever is configured.
    provider: Option<Provider>,
    /// Which model to ask; by default the provider's usual one.
    #[schema(min_length = 1, max_length = 100, pattern = "^[!-~]+$")]
    model: Option<String>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Provider {
    Anthropic,
    Openai,
    Ollama,
}

impl Provider {
    fn name(self) -> &'static str {
        match self {
            Self::Anthropic => "anthropic",
            Self::Openai => "openai",
            Self::Ollama => "ollama",
        }
    }
}

/// An analysis that was asked for.
#[derive(Debug, Serialize, ToSchema)]
pub struct Asked {
    /// `accepted`.
    status: &'static str,
    /// The item.
    item_id: ItemId,
    /// Where the analysis will be.
    status_url: String,
}

/// Gives the analysis there is; or asks for one and says where it will be.
#[utoipa::path(post, path = "/items/{id}/analyze", tag = "analyses",
    operation_id = "analyze_item", params(ItemPath), responses(
        (status = OK, description = "The analysis there is", body = Analysis),
        (status = ACCEPTED, description = "A model is being asked", body = Asked),
        (status = UNPROCESSABLE_ENTITY, content_type = "application/problem+json", body = Problem,
            description = "The provider is not configured in this environment")))]
async fn analyze(
    State(app): State<App>,
    Caller(user): Caller,
    observed: Observed,
    Path(ItemPath { id }): Path<ItemPath>,
    Json(request): Json<AnalyzeRequest>,
) -> Result<Response, Problem> {
    let plain = |name: &String| {
        (1..=100).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_graphic())
    };
    if !request.model.as_ref().is_none_or(plain) {
        return Err(Problem::bad_request("model is no model's name"));
    }
    let mut db = app.connection().await?;
    let item = items::get(&mut db, &user, &id)
        .await?
        .ok_or_else(Problem::not_found)?;
    drop(db);
    if let Some(latest) = item.latest_analysis.filter(|_| !request.force_reanalyze) {
        return Ok(axum::Json(latest.0).into_response());
    }
    let provider = request.provider.map(Provider::name);
    check_configured(&app, provider).await?;
    let event = AnalysisRequested {
        item_id: id.to_string(),
        user_id: user.to_string(),
        force: request.force_reanalyze,
        provider: provider.map(str::to_owned),
        model: request.model,
    };
    app.events.put(&[event], Some(&observed.trace)).await?;
    let body = Asked {
        status: "accepted",
        status_url: format!("/items/{id}/analyses"),
        item_id: id,
    };
    Ok((StatusCode::ACCEPTED, axum::Json(body)).into_response())
}

/// Whether there is a model to ask: the analyzer would find out too, but nobody would be told.
async fn check_configured(app: &App, provider: Option<&str>) -> Result<(), Problem> {
    let chosen = app.vision.choose(&app.secrets, provider, None).await;
    match (chosen, provider) {
        (Ok(_), _) => Ok(()),
        (Err(ProviderError::NotConfigured { .. }), Some(provider)) => {
            let detail = format!("the provider {provider} is not configured in this environment");
            Err(Problem::because(StatusCode::UNPROCESSABLE_ENTITY, detail))
        }
        (Err(error), _) => Err(error.into()),
    }
}

/// All analyses of an item, newest first.
#[utoipa::path(get, path = "/items/{id}/analyses", tag = "analyses",
    operation_id = "list_analyses", params(ItemPath), responses((status = OK, body = Vec<Analysis>)))]
async fn list(
    State(app): State<App>,
    Caller(user): Caller,
    Path(ItemPath { id }): Path<ItemPath>,
) -> Result<axum::Json<Vec<Analysis>>, Problem> {
    let mut db = app.connection().await?;
    items::get(&mut db, &user, &id)
        .await?
        .ok_or_else(Problem::not_found)?;
    Ok(axum::Json(analyses::of_item(&mut db, &user, &id).await?))
}

/// One analysis.
#[utoipa::path(get, path = "/analyses/{id}", tag = "analyses", operation_id = "get_analysis",
    params(AnalysisPath), responses((status = OK, body = Analysis)))]
async fn get(
    State(app): State<App>,
    Caller(user): Caller,
    Path(AnalysisPath { id }): Path<AnalysisPath>,
) -> Result<axum::Json<Analysis>, Problem> {
    let mut db = app.connection().await?;
    let analysis = analyses::get(&mut db, &user, &id)
        .await?
        .ok_or_else(Problem::not_found)?;
    Ok(axum::Json(analysis))
}
