//! CloudWatch, in memory: what a test put there, cut to the span.

use async_trait::async_trait;

use super::Fake;
use crate::cloud::CloudResult;
use crate::cloud::metrics::{MetricQuery, Metrics, Series, Span};

#[async_trait]
impl Metrics for Fake {
    async fn series(&self, queries: &[MetricQuery], span: Span) -> CloudResult<Vec<Series>> {
        self.read("cloudwatch:GetMetricData", |world| {
            let series = queries.iter().map(|query| {
                let known = world.metrics.iter().find(|(known, _)| known == query);
                let points = known.map(|(_, points)| points.clone()).unwrap_or_default();
                points
                    .into_iter()
                    .filter(|(time, _)| (span.from..span.until).contains(time))
                    .collect()
            });
            Ok(series.collect())
        })
        .await
    }
}
