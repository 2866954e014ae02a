//! Conversations in files of this machine, one file each, so that a save writes one conversation.
//!
//! A file is written beside its place and then moved into it: who reads sees the old one or the new
//! one. Processes of one machine take turns by a lock. A file that cannot be read is set aside
//! under another name, never overwritten and never removed.

mod file;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context;
use async_trait::async_trait;

pub(super) use file::{Locked, write_whole};

use super::error::{Error, Result};
use super::transfer::Movable;
use super::{
    Backend, Conversation, ConversationId, History, NewConversation, Page, Place, State, Thread,
    Turn,
};
use crate::clock::{Clock, SystemClock};
use crate::domain::UserId;

/// The back end. Clones share everything.
#[derive(Clone, Debug)]
pub struct Json {
    folder: Arc<Path>,
    /// Whether a file was set aside since this process began.
    damaged: Arc<AtomicBool>,
}

impl Json {
    /// In a folder, which is made when something is first kept.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into().into(),
            damaged: Arc::default(),
        }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// How many conversations there are, of all users.
    pub async fn count(&self) -> Result<usize> {
        self.on_files(|json| {
            let users = file::folders(&json.folder)?;
            let counted = users
                .iter()
                .map(|user| Ok(file::conversations(user)?.len()));
            counted.sum::<anyhow::Result<usize>>()
        })
        .await
    }

    /// Puts a whole conversation in the place of whatever is there.
    pub(super) async fn replace(&self, user: &UserId, thread: Thread) -> Result<()> {
        self.change(user, &thread.conversation.conversation_id.clone(), |_| {
            (Some(thread), ())
        })
        .await
    }

    fn home(&self, user: &UserId) -> PathBuf {
        self.folder.join(user.as_str())
    }

    /// File systems block, and so do locks.
    async fn on_files<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> anyhow::Result<T> + Send + 'static,
    ) -> Result<T> {
        let json = self.clone();
        let done = tokio::task::spawn_blocking(move || work(&json)).await;
        let done = done.context("work on the files of chat history")?;
        if let Err(error) = &done
            && error.is::<file::Damaged>()
        {
            self.damaged.store(true, Ordering::Relaxed);
        }
        Ok(done?)
    }

    async fn read(&self, user: &UserId, id: &ConversationId) -> Result<Option<Thread>> {
        let (home, user, id) = (self.home(user), user.clone(), id.clone());
        self.on_files(move |_| file::read(&file::place(&home, &id), &user))
            .await
    }

    /// Changes a conversation while nobody else does: what `work` gives back is written.
    async fn change<T: Send + 'static>(
        &self,
        user: &UserId,
        id: &ConversationId,
        work: impl FnOnce(Option<Thread>) -> (Option<Thread>, T) + Send + 'static,
    ) -> Result<T> {
        let (home, user, id) = (self.home(user), user.clone(), id.clone());
        self.on_files(move |_| {
            let _locked = Locked::new(&home)?;
            let place = file::place(&home, &id);
            let found = file::read(&place, &user)?;
            let (thread, done) = work(found);
            if let Some(thread) = thread {
                file::write(&place, &user, thread)?;
            }
            Ok(done)
        })
        .await
    }
}

#[async_trait]
impl History for Json {
    async fn list(&self, user: &UserId, page: &Page) -> Result<Vec<Conversation>> {
        let (home, user, page) = (self.home(user), user.clone(), page.clone());
        self.on_files(move |json| {
            let mut found = Vec::new();
            for place in file::conversations(&home)? {
                match file::read(&place, &user) {
                    Ok(thread) => found.extend(thread.map(|thread| thread.conversation)),
                    // The others can be listed nevertheless.
                    Err(error) if error.is::<file::Damaged>() => {
                        tracing::error!(error = format!("{error:#}"), "not listed");
                        json.damaged.store(true, Ordering::Relaxed);
                    }
                    Err(error) => return Err(error),
                }
            }
            Ok(page_of(found, &page))
        })
        .await
    }

    async fn load(&self, user: &UserId, id: &ConversationId) -> Result<Option<Thread>> {
        self.read(user, id).await
    }

    async fn create(&self, user: &UserId, new: &NewConversation) -> Result<Conversation> {
        let id = new.conversation_id.clone();
        let new = new.clone();
        self.change(user, &id, move |found| match found {
            Some(thread) => (None, thread.conversation),
            None => {
                let thread = Thread::begin(&new);
                (Some(thread.clone()), thread.conversation)
            }
        })
        .await
    }

    async fn append(
        &self,
        user: &UserId,
        id: &ConversationId,
        turn: &Turn,
    ) -> Result<Conversation> {
        let (new, turn) = (NewConversation::with(id, &turn.clone()), turn.clone());
        self.change(user, id, move |found| {
            let mut thread = found.unwrap_or_else(|| Thread::begin(&new));
            thread.add(&turn);
            (Some(thread.clone()), thread.conversation)
        })
        .await
    }

    async fn rename(
        &self,
        user: &UserId,
        id: &ConversationId,
        title: &str,
    ) -> Result<Option<Conversation>> {
        let title = title.to_owned();
        self.change(user, id, |found| {
            let Some(mut thread) = found else {
                return (None, None);
            };
            thread.rename(title, SystemClock.now());
            let conversation = thread.conversation.clone();
            (Some(thread), Some(conversation))
        })
        .await
    }

    async fn delete(&self, user: &UserId, id: &ConversationId) -> Result<bool> {
        let (home, id) = (self.home(user), id.clone());
        self.on_files(move |_| {
            let _locked = Locked::new(&home)?;
            file::remove(&file::place(&home, &id))
        })
        .await
    }

    fn state(&self) -> State {
        let damaged = self.damaged.load(Ordering::Relaxed);
        State {
            backend: Backend::Json,
            degraded: damaged.then(|| "a damaged file was set aside; the log names it".to_owned()),
        }
    }

    async fn check(&self) -> State {
        match self.on_files(|json| file::try_writing(&json.folder)).await {
            Ok(()) => self.state(),
            Err(error) => State {
                backend: Backend::Json,
                degraded: Some(error.told(Backend::Json)),
            },
        }
    }
}

#[async_trait]
impl Movable for Json {
    async fn users(&self) -> Result<Vec<UserId>> {
        self.on_files(|json| {
            let mut users = Vec::new();
            for folder in file::folders(&json.folder)? {
                let name = folder.file_name().and_then(|name| name.to_str());
                if let Some(user) = name.and_then(|name| name.parse().ok())
                    && !file::conversations(&folder)?.is_empty()
                {
                    users.push(user);
                }
            }
            users.sort();
            Ok(users)
        })
        .await
    }
}

/// The part of a list that was asked for.
fn page_of(mut found: Vec<Conversation>, page: &Page) -> Vec<Conversation> {
    found.sort_by_cached_key(|conversation| std::cmp::Reverse(Place::from(conversation)));
    let after = |conversation: &Conversation| {
        let place = page.after.as_ref();
        place.is_none_or(|place| Place::from(conversation) < *place)
    };
    let found = found.into_iter().filter(after);
    found.take(page.limit).collect()
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::Other(error.into())
    }
}
