//! A model that says what a test wrote down, and remembers what it was asked.

use std::collections::VecDeque;
use std::sync::Mutex;

use async_trait::async_trait;
use collections_core::contract::functions::Api;
use collections_core::providers::chat::{
    Arguments, ChatModel, ChatRequest, Completion, Message, OnText, Stop, ToolCall, ToolSpec,
};
use collections_core::providers::{ProviderError, Usage};
use collections_core::trace::Span;
use serde_json::Value;

pub struct Scripted {
    answers: Mutex<VecDeque<Result<Completion, ProviderError>>>,
    pub asked: Mutex<Vec<Asked>>,
}

/// What a model was asked.
#[derive(Clone)]
pub struct Asked {
    pub system: String,
    pub messages: Vec<Message>,
    pub tools: Vec<ToolSpec>,
    pub may_call: bool,
}

impl Scripted {
    pub fn new(answers: impl IntoIterator<Item = Result<Completion, ProviderError>>) -> Self {
        Self {
            answers: Mutex::new(answers.into_iter().collect()),
            asked: Mutex::default(),
        }
    }

    pub fn saying(answers: impl IntoIterator<Item = Completion>) -> Self {
        Self::new(answers.into_iter().map(Ok))
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// Everything that the model was ever given, as one text.
    pub fn given(&self) -> String {
        let asked = self.asked();
        let all = asked.iter().map(|asked| {
            format!(
                "{}\n{:?}\n{:?}\n",
                asked.system, asked.messages, asked.tools
            )
        });
        all.collect()
    }
}

#[async_trait]
impl ChatModel for Scripted {
    fn provider(&self) -> &'static str {
        "anthropic"
    }

    fn model(&self) -> &str {
        "scripted"
    }

    async fn chat(
        &self,
        request: &ChatRequest<'_>,
        on_text: &mut OnText<'_>,
    ) -> Result<Completion, ProviderError> {
        self.asked.lock().unwrap().push(Asked {
            system: request.system.to_owned(),
            messages: request.messages.to_vec(),
            tools: request.tools.to_vec(),
            may_call: request.may_call,
        });
        let next = self.answers.lock().unwrap().pop_front();
        let answer = next.unwrap_or_else(|| Ok(text("(the script has ended)")))?;
        on_text(&answer.text);
        Ok(answer)
    }
}

pub fn text(text: &str) -> Completion {
    Completion {
        text: text.to_owned(),
        calls: Vec::new(),
        stop: Stop::End,
        model: "scripted-1".to_owned(),
        usage: Usage {
            input_tokens: 100,
            output_tokens: 10,
        },
    }
}

/// An answer that calls tools.
pub fn calls(wanted: &[(&str, Value)]) -> Completion {
    let calls = wanted
        .iter()
        .enumerate()
        .map(|(at, (name, arguments))| ToolCall {
            id: format!("c{at}"),
            name: (*name).to_owned(),
            arguments: match arguments {
                Value::Object(object) => Arguments::Object(object.clone()),
                other => Arguments::Malformed(other.to_string()),
            },
        });
    Completion {
        calls: calls.collect(),
        stop: Stop::Calls,
        ..text("")
    }
}

pub fn work() -> Span {
    Span::detached::<Api>("test")
}
