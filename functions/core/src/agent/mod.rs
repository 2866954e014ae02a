//! A loop between a model and tools: the model asks, the tools are run, the model reads and asks
//! again, until it answers or its budget is used up; then it must answer from what it has.
//!
//! The loop knows tools only by their trait, and nothing of what they do or whom they work for: a
//! tool is bound to its user when it is made, so no argument of a model can name another.

mod calls;
mod quote;
mod tool;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::providers::chat::{self, ChatModel, ChatRequest, Completion, Message, OnText, Stop};
use crate::providers::{ProviderError, Usage};
use crate::trace::Span;

pub use quote::{data, line};
pub use tool::{Tool, ToolError, Used};

/// How much a piece of work may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Rounds of calls; after them the model must answer.
    pub rounds: usize,
    /// Tokens read and written, over all rounds; once they are used the model must answer.
    pub tokens: u64,
    /// For everything.
    pub time: Duration,
    /// Of the time, what is kept for the answer: later than this no round begins.
    pub answer_time: Duration,
    /// Calls that are run in one round; further ones are refused.
    pub calls: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            rounds: 3,
            tokens: 60_000,
            time: Duration::from_secs(24),
            answer_time: Duration::from_secs(11),
            calls: 4,
        }
    }
}

/// A model, what it may use, and how much.
#[derive(Clone, Copy)]
pub struct Agent<'a> {
    /// Who decides.
    pub model: &'a dyn ChatModel,
    /// What it may use.
    pub tools: &'a [&'a dyn Tool],
    /// Who it is and what holds.
    pub system: &'a str,
    /// How much it may take.
    pub limits: Limits,
    /// What the work is a part of.
    pub within: &'a Span,
    /// The most tokens of one answer.
    pub max_tokens: u32,
}

/// What happens while the agent works, for whoever watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// More words of the model. If a tool is used in the same round, they were its reasoning.
    Text {
        /// Which round, 1 for the first.
        round: usize,
        /// The words.
        text: &'a str,
    },
    /// A tool is used.
    Tool {
        /// Which round.
        round: usize,
        /// Which tool.
        name: &'a str,
        /// What it was used for and what came of it, in a sentence.
        summary: &'a str,
    },
}

/// Gets the steps as they happen.
pub type OnStep<'a> = dyn FnMut(Step<'_>) + Send + 'a;

/// What came of the work.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// The answer.
    pub text: String,
    /// Whether the answer reached its most tokens.
    pub cut: bool,
    /// What the model said and did on the way, in order.
    pub reasoning: Vec<String>,
    /// The tools that were used, each once, in the order of their first use.
    pub tools_used: Vec<String>,
    /// What it cost.
    pub usage: Usage,
    /// The model, as it names itself.
    pub model: String,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// The provider gave none.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// The time was used up.
    #[error("the model gave no answer within {} s", .0.as_secs())]
    OutOfTime(Duration),
    /// Made to answer, the model said nothing.
    #[error("the model came to no answer within its limits")]
    NoAnswer(Box<Outcome>),
}

impl<'a> Agent<'a> {
    /// Works until there is an answer. `said` is the conversation so far, the question last.
    pub async fn run(
        &self,
        said: Vec<Message>,
        on_step: &mut OnStep<'_>,
    ) -> Result<Outcome, AgentError> {
        let mut work = Work {
            agent: self,
            specs: self.tools.iter().map(|tool| tool.spec()).collect(),
            said,
            seen: BTreeSet::new(),
            outcome: Outcome::default(),
            began: Instant::now(),
        };
        let limit = self.limits.time;
        match tokio::time::timeout(limit, work.run(on_step)).await {
            Ok(done) => done.map(|()| work.outcome),
            Err(_) => Err(AgentError::OutOfTime(limit)),
        }
    }
}

/// One piece of work under way.
struct Work<'a> {
    agent: &'a Agent<'a>,
    specs: Vec<chat::ToolSpec>,
    said: Vec<Message>,
    /// The calls that were run, to know one that comes again.
    seen: BTreeSet<String>,
    outcome: Outcome,
    began: Instant,
}

impl Work<'_> {
    async fn run(&mut self, on_step: &mut OnStep<'_>) -> Result<(), AgentError> {
        let mut round = 1;
        let mut new_calls = true;
        loop {
            let may_call = new_calls && self.may_call(round);
            let answer = self.ask(round, may_call, on_step).await?;
            if answer.calls.is_empty() || !may_call {
                return self.finish(&answer);
            }
            new_calls = self.round(round, answer, on_step).await;
            round += 1;
        }
    }

    fn may_call(&self, round: usize) -> bool {
        let limits = self.agent.limits;
        let used = self.outcome.usage.input_tokens + self.outcome.usage.output_tokens;
        let latest = limits.time.saturating_sub(limits.answer_time);
        !self.specs.is_empty()
            && round <= limits.rounds
            && used < limits.tokens
            && self.began.elapsed() < latest
    }

    async fn ask(
        &mut self,
        round: usize,
        may_call: bool,
        on_step: &mut OnStep<'_>,
    ) -> Result<Completion, AgentError> {
        let request = ChatRequest {
            system: self.agent.system,
            messages: &self.said,
            tools: &self.specs,
            may_call,
            temperature: chat::TEMPERATURE,
            max_tokens: self.agent.max_tokens,
        };
        let mut show = |text: &str| on_step(Step::Text { round, text });
        let show: &mut OnText<'_> = &mut show;
        let answer = chat::ask(self.agent.model, &request, self.agent.within, show).await?;
        self.outcome.usage.input_tokens += answer.usage.input_tokens;
        self.outcome.usage.output_tokens += answer.usage.output_tokens;
        self.outcome.model.clone_from(&answer.model);
        Ok(answer)
    }

    /// Runs the calls of an answer and adds both to what was said. Says whether any was new.
    async fn round(&mut self, round: usize, answer: Completion, on_step: &mut OnStep<'_>) -> bool {
        let thought = answer.text.trim();
        if !thought.is_empty() {
            self.outcome.reasoning.push(thought.to_owned());
        }
        let done = calls::run(self.agent, &answer.calls, &mut self.seen).await;
        for call in &done {
            self.outcome.reasoning.push(call.summary.clone());
            let name = &call.result.name;
            if call.used && !self.outcome.tools_used.contains(name) {
                self.outcome.tools_used.push(name.clone());
            }
            on_step(Step::Tool {
                round,
                name,
                summary: &call.summary,
            });
        }
        let any_new = done.iter().any(|call| call.is_new);
        self.said.push(Message::calls(&answer.text, answer.calls));
        let results = done.into_iter().map(|call| call.result);
        self.said.push(Message::results(results));
        any_new
    }

    fn finish(&mut self, answer: &Completion) -> Result<(), AgentError> {
        self.outcome.cut = answer.stop == Stop::Length;
        answer.text.trim().clone_into(&mut self.outcome.text);
        if self.outcome.text.is_empty() {
            return Err(AgentError::NoAnswer(Box::new(std::mem::take(
                &mut self.outcome,
            ))));
        }
        Ok(())
    }
}
