//! A request of the Chat Completions API, and the conversation it means.

use serde::Deserialize;
use serde_json::Value;

use super::super::{Trouble, base64_data};
use crate::conversation::{self as talk, Conversation, Part, Role};

#[derive(Deserialize)]
pub(super) struct Request {
    #[serde(rename = "model")]
    _model: String,
    messages: Vec<Message>,
    #[serde(default)]
    tools: Vec<Tool>,
    tool_choice: Option<ToolChoice>,
    max_tokens: Option<usize>,
    max_completion_tokens: Option<usize>,
    #[serde(default)]
    pub(super) stream: bool,
    stream_options: Option<StreamOptions>,
}

#[derive(Deserialize)]
struct StreamOptions {
    #[serde(default)]
    include_usage: bool,
}

#[derive(Deserialize)]
#[serde(tag = "role", rename_all = "lowercase")]
enum Message {
    #[serde(alias = "developer")]
    System {
        content: Content,
    },
    User {
        content: Content,
    },
    Assistant {
        content: Option<Content>,
        #[serde(default)]
        tool_calls: Vec<ToolCall>,
    },
    Tool {
        content: Content,
        tool_call_id: String,
    },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    /// Read one by one, so that an error names its part.
    Parts(Vec<Value>),
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ContentPart {
    Text { text: String },
    ImageUrl { image_url: ImageUrl },
}

#[derive(Deserialize)]
struct ImageUrl {
    url: String,
}

#[derive(Deserialize)]
struct ToolCall {
    id: String,
}

#[derive(Deserialize)]
struct Tool {
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
#[serde(untagged)]
enum ToolChoice {
    Mode(Mode),
    Named { function: NamedFunction },
}

#[derive(Deserialize)]
struct NamedFunction {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Mode {
    None,
    Auto,
    Required,
}

impl Request {
    pub(super) fn wants_usage(&self) -> bool {
        let options = self.stream_options.as_ref();
        options.is_some_and(|options| options.include_usage)
    }

    pub(super) fn most_tokens(&self) -> Option<usize> {
        self.max_completion_tokens.or(self.max_tokens)
    }

    pub(super) fn into_conversation(self) -> Result<Conversation, Trouble> {
        if self.messages.is_empty() {
            return Err(Trouble::bad("Invalid 'messages': empty array."));
        }
        let mut conversation = Conversation {
            choice: choice(self.tool_choice),
            tools: self.tools.into_iter().map(Tool::into_tool).collect(),
            ..Conversation::default()
        };
        for (index, message) in self.messages.into_iter().enumerate() {
            add(message, &format!("messages[{index}]"), &mut conversation)?;
        }
        check_tool_results(&conversation)?;
        Ok(conversation)
    }
}

fn add(message: Message, path: &str, conversation: &mut Conversation) -> Result<(), Trouble> {
    match message {
        Message::System { content } => {
            conversation.system.push_str(&text(content, path)?);
            conversation.system.push('\n');
        }
        Message::User { content } => conversation.say(Role::User, parts(content, path)?),
        Message::Assistant {
            content,
            tool_calls,
        } => {
            let mut said = content.map_or(Ok(Vec::new()), |content| parts(content, path))?;
            let calls = tool_calls.into_iter();
            said.extend(calls.map(|call| Part::ToolCall { id: call.id }));
            conversation.say(Role::Assistant, said);
        }
        Message::Tool {
            content,
            tool_call_id,
        } => {
            let text = text(content, path)?;
            let result = Part::ToolResult {
                id: tool_call_id,
                text,
            };
            conversation.say(Role::User, vec![result]);
        }
    }
    Ok(())
}

impl Tool {
    fn into_tool(self) -> talk::Tool {
        talk::Tool {
            name: self.function.name,
            description: self.function.description,
            parameters: self.function.parameters,
        }
    }
}

fn choice(choice: Option<ToolChoice>) -> talk::ToolChoice {
    match choice {
        None | Some(ToolChoice::Mode(Mode::Auto)) => talk::ToolChoice::Auto,
        Some(ToolChoice::Mode(Mode::None)) => talk::ToolChoice::Never,
        Some(ToolChoice::Mode(Mode::Required)) => talk::ToolChoice::Any,
        Some(ToolChoice::Named { function }) => talk::ToolChoice::Named(function.name),
    }
}

fn parts(content: Content, path: &str) -> Result<Vec<Part>, Trouble> {
    match content {
        Content::Text(text) => Ok(vec![Part::Text(text)]),
        Content::Parts(parts) => parts
            .into_iter()
            .enumerate()
            .map(|(index, value)| part(value, &format!("{path}.content[{index}]")))
            .collect(),
    }
}

fn part(value: Value, path: &str) -> Result<Part, Trouble> {
    let part = ContentPart::deserialize(value)
        .map_err(|error| Trouble::bad(format!("Invalid '{path}': {error}")))?;
    Ok(match part {
        ContentPart::Text { text } => Part::Text(text),
        ContentPart::ImageUrl { image_url } => {
            Part::Image(base64_data::decode_url(&image_url.url, path)?)
        }
    })
}

fn text(content: Content, path: &str) -> Result<String, Trouble> {
    let parts = parts(content, path)?;
    let texts = parts.into_iter().filter_map(|part| match part {
        Part::Text(text) => Some(text),
        _ => None,
    });
    Ok(texts.collect::<Vec<_>>().join("\n"))
}

fn check_tool_results(conversation: &Conversation) -> Result<(), Trouble> {
    if conversation.stray_result().is_some() {
        return Err(Trouble::bad(
            "Invalid parameter: messages with role 'tool' must be a response to a preceeding \
             message with 'tool_calls'.",
        ));
    }
    if let Some(id) = conversation.unanswered_call() {
        return Err(Trouble::bad(format!(
            "An assistant message with 'tool_calls' must be followed by tool messages responding \
             to each 'tool_call_id'. The following tool_call_ids did not have response messages: {id}"
        )));
    }
    Ok(())
}
