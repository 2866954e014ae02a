//! The console: its page, with the public settings it signs in with, and its files.

use anyhow::{Context, Result};
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
mod bundle;
mod policy;

use assets::Asset;

/// A file's name changes with its content, so it may be kept for good; the page may not.
const FOR_GOOD: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// The routes of the console; `contract::routes::PUBLIC` has them at the gateway.
pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/", get(page))
        .route("/console/{file}", get(file))
}

/// What the page must know before anybody signed in.
#[derive(Debug, Serialize)]
struct Settings<'s> {
    environment: &'s str,
    self_sign_up: bool,
    cognito: Cognito<'s>,
}

#[derive(Debug, Serialize)]
struct Cognito<'s> {
    endpoint: &'s str,
    client_id: &'s str,
}

async fn page(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    let page = assets::page(&settings(&app)?);
    let mut response = answer(&page, &headers, ASK_AGAIN);
    policy::apply(response.headers_mut(), &app)?;
    Ok(response)
}

async fn file(Path(name): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let asset = assets::named(&name).ok_or_else(Problem::not_found)?;
    let mut response = answer(asset, &headers, FOR_GOOD);
    policy::inert(response.headers_mut());
    Ok(response)
}

fn settings(app: &App) -> Result<String> {
    let settings = Settings {
        environment: app.settings.environment(),
        self_sign_up: app.settings.get(EnvKey::SelfSignUp)? == Some("true"),
        cognito: Cognito {
            endpoint: app.settings.require(EnvKey::CognitoEndpoint)?,
            client_id: app.settings.require(EnvKey::CognitoClientId)?,
        },
    };
    serde_json::to_string(&settings).context("write the console's settings")
}

/// The file, compressed where the browser takes it.
fn answer(asset: &Asset, request: &HeaderMap, keep: HeaderValue) -> Response {
    let mut response = if takes_gzip(request) {
        let body = asset.compressed.clone().into_response();
        with(body, header::CONTENT_ENCODING, "gzip")
    } else {
        asset.plain.clone().into_response()
    };
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(asset.content_type),
    );
    headers.insert(header::CACHE_CONTROL, keep);
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
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
