//! Anthropic's Messages API.

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::json;

use super::http::Http;
use super::prompt::{MAX_TOKENS, Prompt};
use super::{Answer, Image, ProviderError, Usage, VisionModel};
use crate::secret::Secret;

/// How the provider is called in requests and rows.
pub const NAME: &str = "anthropic";
/// Where the API is.
pub const BASE_URL: &str = "https://api.anthropic.com";
/// The model that is used where none is asked for.
pub const DEFAULT_MODEL: &str = "claude-sonnet-4-5";

/// The version of the API.
pub(super) const VERSION: &str = "2023-06-01";

/// A model of Anthropic's.
#[derive(Debug)]
pub struct Anthropic {
    /// The HTTPS client.
    pub http: Http,
    /// Where the API is.
    pub base_url: String,
    /// The key.
    pub key: Secret,
    /// The model.
    pub model: String,
}

#[derive(Deserialize)]
struct Message {
    model: String,
    content: Vec<Block>,
    usage: Tokens,
}

#[derive(Deserialize)]
struct Block {
    #[serde(default)]
    text: String,
}

#[derive(Deserialize)]
struct Tokens {
    input_tokens: u64,
    output_tokens: u64,
}

#[async_trait]
impl VisionModel for Anthropic {
    fn provider(&self) -> &'static str {
        NAME
    }

    fn name(&self) -> &str {
        &self.model
    }

    async fn describe(&self, image: &Image, prompt: &Prompt) -> Result<Answer, ProviderError> {
        let source =
            json!({"type": "base64", "media_type": image.mime_type, "data": image.base64()});
        let body = json!({
            "model": self.model,
            "max_tokens": MAX_TOKENS,
            "system": prompt.system,
            "messages": [{"role": "user", "content": [
                {"type": "image", "source": source},
                {"type": "text", "text": prompt.user},
            ]}],
        });
        let request = self
            .http
            .post(&format!("{}/v1/messages", self.base_url))
            .header("x-api-key", self.key.expose())
            .header("anthropic-version", VERSION)
            .json(&body);
        let message: Message = self.http.json(NAME, request).await?;
        Ok(Answer {
            text: message
                .content
                .into_iter()
                .map(|block| block.text)
                .collect(),
            model: message.model,
            usage: Usage {
                input_tokens: message.usage.input_tokens,
                output_tokens: message.usage.output_tokens,
            },
        })
    }
}
