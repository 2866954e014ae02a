//! The hot path as a whole: new code of some functions past CloudFormation, proved or taken back.

use futures::future::join_all;

use super::hotswap::{self, Moved};
use super::live;
use super::phases::{Deployed, Extra};
use super::resolve::Sources;
use super::traffic::Traffic;
use crate::cloud::Cloud;
use crate::error::{Error, Result};
use crate::event::Events;

/// Runs these functions at what was built of them. The whole system must answer with it.
pub async fn run(
    cloud: &Cloud,
    events: &Events,
    sources: &Sources<'_>,
    names: &[String],
    proof: &dyn Extra,
) -> Result<Vec<Moved>> {
    for name in names {
        same_settings(sources, name)?;
    }
    let mut traffic = Traffic::read(cloud, sources.bucket, sources.desired).await?;
    traffic.begin().await?;
    let moved = move_and_prove(cloud, events, sources, names, proof).await;
    let moved = traffic.settle(events, moved).await?;
    traffic.proved().await?;
    Ok(moved)
}

async fn move_and_prove(
    cloud: &Cloud,
    events: &Events,
    sources: &Sources<'_>,
    names: &[String],
    proof: &dyn Extra,
) -> Result<Vec<Moved>> {
    let updates = names.iter();
    let updates = updates.map(|name| hotswap::update(cloud, events, sources, name));
    // All come to their end, so that a failure knows what has moved.
    let moved = join_all(updates).await.into_iter().collect::<Result<_>>()?;
    let deployed = Deployed {
        environment: sources.desired.environment.clone(),
        outputs: live::read(sources.desired, cloud).await?.all_outputs(),
    };
    let step = events.start(proof.phase().name());
    step.finish_with(proof.run(&deployed).await?);
    Ok(moved)
}

/// A version published here has the configuration that stands, so that must be the wanted one:
/// under the revision of another, a full deploy would take it for done.
fn same_settings(sources: &Sources<'_>, name: &str) -> Result<()> {
    let function = sources.desired.function(name)?;
    if sources.configured_as_wanted(function)? {
        return Ok(());
    }
    let environment = &sources.desired.environment;
    Err(Error::input(format!(
        "settings of {name} changed too, and --function brings code alone"
    ))
    .hint(format!(
        "deploy without it: cargo xtask deploy --env {environment}"
    )))
}
