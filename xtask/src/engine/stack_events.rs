//! Follows one operation on a stack to its end: emits what happens, keeps how long each resource
//! took, and finds the failure that started all others.

use std::collections::{BTreeMap, HashSet};
use std::time::{Duration, SystemTime};

use crate::cloud::Cloud;
use crate::cloud::stacks::{LiveStack, Problem, StackEvent, StackStatus};
use crate::error::{Error, Result};
use crate::event::{Event, Events};

const STACK: &str = "AWS::CloudFormation::Stack";
/// CloudFormation shows its new status a little after it accepts an operation.
const SETTLING: Duration = Duration::from_secs(20);

/// An operation under way.
pub struct Operation<'a> {
    /// Where it runs.
    pub cloud: &'a Cloud,
    /// Who hears of it.
    pub events: &'a Events,
    /// The stack's name.
    pub name: &'a str,
    /// The stack's ARN: it still answers when the name does not.
    pub stack_id: &'a str,
    /// The token the operation was started with.
    pub token: &'a str,
}

/// How an operation ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    /// The stack's status; a stack that is gone is deleted.
    pub status: StackStatus,
    /// The resource that failed first, and why.
    pub root_cause: Option<Failure>,
    /// How long each resource took.
    pub times: BTreeMap<String, Duration>,
}

/// A resource's failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Its logical id.
    pub logical_id: String,
    /// Its type.
    pub resource_type: String,
    /// CloudFormation's words.
    pub reason: String,
}

impl Ended {
    /// The resource that took longest.
    pub fn slowest(&self) -> Option<(&str, Duration)> {
        let slowest = self.times.iter().max_by_key(|(_, time)| **time)?;
        Some((slowest.0.as_str(), *slowest.1))
    }
}

impl Operation<'_> {
    /// Waits for the end.
    pub async fn follow(&self) -> Result<Ended> {
        let mut seen = Seen::default();
        let mut pace = Pace::new(self.cloud.endpoint.is_some());
        let mut quiet_since = self.cloud.clock.now();
        loop {
            let stack = self.cloud.stacks.stack(self.stack_id).await?;
            // After the status, so that what came before the end is never missed.
            let new = self.cloud.stacks.events(self.stack_id, self.token).await?;
            for event in &new {
                if seen.note(event, self.name) {
                    self.emit(event);
                    quiet_since = self.cloud.clock.now();
                }
            }
            if let Some(status) = self.end(stack.as_ref(), &seen, quiet_since) {
                return Ok(Ended {
                    status,
                    root_cause: self.cause(root_cause(&seen.events)).await,
                    times: seen.times,
                });
            }
            self.cloud.clock.sleep(pace.next()).await;
        }
    }

    /// What CloudFormation finds before it touches a resource is in no event of the stack, which
    /// only says where to ask.
    async fn cause(&self, found: Option<Failure>) -> Option<Failure> {
        let elsewhere = |failure: &Failure| {
            failure.resource_type == STACK && failure.reason.contains("DescribeEvents")
        };
        if !found.as_ref().is_some_and(elsewhere) {
            return found;
        }
        let problems = self.cloud.stacks.problems(self.stack_id).await;
        // An endpoint that does not know the call leaves the words there are.
        let problem = problems.ok().and_then(|all| all.into_iter().next());
        problem.map(of_problem).or(found)
    }

    /// The status at the end. A status alone may be the one from before the operation: it lags
    /// behind. The last word of the operation's own events must be the same, or, where an endpoint
    /// does not tell of them, nothing must have happened for a while.
    fn end(
        &self,
        stack: Option<&LiveStack>,
        seen: &Seen,
        quiet_since: SystemTime,
    ) -> Option<StackStatus> {
        let Some(stack) = stack else {
            return Some(StackStatus::DeleteComplete);
        };
        let status = stack.status;
        if status.in_progress() || status == StackStatus::ReviewInProgress {
            return None;
        }
        let now = self.cloud.clock.now();
        let quiet = now.duration_since(quiet_since).unwrap_or_default();
        let told = seen.last_word.as_deref() == Some(status.as_str());
        (told || quiet > SETTLING).then_some(status)
    }

    fn emit(&self, event: &StackEvent) {
        let stack = self.name.to_owned();
        let status = event.status.clone();
        let at = millis(event.time);
        self.events.emit(
            if event.resource_type == STACK && event.logical_id == self.name {
                Event::Stack { stack, status, at }
            } else {
                Event::Resource {
                    stack,
                    logical_id: event.logical_id.clone(),
                    resource_type: event.resource_type.clone(),
                    status,
                    reason: event.reason.clone(),
                    at,
                }
            },
        );
    }
}

fn millis(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH);
    u64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(u64::MAX)
}

/// A word of its own for each attempt: the events of an attempt are found by it. Repetitions of
/// one call share it, so that they stay one call.
pub(super) fn fresh_token() -> String {
    format!("xtask-{}", uuid::Uuid::new_v4())
}

/// Waits until nobody works on the stack any more.
pub async fn settle(cloud: &Cloud, events: &Events, name: &str) -> Result<()> {
    const PATIENCE: Duration = Duration::from_secs(2 * 60 * 60);
    let mut pace = Pace::new(cloud.endpoint.is_some());
    let started = cloud.clock.now();
    let mut step = None;
    while let Some(stack) = cloud.stacks.stack(name).await?
        && stack.status.in_progress()
    {
        let status = stack.status;
        step.get_or_insert_with(|| {
            events.start(format!(
                "wait for {name}: {status} by somebody else, Ctrl-C stops"
            ))
        });
        let waited = cloud.clock.now().duration_since(started);
        if waited.unwrap_or_default() > PATIENCE {
            return Err(Error::conflict(format!(
                "{name} has been in {status} for two hours"
            ))
            .hint(format!(
                "see what it waits for: aws cloudformation describe-stack-events --stack-name {name}"
            ))
            .hint(format!(
                "give an update up: aws cloudformation cancel-update-stack --stack-name {name}"
            )));
        }
        cloud.clock.sleep(pace.next()).await;
    }
    if let Some(step) = step {
        step.finish();
    }
    Ok(())
}

/// How often to ask: often at first, then less.
pub(super) struct Pace {
    wait: Duration,
    longest: Duration,
}

impl Pace {
    /// A machine-local endpoint may be asked more often than AWS.
    pub(super) fn new(local: bool) -> Self {
        let (first, longest) = if local { (20, 60) } else { (500, 4000) };
        Self {
            wait: Duration::from_millis(first),
            longest: Duration::from_millis(longest),
        }
    }

    pub(super) fn next(&mut self) -> Duration {
        let wait = self.wait;
        self.wait = wait.mul_f64(1.3).min(self.longest);
        wait
    }
}

#[derive(Default)]
struct Seen {
    ids: HashSet<String>,
    events: Vec<StackEvent>,
    begun: BTreeMap<String, SystemTime>,
    times: BTreeMap<String, Duration>,
    /// The stack's own status, by the newest event of the operation.
    last_word: Option<String>,
}

impl Seen {
    /// Keeps a new event; says whether it is new.
    fn note(&mut self, event: &StackEvent, stack: &str) -> bool {
        if !self.ids.insert(event.id.clone()) {
            return false;
        }
        if event.resource_type == STACK && event.logical_id == stack {
            self.last_word = Some(event.status.clone());
        } else if event.status.ends_with("_IN_PROGRESS") {
            self.begun
                .entry(event.logical_id.clone())
                .or_insert(event.time);
        } else if let Some(begun) = self.begun.get(&event.logical_id) {
            let time = event.time.duration_since(*begun).unwrap_or_default();
            self.times.insert(event.logical_id.clone(), time);
        }
        self.events.push(event.clone());
        true
    }
}

fn of_problem(problem: Problem) -> Failure {
    let mut parts = problem
        .path
        .split('/')
        .skip_while(|part| *part != "Resources");
    let logical_id = parts.nth(1).unwrap_or(&problem.path).to_owned();
    Failure {
        logical_id,
        resource_type: problem.resource_type,
        reason: problem.reason,
    }
}

/// The first failure that is nobody else's consequence.
fn root_cause(events: &[StackEvent]) -> Option<Failure> {
    let failed = |event: &&StackEvent| event.status.ends_with("_FAILED");
    let consequence = |event: &&StackEvent| {
        event.reason.as_deref().is_some_and(|reason| {
            reason.contains("Resource creation cancelled")
                || reason.contains("Resource update cancelled")
                || reason.contains("The following resource(s) failed")
        })
    };
    let resources = events.iter().filter(|event| event.resource_type != STACK);
    let first = resources.filter(failed).find(|event| !consequence(event));
    let any = || {
        events
            .iter()
            .filter(failed)
            .find(|event| event.reason.is_some())
    };
    first.or_else(any).map(|event| Failure {
        logical_id: event.logical_id.clone(),
        resource_type: event.resource_type.clone(),
        reason: event.reason.clone().unwrap_or_else(|| event.status.clone()),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn event(logical_id: &str, status: &str, reason: &str) -> StackEvent {
        StackEvent {
            id: format!("{logical_id}{status}"),
            time: SystemTime::UNIX_EPOCH,
            logical_id: logical_id.into(),
            resource_type: "AWS::SQS::Queue".into(),
            status: status.into(),
            reason: Some(reason.into()),
        }
    }

    #[test]
    fn the_root_cause_is_the_first_failure_that_is_no_consequence() {
        let events = [
            event("A", "CREATE_IN_PROGRESS", ""),
            event("B", "CREATE_FAILED", "Resource creation cancelled"),
            event("C", "CREATE_FAILED", "the name is taken"),
            event("A", "DELETE_FAILED", "not empty"),
        ];
        let cause = root_cause(&events).unwrap();
        assert_eq!(
            (cause.logical_id.as_str(), cause.reason.as_str()),
            ("C", "the name is taken")
        );
    }
}
