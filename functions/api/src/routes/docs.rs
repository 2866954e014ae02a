//! The API's description, for machines and for people. Not served in production.

use axum::Extension;
use axum::http::header;
use axum::response::IntoResponse;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::openapi::{self, Description};
use crate::problem::Problem;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(document))
        .routes(routes!(page))
}

/// This description.
#[utoipa::path(get, path = "/openapi.json", tag = "about", operation_id = "get_description",
    responses((status = OK, body = Object)))]
async fn document(
    Extension(description): Extension<Description>,
) -> Result<axum::Json<serde_json::Value>, Problem> {
    Ok(axum::Json(description.json()?))
}

/// This description as a page.
#[utoipa::path(get, path = "/docs", tag = "about", operation_id = "get_description_page",
    responses((status = OK, body = String, content_type = "text/html")))]
async fn page(
    Extension(description): Extension<Description>,
) -> Result<impl IntoResponse, Problem> {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, openapi::POLICY.as_str()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    Ok((headers, openapi::page(&description.json()?)))
}
