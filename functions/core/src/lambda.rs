//! The way every function starts and every invocation is recorded.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result};
use contract::Function;
use futures::future::LocalBoxFuture;
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tracing::Instrument;

use crate::cloud::Cloud;
use crate::telemetry::{self, Metrics, Unit};

/// What an invocation is known by.
#[derive(Clone, Debug, Default)]
pub struct Invocation {
    /// The request id.
    pub request_id: String,
    /// The trace the invocation belongs to.
    pub trace: Option<String>,
    /// When Lambda ends it; never, outside Lambda.
    pub deadline: Option<SystemTime>,
}

impl Invocation {
    /// How long it may still run.
    pub fn time_left(&self) -> Option<Duration> {
        let left = self.deadline?.duration_since(SystemTime::now());
        Some(left.unwrap_or_default())
    }
}

/// First thing in `main`: the TLS provider, logging, the clients.
pub async fn start<F: Function>() -> Result<Cloud<F>> {
    // Another provider can only be in place if a test put it there.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let cloud = Cloud::from_env().await?;
    telemetry::start(cloud.settings());
    Ok(cloud)
}

/// Answers invocations until the process ends.
pub async fn serve<F, E, A, H, Fut>(started: Instant, handler: H) -> Result<()>
where
    F: Function,
    E: DeserializeOwned,
    A: Serialize,
    H: Fn(E, Invocation) -> Fut,
    Fut: Future<Output = Result<A>>,
{
    let init = started.elapsed();
    let cold = AtomicBool::new(true);
    let (handler, cold) = (&handler, &cold);
    let service = service_fn(move |event: LambdaEvent<E>| async move {
        let cold_start = cold.swap(false, Ordering::Relaxed);
        let mut metrics = Metrics::of::<F>().with("cold_start", cold_start);
        if cold_start {
            metrics = metrics.add(
                "InitDuration",
                Unit::Milliseconds,
                init.as_secs_f64() * 1000.0,
            );
        }
        let invocation = Invocation {
            request_id: event.context.request_id.clone(),
            deadline: Some(event.context.deadline()),
            trace: event.context.xray_trace_id,
        };
        let request_id = invocation.request_id.clone();
        let span = tracing::info_span!("invocation", %request_id, trace = invocation.trace);
        // Boxed, or the compiler unfolds the whole program into one type.
        let work: LocalBoxFuture<'_, Result<A>> = Box::pin(handler(event.payload, invocation));
        let answer = work.instrument(span.clone()).await;
        let failed = f64::from(u8::from(answer.is_err()));
        metrics
            .with("request_id", request_id)
            .add("Failed", Unit::Count, failed)
            .duration("Duration")
            .write();
        answer.map_err(|error| {
            let _entered = span.enter();
            tracing::error!(error = format!("{error:#}"), "the invocation failed");
            Diagnostic {
                error_type: "Failed".to_owned(),
                error_message: format!("{error:#}"),
            }
        })
    });
    lambda_runtime::run(service)
        .await
        .map_err(|error| anyhow::anyhow!(error))
        .context("serve invocations")
}
