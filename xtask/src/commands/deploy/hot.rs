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
use crate::engine::hotswap::Moved;
use crate::engine::lock::Lock;
use crate::engine::phases::Deployed;
use crate::engine::resolve::Sources;
use crate::engine::steps::verify::Verify;
use crate::engine::stop::Stop;
use crate::engine::{hotswap, images, live};
use crate::error::{Kind, Result};
use crate::event::Events;
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
    let swaps = swap(ctx, opened, functions, stop).await?;
    if watch {
        again_on_save(ctx, opened, functions, stop).await?;
    }
    Outcome::of(&swaps)
}

/// Until Ctrl-C.
async fn again_on_save(
    ctx: &Context,
    opened: &Opened,
    functions: &[String],
    stop: &Stop,
) -> Result<()> {
    loop {
        stop.here("waiting for a save")?;
        ctx.events().skip("watch", "waiting for a save");
        wait_for_save(&ctx.path("functions")).await;
        match swap(ctx, opened, functions, stop).await {
            Ok(_) => {}
            Err(error) if error.kind() == Kind::Interrupted => return Err(error),
            Err(error) => {
                // A mistake in the source is the usual reason; the next save is the way out.
                ctx.events().warn(error.to_string());
                for hint in error.hints() {
                    ctx.events().warn(hint);
                }
            }
        }
    }
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
        let moves = functions.iter();
        let moves = moves.map(|name| hotswap::update(cloud, events, &sources, name));
        let moved = try_join_all(moves).await?;
        prove(opened, events, &moved).await?;
        Ok(moved)
    });
    let moved = moved.await?.into_iter();
    Ok(Swaps(
        moved
            .map(|moved| (moved.function, (moved.from, moved.to)))
            .collect(),
    ))
}

/// The whole system answers with the new code, or traffic goes back.
async fn prove(opened: &Opened, events: &Events, moved: &[Moved]) -> Result<()> {
    let (desired, cloud) = (&opened.desired, &opened.cloud);
    let deployed = Deployed {
        environment: desired.environment.clone(),
        outputs: live::read(desired, cloud).await?.all_outputs(),
    };
    let proof = Verify {
        cloud: cloud.clone(),
    };
    hotswap::prove(cloud, events, &proof, &deployed, moved).await
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_edit_ends_the_wait_and_what_is_no_source_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("api/src/main.rs");
        std::fs::create_dir_all(source.parent().unwrap()).unwrap();
        std::fs::write(&source, "fn main() {}").unwrap();
        let path = folder.path().to_owned();
        let wait = tokio::spawn(async move { wait_for_save(&path).await });
        tokio::time::sleep(Duration::from_millis(300)).await;
        std::fs::write(folder.path().join("api/notes.txt"), "x").unwrap();
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert!(!wait.is_finished());
        std::fs::write(&source, "fn main() { }").unwrap();
        let ended = tokio::time::timeout(Duration::from_secs(5), wait).await;
        ended.unwrap().unwrap();
    }
}
