//! The operator between a small AWS and a real PostgreSQL, asked in JSON as it is in Lambda.

#![allow(clippy::unwrap_used)]

use collections_core::contract::EnvKey;
use collections_core::contract::parameters::prefix;
use collections_core::db::Db;
use collections_core::{Cloud, Settings};
use serde_json::{Value, json};
use testkit::{FakeAws, TestDatabase};

use super::{Operator, Request};

async fn operator(database: &TestDatabase) -> (FakeAws, Operator) {
    let aws = FakeAws::start().await;
    let settings = Settings::from_values([
        (EnvKey::Environment, "dev".to_owned()),
        (EnvKey::ParameterPrefix, prefix("test")),
    ]);
    let cloud = Cloud::new(settings, aws.config());
    let operator = Operator::over(cloud, Db::over(database.pool())).unwrap();
    (aws, operator)
}

async fn ask(operator: &Operator, request: Value) -> anyhow::Result<Value> {
    operator
        .handle(serde_json::from_value::<Request>(request)?)
        .await
}

#[tokio::test]
async fn each_probe_proves_what_it_says() {
    let (aws, operator) = operator(&testkit::database().await).await;
    let hello = ask(&operator, json!({"probe": "hello"})).await.unwrap();
    assert_eq!(hello["message"], "hello");
    let database = ask(&operator, json!({"probe": "database"})).await.unwrap();
    let version = database["version"].as_str().unwrap();
    assert!(version.starts_with("PostgreSQL"), "{version}");
    let parameter = ask(&operator, json!({"probe": "parameter"})).await.unwrap();
    assert_eq!(parameter["round_trip"], true);
    assert!(aws.state().parameters.is_empty(), "nothing stays behind");
}

#[tokio::test]
async fn a_probe_that_fails_fails_the_invocation() {
    let (aws, operator) = operator(&testkit::database().await).await;
    aws.state().failures = 9;
    let error = ask(&operator, json!({"probe": "parameter"}))
        .await
        .unwrap_err();
    assert!(
        format!("{error:#}").contains("write parameter"),
        "{error:#}"
    );
}

#[tokio::test]
async fn migrations_are_told_before_they_are_applied_and_applied_once() {
    let (_aws, operator) = operator(&testkit::postgres::empty_database().await).await;
    let dry = json!({"migrate": {"dry_run": true}});
    let before = ask(&operator, dry.clone()).await.unwrap();
    let pending = before["applied"].as_array().unwrap().len();
    assert!(pending > 0 && before["already"] == json!([]), "{before:#}");
    assert_eq!(ask(&operator, dry.clone()).await.unwrap(), before);
    let done = ask(&operator, json!({"migrate": {}})).await.unwrap();
    let names = |report: &Value| -> Vec<Value> {
        let steps = report["applied"].as_array().unwrap().iter();
        steps.map(|step| step["description"].clone()).collect()
    };
    assert_eq!(names(&done), names(&before));
    assert!(
        before["applied"][0]["sql"]
            .as_str()
            .unwrap()
            .contains("CREATE TABLE")
    );
    let after = ask(&operator, dry).await.unwrap();
    assert_eq!(after["already"].as_array().unwrap().len(), pending);
    assert_eq!(after["applied"], json!([]));
}

#[tokio::test]
async fn what_it_cannot_do_is_refused() {
    let (_aws, operator) = operator(&testkit::database().await).await;
    for request in [
        json!({}),
        json!(null),
        json!("probe"),
        json!({"probe": "nothing"}),
        json!({"probe": {"database": 1}}),
        json!({"migrate": {"dry_run": "no"}}),
        json!({"drop": "everything"}),
        json!({"probe": "hello", "migrate": {}}),
    ] {
        let answer = ask(&operator, request.clone()).await;
        assert!(answer.is_err(), "{request}: {answer:?}");
    }
}

#[tokio::test]
async fn an_operator_reaches_the_whole_database_and_no_other_environments() {
    let (_aws, operator) = operator(&testkit::database().await).await;
    let status = ask(&operator, json!({"database": "status"})).await.unwrap();
    let tables = status["tables"].as_array().unwrap();
    assert!(
        tables.iter().any(|table| table["table"] == "items"),
        "{status:#}"
    );
    let page = json!({"database": {"export": {"table": "items", "after": null}}});
    let page = ask(&operator, page).await.unwrap();
    assert_eq!(page, json!({"rows": [], "more": false}));
    let reset = |name: &str| json!({"database": {"reset": {"environment": name}}});
    let error = ask(&operator, reset("staging")).await.unwrap_err();
    assert!(
        format!("{error:#}").contains("of dev, not of staging"),
        "{error:#}"
    );
    ask(&operator, reset("dev")).await.unwrap();
}
