//! P6: what each state of a stack makes of a deploy.

use std::sync::Arc;

use serde_json::json;

use super::fixture::{BUCKET, Site};
use crate::cloud::fake::Trouble;
use crate::cloud::stacks::StackStatus;
use crate::engine::stop::Stop;
use crate::error::Kind;
use crate::event::{Event, Sink};

#[tokio::test]
async fn a_failed_creation_is_deleted_and_created_anew() {
    let site = Site::new();
    let queue = ("Teststorage-dev".to_owned(), "Queue".to_owned());
    site.world(|world| world.failing.insert(queue.clone(), "name in use".into()));
    site.deploy().await.unwrap_err();
    assert_eq!(
        site.world(|world| world.stacks["Teststorage-dev"].status),
        StackStatus::RollbackComplete
    );

    site.world(|world| world.failing.remove(&queue));
    let mut site = site;
    site.options.yes = false;
    let error = site.deploy_again().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Refused);
    let planned = site.events.events().into_iter().any(|event| match event {
        crate::event::Event::Planned { plan } => {
            plan.contains("± delete the failed shell and create stack Teststorage-dev")
        }
        _ => false,
    });
    assert!(planned, "the user read what would happen");
    assert!(site.fake.mutations().is_empty());

    site.options.yes = true;
    site.deploy_again().await.unwrap();
    assert_eq!(
        site.world(|world| world.stacks["Teststorage-dev"].status),
        StackStatus::CreateComplete
    );
}

#[tokio::test]
async fn a_rollback_that_failed_goes_on_only_when_asked_and_with_what_is_skipped() {
    let mut site = Site::new();
    site.deploy().await.unwrap();
    let role = ("Testcompute-dev".to_owned(), "ApiRole".to_owned());
    let function = ("Testcompute-dev".to_owned(), "ApiFunction".to_owned());
    site.world(|world| {
        world.stuck.insert(role.clone());
        world.failing.insert(function.clone(), "no luck".into());
    });
    site.set(
        "compute",
        "/Resources/ApiRole/Properties/Path",
        json!("/new/"),
    );
    site.code("second");
    site.deploy_again().await.unwrap_err();
    let status = |site: &Site| site.world(|world| world.stacks["Testcompute-dev"].status);
    assert_eq!(status(&site), StackStatus::UpdateRollbackFailed);

    let error = site.deploy_again().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Refused);
    assert!(error.hints()[0].contains("--continue-rollback"));
    assert!(site.fake.mutations().is_empty());

    site.options.continue_rollback = true;
    site.deploy_again().await.unwrap_err();
    assert_eq!(status(&site), StackStatus::UpdateRollbackFailed);

    site.options.skip_resources = vec!["compute.ApiRole".into()];
    site.world(|world| world.failing.remove(&function));
    site.deploy_again().await.unwrap();
    assert_eq!(status(&site), StackStatus::UpdateComplete);
}

/// A stack whose rollback failed; what made it fail is gone.
async fn stuck() -> Site {
    let mut site = Site::new();
    site.deploy().await.unwrap();
    site.world(|world| {
        let key = |id: &str| ("Testcompute-dev".to_owned(), id.to_owned());
        world.stuck.insert(key("ApiRole"));
        world.failing.insert(key("ApiFunction"), "no luck".into());
    });
    let path = "/Resources/ApiRole/Properties/Path";
    site.set("compute", path, json!("/new/"));
    site.code("second");
    site.deploy_again().await.unwrap_err();
    site.world(|world| {
        world.stuck.clear();
        world.failing.clear();
    });
    site.options.continue_rollback = true;
    site
}

const GOES_ON: &str = "cloudformation:ContinueUpdateRollback";

#[tokio::test]
async fn a_stuck_stack_is_not_freed_under_somebody_elses_lock() {
    let site = stuck().await;
    let lock = br#"{"id":"abc","holder":"ann on laptop","since":0}"#.to_vec();
    site.world(|world| {
        let bucket = world.buckets.get_mut(BUCKET).unwrap();
        bucket.insert("locks/dev.json".into(), lock);
    });
    let error = site.deploy_again().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Conflict, "{error}");
    assert!(!site.fake.mutations().contains(&GOES_ON));
    site.world(|world| {
        let bucket = world.buckets.get_mut(BUCKET).unwrap();
        bucket.remove("locks/dev.json");
    });
    site.deploy_again().await.unwrap();
}

#[tokio::test]
async fn to_write_a_plan_frees_no_stack() {
    let mut site = stuck().await;
    site.options.plan_out = Some(site.path("plan.json"));
    site.deploy_again().await.unwrap_err();
    assert_eq!(site.fake.mutations(), Vec::<&str>::new());
}

/// Ctrl-C while a stack is freed.
struct Press(Stop);

impl Sink for Press {
    fn take(&self, event: Event) {
        if matches!(event, Event::Started { step } if step == "roll Testcompute-dev back") {
            assert!(self.0.at_work());
            self.0.ask();
        }
    }
}

#[tokio::test]
async fn a_stop_sees_the_freeing_of_a_stack_through_and_gives_the_lock_back() {
    let mut site = stuck().await;
    site.listener = Some(Arc::new(Press(site.stop.clone())));
    let error = site.deploy_again().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Interrupted, "{error}");
    let (status, locked) = site.world(|world| {
        let status = world.stacks["Testcompute-dev"].status;
        (status, world.buckets[BUCKET].contains_key("locks/dev.json"))
    });
    assert_eq!(status, StackStatus::UpdateRollbackComplete);
    assert!(!locked, "somebody else may go on");
}

#[tokio::test]
async fn a_killed_run_that_held_the_lock_frees_the_stack_under_it() {
    let site = stuck().await;
    site.fake.restart();
    site.fake.trouble_at(GOES_ON, Trouble::CrashBefore);
    site.deploy().await.unwrap_err();
    assert!(site.fake.crashed());
    site.deploy_again().await.unwrap();
    assert!(site.world(|world| !world.buckets[BUCKET].contains_key("locks/dev.json")));
}

#[tokio::test]
async fn work_in_progress_is_waited_for() {
    let mut site = Site::new();
    site.deploy().await.unwrap();
    site.code("second");
    let plan = site.deploy_again();
    plan.await.unwrap();
    // A deploy that starts while CloudFormation still works on a stack.
    site.code("third");
    site.fake.restart();
    let calls = 60;
    site.fake
        .trouble(calls, crate::cloud::fake::Trouble::CrashBefore);
    let _killed_in_the_middle = site.deploy().await;
    site.deploy_again().await.unwrap();
    assert!(site.world(|world| world.stacks.values().all(|stack| stack.operation.is_none())));
}

#[tokio::test]
async fn an_unfinished_deletion_is_named() {
    let site = Site::new();
    site.deploy().await.unwrap();
    site.world(|world| {
        world.stacks.get_mut("Teststorage-dev").unwrap().status = StackStatus::DeleteFailed;
    });
    let error = site.deploy_again().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Refused);
    assert!(error.hints()[0].contains("destroy --env dev"));
}

#[tokio::test]
async fn a_stack_that_is_gone_is_created_again() {
    let site = Site::new();
    site.deploy().await.unwrap();
    site.world(|world| {
        world.stacks.remove("Testapi-dev");
        world
            .things
            .retain(|_, (kind, _)| kind != "AWS::ApiGatewayV2::Route");
    });
    site.deploy_again().await.unwrap();
    assert_eq!(
        site.world(|world| world.stacks["Testapi-dev"].status),
        StackStatus::CreateComplete
    );
}
