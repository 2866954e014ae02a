//! Answers of several pages, from an endpoint that speaks CloudFormation's language.

#![allow(clippy::unwrap_used)]

use wiremock::matchers::body_string_contains;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::cloud::Cloud;
use crate::cloud::aws::{CloudConfig, connect};

async fn cloud(aws: &MockServer) -> Cloud {
    connect(&CloudConfig {
        region: "us-east-1".into(),
        endpoint: Some(aws.uri()),
        credentials: Some(("id".into(), "key".into())),
    })
    .await
}

/// One page of an answer, and what the next is asked for with.
async fn page(aws: &MockServer, call: &str, asked: Option<&str>, inner: &str, next: Option<&str>) {
    let next = next.map(|next| format!("<NextToken>{next}</NextToken>"));
    let body = format!(
        "<{call}Response><{call}Result>{inner}{}</{call}Result></{call}Response>",
        next.unwrap_or_default()
    );
    let answer = ResponseTemplate::new(200).set_body_raw(body, "text/xml");
    let mock = Mock::given(body_string_contains(format!("Action={call}&")));
    match asked {
        Some(token) => mock.and(body_string_contains(format!("NextToken={token}"))),
        None => mock,
    }
    .respond_with(answer)
    .with_priority(if asked.is_some() { 1 } else { 2 })
    .mount(aws)
    .await;
}

#[tokio::test]
async fn every_page_of_change_sets_is_read() {
    let aws = MockServer::start().await;
    let one = |name: &str| {
        format!("<Summaries><member><ChangeSetName>{name}</ChangeSetName></member></Summaries>")
    };
    page(&aws, "ListChangeSets", None, &one("first"), Some("two")).await;
    page(&aws, "ListChangeSets", Some("two"), &one("second"), None).await;
    let found = cloud(&aws).await.stacks.change_sets("Store-dev").await;
    assert_eq!(found.unwrap(), ["first", "second"]);
}

#[tokio::test]
async fn every_page_of_drift_is_read() {
    let aws = MockServer::start().await;
    let through = "<StackId>s</StackId><StackDriftDetectionId>d</StackDriftDetectionId>\
                   <DetectionStatus>DETECTION_COMPLETE</DetectionStatus>\
                   <Timestamp>2026-01-01T00:00:00Z</Timestamp>";
    page(
        &aws,
        "DescribeStackDriftDetectionStatus",
        None,
        through,
        None,
    )
    .await;
    let one = |id: &str| {
        format!(
            "<StackResourceDrifts><member><StackId>s</StackId>\
             <LogicalResourceId>{id}</LogicalResourceId><ResourceType>AWS::SQS::Queue</ResourceType>\
             <StackResourceDriftStatus>DELETED</StackResourceDriftStatus>\
             <Timestamp>2026-01-01T00:00:00Z</Timestamp></member></StackResourceDrifts>"
        )
    };
    let call = "DescribeStackResourceDrifts";
    page(&aws, call, None, &one("First"), Some("two")).await;
    page(&aws, call, Some("two"), &one("Second"), None).await;
    let found = cloud(&aws).await.stacks.drift("Store-dev", "d").await;
    let found = found.unwrap().unwrap().into_iter();
    let ids: Vec<String> = found.map(|drift| drift.logical_id).collect();
    assert_eq!(ids, ["First", "Second"]);
}
