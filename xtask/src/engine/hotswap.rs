//! Moves a function's traffic without CloudFormation: new code, a published version, the alias.

use futures::future::join_all;
use tokio::try_join;

use super::desired::{ArtifactPart, DesiredFunction, Packaging};
use super::live::ALIAS;
use super::plan::{FunctionMove, Plan, StackAction};
use super::resolve::{Known, Sources, parameter_of};
use super::stack_events::Pace;
use crate::cloud::Cloud;
use crate::cloud::functions::{CodeAt, FunctionVersion, LATEST, Readiness};
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

/// Runs a function at what was built of it, under the revision a full deploy would give it.
pub async fn update(
    cloud: &Cloud,
    events: &Events,
    sources: &Sources<'_>,
    name: &str,
) -> Result<Moved> {
    let function = sources.desired.function(name)?;
    let stack = sources.desired.stack(&function.stack)?;
    let parameters = sources.parameters(stack, &sources.live.known_outputs())?;
    let revisions = sources.revisions(stack, &parameters)?;
    let Some(Known::Value(revision)) = revisions.get(name) else {
        return Err(Error::input(format!(
            "{name} takes no revision from the stack {}",
            stack.id
        )));
    };
    let code = built(sources, function)?;
    swap(cloud, events, function, revision, code.as_ref()).await
}

/// Where Lambda finds what was built of a function, if it was built.
fn built(sources: &Sources<'_>, function: &DesiredFunction) -> Result<Option<CodeAt>> {
    let artifact = sources
        .artifacts
        .and_then(|built| built.get(&function.name));
    artifact
        .map(|artifact| code_at(sources, function, artifact.name()))
        .transpose()
}

/// Where Lambda finds a function's code by its key or digest.
pub(super) fn code_at(
    sources: &Sources<'_>,
    function: &DesiredFunction,
    name: &str,
) -> Result<CodeAt> {
    let Packaging::Image { stack, output } = &function.packaging else {
        return Ok(CodeAt::Object {
            bucket: sources.bucket.to_owned(),
            key: name.to_owned(),
        });
    };
    let outputs = sources.live.outputs(stack);
    let repository = outputs.and_then(|outputs| outputs.get(output));
    let repository = repository.ok_or_else(|| absent(&function.function_name))?;
    Ok(CodeAt::Image(format!("{repository}@{name}")))
}

fn absent(function: &str) -> Error {
    Error::input(format!("{function} does not stand yet"))
        .hint("deploy the whole environment first, without --function")
}

/// Puts traffic where the plan says, for functions that CloudFormation leaves alone.
pub async fn converge(
    cloud: &Cloud,
    events: &Events,
    sources: &Sources<'_>,
    moves: &[FunctionMove],
) -> Result<Vec<Moved>> {
    let all = moves.iter().map(|wanted| async move {
        let function = sources.desired.function(&wanted.function)?;
        let code = built(sources, function)?;
        swap(cloud, events, function, &wanted.to, code.as_ref()).await
    });
    // All come to their end, so that a failure knows what has moved.
    join_all(all).await.into_iter().collect()
}

/// Runs a function at a revision: a version that has it already, or this code.
async fn swap(
    cloud: &Cloud,
    events: &Events,
    function: &DesiredFunction,
    revision: &str,
    code: Option<&CodeAt>,
) -> Result<Moved> {
    let name = &function.function_name;
    let step = events.start(format!("move {name}"));
    let at = cloud.functions.aliased(name, ALIAS);
    let (at, published) = try_join!(at, cloud.functions.versions(name))?;
    let at = at.ok_or_else(|| absent(name))?;
    let known = published
        .iter()
        .rev()
        .find(|version| version.revision == revision);
    let to = match (known, code) {
        (Some(known), _) => known.version.clone(),
        (None, Some(code)) => publish(cloud, name, revision, code).await?,
        (None, None) => {
            return Err(
                Error::failed(format!("{name} has no version {revision} to go to"))
                    .hint("deploy without leaving out the build"),
            );
        }
    };
    if to != at.version {
        // A version of an image is published before it can run.
        ready(cloud, name, &to).await?;
        cloud.functions.move_alias(name, ALIAS, &to).await?;
    }
    step.finish_with(format!("version {} → {to}", at.version));
    Ok(Moved {
        function: name.clone(),
        from: at.version,
        to,
    })
}

async fn publish(cloud: &Cloud, name: &str, revision: &str, code: &CodeAt) -> Result<String> {
    ready(cloud, name, LATEST).await?;
    let hash = cloud.functions.update_code(name, code).await?;
    ready(cloud, name, LATEST).await?;
    Ok(cloud.functions.publish(name, revision, &hash).await?)
}

/// What the stack knows a function's code by.
pub(super) fn code_part(function: &DesiredFunction) -> ArtifactPart {
    match function.packaging {
        Packaging::Zip => ArtifactPart::Key,
        Packaging::Image { .. } => ArtifactPart::ImageDigest,
    }
}

/// A function whose code CloudFormation believes in place although something else is there: put by
/// the hot path, or ahead of a deploy that did not come to its stack.
pub struct Swapped {
    /// The function's name in Lambda.
    pub function_name: String,
    /// The code that CloudFormation will not put back by itself.
    pub code: CodeAt,
}

/// Functions whose stack is updated, whose key or digest stays, and whose traffic left what the
/// stack set, or which hold other code than it.
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
        let (Some(key), Some(revision)) = (part(code_part(function)), part(ArtifactPart::Revision))
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
            let name = before.get(key).cloned().unwrap_or_default();
            found.push(Swapped {
                function_name: function.function_name.clone(),
                code: code_at(sources, function, &name)?,
            });
        }
    }
    Ok(found)
}

async fn holds_other_code(cloud: &Cloud, name: &str, at: &FunctionVersion) -> Result<bool> {
    let holds = cloud.functions.aliased(name, LATEST).await?;
    Ok(holds.is_some_and(|holds| holds.code_sha256 != at.code_sha256))
}

/// Lambda takes no second update before the first is through, and runs no version before that is
/// ready.
pub async fn ready(cloud: &Cloud, name: &str, at: &str) -> Result<()> {
    const TRIES: usize = 120;
    let mut pace = Pace::new(cloud.endpoint.is_some());
    for _ in 0..TRIES {
        match cloud.functions.readiness(name, at).await? {
            Readiness::Ready => return Ok(()),
            Readiness::Pending => cloud.clock.sleep(pace.next()).await,
            Readiness::Failed(reason) => {
                return Err(Error::failed(format!("Lambda cannot run {name} at {at}"))
                    .because(anyhow::Error::msg(reason)));
            }
        }
    }
    Err(Error::failed(format!(
        "Lambda does not get {name} at {at} ready"
    )))
}
