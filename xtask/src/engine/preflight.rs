//! What a plan would run into at the end of a long deploy, found before it begins: quotas, sizes.

use serde_json::Value;

use super::desired::Desired;
use super::live::Live;
use super::plan::{Plan, ResourceAction, StackAction};
use crate::artifacts::Artifacts;
use crate::cloud::account::{FunctionRoom, StackRoom};
use crate::cloud::template::{resources, type_of};
use crate::cloud::{Cloud, CloudResult, Fault};
use crate::error::{Error, Result};
use crate::event::Events;

const FUNCTION: &str = "AWS::Lambda::Function";
/// What Lambda never lets be reserved; accounts that are new have little more at all.
const KEPT_UNRESERVED: i64 = 100;
const KEPT_UNRESERVED_WHEN_NEW: i64 = 10;

/// What is looked at.
pub struct Preflight<'a> {
    /// Where.
    pub cloud: &'a Cloud,
    /// Who hears of what cannot be looked at.
    pub events: &'a Events,
    /// What is wanted.
    pub desired: &'a Desired,
    /// What stands.
    pub live: &'a Live,
    /// What was built.
    pub artifacts: Option<&'a Artifacts>,
}

impl Preflight<'_> {
    /// Refuses a plan that cannot come to its end.
    pub async fn check(&self, plan: &Plan) -> Result<()> {
        let creates = plan.stacks.iter();
        let creates = creates.filter(|stack| stack.action == StackAction::Create);
        let creates = creates.count();
        if creates > 0
            && let Some(room) = self.readable(self.cloud.account.stacks().await)?
        {
            stacks_fit(room, creates)?;
        }
        let touches_functions = plan.stacks.iter().any(|stack| {
            let mut changed = stack.resources.iter();
            changed.any(|change| {
                change.resource_type == FUNCTION && change.action != ResourceAction::Delete
            })
        });
        if touches_functions
            && let Some(room) = self.readable(self.cloud.account.functions().await)?
        {
            self.functions_fit(room)?;
        }
        Ok(())
    }

    /// An identity that may deploy need not be one that may read quotas, and an emulator need not
    /// have any.
    fn readable<T>(&self, answer: CloudResult<T>) -> Result<Option<T>> {
        match answer {
            Ok(room) => Ok(Some(room)),
            Err(error) if matches!(error.fault, Fault::Denied | Fault::Invalid) => {
                if self.cloud.endpoint.is_none() {
                    self.events.skip("preflight of quotas", error.to_string());
                }
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn functions_fit(&self, room: FunctionRoom) -> Result<()> {
        let wanted = reserved(self.desired.stacks.iter().map(|stack| &stack.template));
        let has = reserved(self.live.stacks.values().map(|standing| &standing.template));
        let kept = match room.concurrency > KEPT_UNRESERVED {
            true => KEPT_UNRESERVED,
            false => KEPT_UNRESERVED_WHEN_NEW,
        };
        let more = wanted - has;
        if more > 0 && room.unreserved - more < kept {
            return Err(Error::machine(format!(
                "{} reserves {more} more function runs at once; the account has {} that are not \
                 reserved, and Lambda keeps {kept} of them",
                self.desired.environment, room.unreserved
            ))
            .hint(format!(
                "ask for more: aws service-quotas request-service-quota-increase --service-code lambda \
                 --quota-code L-B99A9384 --desired-value {} --region {}",
                room.concurrency + more,
                self.cloud.region
            )));
        }
        self.code_fits(room)
    }

    fn code_fits(&self, room: FunctionRoom) -> Result<()> {
        let mut packed = 0;
        let zips = self.artifacts.into_iter().flatten();
        for (name, artifact) in zips.filter(|(_, artifact)| artifact.zip().is_some()) {
            packed += i64::try_from(artifact.size).unwrap_or(i64::MAX);
            let unpacked = i64::try_from(artifact.unpacked).unwrap_or(i64::MAX);
            if unpacked > room.unpacked_bytes {
                return Err(Error::input(format!(
                    "{name} unpacks to {}, and Lambda takes {}",
                    megabytes(unpacked),
                    megabytes(room.unpacked_bytes)
                ))
                .hint("build it as a container image, which may hold 10 GB: packaging: image"));
            }
        }
        let left = room.code_bytes - room.code_bytes_used;
        if packed > left {
            return Err(Error::machine(format!(
                "the account may hold {} more of functions' code, and this is {}",
                megabytes(left),
                megabytes(packed)
            ))
            .hint(
                "delete versions that nothing runs: aws lambda delete-function --qualifier VERSION",
            ));
        }
        Ok(())
    }
}

fn stacks_fit(room: StackRoom, creates: usize) -> Result<()> {
    let StackRoom { limit, used } = room;
    if used + creates <= limit {
        return Ok(());
    }
    Err(Error::machine(format!(
        "the account has {used} of {limit} stacks, and {creates} are to be created"
    ))
    .hint("take an environment away that nobody needs: cargo xtask destroy --env NAME")
    .hint("or ask for more: aws service-quotas list-service-quotas --service-code cloudformation"))
}

fn reserved<'t>(templates: impl Iterator<Item = &'t Value>) -> i64 {
    templates
        .flat_map(|template| resources(template).into_values())
        .filter(|resource| type_of(resource) == FUNCTION)
        .filter_map(|resource| {
            let reserved = resource.pointer("/Properties/ReservedConcurrentExecutions")?;
            reserved.as_i64()
        })
        .sum()
}

fn megabytes(bytes: i64) -> String {
    format!("{} MB", bytes / 1_000_000)
}
