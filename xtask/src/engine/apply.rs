//! Applies a plan: stacks side by side where their needs allow, each through a change set that is
//! held against the plan before it runs.

mod change_set;
mod serving;
mod unwanted;

pub use change_set::sweep;
pub use serving::serving;

use std::collections::{BTreeMap, BTreeSet};

use futures::StreamExt as _;
use futures::stream::FuturesUnordered;

use super::desired::{Desired, DesiredStack};
use super::images;
use super::live::{self, Standing};
use super::plan::{Consent, Plan, StackAction, StackPlan};
use super::resolve::{Known, Outputs, Sources};
use super::stack_events::{Ended, Operation, fresh_token};
use super::stop::Stop;
use crate::artifacts::Artifacts;
use crate::cloud::Cloud;
use crate::cloud::stacks::StackStatus;
use crate::cloud::template::{digest, section};
use crate::error::{Error, Result};
use crate::event::Events;

/// Outputs by stack and name, all known.
pub type Values = BTreeMap<String, BTreeMap<String, String>>;

/// What applying needs to know.
pub struct Apply<'a> {
    /// Where.
    pub cloud: &'a Cloud,
    /// Who hears of it.
    pub events: &'a Events,
    /// What is wanted.
    pub desired: &'a Desired,
    /// What stood when the plan was made.
    pub live: &'a live::Live,
    /// What was built.
    pub artifacts: Option<&'a Artifacts>,
    /// The artifact bucket.
    pub bucket: &'a str,
    /// What is to happen, and nothing else.
    pub plan: &'a Plan,
    /// What the user allows by name.
    pub consent: &'a Consent,
    /// Whether the user wants an end.
    pub stop: &'a Stop,
    /// Whether images go into repositories that are made on the way.
    pub publish: bool,
    /// Whether a reviewed plan is applied, and CloudFormation may do nothing beside it.
    pub exact: bool,
    /// The run's id: a run that resumes finds the change sets it made before.
    pub run: &'a str,
}

impl Apply<'_> {
    /// Applies the plan; the outputs of every stack come back.
    pub async fn stacks(&self) -> Result<Values> {
        let mut waiting: Vec<&DesiredStack> = self.desired.ordered()?;
        let mut done = Values::new();
        let mut running = FuturesUnordered::new();
        let mut failure: Option<Error> = None;
        loop {
            if failure.is_none() && !self.stop.asked() {
                let is_done = |id: &str| done.contains_key(id);
                let (ready, rest): (Vec<&DesiredStack>, Vec<&DesiredStack>) = waiting
                    .iter()
                    .partition(|stack| stack.needs().into_iter().all(is_done));
                waiting = rest;
                for stack in ready {
                    let known = known(&done);
                    running.push(async move { (stack.id.clone(), self.stack(stack, known).await) });
                }
            }
            // What runs in CloudFormation goes on there anyway: see it through, start nothing new.
            match running.next().await {
                Some((id, Ok(outputs))) => drop(done.insert(id, outputs)),
                Some((_, Err(error))) => drop(failure.get_or_insert(error)),
                None => break,
            }
        }
        match (failure, waiting.first()) {
            (Some(failure), _) => Err(failure),
            (None, Some(next)) => {
                self.stop.here(&format!("deploy {}", next.name))?;
                Ok(done)
            }
            (None, None) => Ok(done),
        }
    }

    async fn stack(
        &self,
        stack: &DesiredStack,
        known: Outputs,
    ) -> Result<BTreeMap<String, String>> {
        let plan = self
            .plan
            .stack(&stack.id)
            .filter(|plan| plan.action != StackAction::None);
        let Some(plan) = plan else {
            let Some(outputs) = self.live.outputs(&stack.id) else {
                return Ok(BTreeMap::new());
            };
            // It may be the work of a run that was killed before its resources served.
            if self.desired.express {
                serving(self.cloud, self.events, stack).await?;
            }
            return Ok(outputs.clone());
        };
        let standing = live::standing(self.cloud, &stack.name).await?;
        if standing.as_ref().map(Standing::digest) != plan.base {
            return Err(
                Error::conflict(format!("{} changed since the plan was made", stack.name))
                    .hint("run the command again: it plans anew"),
            );
        }
        let step = self.events.start(format!("deploy {}", stack.name));
        let detail = match plan.action {
            StackAction::None | StackAction::Protect | StackAction::Delete => None,
            StackAction::Create | StackAction::Update => self.change(stack, plan, known).await?,
            StackAction::Recreate => {
                self.delete_shell(stack, standing.as_ref()).await?;
                self.change(stack, plan, known).await?
            }
        };
        if self.desired.express {
            serving(self.cloud, self.events, stack).await?;
        }
        self.protect(stack, standing.as_ref()).await?;
        let outputs = self.outputs(stack).await?;
        match detail {
            Some(detail) => step.finish_with(detail),
            None => step.finish(),
        }
        Ok(outputs)
    }

    /// Makes a change set, holds it against the plan, runs it, and follows it to its end.
    async fn change(
        &self,
        stack: &DesiredStack,
        plan: &StackPlan,
        known: Outputs,
    ) -> Result<Option<String>> {
        let sources = Sources {
            desired: self.desired,
            live: self.live,
            artifacts: self.artifacts,
            bucket: self.bucket,
        };
        if self.publish {
            let placed = images::placed_late(&sources, stack, &known);
            images::push(self.cloud, self.events, &placed).await?;
        }
        let parameters = sources.parameters(stack, &known)?;
        let Some(ready) = self.prepare(stack, plan, &parameters).await? else {
            return Ok(Some("nothing to change after all".into()));
        };
        let token = fresh_token();
        self.cloud
            .stacks
            .execute(&stack.name, &ready.name, &token)
            .await?;
        let ended = self.follow(&stack.name, &ready.stack_id, &token).await?;
        if ended.status == StackStatus::UpdateFailed {
            return Err(self.roll_back(stack, &ready.stack_id, ended).await?);
        }
        if !ended.status.succeeded() {
            return Err(failed(&stack.name, &ended));
        }
        let slowest = ended.slowest();
        Ok(slowest.map(|(id, time)| format!("slowest {id} {:.1} s", time.as_secs_f64())))
    }

    /// Express mode leaves a failed update as it is; we take it back.
    async fn roll_back(&self, stack: &DesiredStack, id: &str, failure: Ended) -> Result<Error> {
        let step = self.events.start(format!("roll {} back", stack.name));
        let token = fresh_token();
        self.cloud.stacks.roll_back(&stack.name, &token).await?;
        let ended = self.follow(&stack.name, id, &token).await?;
        if ended.status == StackStatus::UpdateRollbackComplete {
            step.finish();
        }
        // What went wrong first is what the user must read.
        Ok(failed(
            &stack.name,
            &Ended {
                status: ended.status,
                ..failure
            },
        ))
    }

    async fn delete_shell(&self, stack: &DesiredStack, standing: Option<&Standing>) -> Result<()> {
        let Some(standing) = standing else {
            return Ok(());
        };
        let stack_id = &standing.stack.stack_id;
        let token = fresh_token();
        if standing.stack.protected {
            self.cloud.stacks.protect(&stack.name, false).await?;
        }
        self.cloud
            .stacks
            .delete(&stack.name, &BTreeSet::new(), &token)
            .await?;
        let ended = self.follow(&stack.name, stack_id, &token).await?;
        if ended.status == StackStatus::DeleteComplete {
            Ok(())
        } else {
            Err(failed(&stack.name, &ended))
        }
    }

    async fn follow(&self, name: &str, stack_id: &str, token: &str) -> Result<Ended> {
        Operation {
            cloud: self.cloud,
            events: self.events,
            name,
            stack_id,
            token,
        }
        .follow()
        .await
    }

    async fn protect(&self, stack: &DesiredStack, standing: Option<&Standing>) -> Result<()> {
        let recreated = standing.is_some_and(|standing| {
            super::states::next(Some(standing.stack.status)) != super::states::Next::Update
        });
        let is = standing.is_some_and(|standing| standing.stack.protected) && !recreated;
        if is != stack.termination_protection {
            self.cloud
                .stacks
                .protect(&stack.name, stack.termination_protection)
                .await?;
        }
        Ok(())
    }

    async fn outputs(&self, stack: &DesiredStack) -> Result<BTreeMap<String, String>> {
        let live = self.cloud.stacks.stack(&stack.name).await?;
        let outputs = live.map(|live| live.outputs).unwrap_or_default();
        match section(&stack.template, "Outputs").find(|(name, _)| !outputs.contains_key(*name)) {
            None => Ok(outputs),
            Some((name, _)) => Err(Error::failed(format!(
                "{} stands but has no output {name}",
                stack.name
            ))),
        }
    }

    /// The same for the same step of the same run: what a killed run prepared is found again. What
    /// begins an operation takes a fresh one, see `stack_events`.
    fn token(&self, stack: &str, step: &str, subject: &str) -> String {
        format!(
            "xtask-{}",
            digest(&serde_json::json!([self.run, stack, step, subject]))
        )
    }
}

fn known(values: &Values) -> Outputs {
    let stacks = values.iter().map(|(id, outputs)| {
        let outputs = outputs.iter();
        let outputs = outputs.map(|(name, value)| (name.clone(), Known::Value(value.clone())));
        (id.clone(), outputs.collect())
    });
    stacks.collect()
}

/// What a failed operation means for the user.
pub(super) fn failed(name: &str, ended: &Ended) -> Error {
    let error = Error::failed(format!("{name} ended in {}", ended.status));
    let error = match &ended.root_cause {
        Some(cause) => error.because(anyhow::anyhow!(
            "{} ({}): {}",
            cause.logical_id,
            cause.resource_type,
            cause.reason
        )),
        None => error,
    };
    match ended.status {
        StackStatus::UpdateRollbackComplete => {
            error.hint("the stack is back at what it was; correct the cause and deploy again")
        }
        StackStatus::RollbackComplete | StackStatus::CreateFailed | StackStatus::RollbackFailed => {
            error.hint("correct the cause and deploy again: the failed shell is then deleted first")
        }
        StackStatus::UpdateRollbackFailed => {
            error.hint("correct the cause, then deploy again with --continue-rollback")
        }
        _ => error,
    }
}
