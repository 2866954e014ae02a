//! Model providers: plain HTTPS clients behind small traits.

pub mod anthropic;
pub mod chat;
pub mod choice;
pub mod error;
pub mod http;
mod hub;
pub mod langsmith;
pub mod ollama;
pub mod openai;
pub mod outbound;
pub mod prices;
pub mod prompt;
mod stream;
pub mod tavily;
pub mod vision;
pub mod voyage;

use std::time::Duration;

pub use error::ProviderError;
pub use vision::{Answer, Image, Usage, VisionModel};

/// A random pause of up to `base`, doubled with every attempt: full jitter.
pub fn jitter(base: Duration, attempt: u32) -> Duration {
    let most = base.saturating_mul(1 << attempt.min(10));
    most.mul_f64(rand::random::<f64>())
}
