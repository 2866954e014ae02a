//! What is said in a conversation, free of any provider's wire format.

use serde_json::{Map, Value};

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The person, and the results of calls.
    User,
    /// The model.
    Assistant,
}

impl Role {
    /// As the providers name it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

/// What one side says at one time.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said.
    pub parts: Vec<Part>,
}

/// A piece of a message.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Words.
    Text(String),
    /// The model wants something called.
    Call(ToolCall),
    /// What came of a call.
    Result(ToolResult),
}

/// A call that a model asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolCall {
    /// What its result is known by.
    pub id: String,
    /// What to call.
    pub name: String,
    /// With what.
    pub arguments: Arguments,
}

/// The arguments of a call, as far as they are any.
#[derive(Clone, Debug, PartialEq)]
pub enum Arguments {
    /// A JSON object.
    Object(Map<String, Value>),
    /// Something else; what the model wrote.
    Malformed(String),
}

impl Arguments {
    /// Reads what a model wrote. Nothing at all counts as an empty object.
    pub fn parse(text: &str) -> Self {
        if text.trim().is_empty() {
            return Self::Object(Map::new());
        }
        match serde_json::from_str(text) {
            Ok(Value::Object(object)) => Self::Object(object),
            _ => Self::Malformed(text.to_owned()),
        }
    }

    /// As an object, for providers that take nothing else.
    pub(super) fn to_object(&self) -> Value {
        match self {
            Self::Object(object) => Value::Object(object.clone()),
            Self::Malformed(_) => Value::Object(Map::new()),
        }
    }

    /// As the model wrote them.
    pub(super) fn to_text(&self) -> String {
        match self {
            Self::Object(object) => Value::Object(object.clone()).to_string(),
            Self::Malformed(text) => text.clone(),
        }
    }
}

/// What came of a call.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolResult {
    /// Which call.
    pub id: String,
    /// What was called.
    pub name: String,
    /// What it gave, or why it gave nothing.
    pub text: String,
    /// Whether it failed.
    pub failed: bool,
}

impl Message {
    /// What the person says.
    pub fn user(text: impl Into<String>) -> Self {
        Self {
            role: Role::User,
            parts: vec![Part::Text(text.into())],
        }
    }

    /// What the model said.
    pub fn assistant(text: impl Into<String>) -> Self {
        Self {
            role: Role::Assistant,
            parts: vec![Part::Text(text.into())],
        }
    }

    /// What the model said, and what it wants called.
    pub fn calls(text: &str, calls: impl IntoIterator<Item = ToolCall>) -> Self {
        let text = Some(Part::Text(text.to_owned())).filter(|_| !text.trim().is_empty());
        let calls = calls.into_iter().map(Part::Call);
        Self {
            role: Role::Assistant,
            parts: text.into_iter().chain(calls).collect(),
        }
    }

    /// What came of the calls of the message before, in their order.
    pub fn results(results: impl IntoIterator<Item = ToolResult>) -> Self {
        Self {
            role: Role::User,
            parts: results.into_iter().map(Part::Result).collect(),
        }
    }

    /// All of the message, for a trace.
    pub(super) fn to_line(&self) -> String {
        let parts = self.parts.iter().map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Call(call) => format!("{}({})", call.name, call.arguments.to_text()),
            Part::Result(result) => format!("{} gave {}", result.name, result.text),
        });
        parts.collect::<Vec<_>>().join("\n")
    }

    /// All words of the message.
    pub fn text(&self) -> String {
        let texts = self.parts.iter().filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            Part::Call(_) | Part::Result(_) => None,
        });
        texts.collect::<Vec<_>>().join("\n")
    }
}
