//! What an agent can use.

use async_trait::async_trait;
use serde_json::{Map, Value};
use thiserror::Error;

use crate::providers::chat::ToolSpec;

/// Something an agent can use. Whom it works for is decided when it is made, not by arguments.
#[async_trait]
pub trait Tool: Send + Sync {
    /// What the model is told of it.
    fn spec(&self) -> ToolSpec;

    /// Does it. What it gives is read by the model; text from outside belongs into
    /// [`data`](super::data).
    async fn call(&self, arguments: &Map<String, Value>) -> Result<Used, ToolError>;
}

/// What a tool gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    /// For the model.
    pub text: String,
    /// For people: what was done and what came of it, in a sentence.
    pub summary: String,
}

/// Why a tool gave nothing.
#[derive(Debug, Error)]
pub enum ToolError {
    /// The model asked wrongly; it is told how, and may ask again.
    #[error("{0}")]
    Arguments(String),
    /// It does not work now. The model is told so, the log is told why.
    #[error("it is not available now")]
    Failed(#[from] anyhow::Error),
}

impl ToolError {
    /// Reads arguments into their type; what does not fit is told in the words of its parser.
    pub fn read<T: serde::de::DeserializeOwned>(
        arguments: &Map<String, Value>,
    ) -> Result<T, ToolError> {
        serde_json::from_value(Value::Object(arguments.clone()))
            .map_err(|error| ToolError::Arguments(error.to_string()))
    }
}
