//! Events behind the back of the pipeline: twice, out of order, and such as nobody can handle.

use std::time::{Duration, Instant};

use aws_sdk_sqs::types::QueueAttributeName;
use serde_json::{Value, json};

use crate::PATIENCE;
use crate::checkout::Checkout;
use crate::system::System;
use crate::user::User;

const FUNCTIONS: [&str; 3] = ["image-processor", "analyzer", "embedder"];

async fn url(system: &System, function: &str) -> String {
    let sqs = aws_sdk_sqs::Client::new(&system.aws);
    let queue = sqs.get_queue_url();
    let queue = queue.queue_name(format!("collections-local-{function}"));
    queue.send().await.unwrap().queue_url.unwrap()
}

async fn send(system: &System, function: &str, body: &Value) {
    let sqs = aws_sdk_sqs::Client::new(&system.aws);
    let send = sqs.send_message().queue_url(url(system, function).await);
    send.message_body(body.to_string()).send().await.unwrap();
}

/// An event that failed is hidden six times as long as a function may run: too long for a test.
pub(crate) async fn hide_failed_events_for(system: &System, seconds: u32) {
    let sqs = aws_sdk_sqs::Client::new(&system.aws);
    for function in FUNCTIONS {
        let set = sqs.set_queue_attributes();
        let set = set.queue_url(url(system, function).await);
        set.attributes(QueueAttributeName::VisibilityTimeout, seconds.to_string())
            .send()
            .await
            .unwrap();
    }
}

/// Waits until no queue holds anything, seen or unseen.
async fn wait_until_quiet(system: &System) {
    let sqs = aws_sdk_sqs::Client::new(&system.aws);
    let begin = Instant::now();
    for function in FUNCTIONS {
        let url = url(system, function).await;
        loop {
            let ask = sqs.get_queue_attributes().queue_url(&url);
            let ask = ask.attribute_names(QueueAttributeName::All);
            let told = ask.send().await.unwrap().attributes.unwrap();
            let count = |name| told[&name].parse::<u32>().unwrap();
            let left = count(QueueAttributeName::ApproximateNumberOfMessages)
                + count(QueueAttributeName::ApproximateNumberOfMessagesNotVisible);
            if left == 0 {
                break;
            }
            assert!(
                begin.elapsed() < PATIENCE * 3,
                "{function} still has {left}"
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

fn envelope(id: usize, source: &str, detail_type: &str, detail: &Value) -> Value {
    json!({"version": "0", "id": format!("again-{id}"), "source": source,
        "detail-type": detail_type, "time": "2026-11-20T12:00:00Z", "detail": detail})
}

/// Whatever an item has gone through, once more: later steps before earlier ones, and twice.
fn history(at: usize, bucket: &str, item: &Value) -> Vec<(&'static str, Value)> {
    let analysis = &item["latest_analysis"];
    let (id, user) = (&item["id"], item["user"].as_str().unwrap());
    let key = format!("{user}/images/{}", item["filename"].as_str().unwrap());
    let thumbnail = format!("{user}/thumbnails/{}.jpg", id.as_str().unwrap());
    let analyzed = json!({"item_id": id, "analysis_id": analysis["id"], "user_id": user});
    let processed = json!({"item_id": id, "user_id": user, "bucket": bucket,
        "original_key": key, "thumbnail_key": thumbnail});
    // Older than any version that there is.
    let object = json!({"key": key, "size": 1, "etag": "e", "sequencer": "00"});
    let stored = json!({"version": "0", "bucket": {"name": bucket}, "object": object});
    let events = [
        (
            "embedder",
            "collections.analyzer",
            "AnalysisComplete",
            analyzed,
        ),
        (
            "analyzer",
            "collections.imageprocessor",
            "ImageProcessed",
            processed,
        ),
        ("image-processor", "aws.s3", "Object Created", stored),
    ];
    let events = events
        .into_iter()
        .flat_map(|(function, source, kind, detail)| {
            let event = envelope(at, source, kind, &detail);
            [(function, event.clone()), (function, event)]
        });
    events.collect()
}

pub(crate) async fn duplicates_and_reordering_change_nothing(system: &System, user: &User<'_>) {
    wait_until_quiet(system).await;
    let before = user.items().await;
    let bucket = system.output("storage", "BucketName");
    for (at, item) in before.iter().take(6).enumerate() {
        let mut item = item.clone();
        item["user"] = user.sub().into();
        for (function, event) in history(at, bucket, &item) {
            send(system, function, &event).await;
        }
    }
    wait_until_quiet(system).await;
    assert_eq!(user.items().await, before);
    for item in before.iter().take(6) {
        let path = format!("/items/{}/analyses", item["id"].as_str().unwrap());
        assert_eq!(user.get(&path).await.1.as_array().unwrap().len(), 1);
    }
}

pub(crate) async fn a_dead_letter_is_seen_and_moved_back(
    checkout: &mut Checkout,
    system: &System,
    user: &User<'_>,
) {
    wait_until_quiet(system).await;
    // An event that no analyzer can handle yet: its item has no thumbnail.
    let upload = user.form().await;
    let id = upload["item"]["id"].as_str().unwrap().to_owned();
    let detail = json!({"item_id": id, "user_id": user.sub(), "force": false,
        "provider": null, "model": null, "api_key": "canary"});
    let event = envelope(99, "collections.api", "AnalysisRequested", &detail);
    hide_failed_events_for(system, 1).await;
    send(system, "analyzer", &event).await;
    let begin = Instant::now();
    while system.dead_letters().await.is_empty() {
        assert!(begin.elapsed() < PATIENCE * 3, "it never was given up");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let analyzer = ["--env", "local", "--function", "analyzer"];
    let mut queues = |what: &[&str]| {
        let run = checkout.run(&[&["queues"], what, &analyzer].concat());
        run.expect_success();
        assert!(!run.stdout.contains("canary"), "{}", run.stdout);
        serde_json::from_str::<Value>(&run.stdout).unwrap()
    };
    let levels = queues(&["status"]);
    assert_eq!(levels[0]["dead"]["waiting"], 1, "{levels:#}");
    let letters = queues(&["peek"]);
    assert_eq!(letters[0]["event"], "AnalysisRequested", "{letters:#}");
    assert_eq!(letters[0]["about"]["item_id"], id.as_str());

    // Now it can be handled.
    hide_failed_events_for(system, 15).await;
    user.finish_form(&upload, &crate::photo::png("A clock tower"))
        .await;
    user.wait_until_found(&id, "hybrid", "clock tower").await;
    assert_eq!(queues(&["redrive", "--yes"]), json!([["analyzer", 1]]));
    wait_until_quiet(system).await;
    assert_eq!(queues(&["status"])[0]["dead"]["waiting"], 0);
    assert_eq!(
        queues(&["purge", "--confirm", "analyzer"]),
        json!({"thrown_away": 0})
    );
}
