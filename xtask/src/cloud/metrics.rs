//! Figures over time.

use async_trait::async_trait;

use super::CloudResult;

/// One figure of one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricQuery {
    /// For example `AWS/Lambda`.
    pub namespace: String,
    /// For example `Errors`.
    pub metric: String,
    /// Of what.
    pub dimensions: Vec<(String, String)>,
    /// For example `Average`.
    pub statistic: String,
}

/// The span of time that is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Seconds of the epoch.
    pub from: i64,
    /// Seconds of the epoch.
    pub until: i64,
    /// Seconds that one value stands for.
    pub period: i32,
}

/// A figure at the beginning of each period that has one, oldest first.
pub type Series = Vec<(i64, f64)>;

/// Reads figures.
#[async_trait]
pub trait Metrics: Send + Sync {
    /// A series per query, in their order.
    async fn series(&self, queries: &[MetricQuery], span: Span) -> CloudResult<Vec<Series>>;
}
