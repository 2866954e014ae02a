//! The whole system on one machine, from the outside: `deploy --env local` on a checkout that has
//! nothing, then users who upload, search and remove. The printed times are of debug builds.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

#[path = "local/checkout.rs"]
#[allow(dead_code)]
mod checkout;
#[path = "deploy_local/crowd.rs"]
mod crowd;
#[path = "deploy_local/evaluation.rs"]
mod evaluation;
#[path = "deploy_local/faults.rs"]
mod faults;
#[path = "deploy_local/operations.rs"]
mod operations;
#[path = "deploy_local/people.rs"]
mod people;
#[path = "deploy_local/photo.rs"]
mod photo;
#[path = "deploy_local/queues.rs"]
mod queues;
#[path = "deploy_local/routes.rs"]
mod routes;
#[path = "deploy_local/system.rs"]
mod system;
#[path = "deploy_local/user.rs"]
mod user;
#[path = "deploy_local/world.rs"]
mod world;

use std::time::{Duration, Instant};

use checkout::Checkout;
use serde_json::{Value, json};
use system::System;
use user::User;

const CAPTION: &str = "A lighthouse on a rocky coast at sunset";
/// Three functions start, and the model server embeds; unoptimised.
const PATIENCE: Duration = Duration::from_secs(60);

/// Times are measured, so only one system is at work.
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// What a deploy with nothing to do may take on a busy machine; 1.2 s on a quiet one.
const IDLE: Duration = Duration::from_secs(10);
const IDLE_TRIES: u32 = 6;

#[tokio::test]
async fn from_nothing_to_an_image_that_search_finds() {
    let _alone = ALONE.lock().await;
    let mut checkout = Checkout::new();
    let system = a_deploy_from_nothing_works(&mut checkout).await;
    a_second_deploy_changes_nothing(&mut checkout, &system).await;
    without_a_token_nobody_gets_in(&system).await;

    let ann = User::sign_up(&system, "ann@example.com").await;
    let bob = User::sign_up(&system, "bob@example.com").await;
    let item = an_upload_becomes_searchable(&ann).await;
    the_thumbnail_is_a_smaller_jpeg(&ann, &item).await;
    an_upload_by_form_takes_the_same_way(&ann).await;
    another_user_sees_nothing_of_it(&bob, &item).await;
    routes::each_user_sees_their_own_on_every_route(&system).await;
    what_is_deleted_is_gone(&system, &ann, &item).await;
    nothing_failed_on_the_way(&system).await;

    operations::one_writer_and_a_killed_one_is_gone_on_with(&mut checkout, &system).await;
    operations::a_lock_whose_journal_is_lost_is_broken_by_its_id(&mut checkout, &system).await;
    operations::the_first_ctrl_c_ends_cleanly(&mut checkout, &system).await;
    operations::the_second_ctrl_c_leaves_at_once(&mut checkout, &system).await;
    operations::rollback_moves_traffic_and_a_deploy_moves_it_forth(&mut checkout, &system).await;
    operations::only_the_typed_name_takes_it_away(&mut checkout, &system).await;
    operations::a_deploy_after_that_takes_in_what_was_kept(&mut checkout, &system).await;
    everything_is_stopped(&mut checkout);
}

#[tokio::test]
async fn a_deployed_environment_is_seeded_proved_and_tells_each_fault() {
    let _alone = ALONE.lock().await;
    let mut checkout = Checkout::new();
    let system = a_deploy_from_nothing_works(&mut checkout).await;
    people::come_and_go(&mut checkout, &system).await;
    seeding_twice_is_seeding_once(&mut checkout);
    evaluation::search_is_measured(&mut checkout);
    everything_is_proved(&mut checkout);
    let patient = faults::Patient::of(&checkout, &system).await;
    patient.goes_through_all_faults(&mut checkout).await;
}

#[tokio::test]
async fn a_crowd_and_dying_parts_lose_nothing() {
    let _alone = ALONE.lock().await;
    let mut checkout = Checkout::new();
    let system = a_deploy_from_nothing_works(&mut checkout).await;
    let crowd = User::sign_up(&system, "crowd@example.com").await;
    crowd::fifty_uploads_at_once_lose_nothing(&crowd).await;
    crowd::one_trace_goes_from_the_request_to_the_last_function(&system, &crowd).await;
    crowd::every_trace_was_taken(&checkout, &system).await;
    queues::hide_failed_events_for(&system, 15).await;
    queues::duplicates_and_reordering_change_nothing(&system, &crowd).await;
    crowd::a_part_killed_in_the_middle_loses_nothing(&mut checkout, &crowd, "postgres").await;
    crowd::a_part_killed_in_the_middle_loses_nothing(&mut checkout, &crowd, "models").await;
    queues::a_dead_letter_is_seen_and_moved_back(&mut checkout, &system, &crowd).await;
    nothing_failed_on_the_way(&system).await;
}

fn seeding_twice_is_seeding_once(checkout: &mut Checkout) {
    let mut seed = |stored: u64| {
        let begin = Instant::now();
        let run = checkout.run(&["seed", "golden", "--env", "local"]);
        run.expect_success();
        println!("seed golden, {stored} to store: {:.1?}", begin.elapsed());
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        for count in ["items", "analyses", "embeddings"] {
            assert_eq!(report[count], 55, "{report:#}");
        }
        assert_eq!(report["stored"], stored, "{report:#}");
    };
    seed(55);
    seed(0);
}

fn everything_is_proved(checkout: &mut Checkout) {
    let begin = Instant::now();
    let junit = checkout.path("junit.xml");
    let run = checkout.run(&[
        "test-all",
        "--env",
        "local",
        "--junit",
        junit.to_str().unwrap(),
    ]);
    let took = begin.elapsed();
    run.expect_success();
    println!("test-all: {took:.1?}");
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["passed"], report["total"], "{report:#}");
    let cases = report["cases"].as_array().unwrap();
    let of = |suite: &str| cases.iter().filter(|case| case["suite"] == suite).count();
    assert_eq!((of("infra"), of("e2e")), (11, 2));
    assert!(of("api") > 20, "{}", of("api"));
    // Three to nine seconds on a quiet machine.
    assert!(took < Duration::from_secs(240), "{took:?}");
    for file in report["files"].as_array().unwrap() {
        assert!(std::fs::metadata(file.as_str().unwrap()).unwrap().len() > 0);
    }
    assert!(
        std::fs::read_to_string(junit)
            .unwrap()
            .contains("failures=\"0\"")
    );
}

async fn a_deploy_from_nothing_works(checkout: &mut Checkout) -> System {
    let begin = Instant::now();
    let run = checkout.run(&["deploy", "--env", "local", "--yes"]);
    run.expect_success();
    println!("deploy from nothing: {:.1?}", begin.elapsed());
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["changed"], true, "{report:#}");
    let system = System::of(checkout, &report).await;

    let (status, health) = system.get("/health", None).await;
    assert_eq!((status, &health["status"]), (200, &json!("healthy")));
    assert_eq!(health["environment"], "local");
    assert_eq!(
        world::expiry(&system).await,
        [
            "expires_at",
            "abandoned-uploads",
            "replaced-and-deleted",
            "expired-checkpoints"
        ]
    );
    system
}

async fn a_second_deploy_changes_nothing(checkout: &mut Checkout, system: &System) {
    let before = world::look(system).await;
    let mut best = Duration::MAX;
    for _ in 0..IDLE_TRIES {
        if best < IDLE {
            break;
        }
        let begin = Instant::now();
        let run = checkout.run(&["deploy", "--env", "local", "--yes"]);
        best = best.min(begin.elapsed());
        run.expect_success();
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(report["changed"], false, "{report:#}");
    }
    println!("deploy with nothing to do: {best:.2?}");
    assert_eq!(world::look(system).await, before);
    assert!(best < IDLE, "{best:?}");
}

async fn without_a_token_nobody_gets_in(system: &System) {
    for path in ["/items", "/search/config", "/nowhere"] {
        assert_eq!(system.get(path, None).await.0, 401, "{path}");
        let forged = Some("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ.");
        assert_eq!(system.get(path, forged).await.0, 401, "{path}");
    }
}

async fn an_upload_becomes_searchable(user: &User<'_>) -> String {
    assert_eq!(
        user.get("/items").await,
        (200, json!({ "items": [], "total": 0, "next_cursor": null }))
    );
    let begin = Instant::now();
    let (status, item) = user.upload("lighthouse.png", &photo::png(CAPTION)).await;
    assert_eq!(status, 201, "{item:#}");
    let id = item["id"].as_str().unwrap().to_owned();
    user.wait_until_found(&id, "bm25", "lighthouse").await;
    println!("upload to found by words: {:.2?}", begin.elapsed());
    // Words that the caption does not have.
    user.wait_until_found(&id, "vector", "beacon tower beside the sea in the evening")
        .await;
    println!("upload to found by meaning: {:.2?}", begin.elapsed());
    user.wait_until_found(&id, "hybrid", "sunset at the coast")
        .await;
    let (_, item) = user.get(&format!("/items/{id}")).await;
    assert_eq!(item["status"], "searchable", "{item:#}");
    assert_eq!(
        (&item["width"], &item["height"]),
        (&json!(photo::WIDTH), &json!(photo::HEIGHT))
    );

    let again = Instant::now();
    let (_, second) = user
        .upload("second.png", &photo::png("A bowl of ramen with an egg"))
        .await;
    let second = second["id"].as_str().unwrap();
    user.wait_until_found(second, "hybrid", "ramen").await;
    println!(
        "a second upload to found, functions warm: {:.2?}",
        again.elapsed()
    );
    let found = user.search("hybrid", "lighthouse").await;
    assert_eq!(found["results"][0]["item_id"], json!(id), "{found:#}");
    id
}

async fn the_thumbnail_is_a_smaller_jpeg(user: &User<'_>, item: &str) {
    let (status, location) = user.get(&format!("/items/{item}/thumbnail")).await;
    assert_eq!(status, 200, "{location}");
    let bytes = user.download(location["url"].as_str().unwrap()).await;
    assert!(
        bytes.starts_with(&[0xff, 0xd8, 0xff]),
        "no JPEG: {:?}",
        &bytes[..bytes.len().min(8)]
    );
    let (_, location) = user.get(&format!("/items/{item}/image")).await;
    let original = user.download(location["url"].as_str().unwrap()).await;
    assert_eq!(original, photo::png(CAPTION));
}

async fn an_upload_by_form_takes_the_same_way(user: &User<'_>) {
    let id = user
        .upload_by_form(&photo::png("A red bicycle leaning on a brick wall"))
        .await;
    user.wait_until_found(&id, "hybrid", "bicycle").await;
}

async fn another_user_sees_nothing_of_it(user: &User<'_>, item: &str) {
    assert_eq!(user.get("/items").await.1["total"], 0);
    for kind in ["bm25", "vector", "hybrid"] {
        let found = user.search(kind, "lighthouse").await;
        assert_eq!(found["total_results"], 0, "{found:#}");
    }
    for path in ["", "/image", "/thumbnail", "/analyses"] {
        let (status, answer) = user.get(&format!("/items/{item}{path}")).await;
        assert_eq!(status, 404, "{path}: {answer}");
    }
    assert_eq!(user.delete(&format!("/items/{item}")).await.0, 404);
}

async fn what_is_deleted_is_gone(system: &System, user: &User<'_>, item: &str) {
    assert_eq!(system.objects_of(item).await.len(), 2);
    let (status, answer) = user.delete(&format!("/items/{item}")).await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(user.get(&format!("/items/{item}")).await.0, 404);
    let found = user.search("hybrid", "lighthouse").await;
    let left = found["results"].as_array().unwrap();
    assert!(left.iter().all(|hit| hit["item_id"] != item), "{found:#}");
    assert_eq!(system.objects_of(item).await, Vec::<String>::new());
}

async fn nothing_failed_on_the_way(system: &System) {
    assert_eq!(system.dead_letters().await, Vec::<String>::new());
}

fn everything_is_stopped(checkout: &mut Checkout) {
    let parts = checkout.status().pids();
    assert_eq!(parts.len(), checkout::PARTS.len());
    checkout.run(&["local", "down"]).expect_success();
    for pid in parts {
        assert!(!checkout::is_alive(pid), "{pid}");
    }
    let left = checkout.processes();
    assert!(left.is_empty(), "{left:#?}");
}
