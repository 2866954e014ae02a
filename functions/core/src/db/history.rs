//! Statements on conversations and their messages. Values go in as text or numbers and rows come
//! out as one column of JSON, so that the same statements run over a connection and over Aurora's
//! Data API, which knows fewer types.

use crate::chat::history::{
    Conversation, ConversationId, Message, Metadata, NewConversation, Page, Turn,
};
use crate::domain::UserId;
use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value as Json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

/// How many bytes of messages one answer may have; the Data API allows a megabyte in all.
pub const PAGE_BYTES: i64 = 600_000;

/// A value of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Text, or a type that the statement casts it to.
    Text(String),
    /// A whole number.
    Number(i64),
    /// Nothing, of a type that the statement casts to.
    Null,
}

/// A statement with the values of `$1`, `$2` and so on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// What is done; for errors.
    pub purpose: &'static str,
    /// The SQL. Its rows have one column, JSON as text.
    pub sql: &'static str,
    /// The values.
    pub values: Vec<Value>,
}

impl Statement {
    fn new(purpose: &'static str, sql: &'static str, user: &UserId) -> Self {
        Self {
            purpose,
            sql,
            values: vec![Value::Text(user.as_str().to_owned())],
        }
    }

    fn text(mut self, text: impl Into<String>) -> Self {
        self.values.push(Value::Text(text.into()));
        self
    }

    fn number(mut self, number: i64) -> Self {
        self.values.push(Value::Number(number));
        self
    }

    fn maybe(mut self, text: Option<String>) -> Self {
        self.values.push(text.map_or(Value::Null, Value::Text));
        self
    }

    fn id(self, id: &ConversationId) -> Self {
        self.text(id.as_str())
    }
}

fn written(time: OffsetDateTime) -> Result<String> {
    time.format(&Rfc3339).context("write a time")
}

/// A page of conversations.
pub fn list(user: &UserId, page: &Page) -> Result<Statement> {
    let sql = "SELECT CAST(json_build_object('conversation_id', conversation_id, 'title', title,
             'created_at', created_at, 'updated_at', updated_at,
             'message_count', message_count, 'preview', preview) AS text)
         FROM conversations
         WHERE user_id = $1 AND (CAST($2 AS timestamptz) IS NULL
             OR (updated_at, conversation_id COLLATE \"C\") < (CAST($2 AS timestamptz), CAST($3 AS text)))
         ORDER BY updated_at DESC, conversation_id COLLATE \"C\" DESC LIMIT $4";
    let place = page.after.as_ref();
    Ok(Statement::new("list the conversations", sql, user)
        .maybe(place.map(|place| written(place.updated_at)).transpose()?)
        .maybe(place.map(|place| place.conversation_id.to_string()))
        .number(i64::try_from(page.limit).unwrap_or(i64::MAX)))
}

/// One conversation with its metadata.
pub fn find(user: &UserId, id: &ConversationId) -> Statement {
    let sql = "SELECT CAST(json_build_object('conversation_id', conversation_id, 'title', title,
             'created_at', created_at, 'updated_at', updated_at,
             'message_count', message_count, 'preview', preview, 'metadata', coalesce((
                 SELECT known.metadata FROM chat_history_metadata known
                 WHERE known.user_id = $1 AND known.conversation_id = $2), '{}')) AS text)
         FROM conversations WHERE user_id = $1 AND conversation_id = $2";
    Statement::new("look up the conversation", sql, user).id(id)
}

/// What `find` gives.
#[derive(Clone, Debug, Deserialize)]
pub struct Found {
    /// The conversation.
    #[serde(flatten)]
    pub conversation: Conversation,
    /// Its metadata.
    pub metadata: Metadata,
}

/// The messages after one, as many as one answer may hold but at least one.
pub fn messages(user: &UserId, id: &ConversationId, after: i64) -> Statement {
    let sql = "SELECT CAST(json_build_object('id', found.id, 'turn_id', found.turn_id,
             'message', found.message) AS text)
         FROM (SELECT id, coalesce(turn_id, CAST(md5(CAST(id AS text)) AS uuid)) AS turn_id, message,
                   sum(octet_length(CAST(message AS text))) OVER (ORDER BY id) AS bytes,
                   row_number() OVER (ORDER BY id) AS place
               FROM chat_history
               WHERE user_id = $1 AND session_id = CAST($2 AS uuid) AND id > $3) AS found
         WHERE found.bytes <= $4 OR found.place = 1 ORDER BY found.id";
    Statement::new("read the messages", sql, user)
        .text(id.to_uuid().to_string())
        .number(after)
        .number(PAGE_BYTES)
}

/// What `messages` gives.
#[derive(Clone, Debug, Deserialize)]
pub struct Said {
    /// Its place.
    pub id: i64,
    /// The turn it is of.
    pub turn_id: Uuid,
    /// Itself.
    pub message: Message,
}

/// Begins a conversation. One that is there is left as it is, but locked: turns that are added to
/// it at one time wait for each other.
pub fn begin(user: &UserId, new: &NewConversation) -> Result<Statement> {
    let sql = "INSERT INTO conversations AS held
             (user_id, conversation_id, title, created_at, updated_at)
         VALUES ($1, $2, $3, CAST($4 AS timestamptz), CAST($5 AS timestamptz))
         ON CONFLICT (user_id, conversation_id) DO UPDATE SET title = held.title
             WHERE held.user_id = $1";
    Ok(Statement::new("begin the conversation", sql, user)
        .id(&new.conversation_id)
        .text(new.title.clone().unwrap_or_default())
        .text(written(new.created_at)?)
        .text(written(new.updated_at)?))
}

/// Adds the messages of a turn that are not there yet; one row for each that was added.
pub fn say(user: &UserId, id: &ConversationId, turn: &Turn) -> Result<Statement> {
    let sql = "INSERT INTO chat_history (user_id, session_id, turn_id, position, message)
         SELECT $1, CAST($2 AS uuid), CAST($3 AS uuid), said.place, said.message
         FROM jsonb_array_elements(CAST($4 AS jsonb)) WITH ORDINALITY AS said (message, place)
         ORDER BY said.place
         ON CONFLICT (user_id, session_id, turn_id, position) DO NOTHING
         RETURNING CAST(position AS text)";
    let messages = serde_json::to_string(&turn.messages).context("write the messages")?;
    Ok(Statement::new("add the messages", sql, user)
        .text(id.to_uuid().to_string())
        .text(turn.id.to_string())
        .text(messages))
}

/// Notes at the conversation that a turn was added, and gives it its title if it has none.
pub fn advance(user: &UserId, id: &ConversationId, step: &Step<'_>) -> Result<Statement> {
    let sql = "UPDATE conversations SET message_count = message_count + $3, preview = $4,
             title = CASE WHEN title = '' THEN $5 ELSE title END,
             updated_at = greatest(updated_at, CAST($6 AS timestamptz))
         WHERE user_id = $1 AND conversation_id = $2";
    Ok(Statement::new("update the conversation", sql, user)
        .id(id)
        .number(i64::try_from(step.messages).unwrap_or(i64::MAX))
        .text(step.preview)
        .text(step.title)
        .text(written(step.at)?))
}

/// What a turn changes at its conversation.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// How many messages are new.
    pub messages: usize,
    /// The beginning of the latest.
    pub preview: &'a str,
    /// The title where there is none.
    pub title: &'a str,
    /// When.
    pub at: OffsetDateTime,
}

/// Merges metadata, key by key.
pub fn note(user: &UserId, id: &ConversationId, metadata: &Metadata) -> Result<Statement> {
    let sql = "INSERT INTO chat_history_metadata AS known (user_id, conversation_id, metadata)
         VALUES ($1, $2, CAST($3 AS jsonb))
         ON CONFLICT (user_id, conversation_id) DO UPDATE
             SET metadata = known.metadata || excluded.metadata, updated_at = now()
             WHERE known.user_id = $1";
    Ok(Statement::new("merge the metadata", sql, user)
        .id(id)
        .text(serde_json::to_string(metadata).context("write the metadata")?))
}

/// Gives another title; one row if the conversation is there.
pub fn rename(
    user: &UserId,
    id: &ConversationId,
    title: &str,
    at: OffsetDateTime,
) -> Result<Statement> {
    let sql = "UPDATE conversations SET title = $3,
             updated_at = greatest(updated_at, CAST($4 AS timestamptz))
         WHERE user_id = $1 AND conversation_id = $2
         RETURNING CAST(conversation_id AS text)";
    Ok(Statement::new("rename the conversation", sql, user)
        .id(id)
        .text(title)
        .text(written(at)?))
}

/// Removes a conversation and all of it, in this order: the first locks it, and has one row if it
/// was there.
pub fn delete(user: &UserId, id: &ConversationId) -> [Statement; 3] {
    [
        Statement::new(
            "remove the conversation",
            "DELETE FROM conversations WHERE user_id = $1 AND conversation_id = $2
             RETURNING CAST(conversation_id AS text)",
            user,
        )
        .id(id),
        Statement::new(
            "remove the messages",
            "DELETE FROM chat_history WHERE user_id = $1 AND session_id = CAST($2 AS uuid)",
            user,
        )
        .text(id.to_uuid().to_string()),
        Statement::new(
            "remove the metadata",
            "DELETE FROM chat_history_metadata WHERE user_id = $1 AND conversation_id = $2",
            user,
        )
        .id(id),
    ]
}

/// Everybody who has conversations; for moving them, where no user asks.
pub fn users() -> Statement {
    Statement {
        purpose: "list who has conversations",
        sql: "SELECT DISTINCT user_id FROM conversations ORDER BY user_id",
        values: Vec::new(),
    }
}

/// Whether the schema is there.
pub fn probe() -> Statement {
    Statement {
        purpose: "look for the table of conversations",
        sql: "SELECT CAST(to_regclass('conversations') IS NOT NULL AS text)",
        values: Vec::new(),
    }
}

/// A row of a statement as what it stands for.
pub fn read<T: for<'de> Deserialize<'de>>(row: &str) -> Result<T> {
    let value: Json = serde_json::from_str(row).context("read a row as JSON")?;
    serde_json::from_value(value).context("read a row of the history")
}
