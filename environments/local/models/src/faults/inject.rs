//! Carries out the faults: stands between the routes and the connection.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures::{StreamExt as _, future, stream};

use super::{Kind, Order};
use crate::server::App;
use crate::wire::{Provider, Trouble};

/// If a test names none.
const DEFAULT_RETRY_AFTER: u64 = 1;
const DEFAULT_DELAY_MS: u64 = 1000;
/// Long enough for the first half to leave.
const UNTIL_CUT: Duration = Duration::from_millis(20);

pub(crate) async fn inject(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let Some(provider) = Provider::of_path(path) else {
        return next.run(request).await;
    };
    let Some(order) = app.faults.take(path) else {
        return next.run(request).await;
    };
    tracing::info!(path, kind = ?order.kind, "fault on request");
    match order.kind {
        Kind::Slow => {
            let delay = order.delay_ms.unwrap_or(DEFAULT_DELAY_MS);
            tokio::time::sleep(Duration::from_millis(delay)).await;
            next.run(request).await
        }
        Kind::Cut => match cut(next.run(request).await).await {
            Ok(half) => half,
            Err(_) => provider.refuse(&Trouble::Internal),
        },
        Kind::MalformedJson => json_body("{\"id\":\"local\",\"content\":["),
        Kind::WrongShape => json_body("{\"local\":\"another shape than the API's\"}"),
        Kind::RateLimited | Kind::ServerError | Kind::Overloaded => {
            provider.refuse(&trouble(&order))
        }
    }
}

fn trouble(order: &Order) -> Trouble {
    match order.kind {
        Kind::RateLimited => Trouble::RateLimited {
            retry_after: order.retry_after.unwrap_or(DEFAULT_RETRY_AFTER),
        },
        Kind::Overloaded => Trouble::Overloaded,
        _ => Trouble::Internal,
    }
}

fn json_body(body: &'static str) -> Response {
    let mut headers = HeaderMap::new();
    let json = header::HeaderValue::from_static("application/json");
    headers.insert(header::CONTENT_TYPE, json);
    (headers, body).into_response()
}

/// The first half of the answer, then an error: the server closes the connection.
async fn cut(response: Response) -> Result<Response, axum::Error> {
    let (mut parts, body) = response.into_parts();
    let whole = to_bytes(body, usize::MAX).await?;
    parts.headers.remove(header::CONTENT_LENGTH);
    let half = whole.slice(..whole.len() / 2);
    let closed = async {
        // Without a pause the server would drop the half together with the connection.
        tokio::time::sleep(UNTIL_CUT).await;
        Err(std::io::Error::other("cut on request"))
    };
    let frames = stream::once(future::ready(Ok(half))).chain(stream::once(closed));
    Ok(Response::from_parts(parts, Body::from_stream(frames)))
}
