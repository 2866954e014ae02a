//! Many uploads at once, and parts that die while they are on their way.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use futures::future::join_all;
use serde_json::{Value, json};

use crate::checkout::Checkout;
use crate::faults;
use crate::photo;
use crate::system::System;
use crate::user::User;

/// Events that failed come again after a while, and this machine may be busy.
const PATIENCE: Duration = Duration::from_secs(240);

/// Uploads so many at once; their ids.
async fn upload(user: &User<'_>, what: &str, count: usize) -> BTreeSet<String> {
    let photos = (0..count).map(|number| photo::png(&format!("{what}, number {number}")));
    let photos: Vec<_> = photos.collect();
    let uploads = photos.iter().enumerate().map(|(number, photo)| async move {
        let (status, item) = user.upload(&format!("{number}.png"), photo).await;
        assert_eq!(status, 201, "{item:#}");
        item["id"].as_str().unwrap().to_owned()
    });
    join_all(uploads).await.into_iter().collect()
}

/// Waits until all of these can be found.
async fn wait_until_searchable(user: &User<'_>, ids: &BTreeSet<String>) {
    let begin = Instant::now();
    loop {
        let items = user.items().await;
        let done = |item: &&Value| {
            let mine = ids.contains(item["id"].as_str().unwrap());
            mine && item["status"] == "searchable"
        };
        if items.iter().filter(done).count() == ids.len() {
            return;
        }
        assert!(begin.elapsed() < PATIENCE, "{items:#?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

pub(crate) async fn fifty_uploads_at_once_lose_nothing(user: &User<'_>) {
    let begin = Instant::now();
    let ids = upload(user, "A postcard of a harbour", 50).await;
    println!("fifty uploads: {:.1?}", begin.elapsed());
    assert_eq!(ids.len(), 50);
    wait_until_searchable(user, &ids).await;
    println!("fifty uploads until all are found: {:.1?}", begin.elapsed());
    for id in &ids {
        let (_, analyses) = user.get(&format!("/items/{id}/analyses")).await;
        let analyses = analyses.as_array().unwrap().len();
        assert_eq!(analyses, 1, "{id} was analysed {analyses} times");
    }
    let (_, index) = user.get("/vector-index/status").await;
    assert_eq!(index, json!({"num_documents": 50, "num_items": 50}));
}

pub(crate) async fn one_trace_goes_from_the_request_to_the_last_function(
    system: &System,
    user: &User<'_>,
) {
    let sent = "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01";
    let photo = photo::png("A tram on a bridge");
    let (status, item) = user.upload_as_part_of(Some(sent), "tram.png", &photo).await;
    assert_eq!(status, 201, "{item:#}");
    let id = item["id"].as_str().unwrap().to_owned();
    wait_until_searchable(user, &BTreeSet::from([id.clone()])).await;
    let id = id.as_str();
    for function in ["image-processor", "analyzer", "embedder"] {
        let parts = ["1-5759e988-bd862e3fe1be46a994272793", id];
        let begin = Instant::now();
        // Its log comes when it has answered, and it answers after the item is found.
        while system.log_of(function, &parts).await.is_empty() {
            assert!(
                begin.elapsed() < PATIENCE,
                "{function} does not know the trace"
            );
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

/// The model server stands in for LangSmith.
pub(crate) async fn every_trace_was_taken(checkout: &Checkout, system: &System) {
    let port = checkout.port("models");
    let counts = format!("http://127.0.0.1:{port}/_local/requests");
    let counts = system.http.get(counts).send().await.unwrap();
    let counts: Value = counts.json().await.unwrap();
    let traces = &counts["requests"]["POST /otel/v1/traces"];
    // One per delivery, of which each had a few of fifty events.
    assert!(traces["total"].as_u64().unwrap() >= 10, "{counts:#}");
    let statuses: Vec<_> = traces["by_status"].as_object().unwrap().keys().collect();
    assert_eq!(statuses, ["200"], "{counts:#}");
}

pub(crate) async fn a_part_killed_in_the_middle_loses_nothing(
    checkout: &mut Checkout,
    user: &User<'_>,
    part: &str,
) {
    let begin = Instant::now();
    let ids = upload(user, &format!("Without {part}"), 8).await;
    let pid = checkout.status().pid(part).unwrap();
    checkout.kill(pid);
    tokio::time::sleep(Duration::from_secs(3)).await;
    checkout.run(&["local", "up"]).expect_success();
    // Who had begun when the part died holds a claim for some minutes; let them be over.
    let over = "UPDATE work_claims SET claimed_until = now() WHERE finished_at IS NULL";
    faults::psql(checkout, over);
    wait_until_searchable(user, &ids).await;
    println!(
        "{part} killed and back, nothing lost: {:.1?}",
        begin.elapsed()
    );
}
