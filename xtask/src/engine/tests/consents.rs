//! What asks for consent by name although no property says "replaced" and no statement says "may".

use serde_json::{Value, json};

use super::fixture::Site;
use crate::engine::from_stack::VendoredSchemas;
use crate::engine::plan::Schemas as _;
use crate::error::{Error, Kind};

async fn refused(site: &Site, flag: &str) -> Error {
    let error = site.deploy_again().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Refused, "{error}");
    let hints = error.hints().join(" ");
    assert!(hints.contains(flag), "{error} {hints}");
    let ran = site.fake.mutations();
    assert!(!ran.contains(&"cloudformation:ExecuteChangeSet"), "{ran:?}");
    error
}

#[tokio::test]
async fn a_change_that_may_replace_data_needs_its_name() {
    let mut site = Site::new();
    let keys = "/Resources/Chats/Properties/KeySchema";
    site.set("database", keys, json!(["user"]));
    site.deploy().await.unwrap();
    site.set("database", keys, json!(["user", "time"]));
    refused(&site, "--allow-replace Chats").await;
    assert_eq!(site.fake.mutations(), Vec::<&str>::new());
    let shown = site.shown();
    assert!(shown.contains("← may replace"), "{shown}");
    assert!(shown.contains("may replace database.Chats"), "{shown}");
    site.options.consent.replace.insert("Chats".into());
    site.deploy_again().await.unwrap();
}

#[tokio::test]
async fn a_change_that_only_interrupts_needs_none() {
    let mut site = Site::new();
    let name = "/Resources/Main/Properties/DBParameterGroupName";
    site.set(
        "database",
        "/Resources/Main",
        json!({ "Type": "AWS::RDS::DBInstance", "Properties": { "DBParameterGroupName": "one" } }),
    );
    site.deploy().await.unwrap();
    site.set("database", name, json!("two"));
    site.deploy_again().await.unwrap();
    assert!(!site.shown().contains("may replace"));
}

/// The plan compares templates: it cannot know what somebody changed by hand.
#[tokio::test]
async fn a_change_set_that_may_replace_data_for_what_the_plan_does_not_change_is_not_run() {
    let mut site = Site::new();
    site.deploy().await.unwrap();
    site.world(|world| {
        let database = world.stacks.get_mut("Testdatabase-dev").unwrap();
        let chats = database.resources.get_mut("Chats").unwrap();
        chats.properties["KeySchema"] = json!(["other"]);
    });
    let billing = "/Resources/Chats/Properties/BillingMode";
    site.set("database", billing, json!("PAY_PER_REQUEST"));
    let error = refused(&site, "--allow-replace Chats").await;
    assert!(error.message().contains("perhaps replace"), "{error}");
}

#[test]
fn what_the_schemas_call_conditional_is_asked_for_where_aws_documents_a_replacement() {
    let conditional = |of: &str| VendoredSchemas.conditional(of);
    assert_eq!(conditional("AWS::DynamoDB::Table"), ["KeySchema"]);
    let instance = conditional("AWS::RDS::DBInstance");
    for asked in ["Engine", "AvailabilityZone", "DBSnapshotIdentifier"] {
        assert!(instance.iter().any(|name| name == asked), "{asked}");
    }
    for daily in ["DBParameterGroupName", "MultiAZ", "EngineVersion"] {
        assert!(!instance.iter().any(|name| name == daily), "{daily}");
    }
}

fn deny(of: &str) -> Value {
    json!({ "Statement": [{
        "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": of,
        "Condition": { "Bool": { "aws:SecureTransport": "false" } }
    }] })
}

/// A queue that nobody reaches without TLS.
async fn with_denial() -> Site {
    let mut site = Site::new();
    let policy = json!({ "Type": "AWS::SQS::QueuePolicy", "Properties": {
        "Queues": [{ "Ref": "Queue" }], "PolicyDocument": deny("work-dev")
    } });
    site.set("storage", "/Resources/TlsOnly", policy);
    site.deploy().await.unwrap();
    site
}

fn remove(site: &mut Site, logical_id: &str) {
    let storage = site.stack("storage");
    let resources = storage.template["Resources"].as_object_mut().unwrap();
    resources.remove(logical_id);
}

#[tokio::test]
async fn a_denial_that_goes_widens_permissions() {
    let mut site = with_denial().await;
    let statement = "/Resources/TlsOnly/Properties/PolicyDocument/Statement";
    site.set("storage", statement, json!([]));
    refused(&site, "--allow-iam").await;
    let shown = site.shown();
    let said = "no longer: * may not * on work-dev if";
    assert!(shown.contains(said), "{shown}");
    site.options.consent.iam = true;
    site.deploy_again().await.unwrap();
}

#[tokio::test]
async fn a_denial_that_goes_with_its_policy_widens_permissions() {
    let mut site = with_denial().await;
    remove(&mut site, "TlsOnly");
    refused(&site, "--allow-iam").await;
    // With the queue itself nothing is left that could be reached.
    remove(&mut site, "Queue");
    site.deploy_again().await.unwrap();
}

#[tokio::test]
async fn a_new_denial_and_a_stricter_one_beside_it_need_no_consent() {
    let mut site = with_denial().await;
    let more = json!({ "Effect": "Deny", "Principal": "*", "Action": "sqs:Purge*", "Resource": "work-dev" });
    let statements = "/Resources/TlsOnly/Properties/PolicyDocument/Statement/1";
    let statement = site
        .stack("storage")
        .template
        .pointer_mut(statements.rsplit_once('/').unwrap().0);
    statement.unwrap().as_array_mut().unwrap().push(more);
    site.deploy_again().await.unwrap();
}

#[tokio::test]
async fn a_boundary_that_goes_widens_permissions() {
    let mut site = Site::new();
    let boundary = "/Resources/ApiRole/Properties/PermissionsBoundary";
    site.set("compute", boundary, json!("arn:aws:iam::aws:policy/Edge"));
    site.deploy().await.unwrap();
    let role = &mut site.stack("compute").template["Resources"]["ApiRole"]["Properties"];
    role.as_object_mut().unwrap().remove("PermissionsBoundary");
    refused(&site, "--allow-iam").await;
    assert!(site.shown().contains("no longer: it may do nothing beyond"));
}
