//! Moves a function's traffic without CloudFormation: new code, a published version, the alias.

use futures::future::try_join_all;

use super::desired::{ArtifactPart, Desired, DesiredFunction};
use super::live::{self, ALIAS};
use super::phases::{Deployed, Extra};
use super::plan::{FunctionMove, Plan, StackAction};
use super::resolve::{Known, Sources, parameter_of};
use super::stack_events::Pace;
use crate::artifacts::Artifacts;
use crate::cloud::Cloud;
use crate::cloud::functions::{FunctionVersion, LATEST, Readiness};
use crate::error::{Error, Result};
use crate::event::Events;

/// Where a function's traffic went from and to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The function's name in Lambda.
    pub function: String,
    /// The version before.
    pub from: String,
    /// The version after.
    pub to: String,
}

/// The revision a full deploy would give a function now.
pub async fn revision(
    desired: &Desired,
    cloud: &Cloud,
    artifacts: &Artifacts,
    bucket: &str,
    name: &str,
) -> Result<String> {
    let live = live::read(desired, cloud).await?;
    let function = desired.function(name)?;
    let stack = desired.stack(&function.stack)?;
    let sources = Sources {
        desired,
        live: &live,
        artifacts: Some(artifacts),
        bucket,
    };
    let parameters = sources.parameters(stack, &live.known_outputs())?;
    match sources.revisions(stack, &parameters)?.remove(name) {
        Some(Known::Value(revision)) => Ok(revision),
        _ => Err(Error::input(format!(
            "{name} takes no revision from the stack {}",
            stack.id
        ))),
    }
}

/// Puts traffic where the plan says, for functions that CloudFormation leaves alone.
pub async fn converge(
    cloud: &Cloud,
    events: &Events,
    desired: &Desired,
    moves: &[FunctionMove],
    artifacts: Option<&Artifacts>,
    bucket: &str,
) -> Result<Vec<Moved>> {
    let all = moves.iter().map(|wanted| async move {
        let function = desired.function(&wanted.function)?;
        let artifact = artifacts.and_then(|built| built.get(&wanted.function));
        swap(
            cloud,
            events,
            function,
            &wanted.to,
            artifact.map(|a| a.key.as_str()),
            bucket,
        )
        .await
    });
    try_join_all(all).await
}

/// Runs a function at a revision: a version that has it already, or the code at `key`.
pub async fn swap(
    cloud: &Cloud,
    events: &Events,
    function: &DesiredFunction,
    revision: &str,
    key: Option<&str>,
    bucket: &str,
) -> Result<Moved> {
    let name = &function.function_name;
    let step = events.start(format!("move {name}"));
    let at = cloud.functions.aliased(name, ALIAS).await?.ok_or_else(|| {
        Error::input(format!("{name} does not stand yet"))
            .hint("deploy the whole environment first, without --function")
    })?;
    let published = cloud.functions.versions(name).await?;
    let known = published
        .iter()
        .rev()
        .find(|version| version.revision == revision);
    let to = match (known, key) {
        (Some(known), _) => known.version.clone(),
        (None, Some(key)) => publish(cloud, name, revision, bucket, key).await?,
        (None, None) => {
            return Err(
                Error::failed(format!("{name} has no version {revision} to go to"))
                    .hint("deploy without leaving out the build"),
            );
        }
    };
    if to != at.version {
        cloud.functions.move_alias(name, ALIAS, &to).await?;
    }
    step.finish_with(format!("version {} → {to}", at.version));
    Ok(Moved {
        function: name.clone(),
        from: at.version,
        to,
    })
}

async fn publish(
    cloud: &Cloud,
    name: &str,
    revision: &str,
    bucket: &str,
    key: &str,
) -> Result<String> {
    ready(cloud, name).await?;
    let code = cloud.functions.update_code(name, bucket, key).await?;
    ready(cloud, name).await?;
    Ok(cloud.functions.publish(name, revision, &code).await?)
}

/// A function whose code CloudFormation believes in place although something else is there: put by
/// the hot path, or ahead of a deploy that did not come to its stack.
pub struct Swapped {
    /// The function's name in Lambda.
    pub function_name: String,
    /// The key of the code that CloudFormation will not put back by itself.
    pub key: String,
}

/// Functions whose stack is updated, whose key stays, and whose traffic left what the stack set.
pub async fn swapped(cloud: &Cloud, sources: &Sources<'_>, plan: &Plan) -> Result<Vec<Swapped>> {
    let mut found = Vec::new();
    let known = sources.live.known_outputs();
    for function in &sources.desired.functions {
        let updated = plan
            .stack(&function.stack)
            .filter(|plan| plan.action == StackAction::Update);
        let standing = sources.live.stacks.get(&function.stack);
        let at = sources.live.functions.get(&function.name);
        let (Some(_), Some(standing), Some(at)) = (updated, standing, at) else {
            continue;
        };
        let stack = sources.desired.stack(&function.stack)?;
        let part = |part| parameter_of(stack, &function.name, part);
        let (Some(key), Some(revision)) = (part(ArtifactPart::Key), part(ArtifactPart::Revision))
        else {
            continue;
        };
        let before = &standing.stack.parameters;
        // An output that is not known yet cannot be the key; the key is known without it.
        let Ok(after) = sources.parameters(stack, &known) else {
            continue;
        };
        let value = |name: &str| match after.get(name) {
            Some(Known::Value(value)) => Some(value.clone()),
            _ => None,
        };
        if value(key).as_ref() == before.get(key)
            && value(revision).as_ref() != before.get(revision)
            && (before.get(revision) != Some(&at.revision)
                || holds_other_code(cloud, &function.function_name, at).await?)
        {
            let key = before.get(key).cloned().unwrap_or_default();
            found.push(Swapped {
                function_name: function.function_name.clone(),
                key,
            });
        }
    }
    Ok(found)
}

async fn holds_other_code(cloud: &Cloud, name: &str, at: &FunctionVersion) -> Result<bool> {
    let holds = cloud.functions.aliased(name, LATEST).await?;
    Ok(holds.is_some_and(|holds| holds.code_sha256 != at.code_sha256))
}

/// Lambda takes no second update before the first is through.
pub async fn ready(cloud: &Cloud, name: &str) -> Result<()> {
    const TRIES: usize = 120;
    let mut pace = Pace::new(cloud.endpoint.is_some());
    for _ in 0..TRIES {
        match cloud.functions.readiness(name).await? {
            Readiness::Ready => return Ok(()),
            Readiness::Pending => cloud.clock.sleep(pace.next()).await,
            Readiness::Failed(reason) => {
                return Err(Error::failed(format!("Lambda could not update {name}"))
                    .because(anyhow::Error::msg(reason)));
            }
        }
    }
    Err(Error::failed(format!(
        "Lambda does not finish updating {name}"
    )))
}

/// Puts traffic back where it was. Every function is tried; the first failure is reported.
pub async fn move_back(cloud: &Cloud, events: &Events, moved: &[Moved]) -> Result<()> {
    let mut first = Ok(());
    for back in moved.iter().filter(|moved| moved.from != moved.to) {
        let step = events.start(format!("move {} back", back.function));
        match cloud
            .functions
            .move_alias(&back.function, ALIAS, &back.from)
            .await
        {
            Ok(()) => step.finish_with(format!("version {} → {}", back.to, back.from)),
            Err(error) => first = first.and(Err(error.into())),
        }
    }
    first
}

/// New code that does not prove itself gives its traffic back to the version before.
pub async fn undo(cloud: &Cloud, events: &Events, error: Error, moved: &[Moved]) -> Error {
    if moved.iter().all(|moved| moved.from == moved.to) {
        return error;
    }
    match move_back(cloud, events, moved).await {
        Ok(()) => error.hint("traffic is back at the versions from before this deploy"),
        Err(worse) => error.hint(format!("moving traffic back failed too: {worse}")),
    }
}

/// Proves that the system works with the code that was just moved to, or gives traffic back.
pub async fn prove(
    cloud: &Cloud,
    events: &Events,
    proof: &dyn Extra,
    deployed: &Deployed,
    moved: &[Moved],
) -> Result<()> {
    let step = events.start(proof.phase().name());
    match proof.run(deployed).await {
        Ok(said) => {
            step.finish_with(said);
            Ok(())
        }
        Err(error) => Err(undo(cloud, events, error, moved).await),
    }
}

/// The version to roll back to: the named one, else the one before the alias.
pub fn previous<'v>(
    published: &'v [FunctionVersion],
    at: &FunctionVersion,
    named: Option<&str>,
) -> Option<&'v FunctionVersion> {
    match named {
        Some(named) => published.iter().find(|version| version.version == named),
        None => {
            let here = published
                .iter()
                .position(|version| version.version == at.version)?;
            here.checked_sub(1).map(|before| &published[before])
        }
    }
}
