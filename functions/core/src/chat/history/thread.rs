//! How a conversation grows, for the back ends that keep it in one piece.

use time::OffsetDateTime;

use super::{
    Conversation, ConversationId, Metadata, NewConversation, PREVIEW, Thread, Turn,
    automatic_title, beginning,
};

impl NewConversation {
    /// The conversation that a turn begins.
    pub(super) fn with(id: &ConversationId, turn: &Turn) -> Self {
        Self {
            conversation_id: id.clone(),
            title: None,
            created_at: turn.at(),
            updated_at: turn.at(),
        }
    }
}

impl Thread {
    /// One without a turn.
    pub(super) fn begin(new: &NewConversation) -> Self {
        Self {
            conversation: Conversation {
                conversation_id: new.conversation_id.clone(),
                title: new.title.clone().unwrap_or_default(),
                created_at: new.created_at,
                updated_at: new.updated_at,
                message_count: 0,
                preview: String::new(),
            },
            metadata: Metadata::new(),
            turns: Vec::new(),
        }
    }

    /// Adds a turn unless it is there, and merges its metadata.
    pub(super) fn add(&mut self, turn: &Turn) {
        self.metadata.extend(turn.metadata.clone());
        if self.turns.iter().any(|kept| kept.id == turn.id) {
            return;
        }
        let conversation = &mut self.conversation;
        if conversation.title.is_empty() {
            conversation.title = automatic_title(turn.opening());
        }
        conversation.preview = beginning(turn.closing(), PREVIEW);
        conversation.updated_at = conversation.updated_at.max(turn.at());
        conversation.message_count += turn.messages.len() as u64;
        self.turns.push(Turn {
            metadata: Metadata::new(),
            ..turn.clone()
        });
    }

    /// Gives it another title.
    pub(super) fn rename(&mut self, title: String, at: OffsetDateTime) {
        self.conversation.title = title;
        self.conversation.updated_at = self.conversation.updated_at.max(at);
    }
}
