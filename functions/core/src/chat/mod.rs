//! Chat: conversations and where they are kept.

pub mod history;
