//! A span: one step of some work, with a beginning and an end.

use std::fmt::Display;
use std::time::{Instant, SystemTime};

use contract::Function;
use serde_json::{Map, Value};

use super::call::Call;
use super::sink::Sink;

/// The most characters of a text that a span carries.
const MAX_TEXT: usize = 8_000;

/// What a span is about, as LangSmith tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Several steps.
    Chain,
    /// A call of a language model.
    Model,
    /// A call of an embedding model.
    Embedding,
    /// A search.
    Retriever,
    /// Something an agent used.
    Tool,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Chain => "chain",
            Self::Model => "llm",
            Self::Embedding => "embedding",
            Self::Retriever => "retriever",
            Self::Tool => "tool",
        }
    }

    /// What the conventions for generative AI call it.
    pub(super) fn operation(self) -> &'static str {
        match self {
            Self::Chain => "chain",
            Self::Model => "chat",
            Self::Embedding | Self::Retriever => "embeddings",
            Self::Tool => "execute_tool",
        }
    }

    pub(super) fn leaves_the_process(self) -> bool {
        matches!(self, Self::Model | Self::Embedding)
    }
}

/// A step under way. It ends when it is dropped, also where an error or a timeout cuts it off.
#[derive(Debug)]
pub struct Span {
    finished: Option<Finished>,
    function: &'static str,
    sink: Sink,
    clock: Instant,
}

/// A step as it is sent.
#[derive(Clone, Debug)]
pub(super) struct Finished {
    pub(super) trace: u128,
    pub(super) id: u64,
    pub(super) parent: Option<u64>,
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) began: SystemTime,
    pub(super) ended: SystemTime,
    /// Whom and what the whole work is about; steps within inherit it.
    pub(super) facts: Vec<(&'static str, String)>,
    pub(super) attributes: Map<String, Value>,
    pub(super) error: Option<String>,
}

impl Span {
    /// A span that nobody is told of, for work that is not traced.
    pub fn detached<F: Function>(name: &str) -> Self {
        Self::root(F::NAME, Sink::default(), name)
    }

    /// The first span of a new trace.
    pub(super) fn root(function: &'static str, sink: Sink, name: &str) -> Self {
        let trace = uuid::Uuid::new_v4().as_u128();
        Self::begin(function, sink, trace, None, Kind::Chain, name, Vec::new())
    }

    fn begin(
        function: &'static str,
        sink: Sink,
        trace: u128,
        parent: Option<u64>,
        kind: Kind,
        name: &str,
        facts: Vec<(&'static str, String)>,
    ) -> Self {
        let now = SystemTime::now();
        let finished = Finished {
            trace,
            // Zero is no id.
            id: rand::random::<u64>() | 1,
            parent,
            kind,
            name: name.to_owned(),
            began: now,
            ended: now,
            facts,
            attributes: Map::new(),
            error: None,
        };
        Self {
            finished: Some(finished),
            function,
            sink,
            clock: Instant::now(),
        }
    }

    /// Says whom or what the work is about: `user_id`, `item_id`, `request_id`. Steps that begin
    /// within it afterwards say the same.
    #[must_use]
    pub fn about(mut self, name: &'static str, value: impl Into<String>) -> Self {
        let value = value.into();
        if let Some(span) = self.finished.as_mut().filter(|_| !value.is_empty()) {
            span.facts.push((name, value));
        }
        self
    }

    /// A step within this one.
    pub fn child(&self, kind: Kind, name: &str) -> Self {
        let (trace, id, facts) = self
            .finished
            .as_ref()
            .map_or_else(Default::default, |span| {
                (span.trace, Some(span.id), span.facts.clone())
            });
        Self::begin(
            self.function,
            self.sink.clone(),
            trace,
            id,
            kind,
            name,
            facts,
        )
    }

    /// A call of a model within this step.
    pub fn call(&self, kind: Kind, provider: &'static str, model: &str) -> Call {
        Call::begin(
            self.child(kind, &format!("{provider} {model}")),
            provider,
            model,
        )
    }

    /// The trace this belongs to, in hexadecimal digits.
    pub fn trace_id(&self) -> String {
        let trace = self.finished.as_ref().map_or(0, |span| span.trace);
        format!("{trace:032x}")
    }

    /// Adds an attribute.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        if let Some(span) = &mut self.finished {
            span.attributes.insert(name.into(), value.into());
        }
    }

    /// Adds a text, cut where it is very long.
    pub fn text(&mut self, name: impl Into<String>, text: &str) {
        self.set(name, text.chars().take(MAX_TEXT).collect::<String>());
    }

    /// Records that the step failed, and why.
    pub fn fail(&mut self, error: &dyn Display) {
        if let Some(span) = &mut self.finished {
            span.error = Some(error.to_string());
        }
    }

    /// Ends the step.
    pub fn end(self) {}

    pub(super) fn function(&self) -> &'static str {
        self.function
    }

    pub(super) fn facts(&self) -> &[(&'static str, String)] {
        self.finished.as_ref().map_or(&[], |span| &span.facts)
    }
}

impl Drop for Span {
    fn drop(&mut self) {
        if let Some(mut span) = self.finished.take() {
            span.ended = span.began + self.clock.elapsed();
            self.sink.push(span);
        }
    }
}
