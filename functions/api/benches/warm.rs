//! What a warm request costs through Lambda's adapter: from an event of the gateway as text to the
//! answer as text. `fastapi_mangum.py` beside it is the yardstick. Every request also writes its log
//! lines to stdout, so send that away: `cargo bench --workspace --bench warm >/dev/null`.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    missing_docs,
    unreachable_pub
)]

#[path = "../tests/suite/world.rs"]
#[allow(dead_code)]
mod world;

use std::time::{Duration, Instant};

use api::limits::Limits;
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, Context, LambdaEvent};
use tower::{Service, ServiceExt};
use world::World;

const CALLS: usize = 2000;
const WARM_UP: usize = 200;
const EVENT: &str = include_str!("health-event.json");

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let world = World::limited(Limits::default()).await;
    // `/health` asks the database once a second, the yardstick never; `/version` asks nobody.
    for path in ["/health", "/version"] {
        let event = EVENT.replace("/health", path);
        let mut times = Vec::with_capacity(CALLS);
        for call in 0..WARM_UP + CALLS {
            let took = answer(&world, &event).await;
            times.extend((call >= WARM_UP).then_some(took));
        }
        times.sort_unstable();
        let (median, slow) = (times[CALLS / 2], times[CALLS * 95 / 100]);
        eprintln!("{path}: median {median:.0?}, p95 {slow:.0?}");
    }
}

async fn answer(world: &World, event: &str) -> Duration {
    let begin = Instant::now();
    let request: LambdaRequest = serde_json::from_str(event).unwrap();
    let mut adapter = Adapter::from(world.router.clone());
    let event = LambdaEvent::new(request, Context::default());
    let response = adapter.ready().await.unwrap().call(event).await.unwrap();
    let text = serde_json::to_string(&response).unwrap();
    let took = begin.elapsed();
    assert!(text.contains("\"statusCode\":200"), "{text}");
    took
}
