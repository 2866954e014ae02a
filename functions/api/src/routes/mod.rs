//! The routes, one file per resource.

pub mod analyses;
pub mod categories;
pub mod chat;
pub mod conversations;
mod cursor;
pub mod docs;
pub mod health;
pub mod index;
pub mod items;
pub mod media;
pub mod paths;
mod pictured;
pub mod rag;
pub mod report;
pub mod results;
pub mod search;
pub mod uploads;

use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::{Extension, Router, middleware};
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::compression::{CompressionLayer, CompressionLevel};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::caching::caching;
use crate::console;
use crate::limits::guard::guard;
use crate::observe;
use crate::openapi::{Description, Frame};
use crate::problem::Problem;

/// What a JSON body may have; a multipart upload has its own limit.
const MAX_BODY: usize = 64 * 1024;
/// Bytes from which an answer is compressed.
const MIN_COMPRESSED: u16 = 1400;

/// The whole API. Whoever adds a resource adds a line here.
pub fn router(app: App) -> Router {
    let mut api = OpenApiRouter::with_openapi(Frame::openapi())
        .merge(items::routes())
        .merge(categories::routes())
        .merge(uploads::routes())
        .merge(media::routes())
        .merge(analyses::routes())
        .merge(search::routes())
        .merge(index::routes())
        .merge(chat::routes())
        .merge(conversations::routes())
        .merge(rag::routes())
        .merge(report::routes());
    if app.settings.environment() != "prod" {
        api = api.merge(docs::routes());
    }
    // Whether it runs can be asked of a busy server too.
    let guarded = api.layer(middleware::from_fn_with_state(app.clone(), guard));
    let (router, document) = guarded.merge(health::routes()).split_for_parts();
    router
        .merge(console::router())
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || {
            Problem::because(StatusCode::METHOD_NOT_ALLOWED, "see /openapi.json")
        })
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(Extension(Description::of(document)))
        .layer(middleware::from_fn(caching))
        .layer(compression())
        .layer(middleware::from_fn_with_state(
            app.clone(),
            observe::observe,
        ))
        .with_state(app)
}

/// Where it pays: not for what fits into a packet, is compressed already, or comes event by event.
fn compression() -> CompressionLayer<impl Predicate> {
    let worth_it = SizeAbove::new(MIN_COMPRESSED)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::SSE);
    CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(worth_it)
}
