//! `/_local/faults`: where tests ask for faults, look at them and take them back.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::Order;
use crate::server::App;

pub(crate) async fn request(State(app): State<Arc<App>>, body: Bytes) -> Response {
    let added = serde_json::from_slice::<Order>(&body)
        .map_err(|error| error.to_string())
        .and_then(|order| app.faults.add(order));
    match added {
        Ok(()) => (StatusCode::CREATED, Json(pending(&app))).into_response(),
        Err(error) => (StatusCode::BAD_REQUEST, Json(json!({"error": error}))).into_response(),
    }
}

pub(crate) async fn list(State(app): State<Arc<App>>) -> Json<Value> {
    Json(pending(&app))
}

pub(crate) async fn clear(State(app): State<Arc<App>>) -> StatusCode {
    app.faults.clear();
    StatusCode::NO_CONTENT
}

fn pending(app: &App) -> Value {
    json!({"faults": app.faults.pending()})
}
