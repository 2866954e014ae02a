//! A call of a model: its tokens and its cost, as metrics and as a span.

use std::fmt::Display;

use crate::providers::prices::{self, Cost};
use crate::providers::{ProviderError, Usage};
use crate::telemetry::{Metrics, Unit};

use super::span::Span;

/// What an answer says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// The model, as it names itself.
    pub model: &'a str,
    /// The tokens.
    pub usage: Usage,
    /// What it said; empty for vectors.
    pub text: &'a str,
}

/// A call under way. One that is dropped was given up: whoever waited for it did not any longer.
#[derive(Debug)]
pub struct Call {
    span: Span,
    /// Until they are written.
    metrics: Option<Metrics>,
    provider: &'static str,
    messages: usize,
}

impl Call {
    pub(super) fn begin(mut span: Span, provider: &'static str, model: &str) -> Self {
        span.set("gen_ai.system", provider);
        span.set("gen_ai.request.model", model);
        let mut metrics = Metrics::named(span.function())
            .by("provider", provider)
            .with("trace_id", span.trace_id());
        for (name, value) in span.facts() {
            metrics = metrics.with(name, value.as_str());
        }
        Self {
            span,
            metrics: Some(metrics),
            provider,
            messages: 0,
        }
    }

    /// Adds a message of the prompt: text only, never the bytes of an image.
    pub fn prompt(&mut self, role: &str, text: &str) {
        let at = format!("gen_ai.prompt.{}", self.messages);
        self.span.set(format!("{at}.role"), role);
        self.span.text(format!("{at}.content"), text);
        self.messages += 1;
    }

    /// Adds anything else worth knowing of the call.
    pub fn set(&mut self, name: &str, value: impl Into<serde_json::Value>) {
        self.span.set(name, value);
    }

    /// Ends the call with its answer; gives back what it cost, if the price is known.
    pub fn answered(mut self, told: &Told<'_>) -> Option<Cost> {
        let Usage {
            input_tokens,
            output_tokens,
        } = told.usage;
        let cost = prices::cost(self.provider, told.model, told.usage);
        self.span.set("gen_ai.response.model", told.model);
        self.span.set("gen_ai.usage.input_tokens", input_tokens);
        self.span.set("gen_ai.usage.output_tokens", output_tokens);
        let total = input_tokens.saturating_add(output_tokens);
        self.span.set("gen_ai.usage.total_tokens", total);
        if !told.text.is_empty() {
            self.span.set("gen_ai.completion.0.role", "assistant");
            self.span.text("gen_ai.completion.0.content", told.text);
        }
        if let Some(cost) = cost {
            self.span.set("gen_ai.usage.cost", cost.dollars());
        }
        self.write(|metrics| {
            let metrics = metrics
                .with("model", told.model)
                .add("InputTokens", Unit::Count, input_tokens as f64)
                .add("OutputTokens", Unit::Count, output_tokens as f64)
                .add("ModelFailures", Unit::Count, 0.0);
            let Some(cost) = cost else {
                return metrics;
            };
            let metrics = metrics.with("prices_as_of", prices::AS_OF);
            metrics.add("CostUsd", Unit::None, cost.dollars())
        });
        cost
    }

    /// Ends the call without an answer.
    pub fn failed(mut self, error: &ProviderError) {
        self.fail(error);
    }

    fn fail(&mut self, error: &dyn Display) {
        self.span.fail(error);
        self.write(|metrics| {
            let metrics = metrics.with("error", error.to_string());
            metrics.add("ModelFailures", Unit::Count, 1.0)
        });
    }

    fn write(&mut self, add: impl FnOnce(Metrics) -> Metrics) {
        if let Some(metrics) = self.metrics.take() {
            add(metrics).duration("ModelDuration").write();
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if self.metrics.is_some() {
            self.fail(&"it was given up before its answer came");
        }
    }
}
