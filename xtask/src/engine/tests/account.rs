//! The account around an environment: its quotas, the names in it, its bill, changes by hand.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::fixture::{BUCKET, Site};
use crate::engine::deploy::Done;
use crate::engine::plan::{Plan, Prices};
use crate::error::{Error, Kind};
use crate::event::Event;

fn warnings(site: &Site) -> Vec<String> {
    let events = site.events.events().into_iter();
    events
        .filter_map(|event| match event {
            Event::Warning { message } => Some(message),
            _ => None,
        })
        .collect()
}

async fn refused(site: &Site, kind: Kind, words: &str) -> Error {
    site.fake.restart();
    let error = site.deploy().await.unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.to_string().contains(words), "{error}");
    assert_eq!(site.fake.mutations(), Vec::<&str>::new());
    error
}

#[tokio::test]
async fn reserving_more_than_the_account_has_is_refused_before_anything_is_changed() {
    let mut site = Site::new();
    let reserved = "/Resources/ApiFunction/Properties/ReservedConcurrentExecutions";
    site.set("compute", reserved, json!(950));
    let error = refused(&site, Kind::Machine, "950 more").await;
    assert!(error.hints()[0].contains("request-service-quota-increase"));
    site.set("compute", reserved, json!(900));
    site.deploy().await.unwrap();
    // What is reserved already is not asked for again.
    site.world(|world| world.function_room.unreserved = 100);
    site.code("second");
    site.deploy_again().await.unwrap();
}

#[tokio::test]
async fn too_many_stacks_and_too_much_code_are_refused_before_anything_is_changed() {
    let site = Site::new();
    site.world(|world| world.stack_limit = 3);
    refused(&site, Kind::Machine, "0 of 3 stacks").await;
    site.world(|world| world.stack_limit = 2000);
    site.world(|world| world.function_room.unpacked_bytes = 3);
    refused(&site, Kind::Input, "api unpacks to").await;
    site.world(|world| world.function_room.unpacked_bytes = 300);
    site.world(|world| world.function_room.code_bytes = 1);
    refused(&site, Kind::Machine, "the account may hold").await;
}

#[tokio::test]
async fn a_bucket_of_another_account_is_named_before_anything_is_changed() {
    let site = Site::new();
    site.world(|world| world.foreign.insert("images-dev".into()));
    refused(&site, Kind::Conflict, "images-dev").await;
}

#[tokio::test]
async fn what_destroy_kept_is_taken_in_again_with_what_is_in_it() {
    let mut site = Site::new();
    site.stack("database").termination_protection = false;
    let name = json!({ "Fn::Sub": "images-${AWS::AccountId}" });
    site.set("storage", "/Resources/Images/Properties/BucketName", name);
    site.deploy().await.unwrap();
    let image = |site: &Site| {
        site.world(|world| {
            let images = world.buckets.get_mut("images-000000000000").unwrap();
            images.insert("user/images/1.jpg".into(), b"jpg".to_vec());
            images.len()
        })
    };
    image(&site);
    super::leaving::demolish(&site).await.unwrap();

    site.options.plan_out = Some(site.path("plan.json"));
    let Done::Planned(plan) = site.deploy_again().await.unwrap() else {
        panic!("nothing was planned")
    };
    let said = plan.to_string();
    assert!(said.contains("adopt   Images AWS::S3::Bucket"), "{said}");
    site.options.plan_out = None;
    site.deploy_again().await.unwrap();
    assert_eq!(image(&site), 1, "the image of before is there");
    assert!(matches!(
        site.deploy_again().await.unwrap(),
        Done::Unchanged(_)
    ));
    let sent = site.world(|world| world.stacks["Teststorage-dev"].config.template.clone());
    let name = sent.pointer("/Resources/Images/Properties/BucketName");
    assert_eq!(name.unwrap(), "images-000000000000");
}

#[tokio::test]
async fn something_else_under_a_wanted_name_is_in_the_way() {
    let site = Site::new();
    site.world(|world| {
        let table = ("AWS::DynamoDB::Table".to_owned(), Value::Null);
        world.things.insert("chats-dev".into(), table)
    });
    refused(&site, Kind::Conflict, "chats-dev").await;
}

#[tokio::test]
async fn an_artifact_bucket_that_somebody_deleted_is_made_again() {
    let mut site = Site::new();
    site.deploy().await.unwrap();
    site.world(|world| world.buckets.remove(BUCKET));
    site.code("second");
    site.deploy_again().await.unwrap();
    assert!(site.world(|world| world.buckets.contains_key(BUCKET)));
    let said = warnings(&site).join("\n");
    assert!(said.contains("is gone although its stack stands"), "{said}");
    assert!(matches!(
        site.deploy_again().await.unwrap(),
        Done::Unchanged(_)
    ));
}

/// A stack costs as many dollars as it has resources.
struct ByCount;

impl Prices for ByCount {
    fn monthly_cents(&self, templates: &BTreeMap<String, Value>) -> Option<i64> {
        let count = |template: &Value| template["Resources"].as_object().map_or(0, |all| all.len());
        let sum: usize = templates.values().map(count).sum();
        i64::try_from(sum * 100).ok()
    }
}

async fn planned(site: &mut Site) -> Plan {
    site.options.plan_out = Some(site.path("plan.json"));
    let Done::Planned(plan) = site.deploy_again().await.unwrap() else {
        panic!("nothing was planned")
    };
    plan
}

#[tokio::test]
async fn the_plan_says_what_it_does_to_the_bill() {
    let mut site = Site::new();
    site.prices = Some(Box::new(ByCount));
    let plan = planned(&mut site).await;
    let said = plan.to_string();
    assert!(
        said.contains("cost: about 0.00 → 8.00 USD a month (+8.00)"),
        "{said}"
    );
    site.options.plan_out = None;
    site.deploy_again().await.unwrap();
    let stage = json!({ "Type": "AWS::ApiGatewayV2::Stage" });
    site.stack("api").template["Resources"]["Stage"] = stage;
    let plan = planned(&mut site).await;
    let said = plan.to_string();
    assert!(said.contains("8.00 → 9.00 USD a month (+1.00)"), "{said}");
    // What was written is what is planned again.
    let saved = Plan::load(&site.path("plan.json")).unwrap();
    saved.still_holds(&plan).unwrap();
}

fn by_hand(site: &Site, stack: &str, logical_id: &str) {
    site.world(|world| {
        let stack = world.stacks.get_mut(stack).unwrap();
        let resource = stack.resources.get_mut(logical_id).unwrap();
        resource
            .drifted
            .insert("VisibilityTimeout".into(), json!(5));
    });
}

#[tokio::test]
async fn what_was_changed_by_hand_is_shown_and_not_overwritten_without_consent() {
    let mut site = Site::new();
    site.deploy().await.unwrap();
    by_hand(&site, "Teststorage-dev", "Queue");
    let timeout = "/Resources/Queue/Properties/VisibilityTimeout";
    site.set("storage", timeout, json!(60));
    let error = refused(&site, Kind::Refused, "storage.Queue").await;
    assert!(error.hints()[1].contains("--allow-overwrite"), "{error:?}");
    let said = warnings(&site).join("\n");
    let shown = "storage.Queue was changed by hand: VisibilityTimeout is 5, its stack says 30";
    assert!(said.contains(shown), "{said}");
    site.options.consent.drift = true;
    site.deploy().await.unwrap();
}

#[tokio::test]
async fn what_was_changed_by_hand_beside_the_plan_is_shown_and_no_reason_to_stop() {
    let mut site = Site::new();
    site.deploy().await.unwrap();
    by_hand(&site, "Teststorage-dev", "Images");
    let timeout = "/Resources/Queue/Properties/VisibilityTimeout";
    site.set("storage", timeout, json!(60));
    site.deploy_again().await.unwrap();
    let said = warnings(&site).join("\n");
    assert!(said.contains("this deploy leaves it alone"), "{said}");
}

/// The hot path moves the alias past its stack; CloudFormation calls that drift, we do not.
#[tokio::test]
async fn traffic_that_we_moved_ourselves_is_no_change_by_hand() {
    let mut site = Site::new();
    site.deploy().await.unwrap();
    site.world(|world| {
        let compute = world.stacks.get_mut("Testcompute-dev").unwrap();
        let alias = compute.resources.get_mut("ApiAlias").unwrap();
        alias.drifted.insert("FunctionVersion".into(), json!("7"));
    });
    site.code("second");
    site.deploy_again().await.unwrap();
    assert_eq!(warnings(&site), Vec::<String>::new());
}

#[tokio::test]
async fn only_what_the_plan_does_not_know_is_reported_of_a_change_set() {
    let mut site = Site::new();
    site.deploy().await.unwrap();
    // The queue is another by now, and the plan compares templates.
    site.world(|world| {
        let storage = world.stacks.get_mut("Teststorage-dev").unwrap();
        let queue = storage.resources.get_mut("Queue").unwrap();
        queue.properties["VisibilityTimeout"] = json!(5);
    });
    let tags = BTreeMap::from([("by".to_owned(), "me".to_owned())]);
    site.stack("storage").tags = tags;
    site.deploy_again().await.unwrap();
    let said: BTreeSet<String> = warnings(&site).into_iter().collect();
    let queue = "CloudFormation also touches Queue (AWS::SQS::Queue) of Teststorage-dev";
    assert_eq!(said, BTreeSet::from([queue.to_owned()]));
}

/// A stack whose queue somebody changed by hand, and a change of its tags.
async fn behind_the_plan(property: &str, value: Value) -> Site {
    let mut site = Site::new();
    site.deploy().await.unwrap();
    site.world(|world| {
        let storage = world.stacks.get_mut("Teststorage-dev").unwrap();
        let queue = storage.resources.get_mut("Queue").unwrap();
        queue.properties[property] = value;
    });
    let tags = BTreeMap::from([("by".to_owned(), "me".to_owned())]);
    site.stack("storage").tags = tags;
    site
}

async fn not_run(site: &Site) -> Error {
    let error = site.deploy_again().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Refused, "{error}");
    let ran = site.fake.mutations();
    assert!(!ran.contains(&"cloudformation:ExecuteChangeSet"), "{ran:?}");
    assert!(site.world(|world| world.stacks["Teststorage-dev"].change_sets.is_empty()));
    error
}

#[tokio::test]
async fn beside_a_reviewed_plan_cloudformation_may_change_nothing() {
    let mut site = behind_the_plan("VisibilityTimeout", json!(5)).await;
    let file = site.path("plan.json");
    site.options.plan_out = Some(file.clone());
    site.deploy_again().await.unwrap();
    site.options.plan_out = None;
    site.options.plan = Some(file);
    let error = not_run(&site).await;
    let said = "change Queue (AWS::SQS::Queue) of Teststorage-dev, and the plan does not say so";
    assert!(error.message().contains(said), "{error}");
    // Somebody who looks may decide otherwise.
    site.options.plan = None;
    site.deploy_again().await.unwrap();
}

#[tokio::test]
async fn a_reviewed_plan_of_tags_alone_is_applied() {
    let mut site = Site::new();
    site.deploy().await.unwrap();
    let tags = BTreeMap::from([("by".to_owned(), "me".to_owned())]);
    site.stack("storage").tags = tags.clone();
    let file = site.path("plan.json");
    site.options.plan_out = Some(file.clone());
    site.deploy_again().await.unwrap();
    site.options.plan_out = None;
    site.options.plan = Some(file);
    site.world(|world| world.lists_tags = true);
    site.deploy_again().await.unwrap();
    let config =
        |world: &mut crate::cloud::fake::World| world.stacks["Teststorage-dev"].config.tags.clone();
    assert_eq!(site.world(config), tags);
}

#[tokio::test]
async fn a_replacement_that_no_plan_says_is_not_run_whatever_it_replaces() {
    let mut site = behind_the_plan("QueueName", json!("other")).await;
    let error = not_run(&site).await;
    let said = "replace Queue (AWS::SQS::Queue)";
    assert!(error.message().contains(said), "{error}");
    assert!(error.hints()[1].contains("--allow-replace Queue"));
    site.options.consent.replace.insert("Queue".into());
    // Its old name is free, as it would be.
    site.world(|world| drop(world.things.remove("work-dev")));
    site.deploy_again().await.unwrap();
}

#[tokio::test]
async fn a_deletion_that_no_plan_says_is_not_run() {
    let mut site = behind_the_plan("VisibilityTimeout", json!(30)).await;
    site.world(|world| {
        let storage = world.stacks.get_mut("Teststorage-dev").unwrap();
        let queue = storage.resources["Queue"].clone();
        storage.resources.insert("Another".into(), queue);
    });
    let error = not_run(&site).await;
    assert!(error.message().contains("delete Another"), "{error}");
    site.options.consent.replace.insert("Another".into());
    site.deploy_again().await.unwrap();
}
