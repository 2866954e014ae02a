//! What every vision model does, and how one is chosen.

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use super::ProviderError;
use super::prompt::Prompt;

/// An image to look at.
#[derive(Clone, Debug)]
pub struct Image {
    /// Its bytes.
    pub bytes: Bytes,
    /// What they are.
    pub mime_type: String,
}

impl Image {
    pub(super) fn base64(&self) -> String {
        STANDARD.encode(&self.bytes)
    }
}

/// What a model answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its text.
    pub text: String,
    /// The model, as it names itself.
    pub model: String,
    /// What it cost.
    pub usage: Usage,
}

/// Tokens of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Read.
    pub input_tokens: u64,
    /// Written.
    pub output_tokens: u64,
}

/// A model that describes images.
#[async_trait]
pub trait VisionModel: Send + Sync {
    /// Whose it is.
    fn provider(&self) -> &'static str;

    /// The model that is asked.
    fn name(&self) -> &str;

    /// Describes an image as the prompt asks.
    async fn describe(&self, image: &Image, prompt: &Prompt) -> Result<Answer, ProviderError>;
}
