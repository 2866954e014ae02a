//! Dead letters are looked at without harm and moved back without loss.

use std::collections::BTreeMap;
use std::time::Duration;

use stack::environment::Environment;

use crate::cloud::fake::{Fake, FakeQueue, Trouble};
use crate::engine::queues::{self, Pair, letters, redrive};
use crate::error::Kind;

const EVENT: &str = r#"{"detail-type": "ImageProcessed", "source": "collections.imageprocessor",
    "detail": {"item_id": "i-1", "user_id": "u-1", "api_key": "canary"}}"#;

fn environment() -> Environment {
    let text = include_str!("../../../../environments/dev.yaml");
    Environment::parse("dev", "environments/dev.yaml", text).unwrap()
}

fn analyzer() -> Pair {
    let mut pairs = queues::pairs(&environment(), Some("analyzer")).unwrap();
    pairs.remove(0)
}

/// An account where the analyzer has these dead letters.
fn account(dead: &[&str]) -> Fake {
    let fake = Fake::new();
    fake.with(|world| {
        let queues = [
            ("collections-dev-analyzer", FakeQueue::of(&["waits"])),
            ("collections-dev-analyzer-dead", FakeQueue::of(dead)),
        ];
        let queues = queues.map(|(name, queue)| (name.to_owned(), queue));
        world.queues = BTreeMap::from(queues);
    });
    fake
}

fn bodies(fake: &Fake, queue: &str) -> Vec<String> {
    let mut bodies = fake.with(|world| world.queues[queue].bodies());
    bodies.sort();
    bodies
}

fn many(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("letter {n:02}")).collect()
}

#[tokio::test]
async fn every_function_has_dead_letters_and_those_behind_queues_a_queue() {
    let pairs = queues::pairs(&environment(), None).unwrap();
    let with_queue = pairs.iter().filter(|pair| pair.queue.is_some());
    assert_eq!((pairs.len(), with_queue.count()), (6, 3));
    let error = queues::pairs(&environment(), Some("analyser")).unwrap_err();
    assert_eq!(error.kind(), Kind::Input);
}

#[tokio::test]
async fn levels_tell_what_waits_is_worked_on_and_is_dead() {
    let fake = account(&["a", "b"]);
    let (cloud, pair) = (fake.cloud(), analyzer());
    let queue = pair.queue.clone().unwrap();
    let minute = Duration::from_secs(60);
    cloud.queues.receive(&queue, 10, minute).await.unwrap();
    cloud.clock.sleep(Duration::from_secs(45)).await;
    let levels = queues::levels(&cloud, "dev", &[pair]).await.unwrap();
    let expected = "function          waiting  in flight   oldest   dead
analyzer                0          1      45s      2
";
    assert_eq!(levels.to_string(), expected);
    assert_eq!(levels.dead(), 2);
}

#[tokio::test]
async fn an_environment_that_does_not_stand_is_an_error_with_the_way_out() {
    let cloud = Fake::new().cloud();
    let error = queues::levels(&cloud, "dev", &[analyzer()])
        .await
        .unwrap_err();
    assert!(error.to_string().contains("no queue"), "{error}");
}

#[tokio::test]
async fn letters_are_shown_redacted_bounded_and_are_still_there() {
    let fake = account(&[EVENT, "no JSON", "more", "more"]);
    let cloud = fake.cloud();
    let seen = letters::look(&cloud, "dev", &analyzer(), 3).await.unwrap();
    assert_eq!(seen.len(), 3);
    let text = letters::Letters(seen).to_string();
    for part in ["ImageProcessed", "i-1", "u-1", "[redacted]", "no JSON"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("canary"), "{text}");
    let depth = cloud.queues.depth(&analyzer().dead).await.unwrap().unwrap();
    assert_eq!(
        (depth.waiting, depth.in_flight),
        (4, 0),
        "given back at once"
    );
}

#[tokio::test]
async fn letters_go_back_whoever_moves_them() {
    for service_moves in [false, true] {
        let letters = many(25);
        let fake = account(&letters.iter().map(String::as_str).collect::<Vec<_>>());
        fake.with(|world| world.moves_messages = service_moves);
        let moved = redrive::redrive(&fake.cloud(), "dev", &analyzer()).await;
        assert_eq!(moved.unwrap(), 25);
        assert!(bodies(&fake, "collections-dev-analyzer-dead").is_empty());
        let mut expected = letters;
        expected.push("waits".to_owned());
        assert_eq!(bodies(&fake, "collections-dev-analyzer"), expected);
    }
}

#[tokio::test]
async fn a_function_without_a_queue_says_so() {
    let mut pairs = queues::pairs(&environment(), Some("cleanup")).unwrap();
    let error = redrive::redrive(&Fake::new().cloud(), "dev", &pairs.remove(0)).await;
    assert_eq!(error.unwrap_err().kind(), Kind::Input);
}

#[tokio::test]
async fn killed_at_any_call_no_letter_is_lost_and_the_next_run_ends_it() {
    let letters = many(12);
    let names: Vec<&str> = letters.iter().map(String::as_str).collect();
    for trouble in [
        Trouble::CrashBefore,
        Trouble::CrashAfter,
        Trouble::LostAnswer,
        Trouble::Throttle,
    ] {
        for call in 0.. {
            let fake = account(&names);
            fake.trouble(call, trouble);
            let first = redrive::redrive(&fake.cloud(), "dev", &analyzer()).await;
            let dead = bodies(&fake, "collections-dev-analyzer-dead");
            let back = bodies(&fake, "collections-dev-analyzer");
            for letter in &letters {
                assert!(
                    dead.contains(letter) || back.contains(letter),
                    "{letter} is lost: {trouble:?} at {call}"
                );
            }
            if call >= fake.calls().len() {
                break;
            }
            assert_eq!(first.is_err(), fake.crashed(), "{trouble:?} at {call}");
            fake.restart();
            // What the dead process had received comes back after a while.
            fake.cloud().clock.sleep(Duration::from_secs(90)).await;
            redrive::redrive(&fake.cloud(), "dev", &analyzer())
                .await
                .unwrap();
            assert!(bodies(&fake, "collections-dev-analyzer-dead").is_empty());
        }
    }
}
