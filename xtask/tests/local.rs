//! The local environment from the outside: a checkout of its own, the real binary, real parts.
//! The first run installs the tools into the checkout's `.local/tools`; later ones share them.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

#[path = "local/checkout.rs"]
mod checkout;
#[path = "local/clients.rs"]
mod clients;
#[path = "local/importing.rs"]
mod importing;

use std::time::{Duration, Instant};

use checkout::{Checkout, PARTS};

#[tokio::test]
async fn a_local_environment_lives_through_everything() {
    let mut checkout = Checkout::new();
    checkout.run(&["local", "up"]).expect_success();
    let first = checkout.status();
    assert!(first.healthy, "{first:#?}");

    a_second_up_does_nothing_and_is_quick(&mut checkout);
    only_tls_with_the_right_certificate_gets_in(&checkout).await;
    a_crowd_gets_in_and_a_full_database_is_left_alone(&mut checkout).await;
    clients::write_row(&checkout).await;
    clients::write_parameter(&checkout).await;
    for part in PARTS {
        a_killed_part_comes_back_and_the_others_stay(&mut checkout, part);
    }
    clients::expect_row(&checkout).await;
    clients::write_parameter(&checkout).await;
    down_stops_everything_and_keeps_data(&mut checkout).await;
    a_taken_port_is_left_to_its_holder(&mut checkout);
    reset_asks_and_removes(&mut checkout).await;
    checkout.expect_no_password_in_any_output();
}

#[test]
fn an_up_that_was_killed_leaves_nothing_half_made() {
    let mut checkout = Checkout::new();
    let mut up = checkout.start(&["local", "up"]);
    let begin = Instant::now();
    let draft = || {
        let entries = std::fs::read_dir(checkout.path(".local/postgres"))
            .into_iter()
            .flatten();
        let mut names = entries.map(|entry| entry.unwrap().file_name());
        names.any(|name| name.to_string_lossy().starts_with("data.draft"))
    };
    while !draft() && begin.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(2));
    }
    assert!(draft());
    up.kill().unwrap();
    up.wait().unwrap();
    checkout.run(&["local", "up"]).expect_success();
    let status = checkout.status();
    assert!(status.healthy, "{status:#?}");
}

fn a_second_up_does_nothing_and_is_quick(checkout: &mut Checkout) {
    let before = checkout.status();
    let begin = Instant::now();
    checkout.run(&["local", "up"]).expect_success();
    let took = begin.elapsed();
    // A tenth of a second on a quiet machine.
    assert!(took < Duration::from_secs(20), "{took:?}");
    assert_eq!(checkout.status().pids(), before.pids());
}

async fn only_tls_with_the_right_certificate_gets_in(checkout: &Checkout) {
    use clients::{Tls, connect};
    connect(checkout, Tls::Verified, None).await.unwrap();

    let plain = connect(checkout, Tls::None, None).await.unwrap_err();
    let refusal = plain.as_database_error().unwrap();
    assert_eq!(refusal.code().as_deref(), Some("28000"));
    assert!(refusal.message().contains("TLS only"), "{refusal}");

    let stranger = connect(checkout, Tls::WrongAuthority, None)
        .await
        .unwrap_err();
    assert!(stranger.to_string().contains("certificate"), "{stranger}");

    let guess = connect(checkout, Tls::Verified, Some("a guess"))
        .await
        .unwrap_err();
    assert_eq!(
        guess.as_database_error().unwrap().code().as_deref(),
        Some("28P01")
    );
}

/// After a burst, every process of every function holds a connection for some minutes.
async fn a_crowd_gets_in_and_a_full_database_is_left_alone(checkout: &mut Checkout) {
    let before = checkout.status();
    let mut crowd = Vec::new();
    let refused = loop {
        match clients::connect(checkout, clients::Tls::Verified, None).await {
            Ok(connection) => crowd.push(connection),
            Err(error) => break error,
        }
    };
    assert!(crowd.len() >= 150, "{} got in", crowd.len());
    let code = refused.as_database_error().unwrap().code().unwrap();
    assert_eq!(code, "53300", "{refused}");
    assert!(checkout.status().healthy);
    checkout.run(&["local", "up"]).expect_success();
    assert_eq!(checkout.status().pids(), before.pids());
}

fn a_killed_part_comes_back_and_the_others_stay(checkout: &mut Checkout, part: &str) {
    let before = checkout.status();
    checkout.kill(before.pid(part).unwrap());
    let ill = checkout.run(&["local", "status"]);
    assert_eq!(ill.code, 1, "{part}: {ill:?}");
    checkout.run(&["local", "up"]).expect_success();
    let after = checkout.status();
    assert!(after.healthy, "{after:#?}");
    for other in PARTS {
        let same = before.pid(other) == after.pid(other);
        assert_eq!(same, other != part, "{other} after {part} was killed");
    }
}

async fn down_stops_everything_and_keeps_data(checkout: &mut Checkout) {
    let before = checkout.status();
    checkout.run(&["local", "down"]).expect_success();
    for pid in before.pids() {
        assert!(!checkout::is_alive(pid), "{pid}");
    }
    let down = checkout.status();
    assert!(!down.healthy && down.pids().is_empty(), "{down:#?}");
    checkout.run(&["local", "up"]).expect_success();
    clients::expect_row(checkout).await;
    clients::expect_parameter(checkout).await;
}

fn a_taken_port_is_left_to_its_holder(checkout: &mut Checkout) {
    let before = checkout.status();
    checkout.kill(before.pid("tls").unwrap());
    let port = before.port("tls");
    let holder = checkout::hold(port);
    let up = checkout.run(&["local", "up"]);
    up.expect_success();
    assert!(
        up.stderr.contains(&format!("port {port} of tls is taken")),
        "{}",
        up.stderr
    );
    assert_ne!(checkout.status().port("tls"), port);
    drop(holder);
}

async fn reset_asks_and_removes(checkout: &mut Checkout) {
    let refused = checkout.run(&["local", "reset"]);
    assert_eq!(refused.code, 5, "{refused:?}");
    assert!(refused.stderr.contains("--yes"), "{}", refused.stderr);
    clients::expect_row(checkout).await;
    checkout.run(&["local", "reset", "--yes"]).expect_success();
    assert!(checkout.status().healthy);
    clients::expect_no_row(checkout).await;
}
