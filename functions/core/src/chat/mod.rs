//! Chat: turns of a conversation, and where conversations are kept.

mod context;
pub mod history;
mod summary;
mod turn;
mod web;

pub use turn::{Chat, ChatError, MAX_MESSAGE, Question, Reply};
pub use web::WebSearch;
