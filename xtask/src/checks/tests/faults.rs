//! One fault at a time in the account: the step that looks at it fails and names it.

use std::collections::BTreeMap;
use std::future::pending;

use contract::parameters::{MANIFEST, ParameterKind, prefix};
use serde_json::json;

use super::target;
use crate::checks::infra;
use crate::checks::report::{Case, Verdict};
use crate::checks::run;
use crate::cloud::fake::Fake;
use crate::cloud::functions::Answer;
use crate::event::Recorder;
use crate::secret::Secret;

/// The steps that need nothing but the account.
const STEPS: [&str; 7] = [
    "parameters",
    "s3",
    "lambda",
    "lambda-rds",
    "lambda-parameters",
    "dynamodb",
    "rds",
];

/// An account where everything is as it should be.
fn sound() -> Fake {
    let fake = Fake::new();
    let ops = |request: serde_json::Value| ("ops".to_owned(), request.to_string());
    fake.with(|world| {
        world
            .table_expiry
            .insert("checkpoints".into(), "expires_at".into());
        world.answers = BTreeMap::from([
            (
                ops(json!({ "probe": "hello" })),
                Answer::Value(json!({ "message": "hello", "version": "1" })),
            ),
            (
                ops(json!({ "probe": "database" })),
                Answer::Value(json!({ "version": "PostgreSQL 18 on x" })),
            ),
            (
                ops(json!({ "probe": "parameter" })),
                Answer::Value(json!({ "round_trip": true })),
            ),
            (
                ops(json!({ "database": "probe" })),
                Answer::Value(probed(Some("0.8.5"))),
            ),
        ]);
        for spec in MANIFEST {
            let name = spec.path(&prefix("dev"));
            world
                .parameters
                .insert(name, (ParameterKind::String, Secret::new("value")));
        }
    });
    fake
}

fn probed(pgvector: Option<&str>) -> serde_json::Value {
    json!({
        "server": "18.4", "pgvector": pgvector, "rows": ["east", "north", "west"],
        "nearest": pgvector.map(|_| ["north", "east", "west"]),
    })
}

async fn cases(fake: &Fake) -> Vec<Case> {
    let steps: Vec<_> = infra::steps()
        .into_iter()
        .filter(|step| STEPS.contains(&step.name().as_str()))
        .collect();
    let (_, events) = Recorder::pair();
    run("infra", &steps, &target(fake), &events, pending())
        .await
        .unwrap()
}

/// The steps that failed, with what they say and what to do.
async fn failures(fake: &Fake) -> BTreeMap<String, String> {
    let failed = cases(fake).await.into_iter();
    let failed = failed.filter(|case| case.verdict == Verdict::Failed);
    failed
        .map(|case| {
            let hop = case.failure().unwrap();
            let said = format!("{}: {} / {}", hop.name, hop.detail, case.fix.join(" / "));
            (case.name.clone(), said)
        })
        .collect()
}

#[allow(clippy::needless_pass_by_value, reason = "made for the call")]
fn answer(fake: &Fake, request: serde_json::Value, answer: Answer) {
    fake.with(|world| {
        let known = world
            .answers
            .insert(("ops".to_owned(), request.to_string()), answer);
        assert!(known.is_some(), "nobody asks {request}");
    });
}

async fn check(fake: &Fake, step: &str, words: &[&str]) {
    let failures = failures(fake).await;
    assert_eq!(failures.keys().collect::<Vec<_>>(), [step], "{failures:#?}");
    for word in words {
        assert!(failures[step].contains(word), "{word}: {}", failures[step]);
    }
}

#[tokio::test]
async fn a_sound_account_passes_and_keeps_nothing() {
    let fake = sound();
    let before = fake.with(|world| world.parameters.len());
    assert_eq!(failures(&fake).await, BTreeMap::new());
    fake.with(|world| {
        assert_eq!(world.parameters.len(), before);
        assert!(world.buckets["images"].is_empty());
        assert!(world.tables.values().all(BTreeMap::is_empty));
        assert!(world.users.is_empty());
    });
}

#[tokio::test]
async fn a_role_without_a_permission_is_named_by_its_own_step_alone() {
    let fake = sound();
    let denied = "AccessDeniedException: not authorized to perform ssm:PutParameter";
    answer(
        &fake,
        json!({ "probe": "parameter" }),
        Answer::Failed(denied.into()),
    );
    check(
        &fake,
        "lambda-parameters",
        &["ssm:PutParameter", "deploy --only compute --env dev"],
    )
    .await;
}

#[tokio::test]
async fn a_function_without_a_way_to_the_database_is_told_apart_from_the_database() {
    let fake = sound();
    let said = "connect to the database: pool timed out while waiting for an open connection";
    answer(
        &fake,
        json!({ "probe": "database" }),
        Answer::Failed(said.into()),
    );
    check(
        &fake,
        "lambda-rds",
        &["security group", "deploy --only parameters"],
    )
    .await;
}

#[tokio::test]
async fn a_function_without_its_code_is_no_function_of_ours() {
    let fake = sound();
    answer(
        &fake,
        json!({ "probe": "hello" }),
        Answer::Value(json!("Mock response")),
    );
    check(
        &fake,
        "lambda",
        &["own code", "Mock response", "deploy --function ops"],
    )
    .await;
}

#[tokio::test]
async fn a_database_without_its_extension_is_told() {
    let fake = sound();
    answer(
        &fake,
        json!({ "database": "probe" }),
        Answer::Value(probed(None)),
    );
    check(&fake, "rds", &["extension", "pgvector is not installed"]).await;
}

#[tokio::test]
async fn a_bucket_that_tells_nobody_is_told() {
    let fake = sound();
    fake.with(|world| world.silent.insert("images".into()));
    check(&fake, "s3", &["notifications", "EventBridge"]).await;
}

#[tokio::test]
async fn a_parameter_that_is_gone_is_named() {
    let fake = sound();
    fake.with(|world| world.parameters.remove("/collections/dev/voyage/api_key"));
    check(
        &fake,
        "lambda-parameters",
        &["/collections/dev/voyage/api_key", "secrets populate"],
    )
    .await;
}

#[tokio::test]
async fn a_table_whose_items_stay_for_ever_is_told() {
    let fake = sound();
    fake.with(|world| world.table_expiry.clear());
    check(&fake, "dynamodb", &["items never expire"]).await;
}
