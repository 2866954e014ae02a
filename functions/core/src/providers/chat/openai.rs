//! Chat over OpenAI's Chat Completions API.

use async_trait::async_trait;
use serde_json::{Value, json};

use super::assembly::Assembly;
use super::{ChatModel, ChatRequest, Completion, Message, OnText, Part, Role, Stop, ToolSpec};
use crate::providers::openai::{NAME, Openai};
use crate::providers::{ProviderError, stream};

/// What ends a stream.
const DONE: &str = "[DONE]";
/// Models that reason take no temperature.
const REASONING: [&str; 4] = ["o1", "o3", "o4", "gpt-5"];

#[async_trait]
impl ChatModel for Openai {
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
            .post(&format!("{}/v1/chat/completions", self.base_url))
            .bearer_auth(self.key.expose())
            .json(&body(&self.model, request));
        let mut answer = Assembly::new(NAME, on_text);
        let mut refusal = String::new();
        let mut on_line = |line: &str| match stream::event(line) {
            Some(DONE) => {
                answer.complete = true;
                Ok(())
            }
            Some(data) => chunk(&mut answer, &mut refusal, &stream::parse(NAME, data)?),
            None => Ok(()),
        };
        self.http.lines(NAME, &call, &mut on_line).await?;
        if !refusal.is_empty() {
            answer.declined = Some(refusal);
        }
        answer.finish()
    }
}

fn body(model: &str, request: &ChatRequest<'_>) -> Value {
    let system = json!({"role": "system", "content": request.system});
    let said = request.messages.iter().flat_map(messages);
    let mut body = json!({
        "model": model,
        "max_completion_tokens": request.max_tokens,
        "messages": std::iter::once(system).chain(said).collect::<Vec<_>>(),
        "stream": true,
        "stream_options": {"include_usage": true},
    });
    if !REASONING.iter().any(|family| model.starts_with(family)) {
        body["temperature"] = json!(request.temperature);
    }
    if !request.tools.is_empty() {
        body["tools"] = request.tools.iter().map(tool).collect();
        body["tool_choice"] = json!(if request.may_call { "auto" } else { "none" });
    }
    body
}

pub(super) fn tool(tool: &ToolSpec) -> Value {
    json!({"type": "function", "function": {
        "name": tool.name, "description": tool.description, "parameters": tool.parameters,
    }})
}

/// One message, or one for every result it holds.
fn messages(message: &Message) -> Vec<Value> {
    let mut messages = Vec::new();
    let mut calls = Vec::new();
    for part in &message.parts {
        match part {
            Part::Text(_) => {}
            Part::Call(call) => calls.push(json!({
                "id": call.id, "type": "function",
                "function": {"name": call.name, "arguments": call.arguments.to_text()},
            })),
            Part::Result(result) => messages.push(json!({
                "role": "tool", "tool_call_id": result.id, "content": result.text,
            })),
        }
    }
    let text = message.text();
    match message.role {
        Role::Assistant if calls.is_empty() => {
            messages.push(json!({"role": "assistant", "content": text}));
        }
        Role::Assistant => {
            let content = Some(text).filter(|text| !text.is_empty());
            messages.push(json!({"role": "assistant", "content": content, "tool_calls": calls}));
        }
        Role::User if !text.is_empty() => messages.push(json!({"role": "user", "content": text})),
        Role::User => {}
    }
    messages
}

fn chunk(
    answer: &mut Assembly<'_, '_>,
    refusal: &mut String,
    chunk: &Value,
) -> Result<(), ProviderError> {
    if let Some(error) = chunk["error"]["message"].as_str() {
        return Err(ProviderError::Busy {
            provider: NAME,
            status: 500,
            message: error.to_owned(),
            retry_after: None,
        });
    }
    if let Some(model) = chunk["model"].as_str() {
        model.clone_into(&mut answer.model);
    }
    if let Some(usage) = chunk["usage"].as_object() {
        let tokens = |name: &str| usage.get(name).and_then(Value::as_u64).unwrap_or_default();
        answer.usage.input_tokens = tokens("prompt_tokens");
        answer.usage.output_tokens = tokens("completion_tokens");
    }
    let choice = &chunk["choices"][0];
    let delta = &choice["delta"];
    answer.say(delta["content"].as_str().unwrap_or_default())?;
    refusal.push_str(delta["refusal"].as_str().unwrap_or_default());
    for call in delta["tool_calls"].as_array().into_iter().flatten() {
        let place = call["index"].as_u64().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let function = &call["function"];
        answer.call(place, &text(&call["id"]), &text(&function["name"]))?;
        answer.argue(place, &text(&function["arguments"]))?;
    }
    match choice["finish_reason"].as_str() {
        Some("length") => answer.stop = Some(Stop::Length),
        Some("content_filter") => "the provider's content filter".clone_into(refusal),
        _ => {}
    }
    Ok(())
}
