//! The routes, one file per resource.

pub mod analyses;
pub mod health;
pub mod index;
pub mod items;
pub mod media;
pub mod search;
pub mod uploads;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware;
use axum::routing::{get, post};

use crate::app::App;
use crate::console;
use crate::observe;
use crate::problem::Problem;

/// What a JSON body may have; a multipart upload has its own limit.
const MAX_BODY: usize = 64 * 1024;

/// The whole API.
pub fn router(app: App) -> Router {
    let upload = post(items::create).layer(DefaultBodyLimit::max(uploads::MAX_MULTIPART));
    Router::new()
        .route("/health", get(health::health))
        .route("/version", get(health::version))
        .route("/items", get(items::list).merge(upload))
        .route("/items/uploads", post(uploads::form))
        .route("/items/{id}", get(items::get).delete(items::delete))
        .route("/items/{id}/image", get(media::image))
        .route("/items/{id}/thumbnail", get(media::thumbnail))
        .route("/items/{id}/resize-only", post(media::resize))
        .route("/items/{id}/analyze", post(analyses::analyze))
        .route("/items/{id}/analyses", get(analyses::list))
        .route("/analyses/{id}", get(analyses::get))
        .route("/search", post(search::search))
        .route("/search/config", get(search::config))
        .route("/vector-index/rebuild", post(index::rebuild))
        .route("/vector-index/status", get(index::status))
        .route("/images/{filename}", get(media::by_filename))
        .merge(console::router())
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || {
            Problem::because(StatusCode::METHOD_NOT_ALLOWED, "see /openapi.json")
        })
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn(observe::observe))
        .with_state(app)
}
