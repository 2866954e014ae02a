//! What is told of work that models do: how long it took, what it cost, whom it was for.
//!
//! A piece of work begins a span; within it, every model call is a [`Call`], which writes one line
//! of metrics and is a span of its own. Finished spans wait in memory until [`Traces::flush`]
//! sends them to LangSmith, once the answer is made and before the process may be frozen. Without
//! a key for LangSmith they are dropped there, and only the metrics remain.
//!
//! ```no_run
//! # use collections_core::providers::{ProviderError, Usage};
//! # use collections_core::trace::{Kind, Span, Told};
//! # async fn ask() -> Result<String, ProviderError> { todo!() }
//! # async fn example(work: &Span) -> Result<String, ProviderError> {
//! let mut call = work.call(Kind::Model, "anthropic", "claude-sonnet-4-5");
//! call.prompt("user", "What is this?");
//! match ask().await {
//!     Ok(text) => {
//!         call.answered(&Told { model: "claude-sonnet-4-5", usage: Usage::default(), text: &text });
//!         Ok(text)
//!     }
//!     Err(error) => {
//!         call.failed(&error);
//!         Err(error)
//!     }
//! }
//! # }
//! ```

mod call;
mod export;
pub mod header;
mod otlp;
mod sink;
mod span;

pub use call::{Call, Told};
pub use export::{Traces, Waiting};
pub use span::{Kind, Span};
