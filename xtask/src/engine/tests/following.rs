//! Operations on stacks are followed by their own events: statuses lag, tokens tell attempts apart.

use serde_json::json;

use super::fixture::{BUCKET, Site};
use super::leaving::demolish;
use crate::cloud::stacks::StackStatus;
use crate::engine::deploy::Done;
use crate::error::Kind;
use crate::event::Event;

fn status(site: &Site, stack: &str) -> StackStatus {
    site.world(|world| world.stacks[stack].status)
}

fn key(stack: &str, logical: &str) -> (String, String) {
    (stack.to_owned(), logical.to_owned())
}

#[tokio::test]
async fn a_status_that_lags_does_not_end_an_operation_before_it_began() {
    let mut site = Site::new();
    site.world(|world| world.lags = true);
    site.deploy().await.unwrap();
    site.code("second");
    let function = key("Testcompute-dev", "ApiFunction");
    site.world(|world| world.failing.insert(function, "no luck".into()));
    let error = site.deploy_again().await.unwrap_err();
    assert!(error.to_string().contains("no luck"), "{error}");
    site.world(|world| world.failing.clear());
    site.deploy_again().await.unwrap();
    assert!(site.world(|world| world.stacks.values().all(|stack| stack.operation.is_none())));
    assert!(matches!(
        site.deploy_again().await.unwrap(),
        Done::Unchanged(_)
    ));
}

/// An endpoint that tells of no events: a while without any, and the status counts.
#[tokio::test]
async fn where_nobody_tells_of_events_the_status_counts_after_a_while() {
    let site = Site::new();
    site.world(|world| world.tells_events = false);
    site.deploy().await.unwrap();
    assert_eq!(status(&site, "Testapi-dev"), StackStatus::CreateComplete);
}

#[tokio::test]
async fn each_attempt_to_go_on_with_a_rollback_tells_of_its_own_failure() {
    let mut site = Site::new();
    site.deploy().await.unwrap();
    let compute = |id: &str| key("Testcompute-dev", id);
    site.world(|world| {
        world.stuck.insert(compute("ApiFunction"));
        world
            .failing
            .insert(compute("ApiVersion"), "no luck".into());
    });
    let path = "/Resources/ApiRole/Properties/Path";
    site.set("compute", path, json!("/new/"));
    site.code("second");
    site.deploy_again().await.unwrap_err();
    site.options.continue_rollback = true;
    for stuck in ["ApiFunction", "ApiFunction", "ApiRole"] {
        site.world(|world| world.stuck = [compute(stuck)].into());
        let error = site.deploy_again().await.unwrap_err();
        assert!(error.causes()[0].starts_with(stuck), "{error}");
        let status = status(&site, "Testcompute-dev");
        assert_eq!(status, StackStatus::UpdateRollbackFailed);
    }
    site.world(|world| {
        world.lags = true;
        world.stuck.clear();
        world.failing.clear();
    });
    site.deploy_again().await.unwrap();
    let done = StackStatus::UpdateComplete;
    assert_eq!(status(&site, "Testcompute-dev"), done);
}

#[tokio::test]
async fn each_attempt_to_delete_tells_of_its_own_failure() {
    let mut site = Site::new();
    site.stack("database").termination_protection = false;
    site.deploy().await.unwrap();
    for why in ["first", "second", "third"] {
        let route = key("Testapi-dev", "Route");
        site.world(|world| world.failing.insert(route, why.into()));
        let error = demolish(&site).await.unwrap_err();
        assert!(error.causes()[0].ends_with(why), "{why}: {error}");
        assert_eq!(status(&site, "Testapi-dev"), StackStatus::DeleteFailed);
    }
    site.world(|world| {
        world.failing.clear();
        world.lags = true;
    });
    demolish(&site).await.unwrap();
    assert!(site.world(|world| !world.stacks.contains_key("Testapi-dev")));
}

#[tokio::test]
async fn waiting_for_somebody_elses_operation_is_told_and_has_an_end() {
    let site = Site::new();
    site.deploy().await.unwrap();
    site.world(|world| {
        world.stacks.get_mut("Testapi-dev").unwrap().status = StackStatus::UpdateInProgress;
    });
    let error = site.deploy_again().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Conflict);
    assert!(error.hints()[0].contains("--stack-name Testapi-dev"));
    let step = "wait for Testapi-dev: UPDATE_IN_PROGRESS by somebody else, Ctrl-C stops";
    let waits = Event::Started { step: step.into() };
    assert!(site.events.events().contains(&waits));
}

#[tokio::test]
async fn a_template_too_long_for_the_call_goes_through_the_bucket() {
    let mut site = Site::new();
    let padding = "x".repeat(60_000);
    site.set("storage", "/Metadata", json!({ "Padding": padding }));
    site.deploy().await.unwrap();
    let (keys, taken) = site.world(|world| {
        let keys = world.buckets[BUCKET].keys();
        let keys: Vec<String> = keys
            .filter(|key| key.starts_with("templates/"))
            .cloned()
            .collect();
        (
            keys,
            world.stacks["Teststorage-dev"].config.template.clone(),
        )
    });
    assert_eq!(keys.len(), 1, "{keys:?}");
    assert!(
        keys[0].starts_with("templates/Teststorage-dev/"),
        "{keys:?}"
    );
    assert_eq!(taken, site.stack("storage").template);
    assert!(matches!(
        site.deploy_again().await.unwrap(),
        Done::Unchanged(_)
    ));
    assert_eq!(site.fake.mutations(), Vec::<&str>::new());
}
