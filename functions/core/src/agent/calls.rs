//! One round of calls: run side by side, answered in their order.

use std::collections::BTreeSet;

use futures::future::join_all;
use serde_json::{Map, Value};

use super::Agent;
use super::quote::line;
use super::tool::{Tool, ToolError, Used};
use crate::providers::chat::{Arguments, ToolCall, ToolResult};
use crate::trace::{Kind, Span};

/// What a tool gives the model at most; more would only crowd out the conversation.
const MAX_RESULT: usize = 24_000;
const MAX_NAME: usize = 64;

/// A call that was answered.
pub(super) struct Done {
    pub(super) result: ToolResult,
    /// For people.
    pub(super) summary: String,
    /// Whether a tool really was used.
    pub(super) used: bool,
    /// Whether it was anything but a repetition.
    pub(super) is_new: bool,
}

/// What is to become of a call.
enum Order<'a> {
    Run(&'a dyn Tool, &'a Map<String, Value>),
    /// The model is told why not.
    Refuse(String),
    Repeat,
}

/// Runs calls, all at one time, and gives their results in their order. What was `seen` before is
/// not run again.
pub(super) async fn run(
    agent: &Agent<'_>,
    calls: &[ToolCall],
    seen: &mut BTreeSet<String>,
) -> Vec<Done> {
    let (tools, most) = (agent.tools, agent.limits.calls);
    let orders: Vec<_> = (calls.iter().enumerate())
        .map(|(at, call)| match at < most {
            true => (call, order(tools, call, seen)),
            false => {
                let reason = format!("only {most} calls are run at one time; this one was not");
                (call, Order::Refuse(reason))
            }
        })
        .collect();
    let answers = orders.into_iter();
    join_all(answers.map(|(call, order)| carry_out(call, order, agent.within))).await
}

async fn carry_out(call: &ToolCall, order: Order<'_>, within: &Span) -> Done {
    match order {
        Order::Run(tool, arguments) => {
            let mut step = within.child(Kind::Tool, &call.name);
            let used = tool.call(arguments).await;
            match &used {
                Ok(used) => step.text("gen_ai.completion.0.content", &used.text),
                Err(error) => step.fail(error),
            }
            finish(call, used)
        }
        Order::Refuse(reason) => refuse(call, &reason),
        Order::Repeat => repeat(call),
    }
}

fn order<'a>(tools: &[&'a dyn Tool], call: &'a ToolCall, seen: &mut BTreeSet<String>) -> Order<'a> {
    let Some(tool) = tools.iter().find(|tool| tool.spec().name == call.name) else {
        let known: Vec<_> = tools.iter().map(|tool| tool.spec().name).collect();
        return Order::Refuse(format!(
            "there is no such tool; there is {}",
            known.join(", ")
        ));
    };
    let Arguments::Object(arguments) = &call.arguments else {
        return Order::Refuse("the arguments are not a JSON object".to_owned());
    };
    if seen.insert(key(&call.name, arguments)) {
        Order::Run(*tool, arguments)
    } else {
        Order::Repeat
    }
}

/// The same for the same call, in whatever order its arguments are written.
fn key(name: &str, arguments: &Map<String, Value>) -> String {
    let mut sorted: Vec<_> = arguments.iter().map(|(k, v)| format!("{k}={v}")).collect();
    sorted.sort();
    format!("{name} {}", sorted.join("&"))
}

fn finish(call: &ToolCall, used: Result<Used, ToolError>) -> Done {
    match used {
        Ok(used) => Done {
            result: result(call, shorten(used.text), false),
            summary: used.summary,
            used: true,
            is_new: true,
        },
        Err(error) => {
            if let ToolError::Failed(cause) = &error {
                tracing::error!(
                    tool = call.name,
                    error = format!("{cause:#}"),
                    "a tool failed"
                );
            }
            refuse(call, &error.to_string())
        }
    }
}

fn refuse(call: &ToolCall, reason: &str) -> Done {
    let name = line(&call.name, MAX_NAME);
    Done {
        result: result(call, format!("error: {reason}"), true),
        summary: format!("{name} was not used: {reason}"),
        used: false,
        is_new: true,
    }
}

fn repeat(call: &ToolCall) -> Done {
    let told = "error: this very call was made before; its result stands above. Answer from it, \
                or ask for something else";
    Done {
        result: result(call, told.to_owned(), true),
        summary: format!("{} was asked for the same again and not used", call.name),
        used: false,
        is_new: false,
    }
}

fn result(call: &ToolCall, text: String, failed: bool) -> ToolResult {
    ToolResult {
        id: call.id.clone(),
        name: call.name.clone(),
        text,
        failed,
    }
}

fn shorten(mut text: String) -> String {
    if text.len() > MAX_RESULT {
        text.truncate(text.floor_char_boundary(MAX_RESULT));
        text.push_str("… (cut)");
    }
    text
}
