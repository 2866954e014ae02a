//! The cleanup function.

use std::time::Instant;

use anyhow::Result;
use collections_core::contract::functions::Cleanup;
use collections_core::lambda;
use serde_json::Value;
use time::OffsetDateTime;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let started = Instant::now();
    let table = lambda::start::<Cleanup>().await?.checkpoints()?;
    let table = &table;
    lambda::serve::<Cleanup, Value, _, _, _>(started, |_schedule, _invocation| async move {
        cleanup::report(table, OffsetDateTime::now_utc().unix_timestamp()).await
    })
    .await
}
