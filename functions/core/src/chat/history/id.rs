//! The ids of conversations.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;
use uuid::Uuid;

/// Text that is no id of a conversation.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("a conversation id must be 1 to 128 letters, digits, dashes or underscores")]
pub struct InvalidConversationId;

/// The id of a conversation, unique within its user. Clients may choose it. No `#`: that sign parts
/// user and conversation in the thread ids of checkpoints.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(min_length = 1, max_length = 128, pattern = "^[0-9A-Za-z_-]+$")]
pub struct ConversationId(String);

impl ConversationId {
    /// A new one; later ones sort after earlier ones.
    pub fn generate() -> Self {
        Self(Uuid::now_v7().to_string())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As a UUID, for a column of that type: the id itself where it is one as UUIDs are written,
    /// else one made of its text.
    pub fn to_uuid(&self) -> Uuid {
        match Uuid::parse_str(&self.0) {
            Ok(uuid) if uuid.to_string() == self.0 => uuid,
            _ => Uuid::new_v5(&Uuid::NAMESPACE_URL, self.0.as_bytes()),
        }
    }
}

impl TryFrom<String> for ConversationId {
    type Error = InvalidConversationId;

    fn try_from(text: String) -> Result<Self, InvalidConversationId> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if (1..=128).contains(&text.len()) && text.bytes().all(plain) {
            Ok(Self(text))
        } else {
            Err(InvalidConversationId)
        }
    }
}

impl std::str::FromStr for ConversationId {
    type Err = InvalidConversationId;

    fn from_str(text: &str) -> Result<Self, InvalidConversationId> {
        Self::try_from(text.to_owned())
    }
}

impl std::fmt::Display for ConversationId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::ConversationId;

    #[test]
    fn what_could_be_taken_for_another_thread_is_no_id() {
        for text in ["", "a#b", "a/b", "..", "a b", "ä", "a\0", &"x".repeat(129)] {
            assert!(text.parse::<ConversationId>().is_err(), "{text}");
        }
        assert!("session_1-B".parse::<ConversationId>().is_ok());
    }

    #[test]
    fn only_an_id_written_as_a_uuid_is_its_own_uuid() {
        let uuid = |text: &str| text.parse::<ConversationId>().map(|id| id.to_uuid());
        let plain = "0199aaaa-0000-7000-8000-00000000000a";
        assert_eq!(
            uuid(plain).map(|uuid| uuid.to_string()),
            Ok(plain.to_owned())
        );
        for other in [
            plain.to_uppercase(),
            plain.replace('-', ""),
            "tab".to_owned(),
        ] {
            assert_ne!(uuid(&other), uuid(plain), "{other}");
            assert_eq!(uuid(&other), uuid(&other), "{other}");
        }
    }
}
