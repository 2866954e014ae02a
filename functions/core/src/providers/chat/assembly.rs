//! Puts the pieces of a streamed answer together, within bounds.

use super::{Arguments, Completion, OnText, Stop, ToolCall};
use crate::providers::{ProviderError, Usage};

/// Many times what 2,048 tokens can be.
const MAX_BYTES: usize = 256 * 1024;
const MAX_CALLS: usize = 32;

/// An answer that is coming in.
pub(super) struct Assembly<'a, 't> {
    provider: &'static str,
    on_text: &'a mut OnText<'t>,
    text: String,
    calls: Vec<Draft>,
    bytes: usize,
    /// Why the model says that it ended.
    pub(super) stop: Option<Stop>,
    /// Why the model declines to answer.
    pub(super) declined: Option<String>,
    /// The model, as it names itself.
    pub(super) model: String,
    /// What it costs, as far as is known.
    pub(super) usage: Usage,
    /// Whether the provider said that this was all.
    pub(super) complete: bool,
}

/// A call of which the arguments are still coming.
struct Draft {
    /// Where in the answer it stands.
    place: u64,
    id: String,
    name: String,
    arguments: String,
}

impl<'a, 't> Assembly<'a, 't> {
    pub(super) fn new(provider: &'static str, on_text: &'a mut OnText<'t>) -> Self {
        Self {
            provider,
            on_text,
            text: String::new(),
            calls: Vec::new(),
            bytes: 0,
            stop: None,
            declined: None,
            model: String::new(),
            usage: Usage::default(),
            complete: false,
        }
    }

    /// More words.
    pub(super) fn say(&mut self, piece: &str) -> Result<(), ProviderError> {
        if piece.is_empty() {
            return Ok(());
        }
        self.count(piece)?;
        self.text.push_str(piece);
        (self.on_text)(piece);
        Ok(())
    }

    /// A call begins, or its name and id come in pieces.
    pub(super) fn call(&mut self, place: u64, id: &str, name: &str) -> Result<(), ProviderError> {
        self.count(name)?;
        let draft = self.draft(place)?;
        draft.id.push_str(id);
        draft.name.push_str(name);
        Ok(())
    }

    /// More of a call's arguments.
    pub(super) fn argue(&mut self, place: u64, piece: &str) -> Result<(), ProviderError> {
        self.count(piece)?;
        self.draft(place)?.arguments.push_str(piece);
        Ok(())
    }

    /// The whole answer, if it is one.
    pub(super) fn finish(self) -> Result<Completion, ProviderError> {
        let provider = self.provider;
        if let Some(reason) = self.declined {
            return Err(ProviderError::Declined { provider, reason });
        }
        if !self.complete {
            return Err(ProviderError::Cut { provider });
        }
        let calls: Vec<ToolCall> = (self.calls.into_iter().enumerate())
            .map(|(at, draft)| draft.finish(at))
            .collect();
        let stop = match self.stop {
            Some(Stop::Length) => Stop::Length,
            // Some servers end with "stop" and calls all the same.
            _ if !calls.is_empty() => Stop::Calls,
            _ => Stop::End,
        };
        Ok(Completion {
            text: self.text,
            calls,
            stop,
            model: self.model,
            usage: self.usage,
        })
    }

    fn draft(&mut self, place: u64) -> Result<&mut Draft, ProviderError> {
        let at = match self.calls.iter().position(|draft| draft.place == place) {
            Some(at) => at,
            None if self.calls.len() >= MAX_CALLS => return Err(self.too_long()),
            None => {
                self.calls.push(Draft {
                    place,
                    id: String::new(),
                    name: String::new(),
                    arguments: String::new(),
                });
                self.calls.len() - 1
            }
        };
        Ok(&mut self.calls[at])
    }

    fn count(&mut self, piece: &str) -> Result<(), ProviderError> {
        self.bytes += piece.len();
        if self.bytes > MAX_BYTES {
            return Err(self.too_long());
        }
        Ok(())
    }

    fn too_long(&self) -> ProviderError {
        ProviderError::TooLong {
            provider: self.provider,
        }
    }
}

impl Draft {
    fn finish(self, at: usize) -> ToolCall {
        // Ollama names no ids; results then answer calls by their order.
        let id = match self.id.is_empty() {
            true => format!("call-{}", at + 1),
            false => self.id,
        };
        ToolCall {
            id,
            name: self.name,
            arguments: Arguments::parse(&self.arguments),
        }
    }
}
