//! A database with files that stand in for it while it is down. Never in silence: every state says
//! that it is degraded, and why.
//!
//! While the database is down, each change is noted in a journal and made in the files. When the
//! database answers again, the journal is replayed into it, in order, before anything else is asked
//! of it. Turns have ids, so a replay that was cut off is begun again without doubling any.

mod journal;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use time::OffsetDateTime;

use self::journal::{Change, Journal};
use super::error::{Error, Result};
use super::json::Json;
use super::{
    Backend, Conversation, ConversationId, History, NewConversation, Page, State, Thread, Turn,
};
use crate::clock::Clock;
use crate::domain::UserId;

/// How long a database that was down is left alone.
const PAUSE: Duration = Duration::from_secs(5);

/// The back end.
#[derive(Debug)]
pub struct Fallback {
    database: Arc<dyn History>,
    files: Json,
    /// Whether every save is written to the files too, so that they have the past when needed.
    backs_up: bool,
    clock: Arc<dyn Clock>,
    /// When a database that is down is tried again.
    down_until: Mutex<Option<OffsetDateTime>>,
    journal: Journal,
    /// Whether the journal may hold something: an earlier process may have left it.
    pending: AtomicBool,
    /// One replay at a time.
    replaying: tokio::sync::Mutex<()>,
}

/// Where a call goes.
enum Way {
    Database,
    Files,
}

impl Fallback {
    /// Over a database and the files that stand in for it.
    pub fn new(
        database: Arc<dyn History>,
        files: Json,
        backs_up: bool,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let journal = Journal::beside(&files);
        Self {
            database,
            files,
            backs_up,
            clock,
            down_until: Mutex::default(),
            journal,
            pending: AtomicBool::new(true),
            replaying: tokio::sync::Mutex::default(),
        }
    }

    fn down_until(&self) -> Option<OffsetDateTime> {
        *self
            .down_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn set_down(&self, error: &Error) {
        let until = self.clock.now() + PAUSE;
        let before = self
            .down_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .replace(until);
        if before.is_none() {
            let error = error.to_string();
            tracing::error!(error, "Database connection lost. Using fallback storage.");
        }
    }

    fn set_up(&self) {
        let before = self
            .down_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if before.is_some() {
            tracing::info!("the database answers again");
        }
    }

    /// Whether to ask the database; what it has missed is told to it first.
    async fn way(&self) -> Result<Way> {
        if self
            .down_until()
            .is_some_and(|until| self.clock.now() < until)
        {
            return Ok(Way::Files);
        }
        if !self.pending.load(Ordering::Acquire) {
            return Ok(Way::Database);
        }
        match self.replay().await {
            Ok(()) => Ok(Way::Database),
            Err(error @ Error::Unavailable(_)) => {
                self.set_down(&error);
                Ok(Way::Files)
            }
            Err(error) => Err(error),
        }
    }

    /// Tells the database all that was said without it.
    async fn replay(&self) -> Result<()> {
        let _alone = self.replaying.lock().await;
        let _alone_on_this_machine = self.journal.alone().await?;
        // What is noted from here on sets it again.
        self.pending.store(false, Ordering::Release);
        let done = self.replay_all().await;
        if done.is_err() {
            self.pending.store(true, Ordering::Release);
        }
        done
    }

    async fn replay_all(&self) -> Result<()> {
        let mut replayed = 0_usize;
        while let Some(entry) = self.journal.first().await? {
            match self.make(&entry.change).await {
                Ok(()) => self.catch_up(&entry.change).await?,
                Err(error @ Error::Unavailable(_)) => return Err(error),
                Err(error) => {
                    let error = error.to_string();
                    tracing::error!(error, entry = %entry.name, "a change was set aside");
                    self.journal.set_aside(&entry).await?;
                    continue;
                }
            }
            self.journal.remove(&entry).await?;
            replayed += 1;
        }
        if replayed > 0 {
            tracing::info!(replayed, "what was kept in files is in the database now");
            self.set_up();
        }
        Ok(())
    }

    async fn make(&self, change: &Change) -> Result<()> {
        let database = &self.database;
        match change {
            Change::Create { user, new } => drop(database.create(user, new).await?),
            Change::Append { user, id, turn } => drop(database.append(user, id, turn).await?),
            Change::Rename { user, id, title } => drop(database.rename(user, id, title).await?),
            Change::Delete { user, id } => drop(database.delete(user, id).await?),
        }
        Ok(())
    }

    /// After a change is in the database, the files have the conversation as it is there, or not
    /// at all: what is old must not come back at the next outage.
    async fn catch_up(&self, change: &Change) -> Result<()> {
        let (user, id) = change.names();
        let thread = if self.backs_up {
            self.database.load(user, id).await?
        } else {
            None
        };
        match thread {
            Some(thread) => self.files.replace(user, thread).await,
            None => self.files.delete(user, id).await.map(drop),
        }
    }

    /// Asks the database, or the files where it is down.
    async fn ask<T>(
        &self,
        database: impl Future<Output = Result<T>> + Send,
        files: impl Future<Output = Result<T>> + Send,
    ) -> Result<T> {
        if matches!(self.way().await?, Way::Database) {
            match database.await {
                Err(error @ Error::Unavailable(_)) => self.set_down(&error),
                answer => {
                    self.set_up();
                    return answer;
                }
            }
        }
        files.await
    }

    /// Notes a change for the database, then makes it in the files.
    async fn note<T>(
        &self,
        change: Change,
        files: impl Future<Output = Result<T>> + Send,
    ) -> Result<T> {
        self.journal.add(&change).await?;
        self.pending.store(true, Ordering::Release);
        files.await
    }

    /// Writes what the database has kept to the files too. That it failed is logged: the save itself
    /// did not.
    async fn back_up(
        &self,
        saved: Result<Conversation>,
        user: &UserId,
        turn: Option<&Turn>,
    ) -> Result<Conversation> {
        let saved = saved?;
        if self.backs_up
            && self.down_until().is_none()
            && let Err(error) = self.copy(user, &saved, turn).await
        {
            let error = error.to_string();
            tracing::warn!(error, "the save is in the database, but not in its backup");
        }
        Ok(saved)
    }

    async fn copy(&self, user: &UserId, saved: &Conversation, turn: Option<&Turn>) -> Result<()> {
        let id = &saved.conversation_id;
        if let Some(turn) = turn
            && self.files.append(user, id, turn).await? == *saved
        {
            return Ok(());
        }
        // The files lag behind, or a name changed: the whole conversation goes over.
        match self.database.load(user, id).await? {
            Some(thread) => self.files.replace(user, thread).await,
            None => self.files.delete(user, id).await.map(drop),
        }
    }
}

#[async_trait]
impl History for Fallback {
    async fn list(&self, user: &UserId, page: &Page) -> Result<Vec<Conversation>> {
        self.ask(self.database.list(user, page), self.files.list(user, page))
            .await
    }

    async fn load(&self, user: &UserId, id: &ConversationId) -> Result<Option<Thread>> {
        self.ask(self.database.load(user, id), self.files.load(user, id))
            .await
    }

    async fn create(&self, user: &UserId, new: &NewConversation) -> Result<Conversation> {
        let change = Change::Create {
            user: user.clone(),
            new: new.clone(),
        };
        let database = async {
            let made = self.database.create(user, new).await;
            self.back_up(made, user, None).await
        };
        self.ask(database, self.note(change, self.files.create(user, new)))
            .await
    }

    async fn append(
        &self,
        user: &UserId,
        id: &ConversationId,
        turn: &Turn,
    ) -> Result<Conversation> {
        let change = Change::Append {
            user: user.clone(),
            id: id.clone(),
            turn: turn.clone(),
        };
        let database = async {
            let saved = self.database.append(user, id, turn).await;
            self.back_up(saved, user, Some(turn)).await
        };
        self.ask(
            database,
            self.note(change, self.files.append(user, id, turn)),
        )
        .await
    }

    async fn rename(
        &self,
        user: &UserId,
        id: &ConversationId,
        title: &str,
    ) -> Result<Option<Conversation>> {
        let change = Change::Rename {
            user: user.clone(),
            id: id.clone(),
            title: title.to_owned(),
        };
        let database = async {
            match self.database.rename(user, id, title).await? {
                Some(renamed) => self.back_up(Ok(renamed), user, None).await.map(Some),
                None => Ok(None),
            }
        };
        let files = async {
            if self.files.load(user, id).await?.is_none() {
                return Ok(None);
            }
            self.note(change, self.files.rename(user, id, title)).await
        };
        self.ask(database, files).await
    }

    async fn delete(&self, user: &UserId, id: &ConversationId) -> Result<bool> {
        let change = Change::Delete {
            user: user.clone(),
            id: id.clone(),
        };
        let database = async {
            let removed = self.database.delete(user, id).await?;
            // A backup of what was removed is not wanted.
            self.files.delete(user, id).await?;
            Ok(removed)
        };
        let files = async {
            if self.files.load(user, id).await?.is_none() {
                return Ok(false);
            }
            self.note(change, self.files.delete(user, id)).await
        };
        self.ask(database, files).await
    }

    fn state(&self) -> State {
        let database = self.database.state();
        if self.down_until().is_none() {
            return database;
        }
        let files = self.files.state().degraded;
        let files = files.map_or_else(String::new, |why| format!("; {why}"));
        State {
            backend: Backend::Json,
            degraded: Some(format!(
                "{} cannot be reached; conversations are kept in files of this instance and will \
                 be added to it when it is back{files}",
                database.backend
            )),
        }
    }

    async fn check(&self) -> State {
        match self.way().await {
            Ok(Way::Files) => {}
            Ok(Way::Database) => {
                let state = self.database.check().await;
                let Some(why) = state.degraded else {
                    self.set_up();
                    return self.state();
                };
                self.set_down(&Error::Unavailable(anyhow::anyhow!(why)));
            }
            Err(error) => {
                let mut state = self.state();
                state.degraded = Some(error.told(state.backend));
                return state;
            }
        }
        self.state()
    }
}
