//! The lock of commands: given back when the user ends them, taken up again where they were killed.

use std::path::Path;

use super::fixture::{BUCKET, Site};
use crate::engine::lock::Lock;
use crate::engine::stop::Stop;
use crate::error::{Kind, Result};

fn site() -> Site {
    let site = Site::new();
    site.world(|world| {
        world.buckets.entry(BUCKET.into()).or_default();
    });
    site
}

/// A command in a checkout, whose journals lie in `folder`.
async fn command<T>(
    site: &Site,
    folder: &Path,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    let cloud = site.fake.cloud();
    Lock::new(&cloud, BUCKET, "dev").during(folder, work).await
}

/// The same, killed in the middle of its work.
async fn killed(site: &Site, folder: &Path) {
    let (begun, told) = tokio::sync::oneshot::channel();
    let work = async {
        begun.send(()).unwrap();
        std::future::pending::<Result<()>>().await
    };
    tokio::select! {
        _ = command(site, folder, work) => unreachable!("the work never ends"),
        told = told => told.unwrap(),
    }
}

fn is_locked(site: &Site) -> bool {
    site.world(|world| world.buckets[BUCKET].contains_key("locks/dev.json"))
}

#[tokio::test]
async fn a_killed_command_goes_on_in_its_checkout_and_is_in_the_way_of_others() {
    let site = site();
    let (here, there) = (site.path("journal"), site.path("elsewhere"));
    killed(&site, &here).await;
    assert!(is_locked(&site));
    let error = command(&site, &there, async { Ok(()) }).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Conflict);
    let hint = error.hints().join(" ");
    assert!(hint.contains("cargo xtask unlock --env dev --id"), "{hint}");
    command(&site, &here, async { Ok(()) }).await.unwrap();
    assert!(!is_locked(&site));
    command(&site, &there, async { Ok(()) }).await.unwrap();
}

#[tokio::test]
async fn a_deploy_takes_up_the_lock_of_a_command_that_was_killed_beside_it() {
    let site = site();
    killed(&site, &site.path("journal")).await;
    site.deploy().await.unwrap();
    assert!(!is_locked(&site));
    command(&site, &site.path("elsewhere"), async { Ok(()) })
        .await
        .unwrap();
}

#[tokio::test]
async fn a_command_that_the_user_ends_gives_its_lock_back() {
    let site = site();
    let stop = Stop::default();
    let (here, there) = (site.path("journal"), site.path("elsewhere"));
    let ended = command(
        &site,
        &here,
        stop.cuts(async {
            stop.ask();
            std::future::pending::<Result<()>>().await
        }),
    );
    assert_eq!(ended.await.unwrap_err().kind(), Kind::Interrupted);
    assert!(!is_locked(&site));
    let other = command(&site, &there, async { Ok(()) });
    other.await.unwrap();
}

#[tokio::test]
async fn two_commands_of_one_checkout_do_not_work_at_once() {
    let site = site();
    let folder = site.path("journal");
    let second = async { command(&site, &folder, async { Ok(()) }).await };
    let first = command(&site, &folder, async { Ok(second.await.unwrap_err()) });
    let error = first.await.unwrap();
    assert!(error.message().contains("another process on this machine"));
}
