//! The event bus, Parameter Store and the object store, against the fake.

use collections_core::checkpoints::{CheckpointTable, Counts};
use collections_core::contract::events::AnalysisComplete;
use collections_core::contract::functions::{Analyzer, Api, Cleanup, Ops};
use collections_core::contract::objects::ObjectKey;
use collections_core::contract::parameters::{AnthropicKey, OpenaiKey, prefix};
use collections_core::events::Events;
use collections_core::objects::{Objects, Read};
use collections_core::secrets::Secrets;
use collections_core::upload::UploadRules;
use serde_json::json;
use testkit::FakeAws;
use testkit::events::TRACE;

fn event(n: usize) -> AnalysisComplete {
    AnalysisComplete {
        item_id: n.to_string(),
        analysis_id: "a".into(),
        user_id: "u".into(),
    }
}

#[tokio::test]
async fn of_events_only_the_refused_ones_are_sent_again() {
    let aws = FakeAws::start().await;
    aws.state().refuse_events = vec![vec![1, 3], vec![0], vec![]];
    let events: Vec<_> = (0..12).map(event).collect();
    Events::<Analyzer>::new(&aws.config())
        .put(&events, Some(TRACE))
        .await
        .unwrap();
    let mut sent: Vec<_> = aws
        .events("AnalysisComplete")
        .iter()
        .map(|event| event["item_id"].as_str().unwrap().parse::<usize>().unwrap())
        .collect();
    assert_eq!(sent, [0, 2, 4, 5, 6, 7, 8, 9, 3, 1, 10, 11]);
    sent.sort_unstable();
    assert_eq!(sent, (0..12).collect::<Vec<_>>());
    assert_eq!(aws.state().events[0].trace.as_deref(), Some(TRACE));
}

#[tokio::test]
async fn an_event_that_stays_refused_is_an_error() {
    let aws = FakeAws::start().await;
    aws.state().refuse_events = vec![vec![0]; 9];
    let put = Events::<Analyzer>::new(&aws.config())
        .put(&[event(0)], None)
        .await;
    assert!(format!("{:#}", put.unwrap_err()).contains("refused 1 events 4 times"));
}

#[tokio::test]
async fn parameters_are_kept_and_absent_ones_named() {
    let aws = FakeAws::start().await;
    aws.set_parameter("anthropic/api_key", "canary-key");
    let secrets = Secrets::<Analyzer>::new(&aws.config(), &prefix("test"));
    let key = secrets.parameter::<AnthropicKey>().await.unwrap();
    assert_eq!(key.expose(), "canary-key");
    assert!(!format!("{secrets:?}{key:?}").contains("canary"));
    aws.set_parameter("anthropic/api_key", "later");
    assert_eq!(
        secrets.parameter::<AnthropicKey>().await.unwrap().expose(),
        "canary-key"
    );
    let error = secrets
        .parameter::<OpenaiKey>()
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("/collections/test/openai/api_key"),
        "{error}"
    );
}

#[tokio::test]
async fn the_parameter_probe_leaves_nothing_behind() {
    let aws = FakeAws::start().await;
    let secrets = Secrets::<Ops>::new(&aws.config(), &prefix("test"));
    assert_eq!(secrets.probe("n", "value").await.unwrap().expose(), "value");
    assert!(aws.state().parameters.is_empty());
}

#[tokio::test]
async fn objects_come_back_as_they_were_and_absent_or_large_ones_are_told_apart() {
    let aws = FakeAws::start().await;
    let objects = Objects::<Api>::new(&aws.config(), testkit::aws::BUCKET).unwrap();
    let key = ObjectKey::image("u", "a", "png");
    objects
        .write_image(&key, "bytes".into(), "image/png")
        .await
        .unwrap();
    assert!(matches!(objects.read_image(&key, 5).await.unwrap(), Read::Found(b) if b == "bytes"));
    assert!(matches!(
        objects.read_image(&key, 4).await.unwrap(),
        Read::TooLarge(5)
    ));
    objects.delete_image(&key).await.unwrap();
    assert!(matches!(
        objects.read_image(&key, 5).await.unwrap(),
        Read::Absent
    ));
    assert!(
        objects
            .presign_image(&key)
            .await
            .unwrap()
            .contains("X-Amz-Signature=")
    );
}

#[tokio::test]
async fn an_upload_form_binds_every_field_to_its_value() {
    use base64::Engine;
    let aws = FakeAws::start().await;
    let objects = Objects::<Api>::new(&aws.config(), testkit::aws::BUCKET).unwrap();
    let rules = UploadRules {
        content_type: "image/png".into(),
        max_bytes: 1000,
        expires_in: std::time::Duration::from_secs(60),
        trace: Some(TRACE.to_owned()),
    };
    let key = ObjectKey::image("u", "a", "png");
    let form = objects.presign_upload(&key, &rules).await.unwrap();
    let policy = base64::engine::general_purpose::STANDARD
        .decode(&form.fields["policy"])
        .unwrap();
    let policy: serde_json::Value = serde_json::from_slice(&policy).unwrap();
    let conditions = policy["conditions"].as_array().unwrap();
    for (name, value) in &form.fields {
        if name == "policy" || name == "x-amz-signature" {
            continue;
        }
        assert!(
            conditions.contains(&json!({ name: value })),
            "{name} is not bound"
        );
    }
    assert!(conditions.contains(&json!(["content-length-range", 1, 1000])));
    assert!(conditions.contains(&json!({"bucket": "images"})));
    assert_eq!(form.fields["key"], "u/images/a.png");
    assert_eq!(form.fields["x-amz-meta-trace"], TRACE);
}

#[tokio::test]
async fn expired_checkpoints_are_counted_over_all_pages() {
    let aws = FakeAws::start().await;
    let row = |at: i64| json!({"expires_at": {"N": at.to_string()}});
    aws.state().rows = vec![row(5), row(15), row(10), json!({}), row(11)];
    let table = CheckpointTable::<Cleanup>::new(&aws.config(), "checkpoints");
    assert_eq!(
        table.count(10).await.unwrap(),
        Counts {
            total: 5,
            expired: 2
        }
    );
}
