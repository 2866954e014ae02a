//! CloudWatch Logs.

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_cloudwatchlogs::Client;

use super::call::Caller;
use crate::cloud::CloudResult;
use crate::cloud::error::optional;
use crate::cloud::logs::{LogEvent, LogPage, LogQuery, Logs};

pub(super) struct SdkLogs {
    client: Client,
    caller: Caller,
}

impl SdkLogs {
    pub(super) fn new(sdk: &SdkConfig, caller: Caller) -> Self {
        Self {
            client: Client::new(sdk),
            caller,
        }
    }
}

#[async_trait]
impl Logs for SdkLogs {
    async fn page(&self, query: &LogQuery, next: Option<&str>) -> CloudResult<Option<LogPage>> {
        let filter = || {
            self.client
                .filter_log_events()
                .log_group_name(&query.group)
                .start_time(query.from)
                .set_filter_pattern(query.filter.clone())
                .set_next_token(next.map(str::to_owned))
                .send()
        };
        let answer = self.caller.call("logs:FilterLogEvents", filter).await;
        let Some(page) = optional(answer)? else {
            return Ok(None);
        };
        let events = page.events.unwrap_or_default().into_iter();
        // An emulator gives no ids: a line is then the so-manieth of its stream and moment.
        let mut seen: BTreeMap<String, u32> = BTreeMap::new();
        let events = events.filter_map(|event| {
            let time = event.timestamp?;
            let id = event.event_id.unwrap_or_else(|| {
                let stream = event.log_stream_name.unwrap_or_default();
                let place = format!("{stream} {time}");
                let count = seen.entry(place.clone()).or_default();
                *count += 1;
                format!("{place} {count}")
            });
            Some(LogEvent {
                time,
                id,
                text: event.message?,
            })
        });
        Ok(Some(LogPage {
            events: events.collect(),
            next: page.next_token.filter(|token| !token.is_empty()),
        }))
    }
}
