//! A request of the Messages API, and the conversation it means.

use serde::Deserialize;
use serde_json::Value;

use super::super::{Trouble, base64_data};
use crate::analyst::Format;
use crate::conversation::{self as talk, Conversation, Part, Role};

/// A larger image is refused, as the provider does.
const LARGEST_IMAGE: usize = 5 * 1024 * 1024;

#[derive(Deserialize)]
pub(super) struct Request {
    #[serde(rename = "model")]
    _model: String,
    pub(super) max_tokens: usize,
    messages: Vec<Message>,
    system: Option<Content>,
    #[serde(default)]
    tools: Vec<Tool>,
    tool_choice: Option<ToolChoice>,
    #[serde(default)]
    pub(super) stream: bool,
}

#[derive(Deserialize)]
struct Message {
    role: MessageRole,
    content: Content,
}

#[derive(Deserialize, PartialEq, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum MessageRole {
    User,
    Assistant,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    /// Read one by one, so that an error names its block.
    Blocks(Vec<Value>),
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Block {
    Text {
        text: String,
    },
    Image {
        source: Source,
    },
    ToolUse {
        id: String,
    },
    ToolResult {
        tool_use_id: String,
        content: Option<Content>,
    },
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Source {
    Base64 { media_type: String, data: String },
    Url {},
}

#[derive(Deserialize)]
struct Tool {
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    input_schema: Value,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum ToolChoice {
    Auto,
    Any,
    None,
    Tool { name: String },
}

impl Request {
    pub(super) fn into_conversation(self) -> Result<Conversation, Trouble> {
        if self.max_tokens == 0 {
            return Err(Trouble::bad(
                "max_tokens: Input should be greater than or equal to 1",
            ));
        }
        match self.messages.first() {
            None => {
                return Err(Trouble::bad("messages: at least one message is required"));
            }
            Some(first) if first.role != MessageRole::User => {
                return Err(Trouble::bad(
                    "messages: first message must use the \"user\" role",
                ));
            }
            Some(_) => {}
        }
        let mut conversation = Conversation {
            system: self
                .system
                .map_or(Ok(String::new()), |system| text(system, "system"))?,
            choice: choice(self.tool_choice),
            tools: self.tools.into_iter().map(Tool::into_tool).collect(),
            ..Conversation::default()
        };
        for (index, message) in self.messages.into_iter().enumerate() {
            let role = match message.role {
                MessageRole::User => Role::User,
                MessageRole::Assistant => Role::Assistant,
            };
            let parts = parts(message.content, &format!("messages.{index}.content"))?;
            conversation.say(role, parts);
        }
        check_tool_results(&conversation)?;
        Ok(conversation)
    }
}

impl Tool {
    fn into_tool(self) -> talk::Tool {
        talk::Tool {
            name: self.name,
            description: self.description,
            parameters: self.input_schema,
        }
    }
}

fn choice(choice: Option<ToolChoice>) -> talk::ToolChoice {
    match choice {
        None | Some(ToolChoice::Auto) => talk::ToolChoice::Auto,
        Some(ToolChoice::Any) => talk::ToolChoice::Any,
        Some(ToolChoice::None) => talk::ToolChoice::Never,
        Some(ToolChoice::Tool { name }) => talk::ToolChoice::Named(name),
    }
}

fn parts(content: Content, path: &str) -> Result<Vec<Part>, Trouble> {
    match content {
        Content::Text(text) => Ok(vec![Part::Text(text)]),
        Content::Blocks(blocks) => blocks
            .into_iter()
            .enumerate()
            .map(|(index, block)| part(block, &format!("{path}.{index}")))
            .collect(),
    }
}

fn part(block: Value, path: &str) -> Result<Part, Trouble> {
    let block =
        Block::deserialize(block).map_err(|error| Trouble::bad(format!("{path}: {error}")))?;
    Ok(match block {
        Block::Text { text } => Part::Text(text),
        Block::Image { source } => Part::Image(image(source, path)?),
        Block::ToolUse { id } => Part::ToolCall { id },
        Block::ToolResult {
            tool_use_id,
            content,
        } => Part::ToolResult {
            id: tool_use_id,
            text: content.map_or(Ok(String::new()), |content| text(content, path))?,
        },
    })
}

/// The text of blocks that may be nothing else.
fn text(content: Content, path: &str) -> Result<String, Trouble> {
    let parts = parts(content, path)?;
    let texts = parts.into_iter().filter_map(|part| match part {
        Part::Text(text) => Some(text),
        _ => None,
    });
    Ok(texts.collect::<Vec<_>>().join("\n"))
}

fn image(source: Source, path: &str) -> Result<Vec<u8>, Trouble> {
    let Source::Base64 { media_type, data } = source else {
        return Err(Trouble::bad(format!(
            "{path}.image.source: the local environment fetches no URLs, send base64"
        )));
    };
    let bytes = base64_data::decode(&data, &format!("{path}.image.source.base64"))?;
    if bytes.len() > LARGEST_IMAGE {
        return Err(Trouble::bad(format!(
            "{path}.image.source.base64: image exceeds 5 MB maximum: {} bytes > {LARGEST_IMAGE} bytes",
            bytes.len()
        )));
    }
    match Format::of(&bytes) {
        Some(format) if format.media_type() != media_type => Err(Trouble::bad(format!(
            "{path}.image.source.base64.data: the image was specified using the {media_type} \
             media type, but it appears to be a {} image",
            format.media_type()
        ))),
        _ => Ok(bytes),
    }
}

/// Calls and results must pair up; clients that lose one should learn of it here.
fn check_tool_results(conversation: &Conversation) -> Result<(), Trouble> {
    if let Some(id) = conversation.stray_result() {
        return Err(Trouble::bad(format!(
            "messages: unexpected `tool_use_id` found in `tool_result` blocks: {id}. Each \
             `tool_result` block must have a corresponding `tool_use` block in the previous message."
        )));
    }
    if let Some(id) = conversation.unanswered_call() {
        return Err(Trouble::bad(format!(
            "messages: `tool_use` ids were found without `tool_result` blocks immediately after: \
             {id}. Each `tool_use` block must have a corresponding `tool_result` block in the next \
             message."
        )));
    }
    Ok(())
}
