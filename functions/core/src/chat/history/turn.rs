//! Turns: what is said and what is answered, kept together or not at all.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::error::{Error, Result};
use crate::clock::to_microseconds;

/// How many bytes a message with its metadata may have. What a back end gives back in one piece is
/// bounded, by Aurora's Data API to a megabyte.
pub const MAX_MESSAGE: usize = 256 * 1024;

/// What is known besides: sources, tools, settings.
pub type Metadata = Map<String, Value>;

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The person.
    User,
    /// The model.
    Assistant,
}

/// What one side said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Message {
    /// Who.
    pub role: Role,
    /// The words.
    pub content: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub timestamp: OffsetDateTime,
    /// What belongs to this message alone.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[schema(value_type = Object)]
    pub metadata: Metadata,
}

impl Message {
    /// A message without metadata.
    pub fn new(role: Role, content: impl Into<String>, timestamp: OffsetDateTime) -> Self {
        Self {
            role,
            content: content.into(),
            timestamp,
            metadata: Metadata::new(),
        }
    }
}

/// A step of a conversation: usually a question and its answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// Its id. Adding a turn of the same id again changes nothing.
    pub id: Uuid,
    /// The messages, in order.
    pub messages: Vec<Message>,
    /// What becomes known of the whole conversation; merged into its metadata.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub metadata: Metadata,
}

impl Turn {
    /// A new turn. Times are cut to microseconds and NUL characters replaced, for no database keeps
    /// them; a message of more than `MAX_MESSAGE` bytes is refused.
    pub fn new(mut messages: Vec<Message>, metadata: Metadata) -> Result<Self> {
        if messages.is_empty() {
            return Err(anyhow::anyhow!("a turn without a message was to be kept").into());
        }
        for message in &mut messages {
            message.timestamp = to_microseconds(message.timestamp);
            message.content = printable(&message.content);
            message.metadata = cleaned(std::mem::take(&mut message.metadata));
            within(message)?;
        }
        let metadata = cleaned(metadata);
        within(&metadata)?;
        Ok(Self {
            id: Uuid::now_v7(),
            messages,
            metadata,
        })
    }

    /// When it was complete.
    pub fn at(&self) -> OffsetDateTime {
        let times = self.messages.iter().map(|message| message.timestamp);
        times.max().unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// The words that a conversation without a name is called by.
    pub(crate) fn opening(&self) -> &str {
        let user = self.messages.iter().find(|m| m.role == Role::User);
        user.or(self.messages.first())
            .map_or("", |message| &message.content)
    }

    /// The words that a list shows.
    pub(crate) fn closing(&self) -> &str {
        self.messages.last().map_or("", |message| &message.content)
    }
}

fn within(value: &impl Serialize) -> Result<()> {
    let bytes = serde_json::to_vec(value)
        .map_err(|error| Error::Other(error.into()))?
        .len();
    if bytes > MAX_MESSAGE {
        return Err(Error::TooLarge {
            what: "a message",
            bytes,
            limit: MAX_MESSAGE,
        });
    }
    Ok(())
}

fn printable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

fn cleaned(map: Metadata) -> Metadata {
    let entries = map.into_iter();
    entries
        .map(|(key, value)| (printable(&key), cleaned_value(value)))
        .collect()
}

fn cleaned_value(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(printable(&text)),
        Value::Array(values) => values.into_iter().map(cleaned_value).collect(),
        Value::Object(map) => Value::Object(cleaned(map)),
        plain => plain,
    }
}
