//! CloudWatch.

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::primitives::DateTime;
use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat};

use super::call::Caller;
use crate::cloud::CloudResult;
use crate::cloud::metrics::{MetricQuery, Metrics, Series, Span};

/// As many figures as one call takes.
const AT_ONCE: usize = 500;

pub(super) struct SdkMetrics {
    client: Client,
    caller: Caller,
}

impl SdkMetrics {
    pub(super) fn new(sdk: &SdkConfig, caller: Caller) -> Self {
        Self {
            client: Client::new(sdk),
            caller,
        }
    }

    async fn some(&self, queries: &[MetricDataQuery], span: Span) -> CloudResult<Vec<Series>> {
        let mut found = vec![Series::new(); queries.len()];
        let mut next: Option<String> = None;
        loop {
            let get = || {
                self.client
                    .get_metric_data()
                    .set_metric_data_queries(Some(queries.to_vec()))
                    .start_time(DateTime::from_secs(span.from))
                    .end_time(DateTime::from_secs(span.until))
                    .set_next_token(next.clone())
                    .send()
            };
            let page = self.caller.call("cloudwatch:GetMetricData", get).await?;
            for result in page.metric_data_results.unwrap_or_default() {
                let place = result.id.as_deref().and_then(place);
                let Some(series) = place.and_then(|place| found.get_mut(place)) else {
                    continue;
                };
                let times = result.timestamps.unwrap_or_default();
                let values = result.values.unwrap_or_default();
                series.extend(times.iter().map(DateTime::secs).zip(values));
            }
            next = page.next_token.filter(|token| !token.is_empty());
            if next.is_none() {
                break;
            }
        }
        for series in &mut found {
            series.sort_by_key(|(time, _)| *time);
        }
        Ok(found)
    }
}

#[async_trait]
impl Metrics for SdkMetrics {
    async fn series(&self, queries: &[MetricQuery], span: Span) -> CloudResult<Vec<Series>> {
        let mut found = Vec::new();
        for queries in queries.chunks(AT_ONCE) {
            let queries: Vec<_> = queries
                .iter()
                .zip(0..)
                .map(|(query, place)| written(query, place, span.period))
                .collect();
            found.extend(self.some(&queries, span).await?);
        }
        Ok(found)
    }
}

/// An answer names its query by an id, which begins with a letter.
fn place(id: &str) -> Option<usize> {
    id.strip_prefix('q')?.parse().ok()
}

fn written(query: &MetricQuery, place: usize, period: i32) -> MetricDataQuery {
    let dimensions = query
        .dimensions
        .iter()
        .map(|(name, value)| Dimension::builder().name(name).value(value).build());
    let metric = Metric::builder()
        .namespace(&query.namespace)
        .metric_name(&query.metric)
        .set_dimensions(Some(dimensions.collect()))
        .build();
    let stat = MetricStat::builder()
        .metric(metric)
        .period(period)
        .stat(&query.statistic)
        .build();
    MetricDataQuery::builder()
        .id(format!("q{place}"))
        .metric_stat(stat)
        .build()
}
