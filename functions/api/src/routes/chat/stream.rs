//! An answer while it is made, as server-sent events.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use axum::extract::FromRequestParts;
use axum::http::header::ACCEPT;
use axum::http::request::Parts;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use collections_core::agent::Step;
use collections_core::chat::Question;
use collections_core::trace::Span;
use futures::{Stream, stream};
use lambda_http::Context;
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tracing::Instrument;

use super::response;
use crate::app::App;
use crate::caching::NEVER;
use crate::limits::guard::{Place, unpanicked};
use crate::problem::Problem;
use crate::talk;

/// Proxies end connections that say nothing for long.
const SIGN_OF_LIFE: Duration = Duration::from_secs(10);

/// Whether the caller takes a stream, and the way there carries one: behind the gateway of
/// functions every answer is held until it is whole.
pub(super) struct Streamed(pub(super) bool);

impl FromRequestParts<App> for Streamed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let mut accepted = parts.headers.get_all(ACCEPT).iter();
        let wanted = accepted.any(|value| {
            let value = value.to_str().unwrap_or_default();
            value
                .split(',')
                .any(|kind| kind.trim().starts_with("text/event-stream"))
        });
        Ok(Self(wanted && parts.extensions.get::<Context>().is_none()))
    }
}

/// Answers at once, and goes on in the background: a caller who hangs up finds the turn kept. As
/// long as it goes on, it keeps the request's place.
pub(super) fn respond(
    app: App,
    place: Place,
    question: Question,
    within: Span,
    began: Instant,
) -> Response {
    background(place, move |send: Told| async move {
        let tell = |name: &'static str, data: &Value| tell(&send, name, data);
        tell("session", &json!({"session_id": question.conversation}));
        let mut on_step = |step: Step<'_>| match step {
            Step::Text { round, text } => tell("text", &json!({"round": round, "text": text})),
            Step::Tool {
                round,
                name,
                summary,
            } => tell(
                "tool",
                &json!({"round": round, "name": name, "summary": summary}),
            ),
        };
        let reply = talk::turn(&app, &question, &within, &mut on_step).await;
        within.end();
        let done = match reply {
            Ok(reply) => response(&app, question.conversation, reply, began).await,
            Err(problem) => Err(problem),
        };
        match done {
            Ok(answer) => tell("answer", &json!(answer)),
            Err(problem) => tell("problem", &json!(problem)),
        }
        app.traces.flush().await;
    })
}

type Told = UnboundedSender<Event>;

/// The events that some work tells of. A panic is the last of them, as a problem.
fn background<F>(place: Place, work: impl FnOnce(Told) -> F) -> Response
where
    F: Future<Output = ()> + Send + 'static,
{
    let (send, receive) = unbounded_channel();
    let work = work(send.clone());
    let work = async move {
        if let Err(problem) = unpanicked(work).await {
            tell(&send, "problem", &json!(problem));
        }
        // Whoever sees the end of the stream may send the next request.
        drop(place);
        drop(send);
    };
    tokio::spawn(work.in_current_span());
    let events = Sse::new(events(receive)).keep_alive(KeepAlive::new().interval(SIGN_OF_LIFE));
    ([NEVER], events).into_response()
}

/// A caller who hung up is told nothing more.
fn tell(to: &Told, name: &'static str, data: &Value) {
    // JSON holds no line breaks, so an event is one line whatever a model says.
    let _ = to.send(Event::default().event(name).data(data.to_string()));
}

fn events(receive: UnboundedReceiver<Event>) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold(receive, |mut receive| async move {
        let event = receive.recv().await?;
        Some((Ok(event), receive))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;
    use tokio::sync::Semaphore;

    use super::{background, tell};
    use crate::limits::guard::Place;

    #[tokio::test]
    async fn a_panic_is_the_last_event_and_gives_the_place_back() {
        let places = Arc::new(Semaphore::new(1));
        let permit = Arc::clone(&places).try_acquire_owned().unwrap();
        let response = background(Place::of(permit), |send| async move {
            tell(&send, "session", &json!({"session_id": "s"}));
            panic!("a defect");
        });
        assert_eq!(places.available_permits(), 0);
        let body = axum::body::to_bytes(response.into_body(), 10_000).await;
        let text = String::from_utf8(body.unwrap().to_vec()).unwrap();
        let (begun, ended) = text.trim_end().split_once("\n\n").unwrap();
        assert!(begun.starts_with("event: session\n"), "{text}");
        assert!(ended.starts_with("event: problem\n"), "{text}");
        assert!(
            ended.contains("\"status\":500") && !ended.contains("defect"),
            "{text}"
        );
        assert_eq!(places.available_permits(), 1);
    }
}
