//! Moving conversations from one back end to another: copied, read back and compared. What is there
//! already is left as it is, so a move that was cut off is begun again. The source keeps everything.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::error::{Error, Result};
use super::{History, Page, Place, Thread, Turn};
use crate::domain::UserId;

/// How many conversations one step moves.
const STEP: usize = 50;

/// A store whose users can be listed. Nothing that answers users can do that.
#[async_trait]
pub trait Movable: History {
    /// Everybody who has conversations, in order.
    async fn users(&self) -> Result<Vec<UserId>>;
}

/// What a step of a move came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// How many conversations were looked at.
    pub conversations: u64,
    /// How many messages they have.
    pub messages: u64,
    /// How many were copied now, or on a dry run would be.
    pub copied: u64,
    /// How many were there already.
    pub already: u64,
    /// What the source has, as a hash.
    pub source: String,
    /// What the target has of it, as a hash. The same, except on a dry run.
    pub target: String,
    /// Where the next step begins; nothing when all are done.
    pub next: Option<Place>,
}

/// Moves the next conversations of a user.
pub async fn step(
    from: &dyn History,
    to: &dyn History,
    user: &UserId,
    after: Option<Place>,
    dry_run: bool,
) -> Result<Moved> {
    let page = Page { limit: STEP, after };
    let listed = from.list(user, &page).await?;
    let mut moved = Moved::default();
    let (mut source, mut target) = (Sha256::new(), Sha256::new());
    for conversation in &listed {
        let id = &conversation.conversation_id;
        // One that was removed, or has expired, since it was listed.
        let Some(thread) = from.load(user, id).await? else {
            continue;
        };
        moved.conversations += 1;
        moved.messages += thread.conversation.message_count;
        add(&mut source, user, &thread);
        let mut there = to.load(user, id).await?;
        if there.as_ref().is_some_and(|there| holds(there, &thread)) {
            moved.already += 1;
        } else {
            moved.copied += 1;
            if !dry_run {
                there = Some(copy(to, user, &thread, there.is_none()).await?);
            }
        }
        if let Some(there) = there {
            add(&mut target, user, &part_of(&there, &thread));
        }
    }
    moved.source = hexadecimal(source);
    moved.target = hexadecimal(target);
    moved.next = (listed.len() == STEP)
        .then(|| listed.last().map(Place::from))
        .flatten();
    if !dry_run && moved.source != moved.target {
        return Err(mismatch(user, "its conversations"));
    }
    Ok(moved)
}

/// Copies a conversation and reads it back.
async fn copy(to: &dyn History, user: &UserId, thread: &Thread, is_new: bool) -> Result<Thread> {
    to.restore(user, thread).await?;
    let id = &thread.conversation.conversation_id;
    let there = to.load(user, id).await?;
    let there = there.ok_or_else(|| mismatch(user, id.as_str()))?;
    // Where nothing was before, nothing may differ, neither name nor times.
    if !holds(&there, thread) || (is_new && there != *thread) {
        return Err(mismatch(user, id.as_str()));
    }
    Ok(there)
}

fn mismatch(user: &UserId, what: &str) -> Error {
    Error::Other(anyhow::anyhow!(
        "{what} of user {user} came back from the target with other content than the source has"
    ))
}

/// Whether one has all that was said in another.
fn holds(there: &Thread, thread: &Thread) -> bool {
    let has = |turn: &Turn| there.turns.contains(turn);
    let known = |(key, _): (&String, _)| there.metadata.contains_key(key);
    thread.turns.iter().all(has) && thread.metadata.iter().all(known)
}

/// What one has of the turns of another, in its own order.
fn part_of(there: &Thread, thread: &Thread) -> Thread {
    let mut part = there.clone();
    part.turns
        .retain(|turn| thread.turns.iter().any(|wanted| wanted.id == turn.id));
    part
}

/// Users, conversations, turns and messages go in; names and times of lists may have moved on.
fn add(hash: &mut Sha256, user: &UserId, thread: &Thread) {
    let id = &thread.conversation.conversation_id;
    let content = serde_json::json!([user, id, thread.turns]);
    hash.update(sorted(content).to_string());
    hash.update([0]);
}

/// With the keys of every object in order: PostgreSQL has an order of its own.
fn sorted(value: Value) -> Value {
    match value {
        Value::Array(values) => values.into_iter().map(sorted).collect(),
        Value::Object(map) => {
            let entries = map.into_iter().map(|(key, value)| (key, sorted(value)));
            let in_order: BTreeMap<String, Value> = entries.collect();
            in_order.into_iter().collect()
        }
        plain => plain,
    }
}

fn hexadecimal(hash: Sha256) -> String {
    use std::fmt::Write as _;
    hash.finalize()
        .iter()
        .fold(String::new(), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}
