//! Models that say what a test wrote down, over the wire.

use std::collections::VecDeque;
use std::sync::Mutex;

use serde_json::{Value, json};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use crate::world::World;

/// One answer of a model.
#[derive(Clone)]
pub enum Line {
    Says(&'static str),
    Calls(Vec<(&'static str, Value)>),
    /// Arguments that are no JSON.
    Garbles(&'static str),
    Declines,
    Breaks(ResponseTemplate),
}

/// Answers in the order of the script; its last line again and again.
struct Script(Mutex<VecDeque<Line>>);

impl Respond for Script {
    fn respond(&self, _: &Request) -> ResponseTemplate {
        let mut lines = self.0.lock().unwrap();
        let line = match lines.len() {
            1 => lines[0].clone(),
            _ => lines.pop_front().unwrap(),
        };
        match line {
            Line::Breaks(answer) => answer,
            line => ResponseTemplate::new(200).set_body_raw(stream(&line), "text/event-stream"),
        }
    }
}

/// Puts a script in the place of Anthropic's models.
pub async fn script(server: &MockServer, lines: impl IntoIterator<Item = Line>) {
    mount(server, lines, 1).await;
}

/// What is said where a test has no script of its own.
pub async fn always(server: &MockServer, line: Line) {
    mount(server, [line], 9).await;
}

async fn mount(server: &MockServer, lines: impl IntoIterator<Item = Line>, priority: u8) {
    Mock::given(path("/v1/messages"))
        .respond_with(Script(Mutex::new(lines.into_iter().collect())))
        .with_priority(priority)
        .mount(server)
        .await;
}

fn stream(line: &Line) -> String {
    let (blocks, stop) = match line {
        Line::Says(text) => (vec![words(0, text)], "end_turn"),
        Line::Declines => (vec![], "refusal"),
        Line::Garbles(name) => (vec![call(0, name, "{\"query\": ")], "tool_use"),
        Line::Calls(calls) => {
            let calls = calls.iter().enumerate();
            let calls = calls.map(|(at, (name, input))| call(at, name, &input.to_string()));
            (calls.collect(), "tool_use")
        }
        Line::Breaks(_) => unreachable!(),
    };
    let start = json!({"type": "message_start", "message": {"model": "claude-scripted",
        "usage": {"input_tokens": 50}}});
    let end = json!({"type": "message_delta", "delta": {"stop_reason": stop},
        "usage": {"output_tokens": 5}});
    let events = std::iter::once(start)
        .chain(blocks.into_iter().flatten())
        .chain([end, json!({"type": "message_stop"})]);
    events.map(|event| format!("data: {event}\n\n")).collect()
}

fn words(at: usize, text: &str) -> Vec<Value> {
    let delta = |text| {
        json!({"type": "content_block_delta", "index": at,
            "delta": {"type": "text_delta", "text": text}})
    };
    let (first, second) = text.split_at(text.floor_char_boundary(text.len() / 2));
    vec![delta(first), delta(second)]
}

fn call(at: usize, name: &str, input: &str) -> Vec<Value> {
    vec![
        json!({"type": "content_block_start", "index": at,
            "content_block": {"type": "tool_use", "id": format!("toolu_{at}"), "name": name}}),
        json!({"type": "content_block_delta", "index": at,
            "delta": {"type": "input_json_delta", "partial_json": input}}),
    ]
}

/// A search of the collection.
pub fn search(query: &str) -> Line {
    Line::Calls(vec![("search_collection", json!({"query": query}))])
}

/// What was sent to an address of the models, oldest first.
pub async fn sent(world: &World, to: &str) -> Vec<Value> {
    let requests = world.models.received_requests().await.unwrap();
    let to = requests.iter().filter(|request| request.url.path() == to);
    to.map(|request| serde_json::from_slice(&request.body).unwrap())
        .collect()
}
