//! P1, P2, P3, P5, P8, P10, P11, P21: planning, no-op, locking, failing, consent.

use serde_json::json;

use super::fixture::{BUCKET, Site};
use crate::cloud::fake::Trouble;
use crate::cloud::stacks::StackStatus;
use crate::engine::deploy::Done;
use crate::error::Kind;
use crate::event::Event;

#[tokio::test]
async fn a_second_deploy_makes_no_mutating_call() {
    let site = Site::new();
    assert!(matches!(site.deploy().await.unwrap(), Done::Applied(_)));
    assert!(matches!(
        site.deploy_again().await.unwrap(),
        Done::Unchanged(_)
    ));
    assert_eq!(site.fake.mutations(), Vec::<&str>::new());
}

#[tokio::test]
async fn outputs_feed_the_stacks_that_need_them() {
    let site = Site::new();
    let Done::Applied(deployed) = site.deploy().await.unwrap() else {
        panic!("nothing was applied")
    };
    assert_eq!(deployed.outputs["storage"]["BucketName"], "images-dev");
    let target = site
        .world(|world| world.stacks["Testapi-dev"].resources["Route"].properties["Target"].clone());
    assert_eq!(target, json!("collections-dev-api:live"));
}

#[tokio::test]
async fn stacks_without_needs_of_each_other_run_side_by_side() {
    let site = Site::new();
    site.deploy().await.unwrap();
    let events = site.events.events();
    let at = |wanted: &Event| events.iter().position(|event| event == wanted);
    let started = |name: &str| {
        at(&Event::Started {
            step: format!("deploy {name}"),
        })
        .unwrap()
    };
    let ended = |name: &str| {
        let of = format!("deploy {name}");
        events
            .iter()
            .position(|event| matches!(event, Event::Finished { step, .. } if *step == of))
            .unwrap()
    };
    assert!(started("Teststorage-dev") < ended("Testdatabase-dev"));
    assert!(started("Testdatabase-dev") < ended("Teststorage-dev"));
    assert!(started("Testcompute-dev") > ended("Teststorage-dev"));
}

#[tokio::test]
async fn a_saved_plan_is_refused_when_the_source_or_the_world_moved() {
    let mut site = Site::new();
    let file = site.path("plan.json");
    site.options.plan_out = Some(file.clone());
    assert!(matches!(site.deploy().await.unwrap(), Done::Planned(_)));
    assert_eq!(site.fake.mutations(), Vec::<&str>::new());

    site.options.plan_out = None;
    site.options.plan = Some(file.clone());
    site.code("second");
    assert_eq!(site.deploy().await.unwrap_err().kind(), Kind::Conflict);
    assert_eq!(site.fake.mutations(), Vec::<&str>::new());

    site.code("first");
    site.deploy().await.unwrap();

    site.options.plan = None;
    site.options.plan_out = Some(file.clone());
    site.set(
        "storage",
        "/Resources/Queue/Properties/VisibilityTimeout",
        json!(60),
    );
    site.deploy().await.unwrap();
    site.world(|world| {
        let stack = world.stacks.get_mut("Testdatabase-dev").unwrap();
        stack.config.tags.insert("by".into(), "hand".into());
    });
    site.options.plan_out = None;
    site.options.plan = Some(file);
    let error = site.deploy_again().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Conflict);
    assert_eq!(site.fake.mutations(), Vec::<&str>::new());
}

#[tokio::test]
async fn somebody_elses_lock_stops_a_deploy_and_names_its_id() {
    let site = Site::new();
    site.deploy().await.unwrap();
    let lock = br#"{"id":"abc","holder":"ann on laptop","since":0}"#.to_vec();
    site.world(|world| {
        world
            .buckets
            .get_mut(BUCKET)
            .unwrap()
            .insert("locks/dev.json".into(), lock)
    });
    let mut site = site;
    site.code("second");
    let error = site.deploy_again().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Conflict);
    assert!(
        error.hints()[0].contains("unlock --env dev --id abc"),
        "{:?}",
        error.hints()
    );
    assert_eq!(
        site.fake.mutations(),
        ["s3:PutObject"],
        "the refused lock is all it tried"
    );
}

#[tokio::test]
async fn whatever_fails_in_an_update_the_stack_is_what_it_was() {
    for broken in ["ApiRole", "ApiFunction", "ApiVersion", "ApiAlias"] {
        let mut site = Site::new();
        site.deploy().await.unwrap();
        let before = site.world(|world| world.inventory());
        site.code("second");
        site.options.consent.iam = true;
        site.set(
            "compute",
            "/Resources/ApiRole/Properties/Path",
            json!("/new/"),
        );
        site.world(|world| {
            world
                .failing
                .insert(("Testcompute-dev".into(), broken.into()), "no luck".into());
        });
        let error = site.deploy_again().await.unwrap_err();
        assert!(
            error.causes()[0].contains(broken) && error.causes()[0].contains("no luck"),
            "{error}"
        );
        let (after, status) =
            site.world(|world| (world.inventory(), world.stacks["Testcompute-dev"].status));
        assert_eq!(status, StackStatus::UpdateRollbackComplete);
        let lost: Vec<_> = before.difference(&after).collect();
        assert_eq!(lost, Vec::<&String>::new(), "{broken}");
    }
}

#[tokio::test]
async fn replacing_or_deleting_data_needs_its_name() {
    let renames = [
        (
            "storage",
            "/Resources/Images/Properties/BucketName",
            "Images",
        ),
        ("database", "/Resources/Chats/Properties/TableName", "Chats"),
    ];
    for (stack, pointer, logical) in renames {
        let mut site = Site::new();
        site.deploy().await.unwrap();
        site.set(stack, pointer, json!("renamed"));
        let error = site.deploy_again().await.unwrap_err();
        assert_eq!(error.kind(), Kind::Refused);
        assert!(error.hints()[0].contains(&format!("--allow-replace {logical}")));
        assert_eq!(site.fake.mutations(), Vec::<&str>::new());
        site.options.consent.replace.insert(logical.into());
        // The role that may read the renamed one may then read something new.
        site.options.consent.iam = true;
        site.deploy_again().await.unwrap();
    }
}

#[tokio::test]
async fn a_change_set_that_does_more_than_the_plan_is_not_run() {
    let mut site = Site::new();
    site.deploy().await.unwrap();
    // The plan sees no rename: the table was renamed behind the template's back.
    site.world(|world| {
        let table = world
            .stacks
            .get_mut("Testdatabase-dev")
            .unwrap()
            .resources
            .get_mut("Chats")
            .unwrap();
        table.properties["TableName"] = json!("other");
    });
    site.set(
        "database",
        "/Resources/Chats/Properties/BillingMode",
        json!("PAY_PER_REQUEST"),
    );
    let error = site.deploy_again().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Refused);
    assert!(
        !site
            .fake
            .mutations()
            .contains(&"cloudformation:ExecuteChangeSet")
    );
    assert!(site.world(|world| world.stacks["Testdatabase-dev"].change_sets.is_empty()));
}

#[tokio::test]
async fn wider_permissions_need_consent_and_narrower_ones_do_not() {
    let pointer = "/Resources/ApiRole/Properties/Policies/0/PolicyDocument/Statement/0/Action";
    let parent = pointer.rsplit_once('/').unwrap().0;
    let mut site = Site::new();
    site.deploy().await.unwrap();
    let actions = |site: &mut Site, actions| {
        site.stack("compute").template.pointer_mut(parent).unwrap()["Action"] = actions;
    };
    actions(
        &mut site,
        json!(["dynamodb:GetItem", "dynamodb:DeleteTable"]),
    );
    let error = site.deploy_again().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Refused);
    assert!(error.hints()[0].contains("--allow-iam"));
    actions(&mut site, json!([]));
    site.deploy_again().await.unwrap();
}

#[tokio::test]
async fn a_producer_is_replaced_under_its_consumers() {
    let mut site = Site::new();
    site.deploy().await.unwrap();
    site.set(
        "database",
        "/Resources/Chats/Properties/TableName",
        json!("chats-two"),
    );
    site.options.consent.replace.insert("Chats".into());
    site.options.consent.iam = true;
    site.deploy_again().await.unwrap();
    let policy = site.world(|world| {
        world.stacks["Testcompute-dev"].resources["ApiRole"]
            .properties
            .to_string()
    });
    assert!(policy.contains("chats-two"), "{policy}");
}

#[tokio::test]
async fn throttled_and_unanswered_calls_are_repeated_to_one_effect() {
    let calm = Site::new();
    calm.deploy().await.unwrap();
    let expected = calm.world(|world| world.inventory());
    let calls = calm.fake.calls().len();
    for trouble in [Trouble::Throttle, Trouble::LostAnswer] {
        let site = Site::new();
        (0..calls * 2)
            .step_by(2)
            .for_each(|call| site.fake.trouble(call, trouble));
        site.deploy().await.unwrap();
        assert_eq!(
            site.world(|world| world.inventory()),
            expected,
            "{trouble:?}"
        );
        assert!(site.fake.elapsed() > calm.fake.elapsed(), "it backed off");
    }
}

#[tokio::test]
async fn endless_throttling_ends_with_an_error() {
    let site = Site::new();
    (0..1000).for_each(|call| site.fake.trouble(call, Trouble::Throttle));
    let error = site.deploy().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Failed);
    let tries = site.fake.calls().len();
    assert!(
        tries <= 8 * site.desired.stacks.len(),
        "the tries are capped, not {tries}"
    );
}

#[tokio::test]
async fn without_a_terminal_and_without_yes_nothing_changes() {
    let mut site = Site::new();
    site.options.yes = false;
    assert_eq!(site.deploy().await.unwrap_err().kind(), Kind::Refused);
    assert_eq!(site.fake.mutations(), Vec::<&str>::new());
}
