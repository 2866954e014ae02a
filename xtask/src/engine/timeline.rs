//! What a run did when: its steps, and under each stack its resources. Pure, from the log of its
//! events.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::event::Event;

/// A run, in milliseconds from its beginning.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    /// When it began, in milliseconds of the epoch.
    pub began: u64,
    /// How long it took.
    pub took: u64,
    /// Its steps in the order they began.
    pub steps: Vec<Bar>,
    /// What CloudFormation did, by stack.
    pub stacks: Vec<StackBars>,
    /// What the user was warned of.
    pub warnings: Vec<String>,
}

/// One thing that took time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// What.
    pub name: String,
    /// When it began.
    pub from: u64,
    /// When it ended.
    pub to: u64,
    /// How.
    pub end: End,
    /// What came of it, or why it failed or had nothing to do.
    pub detail: Option<String>,
}

/// How a thing ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Well.
    Done,
    /// There was nothing to do.
    Skipped,
    /// It failed.
    Failed,
    /// Not while the run lasted.
    Open,
}

/// A stack and its resources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackBars {
    /// The stack's name.
    pub name: String,
    /// All of it.
    pub whole: Bar,
    /// Its resources in the order they began.
    pub resources: Vec<Bar>,
}

impl Bar {
    /// How long it took.
    pub fn took(&self) -> u64 {
        self.to.saturating_sub(self.from)
    }
}

impl Timeline {
    /// From the log of a run that ended now.
    pub fn of(log: &[(SystemTime, Event)], ended: SystemTime) -> Self {
        let began = log.first().map_or(ended, |(time, _)| *time);
        let mut making = Making {
            began: millis(began),
            ..Making::default()
        };
        log.iter()
            .for_each(|(time, event)| making.take(millis(*time), event));
        making.end(millis(ended))
    }

    /// The resource that took longest, with its stack.
    pub fn slowest(&self) -> Option<(&str, &Bar)> {
        let all = self.stacks.iter().flat_map(|stack| {
            let resources = stack.resources.iter();
            resources.map(|resource| (stack.name.as_str(), resource))
        });
        all.max_by_key(|(_, resource)| resource.took())
    }
}

#[derive(Default)]
struct Making {
    began: u64,
    steps: Vec<Bar>,
    stacks: Vec<StackBars>,
    warnings: Vec<String>,
    open: BTreeMap<String, usize>,
}

impl Making {
    fn take(&mut self, time: u64, event: &Event) {
        let now = time.saturating_sub(self.began);
        match event {
            Event::Started { step } => {
                self.open.insert(step.clone(), self.steps.len());
                self.steps.push(open(step, now));
            }
            Event::Finished { step, detail, .. } => {
                if let Some(index) = self.open.remove(step) {
                    close(&mut self.steps[index], now, End::Done, detail.clone());
                }
            }
            Event::Skipped { step, reason } => {
                let mut bar = open(step, now);
                close(&mut bar, now, End::Skipped, Some(reason.clone()));
                self.steps.push(bar);
            }
            Event::Warning { message } => self.warnings.push(message.clone()),
            Event::Stack { stack, status, at } => {
                let at = at.saturating_sub(self.began);
                status_of(&mut self.stack(stack, at).whole, at, status, None);
            }
            Event::Resource {
                stack,
                logical_id,
                resource_type,
                status,
                reason,
                at,
            } => {
                let at = at.saturating_sub(self.began);
                let name = format!("{logical_id} {resource_type}");
                let resources = &mut self.stack(stack, at).resources;
                let known = resources.iter().position(|bar| bar.name == name);
                let index = known.unwrap_or_else(|| {
                    resources.push(open(&name, at));
                    resources.len() - 1
                });
                status_of(&mut resources[index], at, status, reason.as_deref());
            }
            Event::Line { .. }
            | Event::Progress { .. }
            | Event::Output { .. }
            | Event::Planned { .. } => {}
        }
    }

    fn stack(&mut self, name: &str, at: u64) -> &mut StackBars {
        let known = self.stacks.iter().position(|stack| stack.name == name);
        let index = known.unwrap_or_else(|| {
            self.stacks.push(StackBars {
                name: name.to_owned(),
                whole: open(name, at),
                resources: Vec::new(),
            });
            self.stacks.len() - 1
        });
        &mut self.stacks[index]
    }

    /// A step that never ended is the one that failed, or was under way beside it.
    fn end(mut self, ended: u64) -> Timeline {
        let took = ended.saturating_sub(self.began);
        let resources = self.stacks.iter_mut().flat_map(|stack| {
            let StackBars {
                whole, resources, ..
            } = stack;
            resources.iter_mut().chain([whole])
        });
        for bar in self.steps.iter_mut().chain(resources) {
            if bar.end == End::Open {
                bar.to = took;
            }
            // CloudFormation's clock is not ours.
            bar.from = bar.from.min(took);
            bar.to = bar.to.clamp(bar.from, took);
        }
        Timeline {
            began: self.began,
            took,
            steps: self.steps,
            stacks: self.stacks,
            warnings: self.warnings,
        }
    }
}

fn open(name: &str, at: u64) -> Bar {
    Bar {
        name: name.to_owned(),
        from: at,
        to: at,
        end: End::Open,
        detail: None,
    }
}

fn close(bar: &mut Bar, at: u64, end: End, detail: Option<String>) {
    bar.to = at;
    bar.end = end;
    bar.detail = detail;
}

/// A failure stays one, whatever the way back brings.
fn status_of(bar: &mut Bar, at: u64, status: &str, reason: Option<&str>) {
    bar.to = at;
    if bar.end == End::Failed {
        return;
    }
    if status.ends_with("_FAILED") || status.contains("ROLLBACK") {
        let reason = reason.unwrap_or(status).to_owned();
        close(bar, at, End::Failed, Some(reason));
    } else if status.ends_with("_COMPLETE") {
        close(bar, at, End::Done, Some(status.to_owned()));
    }
}

fn millis(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// `4 min 3 s`, `12.3 s` or `250 ms`.
pub fn in_words(millis: u64) -> String {
    match millis {
        0..1000 => format!("{millis} ms"),
        1000..60_000 => format!("{}.{} s", millis / 1000, millis % 1000 / 100),
        _ => format!("{} min {} s", millis / 60_000, millis / 1000 % 60),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn at(millis: u64, event: Event) -> (SystemTime, Event) {
        (UNIX_EPOCH + Duration::from_millis(millis), event)
    }

    fn resource(id: &str, status: &str, time: u64) -> Event {
        Event::Resource {
            stack: "Store".into(),
            logical_id: id.into(),
            resource_type: "AWS::SQS::Queue".into(),
            status: status.into(),
            reason: status.ends_with("FAILED").then(|| "no luck".into()),
            at: time,
        }
    }

    #[test]
    fn resources_are_timed_by_cloudformations_own_clock_and_the_slowest_is_found() {
        let begun = Event::Started {
            step: "deploy Store".into(),
        };
        let log = [
            at(1000, begun),
            at(9000, resource("A", "CREATE_IN_PROGRESS", 2000)),
            at(9000, resource("B", "CREATE_IN_PROGRESS", 2000)),
            at(9000, resource("A", "CREATE_COMPLETE", 2500)),
            at(9000, resource("B", "CREATE_COMPLETE", 8000)),
        ];
        let line = Timeline::of(&log, UNIX_EPOCH + Duration::from_millis(9500));
        let (stack, slowest) = line.slowest().unwrap();
        assert_eq!((stack, slowest.took()), ("Store", 6000));
        assert_eq!(line.took, 8500);
        assert_eq!((line.steps[0].end, line.steps[0].to), (End::Open, 8500));
    }

    #[test]
    fn what_failed_stays_failed_when_it_is_rolled_back() {
        let log = [
            at(0, resource("A", "UPDATE_IN_PROGRESS", 0)),
            at(10, resource("A", "UPDATE_FAILED", 10)),
            at(20, resource("A", "UPDATE_COMPLETE", 20)),
        ];
        let line = Timeline::of(&log, UNIX_EPOCH + Duration::from_millis(30));
        let bar = &line.stacks[0].resources[0];
        assert_eq!(
            (bar.end, bar.detail.as_deref()),
            (End::Failed, Some("no luck"))
        );
    }
}
