//! Chat over Ollama's own API.

use async_trait::async_trait;
use serde_json::{Value, json};

use super::assembly::Assembly;
use super::openai::tool;
use super::{ChatModel, ChatRequest, Completion, Message, OnText, Part, Role, Stop};
use crate::providers::ollama::{NAME, Ollama};
use crate::providers::{ProviderError, stream};

#[async_trait]
impl ChatModel for Ollama {
    fn provider(&self) -> &'static str {
        NAME
    }

    fn model(&self) -> &str {
        &self.model
    }

    async fn chat(
        &self,
        request: &ChatRequest<'_>,
        on_text: &mut OnText<'_>,
    ) -> Result<Completion, ProviderError> {
        let call = self
            .http
            .post(&format!("{}/api/chat", self.base_url))
            .json(&body(&self.model, request));
        let mut answer = Assembly::new(NAME, on_text);
        let mut calls = 0;
        let mut on_line = |text: &str| match text.trim() {
            "" => Ok(()),
            text => line(&mut answer, &mut calls, &stream::parse(NAME, text)?),
        };
        self.http.lines(NAME, &call, &mut on_line).await?;
        answer.finish()
    }
}

/// There is no way to offer tools and forbid them at one time, so then none are offered.
fn body(model: &str, request: &ChatRequest<'_>) -> Value {
    let system = json!({"role": "system", "content": request.system});
    let said = request.messages.iter().flat_map(messages);
    let mut body = json!({
        "model": model,
        "messages": std::iter::once(system).chain(said).collect::<Vec<_>>(),
        "stream": true,
        "options": {"num_predict": request.max_tokens, "temperature": request.temperature},
    });
    if request.may_call && !request.tools.is_empty() {
        body["tools"] = request.tools.iter().map(tool).collect();
    }
    body
}

/// One message, or one for every result it holds: results answer calls in their order.
fn messages(message: &Message) -> Vec<Value> {
    let mut messages = Vec::new();
    let mut calls = Vec::new();
    for part in &message.parts {
        match part {
            Part::Text(_) => {}
            Part::Call(call) => calls.push(json!({
                "function": {"name": call.name, "arguments": call.arguments.to_object()},
            })),
            Part::Result(result) => messages.push(json!({
                "role": "tool", "tool_name": result.name, "content": result.text,
            })),
        }
    }
    let text = message.text();
    match message.role {
        Role::Assistant if calls.is_empty() => {
            messages.push(json!({"role": "assistant", "content": text}));
        }
        Role::Assistant => {
            messages.push(json!({"role": "assistant", "content": text, "tool_calls": calls}));
        }
        Role::User if !text.is_empty() => messages.push(json!({"role": "user", "content": text})),
        Role::User => {}
    }
    messages
}

fn line(answer: &mut Assembly<'_, '_>, calls: &mut u64, line: &Value) -> Result<(), ProviderError> {
    if let Some(error) = line["error"].as_str() {
        return Err(ProviderError::Busy {
            provider: NAME,
            status: 500,
            message: error.to_owned(),
            retry_after: None,
        });
    }
    let message = &line["message"];
    answer.say(message["content"].as_str().unwrap_or_default())?;
    for call in message["tool_calls"].as_array().into_iter().flatten() {
        let function = &call["function"];
        answer.call(*calls, "", function["name"].as_str().unwrap_or_default())?;
        // An object as it should be, or text as some models write it.
        let arguments = match &function["arguments"] {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        answer.argue(*calls, &arguments)?;
        *calls += 1;
    }
    if line["done"] == true {
        answer.complete = true;
        line["model"]
            .as_str()
            .unwrap_or_default()
            .clone_into(&mut answer.model);
        answer.usage.input_tokens = line["prompt_eval_count"].as_u64().unwrap_or_default();
        answer.usage.output_tokens = line["eval_count"].as_u64().unwrap_or_default();
        if line["done_reason"] == "length" {
            answer.stop = Some(Stop::Length);
        }
    }
    Ok(())
}
