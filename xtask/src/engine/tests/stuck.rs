//! P6: what each state of a stack makes of a deploy.

use serde_json::json;

use super::fixture::Site;
use crate::cloud::stacks::StackStatus;
use crate::error::Kind;

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
