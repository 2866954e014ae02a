//! What functions wrote.

use async_trait::async_trait;

use super::CloudResult;

/// One line of a log.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogEvent {
    /// When, in milliseconds of the epoch.
    pub time: i64,
    /// Its own id; the same line has the same one on every look.
    pub id: String,
    /// What was written.
    pub text: String,
}

/// Which lines of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogQuery {
    /// The log group.
    pub group: String,
    /// From this millisecond of the epoch on.
    pub from: i64,
    /// Only lines that match this pattern of CloudWatch.
    pub filter: Option<String>,
}

/// Some of the lines, and where the next ones begin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogPage {
    /// The lines, oldest first.
    pub events: Vec<LogEvent>,
    /// Given with the next call; none after the last page.
    pub next: Option<String>,
}

/// Reads logs.
#[async_trait]
pub trait Logs: Send + Sync {
    /// A page of lines; none if there is no such group.
    async fn page(&self, query: &LogQuery, next: Option<&str>) -> CloudResult<Option<LogPage>>;
}
