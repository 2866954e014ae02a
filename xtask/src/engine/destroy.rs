//! Takes an environment away: consumers before producers, buckets emptied, what is to be retained
//! kept.

use std::collections::BTreeSet;
use std::fmt;

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use serde::Serialize;
use serde_json::Value;

use super::apply::failed;
use super::desired::{Desired, DesiredStack};
use super::live::{self, Live, Standing};
use super::stack_events::{Operation, fresh_token, settle};
use super::stop::Stop;
use crate::ask::Ask;
use crate::cloud::Cloud;
use crate::cloud::stacks::{StackResource, StackStatus};
use crate::cloud::template::resources;
use crate::error::{Error, Result};
use crate::event::Events;

const KEY: &str = "AWS::KMS::Key";
/// What KMS does where a template says nothing.
const DEFAULT_PENDING_DAYS: u64 = 30;

/// Its keys cost more to gather again than they cost to keep.
const KEEPS_PARAMETERS: &str = "prod";

/// An environment that was taken away.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Gone {
    /// The environment.
    pub environment: String,
    /// What stays in the account, as stack, logical id, physical id.
    pub kept: Vec<(String, String, String)>,
}

/// What goes and what stays.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Demolition {
    /// The environment.
    pub environment: String,
    /// Stacks that go.
    pub stacks: Vec<String>,
    /// Resources that stay because their template says so, as stack, logical id, physical id.
    pub kept: Vec<(String, String, String)>,
    /// Buckets that are emptied, with all versions of their objects.
    pub emptied: Vec<String>,
    /// Databases that leave a last snapshot.
    pub snapshots: Vec<String>,
    /// Keys, which KMS keeps for some days in case somebody wants them back: name and days.
    pub keys: Vec<(String, u64)>,
    /// Parameters that no stack owns, by full name.
    pub parameters: Vec<String>,
    /// Stacks that the account refuses to delete.
    pub protected: Vec<String>,
}

/// Looks at what stands. Nothing is changed.
pub async fn look(desired: &Desired, cloud: &Cloud) -> Result<(Demolition, Live)> {
    let live = live::read(desired, cloud).await?;
    let mut plan = Demolition {
        environment: desired.environment.clone(),
        ..Demolition::default()
    };
    for stack in desired.ordered()?.into_iter().rev() {
        let Some(standing) = live.stacks.get(&stack.id) else {
            continue;
        };
        plan.stack(cloud, &stack.id, &stack.name, standing).await?;
    }
    for stack in desired.unwanted.iter().rev() {
        if let Some(standing) = live.unwanted.get(&stack.id) {
            plan.stack(cloud, &stack.id, &stack.name, standing).await?;
        }
    }
    if desired.environment != KEEPS_PARAMETERS {
        let path = contract::parameters::prefix(&desired.environment);
        plan.parameters = cloud.parameters.names(&path).await?;
        plan.parameters.sort();
    }
    Ok((plan, live))
}

/// How long a key is still there after it was deleted.
fn pending_days(resource: Option<&Value>) -> u64 {
    resource
        .and_then(|key| key.pointer("/Properties/PendingWindowInDays")?.as_u64())
        .unwrap_or(DEFAULT_PENDING_DAYS)
}

impl Demolition {
    async fn stack(
        &mut self,
        cloud: &Cloud,
        id: &str,
        name: &str,
        standing: &Standing,
    ) -> Result<()> {
        self.stacks.push(name.to_owned());
        if standing.stack.protected {
            self.protected.push(name.to_owned());
        }
        let templates = resources(&standing.template);
        for found in cloud.stacks.resources(name).await? {
            let resource = templates.get(found.logical_id.as_str());
            let policy = resource
                .and_then(|r| r.get("DeletionPolicy"))
                .and_then(Value::as_str);
            self.note(id, &found, policy);
            if found.resource_type == KEY
                && let Some(key) = found.physical_id
            {
                self.keys.push((key, pending_days(resource.copied())));
            }
        }
        Ok(())
    }

    fn note(&mut self, stack: &str, found: &StackResource, policy: Option<&str>) {
        let Some(physical) = found.physical_id.clone() else {
            return;
        };
        match (policy, found.resource_type.as_str()) {
            (Some("Retain"), "AWS::Lambda::Version") => {}
            (Some("Retain"), _) => {
                self.kept
                    .push((stack.to_owned(), found.logical_id.clone(), physical));
            }
            (Some("Snapshot"), _) => self.snapshots.push(physical),
            (_, "AWS::S3::Bucket") => self.emptied.push(physical),
            _ => {}
        }
    }

    /// Refuses what is protected.
    pub fn check(&self, desired: &Desired) -> Result<()> {
        if !desired.protected && self.protected.is_empty() {
            return Ok(());
        }
        let file = format!("environments/{}.yaml", desired.environment);
        Err(Error::refused(format!(
            "{} is protected against deletion",
            desired.environment
        ))
        .hint(format!(
            "set protection.deletion to false in {file} and deploy that first"
        )))
    }

    /// Refuses unless the environment's name was typed, on the command line or when asked for.
    pub fn agreed(&self, name: &str, confirmed: Option<&str>, ask: &dyn Ask) -> Result<()> {
        let agreed = match confirmed {
            Some(typed) => typed == name,
            None => {
                let flag = format!("--confirm {name}");
                ask.typed(&format!("Delete {name}?"), name, &flag)?
            }
        };
        if agreed {
            return Ok(());
        }
        Err(Error::refused(format!(
            "nothing was deleted: {name} was not typed"
        )))
    }

    /// Does it.
    pub async fn run(
        &self,
        desired: &Desired,
        live: &Live,
        cloud: &Cloud,
        events: &Events,
        stop: &Stop,
    ) -> Result<()> {
        let _at_work = stop.enter();
        for bucket in &self.emptied {
            stop.here(&format!("empty {bucket}"))?;
            empty(cloud, events, bucket).await?;
        }
        self.stacks(desired, live, cloud, events, stop).await?;
        if !self.parameters.is_empty() {
            stop.here("delete parameters")?;
            let step = events.start("delete parameters");
            cloud.parameters.delete(&self.parameters).await?;
            step.finish_with(format!("{} of them", self.parameters.len()));
        }
        Ok(())
    }

    async fn stacks(
        &self,
        desired: &Desired,
        live: &Live,
        cloud: &Cloud,
        events: &Events,
        stop: &Stop,
    ) -> Result<()> {
        let mut waiting: Vec<&DesiredStack> = desired
            .ordered()?
            .into_iter()
            .filter(|stack| live.stacks.contains_key(&stack.id))
            .collect();
        let mut running = FuturesUnordered::new();
        let mut standing: BTreeSet<&str> = waiting.iter().map(|stack| stack.id.as_str()).collect();
        let mut failure = None;
        loop {
            if failure.is_none() && !stop.asked() {
                let needed = |stack: &DesiredStack| {
                    desired.stacks.iter().any(|other| {
                        standing.contains(other.id.as_str())
                            && other.needs().contains(stack.id.as_str())
                    })
                };
                let (rest, ready): (Vec<&DesiredStack>, Vec<&DesiredStack>) =
                    waiting.iter().partition(|stack| needed(stack));
                waiting = rest;
                for stack in ready {
                    let (id, name) = (stack.id.as_str(), stack.name.as_str());
                    running.push(async move { (id, delete(cloud, events, name).await) });
                }
            }
            match running.next().await {
                Some((id, Ok(()))) => drop(standing.remove(id)),
                Some((_, Err(error))) => drop(failure.get_or_insert(error)),
                None => break,
            }
        }
        match (failure, waiting.last()) {
            (Some(failure), _) => return Err(failure),
            (None, Some(next)) => stop.here(&format!("delete {}", next.name))?,
            (None, None) => {}
        }
        // What others used while they stood; a network that nobody was moved out of yet.
        for stack in desired.unwanted.iter().rev() {
            if live.unwanted.contains_key(&stack.id) {
                stop.here(&format!("delete {}", stack.name))?;
                delete(cloud, events, &stack.name).await?;
            }
        }
        Ok(())
    }

    /// Whether nothing of the environment is left to take away.
    pub fn is_empty(&self) -> bool {
        self.stacks.is_empty() && self.parameters.is_empty()
    }
}

/// Deletes a stack and sees it through.
pub(super) async fn delete(cloud: &Cloud, events: &Events, name: &str) -> Result<()> {
    settle(cloud, events, name).await?;
    let Some(live) = cloud.stacks.stack(name).await? else {
        return Ok(());
    };
    let step = events.start(format!("delete {name}"));
    let token = fresh_token();
    cloud.stacks.delete(name, &BTreeSet::new(), &token).await?;
    let operation = Operation {
        cloud,
        events,
        name,
        stack_id: &live.stack_id,
        token: &token,
    };
    let ended = operation.follow().await?;
    if ended.status != StackStatus::DeleteComplete {
        return Err(failed(name, &ended).hint("remove the cause and run the command again"));
    }
    step.finish();
    Ok(())
}

/// Deletes everything in a bucket, with all versions.
pub(super) async fn empty(cloud: &Cloud, events: &Events, bucket: &str) -> Result<()> {
    let step = events.start(format!("empty {bucket}"));
    let mut count = 0;
    loop {
        let versions = cloud.objects.some_versions(bucket).await?;
        if versions.is_empty() {
            break;
        }
        count += versions.len();
        cloud.objects.delete_versions(bucket, &versions).await?;
    }
    step.finish_with(format!("{count} object versions"));
    Ok(())
}

impl fmt::Display for Gone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = self.kept.len();
        write!(f, "{}: deleted", self.environment)?;
        if kept == 0 {
            return writeln!(f);
        }
        writeln!(f, ", {kept} resources stay in the account, unmanaged")?;
        writeln!(
            f,
            "  a new deploy takes buckets and tables in again, with what is in them; a user pool has\n  \
             no name to be found by, so users stay with the old pool"
        )
    }
}

impl fmt::Display for Demolition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return writeln!(f, "{}: nothing stands", self.environment);
        }
        self.stacks
            .iter()
            .try_for_each(|stack| writeln!(f, "- delete stack {stack}"))?;
        self.emptied
            .iter()
            .try_for_each(|bucket| writeln!(f, "- empty  bucket {bucket}, all versions"))?;
        self.keys.iter().try_for_each(|(key, days)| {
            writeln!(
                f,
                "- delete key {key}; KMS can give it back for {days} days, and it costs nothing then"
            )
        })?;
        self.parameters
            .iter()
            .try_for_each(|name| writeln!(f, "- delete parameter {name}"))?;
        self.snapshots
            .iter()
            .try_for_each(|name| writeln!(f, "= keep   a last snapshot of {name}"))?;
        self.kept.iter().try_for_each(|(stack, id, name)| {
            writeln!(f, "= keep   {stack}.{id}: {name}, unmanaged")
        })
    }
}
