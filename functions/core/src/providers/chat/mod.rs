//! Talking with language models: messages, tools and answers in a form of our own, and one
//! translation of it for each provider. Answers always come as streams, so that every provider has
//! one way of answering and a cut connection is told from an end.

mod anthropic;
mod assembly;
mod message;
mod ollama;
mod openai;

use async_trait::async_trait;
use serde_json::Value;

pub use message::{Arguments, Message, Part, Role, ToolCall, ToolResult};

use super::{ProviderError, Usage};
use crate::trace::{Kind, Span, Told};

/// How freely a model words its answers, unless a request says otherwise.
pub const TEMPERATURE: f64 = 0.1;
/// The most tokens of an answer, unless a request says otherwise.
pub const MAX_TOKENS: u32 = 2048;
/// A stream that breaks off before anything was shown is asked for again, so many times at most.
const ATTEMPTS: u32 = 2;

/// What a model may call.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolSpec {
    /// Its name.
    pub name: &'static str,
    /// What it does, for the model.
    pub description: String,
    /// The JSON schema of its arguments.
    pub parameters: Value,
}

/// What a model is asked.
#[derive(Clone, Copy, Debug)]
pub struct ChatRequest<'a> {
    /// Who the model is and what holds for the whole conversation.
    pub system: &'a str,
    /// What was said, oldest first.
    pub messages: &'a [Message],
    /// What it may call.
    pub tools: &'a [ToolSpec],
    /// Whether it may call anything now; if not, it must answer.
    pub may_call: bool,
    /// How freely it words its answer.
    pub temperature: f64,
    /// The most tokens of its answer.
    pub max_tokens: u32,
}

/// Why an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// It is complete.
    End,
    /// The model waits for the results of its calls.
    Calls,
    /// It reached the most tokens it may have.
    Length,
}

/// What a model answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Completion {
    /// Its words.
    pub text: String,
    /// What it wants to be called.
    pub calls: Vec<ToolCall>,
    /// Why it ended.
    pub stop: Stop,
    /// The model, as it names itself.
    pub model: String,
    /// What it cost.
    pub usage: Usage,
}

/// Gets an answer's words while they come.
pub type OnText<'a> = dyn FnMut(&str) + Send + 'a;

/// A model to talk with.
#[async_trait]
pub trait ChatModel: Send + Sync {
    /// Whose it is.
    fn provider(&self) -> &'static str;

    /// What it is called.
    fn model(&self) -> &str;

    /// Answers; words are given to `on_text` as they come.
    async fn chat(
        &self,
        request: &ChatRequest<'_>,
        on_text: &mut OnText<'_>,
    ) -> Result<Completion, ProviderError>;
}

/// Asks a model, as a step of some work. What breaks off before a word of it was shown is asked for
/// again.
pub async fn ask(
    model: &dyn ChatModel,
    request: &ChatRequest<'_>,
    within: &Span,
    on_text: &mut OnText<'_>,
) -> Result<Completion, ProviderError> {
    let mut attempt = 1;
    loop {
        let mut shown = false;
        let mut show = |text: &str| {
            shown = true;
            on_text(text);
        };
        match ask_once(model, request, within, &mut show).await {
            Err(error @ ProviderError::Cut { .. }) if !shown && attempt < ATTEMPTS => {
                tracing::warn!(attempt, %error, "asking again");
                attempt += 1;
            }
            answer => return answer,
        }
    }
}

/// One call, with what it cost.
async fn ask_once(
    model: &dyn ChatModel,
    request: &ChatRequest<'_>,
    within: &Span,
    on_text: &mut OnText<'_>,
) -> Result<Completion, ProviderError> {
    let mut call = within.call(Kind::Model, model.provider(), model.model());
    call.set("gen_ai.request.temperature", request.temperature);
    call.set("gen_ai.request.max_tokens", request.max_tokens);
    call.prompt("system", request.system);
    for message in request.messages {
        call.prompt(message.role.name(), &message.to_line());
    }
    match model.chat(request, on_text).await {
        Ok(answer) => {
            call.answered(&Told {
                model: &answer.model,
                usage: answer.usage,
                text: &answer.text,
            });
            Ok(answer)
        }
        Err(error) => {
            call.failed(&error);
            Err(error)
        }
    }
}
