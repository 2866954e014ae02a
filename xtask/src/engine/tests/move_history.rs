//! Moving chat history: every step is asked for until there is no next, and what differs is told.

use serde_json::{Value, json};

use super::fixture::Site;
use crate::cloud::functions::Answer;
use crate::engine::move_history::{Move, Moved};
use crate::error::Result;
use crate::event::Recorder;

#[allow(clippy::needless_pass_by_value, reason = "made for the call")]
fn step(conversations: u64, next: Value) -> Answer {
    Answer::Value(json!({
        "conversations": conversations, "messages": 2 * conversations, "copied": conversations,
        "already": 0, "source": "same", "target": "same", "next": next,
    }))
}

async fn moved(site: &Site, dry_run: bool, answers: Vec<Answer>) -> Result<Moved> {
    site.world(|world| {
        world.asked.clear();
        world.next_answers = answers.into();
    });
    let work = Move {
        function: "collections-dev-api".to_owned(),
        from: "dynamodb".to_owned(),
        to: "postgres".to_owned(),
        dry_run,
    };
    let (_, events) = Recorder::pair();
    work.run(&site.fake.cloud(), &events).await
}

#[tokio::test]
async fn every_user_is_moved_step_by_step() {
    let site = Site::new();
    site.deploy().await.unwrap();
    let place = json!({"updated_at": "2026-11-21T10:00:00Z", "conversation_id": "c50"});
    let answers = vec![
        Answer::Value(json!(["u", "v"])),
        step(50, place.clone()),
        step(10, Value::Null),
        step(1, Value::Null),
    ];
    let moved = moved(&site, false, answers).await.unwrap();
    let said = "2 users, 61 conversations and 122 messages in dynamodb\n\
        61 were copied to postgres, 0 were there already\n\
        counts and checksums are the same on both sides; dynamodb keeps its own\n";
    assert_eq!(moved.to_string(), said);
    let asked = site.world(|world| world.asked.clone());
    let asked: Vec<_> = asked.iter().map(|request| &request["history"]).collect();
    assert_eq!(*asked[0], json!({"users": {"of": "dynamodb"}}));
    let of = |user: &str, after: &Value| {
        json!({"move": {
            "from": "dynamodb", "to": "postgres", "user": user, "after": after, "dry_run": false,
        }})
    };
    assert_eq!(*asked[1], of("u", &Value::Null));
    assert_eq!(*asked[2], of("u", &place));
    assert_eq!(*asked[3], of("v", &Value::Null));
    assert_eq!(asked.len(), 4);
}

#[tokio::test]
async fn a_step_that_fails_stops_the_move_and_says_how_to_go_on() {
    let site = Site::new();
    site.deploy().await.unwrap();
    let said = "c7 of user u came back from the target with other content".to_owned();
    let answers = vec![Answer::Value(json!(["u"])), Answer::Failed(said.clone())];
    let error = moved(&site, false, answers).await.unwrap_err();
    assert!(error.to_string().contains(&said), "{error}");
    assert!(
        format!("{error:?}").contains("run the same command again"),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_dry_run_says_what_would_be_copied() {
    let site = Site::new();
    site.deploy().await.unwrap();
    let answers = vec![Answer::Value(json!(["u"])), step(3, Value::Null)];
    let moved = moved(&site, true, answers).await.unwrap();
    let said = "1 users, 3 conversations and 6 messages in dynamodb\n\
        0 are in postgres already, 3 would be copied\n";
    assert_eq!(moved.to_string(), said);
    assert_eq!(
        site.world(|world| world.asked[1]["history"]["move"]["dry_run"].clone()),
        true
    );
}
