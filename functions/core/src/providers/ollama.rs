//! Ollama's chat API.

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::json;

use super::http::Http;
use super::prompt::{MAX_TOKENS, Prompt};
use super::{Answer, Image, ProviderError, Usage, VisionModel};

/// How the provider is called in requests and rows.
pub const NAME: &str = "ollama";
/// The model that looks at images where none is asked for.
pub const DEFAULT_MODEL: &str = "llama3.2-vision";
/// The model that is talked with where none is asked for; the one above calls no tools.
pub const DEFAULT_CHAT_MODEL: &str = "llama3.1";

/// A model of one's own.
#[derive(Debug)]
pub struct Ollama {
    /// The HTTPS client.
    pub http: Http,
    /// Where the server is.
    pub base_url: String,
    /// The model.
    pub model: String,
}

#[derive(Deserialize)]
struct Chat {
    model: String,
    message: Message,
    #[serde(default)]
    prompt_eval_count: u64,
    #[serde(default)]
    eval_count: u64,
}

#[derive(Deserialize)]
struct Message {
    content: String,
}

#[async_trait]
impl VisionModel for Ollama {
    fn provider(&self) -> &'static str {
        NAME
    }

    fn name(&self) -> &str {
        &self.model
    }

    async fn describe(&self, image: &Image, prompt: &Prompt) -> Result<Answer, ProviderError> {
        let body = json!({
            "model": self.model,
            "stream": false,
            "format": "json",
            "options": {"num_predict": MAX_TOKENS},
            "messages": [
                {"role": "system", "content": prompt.system},
                {"role": "user", "content": prompt.user, "images": [image.base64()]},
            ],
        });
        let request = self
            .http
            .post(&format!("{}/api/chat", self.base_url))
            .json(&body);
        let chat: Chat = self.http.json(NAME, request).await?;
        Ok(Answer {
            text: chat.message.content,
            model: chat.model,
            usage: Usage {
                input_tokens: chat.prompt_eval_count,
                output_tokens: chat.eval_count,
            },
        })
    }
}
