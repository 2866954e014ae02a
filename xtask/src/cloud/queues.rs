//! Queues and what waits in them.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;

use super::CloudResult;

/// How much a queue holds. The service counts approximately.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Depth {
    /// Messages that can be received.
    pub waiting: u64,
    /// Messages that were received and are neither deleted nor back.
    pub in_flight: u64,
}

/// A message that was received.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// Its id.
    pub id: String,
    /// What this receipt is known by.
    pub receipt: String,
    /// What was sent.
    pub body: String,
    /// When it was sent.
    pub sent: Option<SystemTime>,
    /// How often it was received, this time included.
    pub receives: u32,
    /// What was sent beside the body, as text.
    pub attributes: BTreeMap<String, String>,
    /// The trace it belongs to.
    pub trace: Option<String>,
}

/// How far a move of messages has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// It goes on.
    Running,
    /// All that were there are where they belong.
    Done {
        /// How many.
        moved: u64,
    },
    /// It stopped; what was not moved is where it was.
    Failed {
        /// Why.
        reason: String,
    },
}

/// Looks into queues, moves and removes messages. Queues go by their names.
#[async_trait]
pub trait Queues: Send + Sync {
    /// How much a queue holds, if there is such a queue.
    async fn depth(&self, queue: &str) -> CloudResult<Option<Depth>>;
    /// How long the oldest message has waited, where that is measured.
    async fn oldest(&self, queue: &str) -> CloudResult<Option<Duration>>;
    /// Receives at most ten messages and hides them from others for a while.
    async fn receive(&self, queue: &str, most: u32, hidden: Duration) -> CloudResult<Vec<Message>>;
    /// Gives a received message back at once.
    async fn release(&self, queue: &str, receipt: &str) -> CloudResult<()>;
    /// Sends a message on, with all that came beside its body.
    async fn send(&self, queue: &str, message: &Message) -> CloudResult<()>;
    /// Removes a received message.
    async fn delete(&self, queue: &str, receipt: &str) -> CloudResult<()>;
    /// Has the service itself move all messages; `None` where it cannot.
    async fn start_move(&self, from: &str, to: &str) -> CloudResult<Option<String>>;
    /// How far a move from this queue has come.
    async fn move_state(&self, from: &str, task: &str) -> CloudResult<Move>;
    /// Removes every message.
    async fn purge(&self, queue: &str) -> CloudResult<()>;
}
