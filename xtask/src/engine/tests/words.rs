//! The diff as people read it.

use serde_json::json;

use super::fixture::Site;
use crate::engine::deploy::Done;

#[tokio::test]
async fn the_diff_says_what_happens_and_why() {
    let mut site = Site::new();
    site.deploy().await.unwrap();
    site.set(
        "storage",
        "/Resources/Queue/Properties/VisibilityTimeout",
        json!(60),
    );
    site.set(
        "database",
        "/Resources/Chats/Properties/TableName",
        json!("chats-two"),
    );
    site.stack("api").template["Resources"]["Stage"] =
        json!({ "Type": "AWS::ApiGatewayV2::Stage" });
    let statement = "/Resources/ApiRole/Properties/Policies/0/PolicyDocument/Statement/0/Action";
    site.stack("compute")
        .template
        .pointer_mut(statement)
        .unwrap()
        .as_array_mut()
        .unwrap()
        .push(json!("dynamodb:PutItem"));
    site.options.plan_out = Some(site.path("plan.json"));
    let Done::Planned(plan) = site.deploy_again().await.unwrap() else {
        panic!("nothing was planned")
    };
    insta::assert_snapshot!(plan);
}
