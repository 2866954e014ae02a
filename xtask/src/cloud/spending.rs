//! What an environment has cost so far.

use async_trait::async_trait;

use super::CloudResult;

/// The cost of one service.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Spent {
    /// The service, as the bill names it.
    pub service: String,
    /// Dollars.
    pub usd: f64,
}

/// Reads the bill.
#[async_trait]
pub trait Spending: Send + Sync {
    /// Cost by service from one day up to another (the end is left out), as `2026-11-01`, of what
    /// carries the environment's tag.
    async fn of(&self, environment: &str, from: &str, until: &str) -> CloudResult<Vec<Spent>>;
}
