//! The DynamoDB table of chat checkpoints, for counting what has expired.

use std::marker::PhantomData;

use anyhow::{Context, Result};
use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, Select};
use contract::access::CountCheckpoints;
use contract::{Function, Grants};
use serde::Serialize;

/// How many checkpoints there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// All of them, expired ones too.
    pub total: u64,
    /// Those whose time has passed but which the table has not removed yet.
    pub expired: u64,
}

/// The table as function `F` may use it.
#[derive(Debug)]
pub struct CheckpointTable<F> {
    client: Client,
    table: String,
    function: PhantomData<fn() -> F>,
}

impl<F: Function> CheckpointTable<F> {
    /// A client for one table.
    pub fn new(config: &SdkConfig, table: &str) -> Self {
        Self {
            client: Client::new(config),
            table: table.to_owned(),
            function: PhantomData,
        }
    }
}

impl<F: Grants<CountCheckpoints>> CheckpointTable<F> {
    /// Counts the whole table and what had expired at `now` (seconds since 1970).
    pub async fn count(&self, now: i64) -> Result<Counts> {
        let mut counts = Counts::default();
        let mut start = None;
        loop {
            let page = self
                .client
                .scan()
                .table_name(&self.table)
                .select(Select::SpecificAttributes)
                .projection_expression("expires_at")
                .set_exclusive_start_key(start)
                .send()
                .await
                .with_context(|| format!("scan table {}", self.table))?;
            for item in page.items() {
                counts.total += 1;
                counts.expired += u64::from(expires_at(item.get("expires_at")) <= now);
            }
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(counts);
            }
        }
    }
}

/// A row without an expiry never expires.
fn expires_at(value: Option<&AttributeValue>) -> i64 {
    value
        .and_then(|value| value.as_n().ok())
        .and_then(|number| number.parse().ok())
        .unwrap_or(i64::MAX)
}
