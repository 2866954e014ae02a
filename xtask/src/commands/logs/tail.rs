//! Several groups looked at together, each line once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::future::try_join_all;

use crate::cloud::Logs;
use crate::cloud::logs::{LogEvent, LogQuery};
use crate::error::Result;

/// Lines arrive some seconds after they were written; so far is looked back for late ones.
const LATE: i64 = 15_000;

/// Log groups and what was told of them.
pub(super) struct Tail {
    logs: Arc<dyn Logs>,
    groups: Vec<(String, String)>,
    from: i64,
    filter: Option<String>,
    /// Lines that were told and may be seen again, with their time.
    told: BTreeMap<String, i64>,
    there: BTreeSet<String>,
}

impl Tail {
    /// Groups by the name that is told with their lines.
    pub(super) fn new(
        logs: Arc<dyn Logs>,
        groups: Vec<(String, String)>,
        from: i64,
        filter: Option<String>,
    ) -> Self {
        Self {
            logs,
            groups,
            from,
            filter,
            told: BTreeMap::new(),
            there: BTreeSet::new(),
        }
    }

    /// How many of the groups there are.
    pub(super) fn groups(&self) -> usize {
        self.there.len()
    }

    /// What was written since the last round, in the order of time.
    pub(super) async fn round(&mut self) -> Result<Vec<(String, LogEvent)>> {
        let found = self.groups.iter().map(|(name, group)| async {
            let events = self.group(group).await?;
            Ok::<_, crate::error::Error>(events.map(|events| (name.clone(), events)))
        });
        let found = try_join_all(found).await?;
        let mut new = Vec::new();
        for (name, events) in found.into_iter().flatten() {
            self.there.insert(name.clone());
            for event in events {
                let id = format!("{name} {}", event.id);
                if self.told.insert(id, event.time).is_none() {
                    new.push((name.clone(), event));
                }
            }
        }
        new.sort_by(|(a, first), (b, second)| (first.time, a).cmp(&(second.time, b)));
        if let Some((_, last)) = new.last() {
            self.from = self.from.max(last.time - LATE);
            self.told.retain(|_, time| *time >= self.from);
        }
        Ok(new)
    }

    /// CloudWatch minds the case of words, the emulator does not: a pattern of words alone is
    /// looked at here too.
    fn matches(&self, event: &LogEvent) -> bool {
        let pattern = self.filter.as_deref().unwrap_or_default();
        let is_plain = |sign: char| sign.is_ascii_alphanumeric() || sign == ' ' || sign == '_';
        let mut words = pattern.split_whitespace();
        !pattern.chars().all(is_plain) || words.all(|word| event.text.contains(word))
    }

    /// Every line of a group from the moment on, if there is such a group.
    async fn group(&self, group: &str) -> Result<Option<Vec<LogEvent>>> {
        let query = LogQuery {
            group: group.to_owned(),
            from: self.from,
            filter: self.filter.clone(),
        };
        let mut events = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let Some(page) = self.logs.page(&query, next.as_deref()).await? else {
                return Ok(None);
            };
            events.extend(page.events.into_iter().filter(|event| self.matches(event)));
            next = page.next;
            if next.is_none() {
                return Ok(Some(events));
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::Tail;
    use crate::cloud::fake::Fake;
    use crate::cloud::logs::LogEvent;

    fn write(fake: &Fake, group: &str, time: i64, text: &str) {
        fake.with(|world| {
            let lines = world.logs.entry(group.to_owned()).or_default();
            lines.push(LogEvent {
                time,
                id: format!("{time}{text}"),
                text: text.to_owned(),
            });
        });
    }

    fn tail(fake: &Fake, filter: Option<&str>) -> Tail {
        let groups = ["a", "b", "gone"].map(|name| (name.to_owned(), format!("/{name}")));
        Tail::new(
            fake.cloud().logs,
            groups.to_vec(),
            1_000,
            filter.map(str::to_owned),
        )
    }

    async fn round(tail: &mut Tail) -> Vec<String> {
        let lines = tail.round().await.unwrap();
        lines
            .iter()
            .map(|(name, event)| format!("{name}:{}", event.text))
            .collect()
    }

    #[tokio::test]
    async fn groups_are_merged_by_time_and_a_missing_one_is_left_out() {
        let fake = Fake::new();
        for (group, time, text) in [
            ("/a", 5_000, "third"),
            ("/a", 1_500, "first"),
            ("/a", 999, "too old"),
            ("/b", 2_000, "second"),
            ("/a", 6_000, "fourth"),
        ] {
            write(&fake, group, time, text);
        }
        let mut tail = tail(&fake, None);
        let lines = round(&mut tail).await;
        assert_eq!(lines, ["a:first", "b:second", "a:third", "a:fourth"]);
        assert_eq!(tail.groups(), 2);
    }

    #[tokio::test]
    async fn each_line_is_told_once_also_one_that_arrives_late() {
        let fake = Fake::new();
        write(&fake, "/a", 20_000, "one");
        let mut tail = tail(&fake, None);
        assert_eq!(round(&mut tail).await, ["a:one"]);
        assert!(round(&mut tail).await.is_empty());
        write(&fake, "/b", 12_000, "late");
        write(&fake, "/a", 20_000, "same moment");
        assert_eq!(round(&mut tail).await, ["b:late", "a:same moment"]);
        assert!(round(&mut tail).await.is_empty());
    }

    #[tokio::test]
    async fn a_filter_is_left_to_the_service_which_may_not_mind_case() {
        let fake = Fake::new();
        write(&fake, "/a", 2_000, "ERROR one");
        write(&fake, "/a", 2_500, "ServerErrors 0");
        write(&fake, "/a", 3_000, "fine");
        assert_eq!(
            round(&mut tail(&fake, Some("ERROR"))).await,
            ["a:ERROR one"]
        );
    }
}
