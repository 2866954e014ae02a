//! `deploy --function`: new code behind the alias in seconds, past CloudFormation. The next full
//! deploy knows: it compares with what the alias runs.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use futures::future::try_join_all;
use serde::Serialize;

use crate::artifacts::{missing, publish};
use crate::commands::environment::{Opened, Pace};
use crate::context::Context;
use crate::engine::lock::Lock;
use crate::engine::resolve::Sources;
use crate::engine::{hotswap, images, live};
use crate::error::Result;
use crate::report::Outcome;

#[derive(Serialize)]
struct Swaps(BTreeMap<String, (String, String)>);

pub(in crate::commands) async fn run(
    ctx: &Context,
    opened: &Opened,
    functions: &[String],
    watch: bool,
) -> Result<Outcome> {
    for name in functions {
        opened.desired.function(name)?;
    }
    let swaps = swap(ctx, opened, functions).await?;
    if watch {
        again_on_save(ctx, opened, functions).await;
    }
    Outcome::of(&swaps)
}

/// Until Ctrl-C.
async fn again_on_save(ctx: &Context, opened: &Opened, functions: &[String]) {
    loop {
        wait_for_save(&ctx.path("functions")).await;
        if let Err(error) = swap(ctx, opened, functions).await {
            // A mistake in the source is the usual reason; the next save is the way out.
            ctx.events().warn(error.to_string());
        }
    }
}

async fn swap(ctx: &Context, opened: &Opened, functions: &[String]) -> Result<Swaps> {
    let (cloud, events) = (&opened.cloud, ctx.events());
    let (built, bucket) =
        tokio::try_join!(opened.build(ctx, functions, Pace::Quick), opened.bucket())?;
    let lock = Lock::new(cloud, &bucket, &opened.desired.environment);
    let moved = lock.during(async {
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
        let moves = functions.iter();
        try_join_all(moves.map(|name| hotswap::update(cloud, events, &sources, name))).await
    });
    let moved = moved.await?.into_iter();
    Ok(Swaps(
        moved
            .map(|moved| (moved.function, (moved.from, moved.to)))
            .collect(),
    ))
}

/// Comes back when a source file is newer than now.
async fn wait_for_save(folder: &Path) {
    let since = SystemTime::now();
    while newest(folder).is_none_or(|newest| newest <= since) {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

fn newest(folder: &Path) -> Option<SystemTime> {
    let entries = std::fs::read_dir(folder).ok()?.flatten();
    let times = entries.filter_map(|entry| {
        let kind = entry.file_type().ok()?;
        let path = entry.path();
        if kind.is_dir() {
            return newest(&path);
        }
        let is_source = path
            .extension()
            .is_some_and(|end| end == "rs" || end == "toml");
        is_source
            .then(|| entry.metadata().ok()?.modified().ok())
            .flatten()
    });
    times.max()
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
