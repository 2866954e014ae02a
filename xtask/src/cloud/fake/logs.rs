//! CloudWatch Logs, in memory; a page holds two lines.

use async_trait::async_trait;

use super::Fake;
use crate::cloud::CloudResult;
use crate::cloud::logs::{LogPage, LogQuery, Logs};

const PAGE: usize = 2;

#[async_trait]
impl Logs for Fake {
    async fn page(&self, query: &LogQuery, next: Option<&str>) -> CloudResult<Option<LogPage>> {
        let begin: usize = next.and_then(|token| token.parse().ok()).unwrap_or(0);
        self.read_on("logs:FilterLogEvents", &query.group, |world| {
            let Some(lines) = world.logs.get(&query.group) else {
                return Ok(None);
            };
            let wanted = |text: &str| {
                let pattern = query.filter.as_deref().unwrap_or_default();
                // It minds no case, as the emulator.
                let (text, pattern) = (text.to_lowercase(), pattern.to_lowercase());
                text.contains(&pattern)
            };
            let mut lines: Vec<_> = lines
                .iter()
                .filter(|line| line.time >= query.from && wanted(&line.text))
                .cloned()
                .collect();
            lines.sort();
            let events: Vec<_> = lines.iter().skip(begin).take(PAGE).cloned().collect();
            let end = begin + events.len();
            Ok(Some(LogPage {
                events,
                next: (end < lines.len()).then(|| end.to_string()),
            }))
        })
        .await
    }
}
