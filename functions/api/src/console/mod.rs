//! The console: its page, its files, and the public settings it signs in with.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use collections_core::contract::EnvKey;
use serde::Serialize;

use crate::app::App;
use crate::problem::Problem;

mod assets;
mod policy;

use assets::Asset;

/// A file's name changes with its content, so it may be kept for good; the page may not.
const FOR_GOOD: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");
const NOT_AT_ALL: HeaderValue = HeaderValue::from_static("no-store");

/// The routes of the console; `contract::routes::PUBLIC` has them at the gateway.
pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/", get(page))
        .route("/console/config.json", get(config))
        .route("/console/{file}", get(file))
}

/// What the page must know before anybody signed in.
#[derive(Debug, Serialize)]
struct Config {
    environment: String,
    self_sign_up: bool,
    cognito: Cognito,
}

#[derive(Debug, Serialize)]
struct Cognito {
    endpoint: String,
    client_id: String,
}

async fn page(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    let mut response = answer(assets::page(), &headers, ASK_AGAIN);
    policy::apply(response.headers_mut(), &app)?;
    Ok(response)
}

async fn file(Path(name): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let asset = assets::named(&name).ok_or_else(Problem::not_found)?;
    let mut response = answer(asset, &headers, FOR_GOOD);
    policy::inert(response.headers_mut());
    Ok(response)
}

async fn config(State(app): State<App>) -> Result<impl IntoResponse, Problem> {
    let config = Config {
        environment: app.settings.environment().to_owned(),
        self_sign_up: app.settings.get(EnvKey::SelfSignUp)? == Some("true"),
        cognito: Cognito {
            endpoint: app.settings.require(EnvKey::CognitoEndpoint)?.to_owned(),
            client_id: app.settings.require(EnvKey::CognitoClientId)?.to_owned(),
        },
    };
    Ok(([(header::CACHE_CONTROL, NOT_AT_ALL)], axum::Json(config)))
}

/// The file, compressed where the browser takes it; nothing where the browser has it.
fn answer(asset: &'static Asset, request: &HeaderMap, keep: HeaderValue) -> Response {
    let known = request.get(header::IF_NONE_MATCH);
    let mut response = if known.is_some_and(|tag| tag.as_bytes() == asset.tag.as_bytes()) {
        axum::http::StatusCode::NOT_MODIFIED.into_response()
    } else if takes_gzip(request) {
        let body = asset.compressed.as_slice().into_response();
        with(body, header::CONTENT_ENCODING, "gzip")
    } else {
        asset.plain.as_bytes().into_response()
    };
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(asset.content_type),
    );
    headers.insert(header::CACHE_CONTROL, keep);
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Ok(tag) = HeaderValue::from_str(&asset.tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

fn takes_gzip(request: &HeaderMap) -> bool {
    request
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| {
            value.split(',').any(|one| {
                let (name, weight) = one.split_once(';').unwrap_or((one, ""));
                name.trim() == "gzip" && weight.trim() != "q=0"
            })
        })
}

fn with(mut response: Response, name: header::HeaderName, value: &'static str) -> Response {
    let value = HeaderValue::from_static(value);
    response.headers_mut().insert(name, value);
    response
}
