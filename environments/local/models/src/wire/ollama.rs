//! Ollama: `POST /api/chat`. It asks for no key, as Ollama itself does not.

use std::collections::VecDeque;
use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::chat::{self, Completion, MODEL};
use super::{Provider, Trouble, base64_data, request, stream};
use crate::conversation::{Conversation, Part, Reply, Role, Tool};
use crate::server::App;

/// As in the other formats, the clock is left out.
const CREATED_AT: &str = "1970-01-01T00:00:00Z";

#[derive(Deserialize)]
struct Request {
    #[serde(rename = "model")]
    _model: String,
    messages: Vec<Message>,
    #[serde(default)]
    tools: Vec<OfferedTool>,
    #[serde(default = "streams")]
    stream: bool,
    options: Option<Options>,
}

#[derive(Deserialize)]
struct Message {
    role: String,
    #[serde(default)]
    content: String,
    #[serde(default)]
    images: Vec<String>,
    #[serde(default)]
    /// Only how many there are matters: they have no ids.
    tool_calls: Vec<Value>,
}

#[derive(Deserialize)]
struct OfferedTool {
    function: Function,
}

#[derive(Deserialize)]
struct Function {
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    parameters: Value,
}

#[derive(Deserialize)]
struct Options {
    num_predict: Option<usize>,
}

fn streams() -> bool {
    true
}

pub(crate) async fn chat(State(app): State<Arc<App>>, body: Body) -> Response {
    match answer(&app, body).await {
        Ok(response) => response,
        Err(trouble) => Provider::Ollama.refuse(&trouble),
    }
}

async fn answer(app: &Arc<App>, body: Body) -> Result<Response, Trouble> {
    let body = request::bytes(body).await?;
    let request: Request = request::json(&body)?;
    let streamed = request.stream;
    let most_tokens = request
        .options
        .as_ref()
        .and_then(|options| options.num_predict);
    let conversation = conversation(request)?;
    let completion = chat::complete(app, conversation, most_tokens, &body).await?;
    Ok(if streamed {
        stream::respond(stream::JSON_LINES, lines(&completion))
    } else {
        Json(last(&completion, &message(&completion))).into_response()
    })
}

fn conversation(request: Request) -> Result<Conversation, Trouble> {
    let mut conversation = Conversation {
        tools: request
            .tools
            .into_iter()
            .map(OfferedTool::into_tool)
            .collect(),
        ..Conversation::default()
    };
    // Calls have no ids here: results answer them in order.
    let mut open: VecDeque<String> = VecDeque::new();
    for (index, message) in request.messages.into_iter().enumerate() {
        match message.role.as_str() {
            "system" => {
                conversation.system.push_str(&message.content);
                conversation.system.push('\n');
            }
            "user" => conversation.say(Role::User, said(message, index)?),
            "assistant" => {
                open = (0..message.tool_calls.len())
                    .map(|call| format!("{index}.{call}"))
                    .collect();
                let mut parts = vec![Part::Text(message.content)];
                parts.extend(open.iter().map(|id| Part::ToolCall { id: id.clone() }));
                conversation.say(Role::Assistant, parts);
            }
            "tool" => {
                let result = Part::ToolResult {
                    id: open.pop_front().unwrap_or_default(),
                    text: message.content,
                };
                conversation.say(Role::User, vec![result]);
            }
            _ => return Err(Trouble::bad(format!("messages[{index}]: invalid role"))),
        }
    }
    Ok(conversation)
}

fn said(message: Message, index: usize) -> Result<Vec<Part>, Trouble> {
    let mut parts = vec![Part::Text(message.content)];
    for image in &message.images {
        let bytes = base64_data::decode(image, &format!("messages[{index}].images"))?;
        parts.push(Part::Image(bytes));
    }
    Ok(parts)
}

impl OfferedTool {
    fn into_tool(self) -> Tool {
        Tool {
            name: self.function.name,
            description: self.function.description,
            parameters: self.function.parameters,
        }
    }
}

fn message(completion: &Completion) -> Value {
    match &completion.reply {
        Reply::Text(text) => json!({"role": "assistant", "content": text}),
        Reply::ToolCall { name, input } => json!({
            "role": "assistant",
            "content": "",
            "tool_calls": [{"function": {"name": name, "arguments": input}}],
        }),
    }
}

/// One JSON document a line; the last one tells that it is done.
fn lines(completion: &Completion) -> Vec<String> {
    let messages = match &completion.reply {
        Reply::Text(text) => stream::pieces(text)
            .into_iter()
            .map(|piece| json!({"role": "assistant", "content": piece}))
            .collect(),
        Reply::ToolCall { .. } => vec![message(completion)],
    };
    let mut lines: Vec<Value> = messages.iter().map(part).collect();
    lines.push(last(
        completion,
        &json!({"role": "assistant", "content": ""}),
    ));
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn part(message: &Value) -> Value {
    json!({"model": MODEL, "created_at": CREATED_AT, "message": message, "done": false})
}

fn last(completion: &Completion, message: &Value) -> Value {
    json!({
        "model": MODEL,
        "created_at": CREATED_AT,
        "message": message,
        "done": true,
        "done_reason": if completion.cut { "length" } else { "stop" },
        "total_duration": 0,
        "load_duration": 0,
        "prompt_eval_count": completion.input_tokens,
        "prompt_eval_duration": 0,
        "eval_count": completion.output_tokens,
        "eval_duration": 0,
    })
}

pub(crate) fn error(trouble: &Trouble) -> (StatusCode, Value) {
    let status = match trouble {
        Trouble::BadRequest(_) => StatusCode::BAD_REQUEST,
        Trouble::Unauthorized => StatusCode::UNAUTHORIZED,
        Trouble::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Trouble::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
        Trouble::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        Trouble::Overloaded => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, json!({"error": trouble.message()}))
}
