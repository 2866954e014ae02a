//! What every back end promises, as one function over the trait.

use std::sync::Arc;

use collections_core::chat::history::{
    ConversationId, History, Message, Metadata, NewConversation, Page, Place, Role, Thread, Turn,
};
use collections_core::domain::UserId;
use serde_json::json;
use time::{Duration, OffsetDateTime};

pub fn user(name: &str) -> UserId {
    name.parse().unwrap()
}

pub fn id(name: &str) -> ConversationId {
    name.parse().unwrap()
}

/// A moment of the conversation that a test has, seconds from now.
pub fn moment(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::now_utc() + Duration::seconds(seconds)
}

/// A question and its answer.
pub fn turn(question: &str, at: OffsetDateTime) -> Turn {
    let mut answer = Message::new(Role::Assistant, format!("answer to {question}"), at);
    answer
        .metadata
        .insert("sources".into(), json!([{"item_id": "i", "score": 0.25}]));
    let messages = vec![Message::new(Role::User, question, at), answer];
    Turn::new(messages, Metadata::new()).unwrap()
}

/// The questions of a conversation, in order.
pub fn questions(thread: &Thread) -> Vec<&str> {
    let asked = thread.messages().filter(|m| m.role == Role::User);
    asked.map(|message| message.content.as_str()).collect()
}

pub fn everything() -> Page {
    Page {
        limit: 1000,
        after: None,
    }
}

/// All of it. Each part uses users of its own, so it may run on a store that is in use.
pub async fn conforms(history: Arc<dyn History>) {
    a_turn_comes_back_as_it_was_said(&*history).await;
    a_turn_is_kept_once(&*history).await;
    metadata_is_merged(&*history).await;
    a_conversation_can_begin_empty(&*history).await;
    users_do_not_see_each_other(&*history).await;
    lists_are_paged_without_gaps(&*history).await;
    a_name_is_given_and_taken_away(&*history).await;
    a_long_conversation_is_whole(&*history).await;
    a_whole_conversation_can_be_put_in(&*history).await;
    two_tabs_lose_nothing(&history).await;
    two_hundred_turns_in_twenty_sessions_keep_order_and_count(&history).await;
    let state = history.check().await;
    assert_eq!(state, history.state());
    assert_eq!(state.degraded, None);
}

async fn a_turn_comes_back_as_it_was_said(history: &dyn History) {
    let (user, id) = (user("as-it-was"), id("s_1"));
    assert_eq!(history.load(&user, &id).await.unwrap(), None);
    let asked = format!(
        "  What\nis \"quoted\", ünïcödé, NUL \0 and {}?",
        "long ".repeat(20)
    );
    let said = turn(&asked, moment(-5));
    let listed = history.append(&user, &id, &said).await.unwrap();
    assert_eq!(
        listed.title,
        "What is \"quoted\", ünïcödé, NUL \u{fffd} and long long lon…"
    );
    assert_eq!(listed.title.chars().count(), 51);
    assert_eq!(listed.message_count, 2);
    assert_eq!(listed.preview.chars().count(), 101);
    assert_eq!(
        (listed.created_at, listed.updated_at),
        (said.at(), said.at())
    );
    let thread = history.load(&user, &id).await.unwrap().unwrap();
    assert_eq!(thread.conversation, listed);
    assert_eq!(thread.turns, [said]);
    assert_eq!(history.list(&user, &everything()).await.unwrap(), [listed]);
}

async fn a_turn_is_kept_once(history: &dyn History) {
    let (user, id) = (user("kept-once"), id("s"));
    let (first, second) = (turn("first", moment(-9)), turn("second", moment(-8)));
    history.append(&user, &id, &first).await.unwrap();
    history.append(&user, &id, &second).await.unwrap();
    let again = history.append(&user, &id, &first).await.unwrap();
    assert_eq!(again.message_count, 4);
    assert_eq!(again.preview, "answer to second");
    let thread = history.load(&user, &id).await.unwrap().unwrap();
    assert_eq!(questions(&thread), ["first", "second"]);
}

async fn metadata_is_merged(history: &dyn History) {
    let (user, id) = (user("merged"), id("s"));
    for (question, known) in [
        ("a", json!({"x": 1, "y": {"z": [1]}})),
        ("b", json!({"x": 2})),
    ] {
        let mut said = turn(question, moment(0));
        said.metadata = known.as_object().unwrap().clone();
        history.append(&user, &id, &said).await.unwrap();
    }
    let thread = history.load(&user, &id).await.unwrap().unwrap();
    assert_eq!(json!(thread.metadata), json!({"x": 2, "y": {"z": [1]}}));
}

async fn a_conversation_can_begin_empty(history: &dyn History) {
    let user = user("empty");
    let mut new = NewConversation::new(id("named"));
    new.title = Some("My title".into());
    let made = history.create(&user, &new).await.unwrap();
    assert_eq!((made.title.as_str(), made.message_count), ("My title", 0));
    assert_eq!(made.preview, "");
    let nameless = NewConversation::new(id("nameless"));
    assert_eq!(history.create(&user, &nameless).await.unwrap().title, "");
    for (name, title) in [("named", "My title"), ("nameless", "the question")] {
        let said = turn("the question", moment(1));
        let listed = history.append(&user, &id(name), &said).await.unwrap();
        assert_eq!(listed.title, title);
    }
    new.title = Some("Another".into());
    let again = history.create(&user, &new).await.unwrap();
    assert_eq!((again.title.as_str(), again.message_count), ("My title", 2));
    let thread = history.load(&user, &id("named")).await.unwrap().unwrap();
    assert_eq!(questions(&thread), ["the question"]);
}

async fn users_do_not_see_each_other(history: &dyn History) {
    let (anna, ben, id) = (user("anna"), user("ben"), id("shared-name"));
    history
        .append(&anna, &id, &turn("anna's", moment(0)))
        .await
        .unwrap();
    assert_eq!(history.load(&ben, &id).await.unwrap(), None);
    assert_eq!(history.rename(&ben, &id, "mine").await.unwrap(), None);
    assert!(!history.delete(&ben, &id).await.unwrap());
    assert_eq!(history.list(&ben, &everything()).await.unwrap(), []);
    history
        .append(&ben, &id, &turn("ben's", moment(0)))
        .await
        .unwrap();
    assert!(history.delete(&ben, &id).await.unwrap());
    let thread = history.load(&anna, &id).await.unwrap().unwrap();
    assert_eq!(questions(&thread), ["anna's"]);
}

async fn lists_are_paged_without_gaps(history: &dyn History) {
    let user = user("paged");
    // Two at each moment, so that a page may end between equals.
    for n in 0..10_i64 {
        let name = id(&format!("c{n}"));
        let at = OffsetDateTime::now_utc().replace_nanosecond(0).unwrap();
        let said = turn("q", at + Duration::seconds(n / 2 - 20));
        history.append(&user, &name, &said).await.unwrap();
        history
            .append(&user, &name, &turn("again", said.at()))
            .await
            .unwrap();
    }
    let all = history.list(&user, &everything()).await.unwrap();
    let places: Vec<_> = all.iter().map(Place::from).collect();
    assert_eq!(places.len(), 10);
    assert!(places.is_sorted_by(|a, b| a > b), "{places:?}");
    for limit in [1, 3, 10] {
        let (mut paged, mut after) = (Vec::new(), None);
        loop {
            let page = Page { limit, after };
            let found = history.list(&user, &page).await.unwrap();
            assert!(found.len() <= limit);
            let Some(last) = found.last() else { break };
            after = Some(Place::from(last));
            paged.extend(found);
        }
        assert_eq!(paged, all, "by {limit}");
    }
}

async fn a_name_is_given_and_taken_away(history: &dyn History) {
    let (user, id) = (user("renamed"), id("s"));
    assert_eq!(history.rename(&user, &id, "x").await.unwrap(), None);
    let said = turn("q", moment(-60));
    history.append(&user, &id, &said).await.unwrap();
    let renamed = history
        .rename(&user, &id, "A better name")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(renamed.title, "A better name");
    assert!(renamed.updated_at > said.at(), "a rename is activity");
    let later = history
        .append(&user, &id, &turn("r", moment(5)))
        .await
        .unwrap();
    assert_eq!(
        (later.title.as_str(), later.message_count),
        ("A better name", 4)
    );
    assert!(history.delete(&user, &id).await.unwrap());
    assert!(!history.delete(&user, &id).await.unwrap());
    assert_eq!(history.load(&user, &id).await.unwrap(), None);
    assert_eq!(history.list(&user, &everything()).await.unwrap(), []);
    let reborn = history
        .append(&user, &id, &turn("new", moment(6)))
        .await
        .unwrap();
    assert_eq!((reborn.title.as_str(), reborn.message_count), ("new", 2));
    let thread = history.load(&user, &id).await.unwrap().unwrap();
    assert_eq!(
        questions(&thread),
        ["new"],
        "nothing of the removed one comes back"
    );
}

/// More than a back end gives back in one piece, in messages of the largest size.
async fn a_long_conversation_is_whole(history: &dyn History) {
    let (user, id) = (user("long"), id("s"));
    let asked: Vec<_> = (0..8)
        .map(|n| format!("{n} {}", noise(200_000, n)))
        .collect();
    for question in &asked {
        let at = moment(0);
        let messages = vec![
            Message::new(Role::User, question.as_str(), at),
            Message::new(Role::Assistant, "ok", at),
        ];
        let said = Turn::new(messages, Metadata::new()).unwrap();
        history.append(&user, &id, &said).await.unwrap();
    }
    let thread = history.load(&user, &id).await.unwrap().unwrap();
    assert!(questions(&thread) == asked, "the messages differ");
    assert_eq!(thread.conversation.message_count, 16);
    assert!(history.delete(&user, &id).await.unwrap());
}

/// Text that hardly compresses.
pub fn noise(length: usize, seed: u64) -> String {
    let mut state = seed + 1;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        char::from(b' ' + u8::try_from(state >> 58).unwrap())
    };
    (0..length).map(|_| next()).collect()
}

async fn a_whole_conversation_can_be_put_in(history: &dyn History) {
    let (from, to, id) = (user("moved-from"), user("moved-to"), id("s"));
    for question in ["one", "two", "three"] {
        let mut said = turn(question, moment(0));
        said.metadata.insert(question.into(), json!(true));
        history.append(&from, &id, &said).await.unwrap();
    }
    history.rename(&from, &id, "Named").await.unwrap();
    let thread = history.load(&from, &id).await.unwrap().unwrap();
    for _ in 0..2 {
        history.restore(&to, &thread).await.unwrap();
        assert_eq!(history.load(&to, &id).await.unwrap().unwrap(), thread);
    }
    history
        .append(&to, &id, &turn("four", moment(1)))
        .await
        .unwrap();
    history.restore(&to, &thread).await.unwrap();
    let merged = history.load(&to, &id).await.unwrap().unwrap();
    assert_eq!(questions(&merged), ["one", "two", "three", "four"]);
}

/// Ten writers at one conversation, half of them asking for the list meanwhile.
async fn two_tabs_lose_nothing(history: &Arc<dyn History>) {
    let (user, id) = (user("two-tabs"), id("s"));
    let tabs = (0..10).map(|tab| {
        let (history, user, id) = (history.clone(), user.clone(), id.clone());
        tokio::spawn(async move {
            for n in 0..4 {
                let said = turn(&format!("{tab}/{n}"), moment(0));
                history.append(&user, &id, &said).await.unwrap();
                if tab % 2 == 0 {
                    history.list(&user, &everything()).await.unwrap();
                }
            }
        })
    });
    for tab in tabs.collect::<Vec<_>>() {
        tab.await.unwrap();
    }
    let thread = history.load(&user, &id).await.unwrap().unwrap();
    assert_eq!(thread.conversation.message_count, 80);
    let asked = questions(&thread);
    for tab in 0..10 {
        let own: Vec<_> = asked
            .iter()
            .filter(|q| q.starts_with(&format!("{tab}/")))
            .collect();
        let order: Vec<_> = (0..4).map(|n| format!("{tab}/{n}")).collect();
        assert_eq!(own, order.iter().collect::<Vec<_>>());
    }
}

async fn two_hundred_turns_in_twenty_sessions_keep_order_and_count(history: &Arc<dyn History>) {
    let user = user("parallel");
    let sessions = (0..20).map(|session| {
        let (history, user) = (history.clone(), user.clone());
        tokio::spawn(async move {
            for n in 0..10 {
                let said = turn(&format!("{session}/{n}"), moment(n));
                let id = id(&format!("session-{session}"));
                let listed = history.append(&user, &id, &said).await.unwrap();
                assert_eq!(listed.message_count, u64::try_from(2 * n + 2).unwrap());
            }
        })
    });
    for session in sessions.collect::<Vec<_>>() {
        session.await.unwrap();
    }
    let listed = history.list(&user, &everything()).await.unwrap();
    assert_eq!(listed.len(), 20);
    assert_eq!(listed.iter().map(|c| c.message_count).sum::<u64>(), 400);
    for session in 0..20 {
        let thread = history
            .load(&user, &id(&format!("session-{session}")))
            .await
            .unwrap();
        let order: Vec<_> = (0..10).map(|n| format!("{session}/{n}")).collect();
        assert_eq!(questions(&thread.unwrap()), order);
    }
}
