//! What models said of items, and asking them again.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use collections_core::contract::events::AnalysisRequested;
use collections_core::db::{analyses, items};
use collections_core::domain::{Analysis, AnalysisId, ItemId};
use serde::Deserialize;
use serde_json::json;

use crate::app::App;
use crate::body::{Json, Path};
use crate::identity::Caller;
use crate::observe::Observed;
use crate::problem::Problem;

/// How to analyse.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AnalyzeRequest {
    force_reanalyze: bool,
    provider: Option<Provider>,
    model: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
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

/// Gives the analysis there is; or asks for one and says where it will be.
pub async fn analyze(
    State(app): State<App>,
    Caller(user): Caller,
    observed: Observed,
    Path(id): Path<ItemId>,
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
    if let Some(latest) = item.latest_analysis.filter(|_| !request.force_reanalyze) {
        return Ok(axum::Json(latest.0).into_response());
    }
    let event = AnalysisRequested {
        item_id: id.to_string(),
        user_id: user.to_string(),
        force: request.force_reanalyze,
        provider: request.provider.map(|provider| provider.name().to_owned()),
        model: request.model,
    };
    app.events.put(&[event], Some(&observed.trace)).await?;
    let at = format!("/items/{id}/analyses");
    let body = json!({"status": "accepted", "item_id": id, "status_url": at});
    Ok((StatusCode::ACCEPTED, axum::Json(body)).into_response())
}

/// All analyses of an item, newest first.
pub async fn list(
    State(app): State<App>,
    Caller(user): Caller,
    Path(id): Path<ItemId>,
) -> Result<axum::Json<Vec<Analysis>>, Problem> {
    let mut db = app.connection().await?;
    items::get(&mut db, &user, &id)
        .await?
        .ok_or_else(Problem::not_found)?;
    Ok(axum::Json(analyses::of_item(&mut db, &user, &id).await?))
}

/// One analysis.
pub async fn get(
    State(app): State<App>,
    Caller(user): Caller,
    Path(id): Path<AnalysisId>,
) -> Result<axum::Json<Analysis>, Problem> {
    let mut db = app.connection().await?;
    let analysis = analyses::get(&mut db, &user, &id)
        .await?
        .ok_or_else(Problem::not_found)?;
    Ok(axum::Json(analysis))
}
