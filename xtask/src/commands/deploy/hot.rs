//! `deploy --function`: new code behind the alias in seconds, past CloudFormation. The next full
//! deploy knows: it compares with what the alias runs.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::watch::{self, Watched};
use crate::artifacts::{missing, publish};
use crate::commands::environment::{Opened, Pace};
use crate::context::Context;
use crate::engine::lock::Lock;
use crate::engine::resolve::Sources;
use crate::engine::steps::verify::Verify;
use crate::engine::stop::Stop;
use crate::engine::{hot, images, live};
use crate::error::Result;
use crate::report::Outcome;

#[derive(Serialize)]
struct Swaps(BTreeMap<String, (String, String)>);

pub(in crate::commands) async fn run(
    ctx: &Context,
    opened: &Opened,
    functions: &[String],
    watch: bool,
    stop: &Stop,
) -> Result<Outcome> {
    for name in functions {
        opened.desired.function(name)?;
    }
    // Looked at before the work: what is saved while it runs counts.
    let watched = Watched::new(ctx.root());
    let seen = watched.state();
    let swaps = swap(ctx, opened, functions, stop).await?;
    if watch {
        let work = || async { swap(ctx, opened, functions, stop).await.map(drop) };
        watch::again_on_save(&watched, seen, ctx.events(), stop, work).await?;
    }
    Outcome::of(&swaps)
}

async fn swap(ctx: &Context, opened: &Opened, functions: &[String], stop: &Stop) -> Result<Swaps> {
    let (cloud, events) = (&opened.cloud, ctx.events());
    let built = opened.build(ctx, functions, Pace::Quick).await?;
    let _at_work = stop.enter();
    let bucket = opened.bucket_that_stands(ctx).await?;
    let lock = Lock::new(cloud, &bucket, &opened.desired.environment);
    let journals = ctx.journals();
    let moved = lock.during(&journals, async {
        let objects = cloud.objects.as_ref();
        let (missing, live) = tokio::try_join!(
            missing(&built, objects, &bucket),
            live::read(&opened.desired, cloud)
        )?;
        let sources = Sources {
            desired: &opened.desired,
            live: &live,
            artifacts: Some(&built),
            bucket: &bucket,
        };
        let placed = images::placed(&sources, &live.known_outputs());
        tokio::try_join!(
            publish(&missing, objects, &bucket, events),
            images::push(cloud, events, &placed)
        )?;
        let proof = Verify::new(cloud.clone(), opened.desired.functions.clone())?;
        hot::run(cloud, events, &sources, functions, &proof).await
    });
    let moved = moved.await?.into_iter();
    Ok(Swaps(
        moved
            .map(|moved| (moved.function, (moved.from, moved.to)))
            .collect(),
    ))
}

impl fmt::Display for Swaps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(function, (from, to))| {
            if from == to {
                writeln!(f, "{function}: version {to} runs this code already")
            } else {
                writeln!(f, "{function}: version {from} → {to}")
            }
        })
    }
}
