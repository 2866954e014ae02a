//! Conversations as checkpoints in DynamoDB. A checkpoint is the whole state after a turn: one write
//! keeps a turn, one query resumes.
//!
//! Every checkpoint names the id of the one that will follow it. Two writers that saw the same
//! state therefore write to the same place; DynamoDB lets one of them, and the other adds its turn
//! to what the first has written. Nothing is locked and nothing is lost.
//!
//! A checkpoint lives for some hours after the last activity. The table removes it within two days
//! of that; until then it is there, and never shown.

mod checkpoint;
mod packing;
mod table;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_config::SdkConfig;
use contract::access::{
    Checkpoints, CountCheckpoints, DeleteCheckpoints, ReadCheckpoints, ReadParameter,
    WriteCheckpoints,
};
use contract::parameters::CheckpointTtlHours;
use contract::{EnvKey, Grants, Parameter};

use self::checkpoint::{Checkpoint, Listed};
use self::packing::Packed;
use self::table::{Put, Table};
use super::error::{Error, Result};
use super::transfer::Movable;
use super::{
    Backend, Conversation, ConversationId, History, NewConversation, Page, Place, State, Thread,
    Turn,
};
use crate::clock::Clock;
use crate::domain::UserId;
use crate::objects::Objects;
use crate::secrets::Secrets;
use crate::settings::Settings;

/// How often a writer that others were faster than tries again.
const ATTEMPTS: u64 = 60;
/// The longest life of a checkpoint; the rule of the bucket removes large states after 31 days.
const MAX_HOURS: u32 = 30 * 24;
/// Every so many checkpoints of a conversation, those that were replaced are removed, lest a list
/// read them all.
const PRUNED_EVERY: u64 = 16;

/// What a function must be allowed to do to keep conversations here.
pub trait Keeps:
    Grants<Checkpoints>
    + Grants<ReadCheckpoints>
    + Grants<WriteCheckpoints>
    + Grants<DeleteCheckpoints>
    + Grants<ReadParameter<CheckpointTtlHours>>
{
}

impl<F> Keeps for F where
    F: Grants<Checkpoints>
        + Grants<ReadCheckpoints>
        + Grants<WriteCheckpoints>
        + Grants<DeleteCheckpoints>
        + Grants<ReadParameter<CheckpointTtlHours>>
{
}

/// The back end.
pub struct Dynamodb<F> {
    table: Table,
    objects: Objects<F>,
    secrets: Secrets<F>,
    clock: Arc<dyn Clock>,
}

impl<F> std::fmt::Debug for Dynamodb<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Dynamodb").field(&self.table).finish()
    }
}

impl<F: Keeps> Dynamodb<F> {
    /// A client of the environment's table.
    pub fn new(
        config: &SdkConfig,
        settings: &Settings<F>,
        clock: Arc<dyn Clock>,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            table: Table::new(config, settings.require(EnvKey::CheckpointTableName)?),
            objects: Objects::new(config, settings.require(EnvKey::BucketName)?)?,
            secrets: Secrets::new(config, settings.require(EnvKey::ParameterPrefix)?),
            clock,
        })
    }

    /// How long a checkpoint lives.
    async fn life(&self) -> Result<Duration> {
        let hours = self
            .secrets
            .optional_parameter::<CheckpointTtlHours>()
            .await;
        let hours = hours.map_err(Error::Unavailable)?;
        let hours = match hours.as_ref().map(|hours| hours.expose().parse::<u32>()) {
            None => 4,
            Some(Ok(hours)) if (1..=MAX_HOURS).contains(&hours) => hours,
            Some(_) => {
                let name = CheckpointTtlHours::SPEC.name;
                let hint = anyhow::anyhow!("parameter {name} must be from 1 to {MAX_HOURS} hours");
                return Err(Error::Other(hint));
            }
        };
        Ok(Duration::from_secs(u64::from(hours) * 3600))
    }

    /// The state of a conversation, unless it has expired or was removed.
    async fn state_of(&self, user: &UserId, latest: &Checkpoint) -> Result<Option<Thread>> {
        if !latest.is_alive(self.clock.now()) {
            return Ok(None);
        }
        Ok(Some(
            packing::unpack(&self.objects, user, &latest.packed).await?,
        ))
    }

    /// Writes what `change` makes of the state, against all others who write. `Change::Nothing`
    /// writes nothing.
    async fn change<T>(
        &self,
        user: &UserId,
        id: &ConversationId,
        change: impl Fn(Option<Thread>) -> Change<T> + Send,
    ) -> Result<T>
    where
        T: Send,
    {
        let life = self.life().await?;
        for attempt in 0..ATTEMPTS {
            let latest = self.table.latest(user, id).await?;
            let found = match &latest {
                Some(latest) => self.state_of(user, latest).await?,
                None => None,
            };
            let (thread, done) = match change(found) {
                Change::Nothing(done) => return Ok(done),
                Change::Write(thread, done) => (Some(thread), done),
                Change::Remove(done) => (None, done),
            };
            let packed = match &thread {
                Some(thread) => packing::pack(&self.objects, user, thread).await?,
                None => Packed::Nothing,
            };
            let now = self.clock.now();
            let checkpoint =
                Checkpoint::after(latest.as_ref(), thread.as_ref(), packed, now + life);
            match self.table.put(user, id, &checkpoint, now).await {
                Ok(Put::Done) => {
                    self.prune(user, id, &checkpoint).await;
                    return Ok(done);
                }
                Ok(Put::Taken) => self.discard(user, &checkpoint.packed).await,
                Err(error) => {
                    // It may have been written and the answer lost: then its state is needed.
                    return Err(error);
                }
            }
            // The others need the time more than we do, the longer it takes the more.
            let wait = rand::random_range(1..=5 + attempt);
            self.clock.sleep(Duration::from_millis(wait)).await;
        }
        Err(Error::Unavailable(anyhow::anyhow!(
            "{ATTEMPTS} others were faster in writing to conversation {id}"
        )))
    }

    /// Removes the checkpoints that were replaced, from time to time, and all when the conversation
    /// was removed. What fails is left to the table's own expiry.
    async fn prune(&self, user: &UserId, id: &ConversationId, latest: &Checkpoint) {
        let removed = matches!(latest.packed, Packed::Nothing);
        if !removed && !latest.sequence.is_multiple_of(PRUNED_EVERY) {
            return;
        }
        // Somebody may be reading the one before.
        let kept = usize::from(!removed);
        if let Err(error) = self.remove_before(user, id, latest, kept).await {
            let error = error.to_string();
            tracing::warn!(error, conversation = %id, "old checkpoints were left to expire");
        }
    }

    async fn remove_before(
        &self,
        user: &UserId,
        id: &ConversationId,
        latest: &Checkpoint,
        kept: usize,
    ) -> Result<()> {
        let mut old = self.table.before(user, id, latest.id).await?;
        let old = old.split_off(kept.min(old.len()));
        self.table.remove(user, id, &old).await?;
        for checkpoint in &old {
            self.discard(user, &checkpoint.packed).await;
        }
        Ok(())
    }

    /// Removes the object of a state that nobody needs. The bucket's rule removes it otherwise.
    async fn discard(&self, user: &UserId, packed: &Packed) {
        let Packed::Object(object) = packed else {
            return;
        };
        let key = packing::key(user, object);
        if let Err(error) = self.objects.delete_checkpoint(&key).await {
            tracing::warn!(error = format!("{error:#}"), %key, "a state was left to expire");
        }
    }
}

/// What a change comes to.
#[allow(clippy::large_enum_variant, reason = "one at a time, and not kept")]
enum Change<T> {
    Nothing(T),
    Write(Thread, T),
    Remove(T),
}

#[async_trait]
impl<F: Keeps> History for Dynamodb<F> {
    /// Reads from the latest activity on, however far into the list the page is: only so is an older
    /// checkpoint of a conversation told from its latest.
    async fn list(&self, user: &UserId, page: &Page) -> Result<Vec<Conversation>> {
        let now = self.clock.now();
        let mut found: BTreeMap<String, Listed> = BTreeMap::new();
        let mut rows = self.table.by_activity(user);
        while let Some(row) = rows.next().await? {
            // Equal times come in any order, so a time is over when a lower one comes.
            let wanted = |listed: &Listed| {
                listed.last_activity > row.last_activity && listed.is_wanted(page, now)
            };
            if found.values().filter(|listed| wanted(listed)).count() >= page.limit {
                break;
            }
            let known = found.get(&row.thread_id);
            if known.is_none_or(|known| known.checkpoint_id < row.checkpoint_id) {
                found.insert(row.thread_id.clone(), row);
            }
        }
        let alive = found
            .into_values()
            .filter(|listed| listed.is_wanted(page, now));
        let mut listed: Vec<_> = alive.filter_map(Listed::into_conversation).collect();
        listed.sort_by_cached_key(|conversation| std::cmp::Reverse(Place::from(conversation)));
        listed.truncate(page.limit);
        Ok(listed)
    }

    async fn load(&self, user: &UserId, id: &ConversationId) -> Result<Option<Thread>> {
        match self.table.latest(user, id).await? {
            Some(latest) => self.state_of(user, &latest).await,
            None => Ok(None),
        }
    }

    async fn create(&self, user: &UserId, new: &NewConversation) -> Result<Conversation> {
        let begin = |found: Option<Thread>| match found {
            Some(thread) => Change::Nothing(thread.conversation),
            None => {
                let thread = Thread::begin(new);
                let conversation = thread.conversation.clone();
                Change::Write(thread, conversation)
            }
        };
        self.change(user, &new.conversation_id, begin).await
    }

    async fn append(
        &self,
        user: &UserId,
        id: &ConversationId,
        turn: &Turn,
    ) -> Result<Conversation> {
        let add = |found: Option<Thread>| {
            let before = found.clone();
            let begin = || Thread::begin(&NewConversation::with(id, turn));
            let mut thread = found.unwrap_or_else(begin);
            thread.add(turn);
            let conversation = thread.conversation.clone();
            if before.as_ref() == Some(&thread) {
                return Change::Nothing(conversation);
            }
            Change::Write(thread, conversation)
        };
        self.change(user, id, add).await
    }

    async fn rename(
        &self,
        user: &UserId,
        id: &ConversationId,
        title: &str,
    ) -> Result<Option<Conversation>> {
        let rename = |found: Option<Thread>| {
            let Some(mut thread) = found else {
                return Change::Nothing(None);
            };
            thread.rename(title.to_owned(), self.clock.now());
            let conversation = thread.conversation.clone();
            Change::Write(thread, Some(conversation))
        };
        self.change(user, id, rename).await
    }

    async fn delete(&self, user: &UserId, id: &ConversationId) -> Result<bool> {
        let remove = |found: Option<Thread>| match found {
            Some(_) => Change::Remove(true),
            None => Change::Nothing(false),
        };
        self.change(user, id, remove).await
    }

    fn state(&self) -> State {
        State {
            backend: Backend::Dynamodb,
            degraded: (!self.table.reached()).then(|| "DynamoDB does not answer".to_owned()),
        }
    }

    async fn check(&self) -> State {
        let checked = self.table.probe().await;
        State {
            backend: Backend::Dynamodb,
            degraded: checked.err().map(|error| error.told(Backend::Dynamodb)),
        }
    }
}

#[async_trait]
impl<F: Keeps + Grants<CountCheckpoints>> Movable for Dynamodb<F> {
    /// Reads the whole table: there is no other way to find everybody in it.
    async fn users(&self) -> Result<Vec<UserId>> {
        self.table.users(self.clock.now()).await
    }
}
