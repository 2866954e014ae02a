//! Chat over Anthropic's Messages API.

use async_trait::async_trait;
use serde_json::{Value, json};

use super::assembly::Assembly;
use super::{ChatModel, ChatRequest, Completion, Message, OnText, Part, Stop, ToolSpec};
use crate::providers::anthropic::{Anthropic, NAME, VERSION};
use crate::providers::{ProviderError, stream};

/// What Anthropic answers when it is overloaded.
const OVERLOADED: u16 = 529;

#[async_trait]
impl ChatModel for Anthropic {
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
            .post(&format!("{}/v1/messages", self.base_url))
            .header("x-api-key", self.key.expose())
            .header("anthropic-version", VERSION)
            .json(&body(&self.model, request));
        let mut answer = Assembly::new(NAME, on_text);
        let mut on_line = |line: &str| match stream::event(line) {
            Some(data) => event(&mut answer, &stream::parse(NAME, data)?),
            None => Ok(()),
        };
        self.http.lines(NAME, &call, &mut on_line).await?;
        answer.finish()
    }
}

fn body(model: &str, request: &ChatRequest<'_>) -> Value {
    let mut body = json!({
        "model": model,
        "max_tokens": request.max_tokens,
        "temperature": request.temperature,
        "system": request.system,
        "messages": request.messages.iter().map(message).collect::<Vec<_>>(),
        "stream": true,
    });
    if !request.tools.is_empty() {
        body["tools"] = request.tools.iter().map(tool).collect();
        let choice = if request.may_call { "auto" } else { "none" };
        body["tool_choice"] = json!({"type": choice});
    }
    body
}

fn tool(tool: &ToolSpec) -> Value {
    json!({"name": tool.name, "description": tool.description, "input_schema": tool.parameters})
}

fn message(message: &Message) -> Value {
    let role = message.role.name();
    json!({"role": role, "content": message.parts.iter().map(part).collect::<Vec<_>>()})
}

fn part(part: &Part) -> Value {
    match part {
        Part::Text(text) => json!({"type": "text", "text": text}),
        Part::Call(call) => json!({
            "type": "tool_use", "id": call.id, "name": call.name,
            "input": call.arguments.to_object(),
        }),
        Part::Result(result) => json!({
            "type": "tool_result", "tool_use_id": result.id, "content": result.text,
            "is_error": result.failed,
        }),
    }
}

fn event(answer: &mut Assembly<'_, '_>, event: &Value) -> Result<(), ProviderError> {
    let place = event["index"].as_u64().unwrap_or_default();
    match event["type"].as_str().unwrap_or_default() {
        "message_start" => {
            let message = &event["message"];
            answer.model = message["model"].as_str().unwrap_or_default().to_owned();
            count(answer, &message["usage"]);
        }
        "content_block_start" => {
            let block = &event["content_block"];
            if block["type"] == "tool_use" {
                let text = |name: &str| block[name].as_str().unwrap_or_default();
                answer.call(place, text("id"), text("name"))?;
            }
        }
        "content_block_delta" => {
            let delta = &event["delta"];
            if let Some(text) = delta["text"].as_str() {
                answer.say(text)?;
            }
            if let Some(json) = delta["partial_json"].as_str() {
                answer.argue(place, json)?;
            }
        }
        "message_delta" => {
            stopped(answer, event["delta"]["stop_reason"].as_str());
            count(answer, &event["usage"]);
        }
        "message_stop" => answer.complete = true,
        "error" => return Err(failed(&event["error"])),
        // Pings, and what may be added to the API.
        _ => {}
    }
    Ok(())
}

fn stopped(answer: &mut Assembly<'_, '_>, reason: Option<&str>) {
    match reason {
        Some("refusal") => {
            answer.declined = Some("the model's safety rules".to_owned());
        }
        Some("max_tokens" | "model_context_window_exceeded") => answer.stop = Some(Stop::Length),
        _ => {}
    }
}

fn count(answer: &mut Assembly<'_, '_>, usage: &Value) {
    let tokens = |name: &str| usage[name].as_u64();
    if let Some(input) = tokens("input_tokens") {
        let cached = ["cache_creation_input_tokens", "cache_read_input_tokens"];
        let cached = cached.into_iter().filter_map(tokens).sum::<u64>();
        answer.usage.input_tokens = input + cached;
    }
    if let Some(output) = tokens("output_tokens") {
        answer.usage.output_tokens = output;
    }
}

fn failed(error: &Value) -> ProviderError {
    let message = error["message"].as_str().unwrap_or_default().to_owned();
    match error["type"].as_str() {
        Some("invalid_request_error") => ProviderError::Refused {
            provider: NAME,
            status: 400,
            message,
        },
        _ => ProviderError::Busy {
            provider: NAME,
            status: OVERLOADED,
            message,
            retry_after: None,
        },
    }
}
