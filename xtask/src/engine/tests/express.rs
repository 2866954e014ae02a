//! Express mode: the stack ends early, so readiness is waited for; a failure stays as it is, so it
//! is taken back.

use std::time::Duration;

use serde_json::json;

use super::fixture::Site;
use crate::cloud::stacks::StackStatus;
use crate::error::Kind;
use crate::event::Event;

async fn standing() -> Site {
    let mut site = Site::new();
    site.desired.express = true;
    site.deploy().await.unwrap();
    site
}

fn status(site: &Site) -> StackStatus {
    site.world(|world| world.stacks["Testcompute-dev"].status)
}

fn break_function(site: &mut Site) {
    site.code("second");
    site.options.consent.iam = true;
    let path = "/Resources/ApiRole/Properties/Path";
    site.set("compute", path, json!("/new/"));
    let function = ("Testcompute-dev".to_owned(), "ApiFunction".to_owned());
    site.world(|world| world.failing.insert(function, "no luck".into()));
}

#[tokio::test]
async fn a_deploy_ends_when_its_resources_serve() {
    let mut site = Site::new();
    site.desired.express = true;
    let later = Duration::from_secs(600);
    site.world(|world| world.serves_from.insert("chats-dev".into(), later));
    site.deploy().await.unwrap();
    assert!(site.fake.elapsed() >= later, "{:?}", site.fake.elapsed());
    let waited = Event::Started {
        step: "wait for database.Chats".into(),
    };
    assert!(site.events.events().contains(&waited));
}

#[tokio::test]
async fn what_never_serves_is_named() {
    let mut site = Site::new();
    site.desired.express = true;
    let never = Duration::from_secs(1_000_000);
    site.world(|world| world.serves_from.insert("chats-dev".into(), never));
    let error = site.deploy().await.unwrap_err();
    assert!(error.message().contains("database.Chats"), "{error}");
}

#[tokio::test]
async fn a_failed_update_is_taken_back_and_the_first_cause_is_told() {
    let mut site = standing().await;
    let before = site.world(|world| world.inventory());
    break_function(&mut site);
    let error = site.deploy_again().await.unwrap_err();
    assert!(error.causes()[0].contains("no luck"), "{error}");
    assert_eq!(status(&site), StackStatus::UpdateRollbackComplete);
    let after = site.world(|world| world.inventory());
    assert_eq!(before.difference(&after).collect::<Vec<_>>(), [""; 0]);
}

#[tokio::test]
async fn a_failed_update_that_a_killed_run_left_is_named_and_freed() {
    let mut site = standing().await;
    break_function(&mut site);
    site.fake.restart();
    let call = "cloudformation:RollbackStack";
    site.fake
        .trouble_at(call, crate::cloud::fake::Trouble::CrashBefore);
    site.deploy().await.unwrap_err();
    assert_eq!(status(&site), StackStatus::UpdateFailed);
    let error = site.deploy_again().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Refused);
    assert!(error.hints()[0].contains("--continue-rollback"));
    site.options.continue_rollback = true;
    site.world(|world| world.failing.clear());
    site.deploy_again().await.unwrap();
    assert_eq!(status(&site), StackStatus::UpdateComplete);
}

#[tokio::test]
async fn a_failed_creation_is_deleted_and_created_anew() {
    let mut site = Site::new();
    site.desired.express = true;
    let queue = ("Teststorage-dev".to_owned(), "Queue".to_owned());
    site.world(|world| world.failing.insert(queue, "no luck".into()));
    site.deploy().await.unwrap_err();
    let storage = site.world(|world| world.stacks["Teststorage-dev"].status);
    assert_eq!(storage, StackStatus::CreateFailed);
    site.world(|world| world.failing.clear());
    site.deploy_again().await.unwrap();
}

/// What CloudFormation finds before it begins is in no event of the stack.
#[tokio::test]
async fn what_cloudformation_finds_before_it_begins_is_told_in_its_own_words() {
    let site = Site::new();
    let problem = crate::cloud::stacks::Problem {
        path: "/Resources/Queue/Properties/QueueName".into(),
        resource_type: "AWS::SQS::Queue".into(),
        reason: "it already exists".into(),
    };
    let stack = "Teststorage-dev".to_owned();
    site.world(|world| world.problems.insert(stack, problem));
    let error = site.deploy().await.unwrap_err();
    let cause = &error.causes()[0];
    assert_eq!(cause, "Queue (AWS::SQS::Queue): it already exists");
}
