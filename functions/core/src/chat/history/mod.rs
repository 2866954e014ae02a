//! Where conversations are kept: one trait, four back ends, chosen by the environment.
//!
//! A conversation grows by whole turns. A turn has an id, and adding it a second time changes
//! nothing: so whoever does not know whether it was kept, adds it again.

mod aurora_data_api;
mod dynamodb;
mod error;
mod fallback;
mod id;
mod json;
mod open;
mod postgres;
mod relational;
mod thread;
pub mod transfer;
mod turn;

pub use aurora_data_api::AuroraDataApi;
pub use dynamodb::{Dynamodb, Keeps};
pub use error::{Error, Result};
pub use fallback::Fallback;
pub use id::ConversationId;
pub use json::Json;
pub use open::{movable, open, shown};
pub use postgres::Postgres;
pub use turn::{MAX_MESSAGE, Message, Metadata, Role, Turn};

use std::fmt::Debug;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::domain::UserId;

/// How many characters of a first message become the title.
const TITLE: usize = 50;
/// How many characters a title may have.
pub const MAX_TITLE: usize = 500;
/// How many characters of the latest message a list shows.
pub const PREVIEW: usize = 100;

/// A store of conversations. What belongs to another user looks absent everywhere.
#[async_trait]
pub trait History: Debug + Send + Sync {
    /// A user's conversations, the latest activity first.
    async fn list(&self, user: &UserId, page: &Page) -> Result<Vec<Conversation>>;

    /// A whole conversation.
    async fn load(&self, user: &UserId, id: &ConversationId) -> Result<Option<Thread>>;

    /// Begins a conversation without a turn; one that is there already is left as it is.
    async fn create(&self, user: &UserId, new: &NewConversation) -> Result<Conversation>;

    /// Adds a turn with its metadata, all or nothing, and begins the conversation where there is
    /// none. Turns that are added at one time are all kept.
    async fn append(&self, user: &UserId, id: &ConversationId, turn: &Turn)
    -> Result<Conversation>;

    /// Gives a conversation another title.
    async fn rename(
        &self,
        user: &UserId,
        id: &ConversationId,
        title: &str,
    ) -> Result<Option<Conversation>>;

    /// Removes a conversation; says whether it was there.
    async fn delete(&self, user: &UserId, id: &ConversationId) -> Result<bool>;

    /// What the last call found; costs nothing. For every answer.
    fn state(&self) -> State;

    /// Looks whether the back end answers. For `/health`.
    async fn check(&self) -> State;

    /// Puts in a whole conversation from elsewhere. What is there of it already is not doubled, and
    /// what is there besides stays.
    async fn restore(&self, user: &UserId, thread: &Thread) -> Result<()> {
        let mut new = NewConversation::new(thread.conversation.conversation_id.clone());
        new.title = Some(thread.conversation.title.clone());
        new.created_at = thread.conversation.created_at;
        new.updated_at = thread.conversation.updated_at;
        self.create(user, &new).await?;
        for (at, turn) in thread.turns.iter().enumerate() {
            let mut turn = turn.clone();
            if at + 1 == thread.turns.len() {
                turn.metadata = thread.metadata.clone();
            }
            self.append(user, &new.conversation_id, &turn).await?;
        }
        Ok(())
    }
}

/// The kinds of stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Backend {
    /// Checkpoints in DynamoDB, which expire.
    Dynamodb,
    /// PostgreSQL over connections.
    Postgres,
    /// PostgreSQL over Aurora's Data API.
    AuroraDataApi,
    /// Files of this machine.
    Json,
}

impl Backend {
    /// Every one.
    pub const ALL: [Self; 4] = [
        Self::Dynamodb,
        Self::Postgres,
        Self::AuroraDataApi,
        Self::Json,
    ];

    /// Its name in environments.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dynamodb => "dynamodb",
            Self::Postgres => "postgres",
            Self::AuroraDataApi => "aurora_data_api",
            Self::Json => "json",
        }
    }
}

impl std::str::FromStr for Backend {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let found = Self::ALL.into_iter().find(|backend| backend.name() == text);
        found.ok_or_else(|| {
            let known = Self::ALL.map(Self::name).join(", ");
            anyhow::anyhow!("{text} is no back end of chat history; there are {known}")
        })
    }
}

impl std::fmt::Display for Backend {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Which store answers, and whether it is the one that should.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = HistoryState)]
pub struct State {
    /// The store that answers.
    pub backend: Backend,
    /// Why it is not the one that was configured, or not all it should be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub degraded: Option<String>,
}

impl State {
    /// All is as it should be.
    pub fn of(backend: Backend) -> Self {
        Self {
            backend,
            degraded: None,
        }
    }
}

/// A conversation as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Conversation {
    /// Its id, chosen by the client or made for it.
    pub conversation_id: ConversationId,
    /// Its title.
    pub title: String,
    /// When it began.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When something last happened in it.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
    /// How many messages it has, of all sides.
    pub message_count: u64,
    /// The beginning of the latest message.
    pub preview: String,
}

/// A conversation with all that was said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Thread {
    /// What a list shows of it.
    #[serde(flatten)]
    pub conversation: Conversation,
    /// The metadata of all turns, merged key by key, later ones over earlier ones.
    pub metadata: Metadata,
    /// The turns, in the order in which they were added.
    pub turns: Vec<Turn>,
}

impl Thread {
    /// The messages of all turns.
    pub fn messages(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.turns.iter().flat_map(|turn| &turn.messages)
    }
}

/// A conversation to begin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewConversation {
    /// Its id.
    pub conversation_id: ConversationId,
    /// Its title; without one the first message gives it.
    pub title: Option<String>,
    /// When it began.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When something last happened in it.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
}

impl NewConversation {
    /// One that begins now.
    pub fn new(conversation_id: ConversationId) -> Self {
        let now = crate::clock::to_microseconds(OffsetDateTime::now_utc());
        Self {
            conversation_id,
            title: None,
            created_at: now,
            updated_at: now,
        }
    }
}

/// Which part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// At most so many.
    pub limit: usize,
    /// Only what comes after this place.
    pub after: Option<Place>,
}

/// A place in a list: a conversation and its time when it was listed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The time.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
    /// The conversation.
    pub conversation_id: ConversationId,
}

impl From<&Conversation> for Place {
    fn from(conversation: &Conversation) -> Self {
        Self {
            updated_at: conversation.updated_at,
            conversation_id: conversation.conversation_id.clone(),
        }
    }
}

/// The title of a conversation that nobody named: the beginning of its first message.
pub fn automatic_title(first_message: &str) -> String {
    let line = first_message
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    beginning(&line, TITLE)
}

/// The first characters, with a sign that there were more.
pub(crate) fn beginning(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
