//! OpenAI's Chat Completions API.

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::json;

use super::http::Http;
use super::prompt::{MAX_TOKENS, Prompt};
use super::{Answer, Image, ProviderError, Usage, VisionModel};
use crate::secret::Secret;

/// How the provider is called in requests and rows.
pub const NAME: &str = "openai";
/// Where the API is.
pub const BASE_URL: &str = "https://api.openai.com";
/// The model that is used where none is asked for.
pub const DEFAULT_MODEL: &str = "gpt-4o";

/// A model of OpenAI's.
#[derive(Debug)]
pub struct Openai {
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
struct Completion {
    model: String,
    choices: Vec<Choice>,
    usage: Tokens,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
}

#[derive(Deserialize)]
struct Message {
    /// Absent where the model refuses.
    content: Option<String>,
}

#[derive(Deserialize)]
struct Tokens {
    prompt_tokens: u64,
    completion_tokens: u64,
}

#[async_trait]
impl VisionModel for Openai {
    fn provider(&self) -> &'static str {
        NAME
    }

    fn name(&self) -> &str {
        &self.model
    }

    async fn describe(&self, image: &Image, prompt: &Prompt) -> Result<Answer, ProviderError> {
        let url = format!("data:{};base64,{}", image.mime_type, image.base64());
        let body = json!({
            "model": self.model,
            "max_completion_tokens": MAX_TOKENS,
            "response_format": {"type": "json_object"},
            "messages": [
                {"role": "system", "content": prompt.system},
                {"role": "user", "content": [
                    {"type": "text", "text": prompt.user},
                    {"type": "image_url", "image_url": {"url": url}},
                ]},
            ],
        });
        let request = self
            .http
            .post(&format!("{}/v1/chat/completions", self.base_url))
            .bearer_auth(self.key.expose())
            .json(&body);
        let completion: Completion = self.http.json(NAME, request).await?;
        let text = completion
            .choices
            .into_iter()
            .next()
            .and_then(|choice| choice.message.content);
        Ok(Answer {
            text: text.unwrap_or_default(),
            model: completion.model,
            usage: Usage {
                input_tokens: completion.usage.prompt_tokens,
                output_tokens: completion.usage.completion_tokens,
            },
        })
    }
}
