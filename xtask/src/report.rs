//! What a command hands back: data for stdout, in words or as JSON, and how it ended.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use crate::error::{Error, Result};

/// The result of a command. `ui` prints it: `text` for people, `json` for programs.
#[derive(Debug)]
pub struct Outcome {
    text: String,
    json: Value,
    code: u8,
}

impl Outcome {
    /// Nothing to say on stdout.
    pub fn silent() -> Self {
        Self {
            text: String::new(),
            json: Value::Null,
            code: 0,
        }
    }

    /// A value that has both faces: `Display` for people, `Serialize` for programs.
    pub fn of<T: fmt::Display + Serialize>(value: &T) -> Result<Self> {
        let json = serde_json::to_value(value).map_err(|source| {
            Error::failed("could not write the result as JSON").because(source)
        })?;
        Ok(Self {
            text: value.to_string(),
            json,
            code: 0,
        })
    }

    /// Ends with this exit code although it is no error: 2 says "there are changes".
    #[must_use]
    pub fn with_code(mut self, code: u8) -> Self {
        self.code = code;
        self
    }

    /// What people read.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What programs read.
    pub fn json(&self) -> &Value {
        &self.json
    }

    /// The exit code.
    pub fn code(&self) -> u8 {
        self.code
    }
}
