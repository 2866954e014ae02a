//! The cleanup function: counts chat checkpoints and says how many have expired. It removes none;
//! the table does, within two days of their expiry, and readers skip expired ones until then.

use std::time::Instant;

use anyhow::Result;
use collections_core::contract::functions::Cleanup;
use collections_core::lambda;
use collections_core::telemetry::{Metrics, Unit};
use serde_json::Value;
use time::OffsetDateTime;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let started = Instant::now();
    let table = lambda::start::<Cleanup>().await?.checkpoints()?;
    let table = &table;
    lambda::serve::<Cleanup, Value, _, _, _>(started, |_schedule, _invocation| async move {
        let counts = table
            .count(OffsetDateTime::now_utc().unix_timestamp())
            .await?;
        tracing::info!(
            total = counts.total,
            expired = counts.expired,
            "checkpoints counted"
        );
        Metrics::of::<Cleanup>()
            .add("Checkpoints", Unit::Count, counts.total as f64)
            .add("ExpiredCheckpoints", Unit::Count, counts.expired as f64)
            .write();
        Ok(counts)
    })
    .await
}
