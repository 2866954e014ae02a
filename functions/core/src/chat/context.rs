//! What a model gets to know of the conversation so far.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::history::{self, Metadata, Thread, Turn};
use crate::agent;
use crate::providers::chat::{Arguments, Message, ToolCall, ToolResult};
use crate::retrieval::sources::{Citation, WebCitation};
use crate::retrieval::tool;

/// Messages that a model gets word by word; older ones are summed up.
pub(super) const WINDOW: usize = 20;
/// Characters of them.
const MAX_WINDOW: usize = 48_000;
/// Turns of which a model also gets what was found.
const WITH_RESULTS: usize = 2;

/// Under these names a message keeps what was found for it, and a conversation its summary.
pub(super) const ITEMS: &str = "items";
pub(super) const WEB: &str = "web";
pub(super) const SUMMARY: &str = "_summary";

/// What older messages of a conversation come down to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Summary {
    /// In words.
    pub(super) text: String,
    /// How many messages, from the first, it covers.
    pub(super) messages: usize,
}

/// A conversation, as far as it went.
#[derive(Debug, Default)]
pub(super) struct Context<'t> {
    /// What older messages come down to.
    pub(super) summary: Option<Summary>,
    /// The turns that it does not cover.
    pub(super) fresh: &'t [Turn],
    /// All items that were ever numbered in it.
    pub(super) items: Vec<Citation>,
    /// All pages.
    pub(super) web: Vec<WebCitation>,
}

impl<'t> Context<'t> {
    pub(super) fn of(thread: Option<&'t Thread>) -> Self {
        let Some(thread) = thread else {
            return Self::default();
        };
        let summary: Option<Summary> = read(&thread.metadata, SUMMARY);
        let covered = summary.as_ref().map_or(0, |summary| summary.messages);
        let mut before = 0;
        let first = thread.turns.iter().position(|turn| {
            before += turn.messages.len();
            before > covered
        });
        Self {
            summary,
            fresh: first.map_or(&[], |first| &thread.turns[first..]),
            items: all(thread, ITEMS, |item: &Citation| item.number),
            web: all(thread, WEB, |page: &WebCitation| page.number),
        }
    }

    /// How many messages are not summed up yet.
    pub(super) fn fresh_messages(&self) -> usize {
        self.fresh.iter().map(|turn| turn.messages.len()).sum()
    }

    /// The conversation as a model is told it, with a new question.
    pub(super) fn messages(&self, question: &str) -> Vec<Message> {
        let turns = recent(self.fresh);
        let mut said = Vec::new();
        if let Some(summary) = &self.summary {
            let told = json!({"summary_of_the_conversation_before": summary.text});
            said.push(Message::user(agent::data(&told)));
        }
        for (at, turn) in turns.iter().enumerate() {
            let with_results = turns.len() - at <= WITH_RESULTS;
            tell(&mut said, at, turn, with_results);
        }
        // A model's own words cannot be the first.
        let first = said
            .iter()
            .position(|m| m.role == crate::providers::chat::Role::User);
        said.drain(..first.unwrap_or(said.len()));
        said.push(Message::user(question));
        said
    }
}

/// The latest turns that fit into the window.
fn recent(turns: &[Turn]) -> &[Turn] {
    let (mut messages, mut characters) = (0, 0);
    let fitting = turns.iter().rev().take_while(|turn| {
        messages += turn.messages.len();
        characters += turn.messages.iter().map(|m| m.content.len()).sum::<usize>();
        messages <= WINDOW && characters <= MAX_WINDOW
    });
    &turns[turns.len() - fitting.count()..]
}

fn tell(said: &mut Vec<Message>, at: usize, turn: &Turn, with_results: bool) {
    let mut asked = "";
    for message in turn
        .messages
        .iter()
        .filter(|m| !m.content.trim().is_empty())
    {
        match message.role {
            history::Role::User => {
                asked = &message.content;
                said.push(Message::user(&message.content));
            }
            history::Role::Assistant => {
                let items: Vec<Citation> = read(&message.metadata, ITEMS).unwrap_or_default();
                if with_results && !items.is_empty() {
                    said.extend(found(at, asked, &items));
                }
                said.push(Message::assistant(&message.content));
            }
        }
    }
}

/// What an earlier turn found, as the call that found it.
fn found(at: usize, asked: &str, items: &[Citation]) -> [Message; 2] {
    let query = agent::line(asked, 200);
    let call = ToolCall {
        id: format!("earlier-{}", at + 1),
        name: tool::NAME.to_owned(),
        arguments: Arguments::Object([("query".to_owned(), query.into())].into_iter().collect()),
    };
    let shown = items.iter().map(|item| {
        let headline = item.headline.as_deref().unwrap_or_default();
        json!({"number": item.number, "headline": tool::plain(headline, 200)})
    });
    let result = ToolResult {
        id: call.id.clone(),
        name: call.name.clone(),
        text: agent::data(&shown.collect::<Value>()),
        failed: false,
    };
    [Message::calls("", [call]), Message::results([result])]
}

/// What all messages of a conversation keep under a name, each number once.
fn all<T: DeserializeOwned>(thread: &Thread, name: &str, number: fn(&T) -> usize) -> Vec<T> {
    let kept = thread.messages();
    let mut all: Vec<T> = kept
        .filter_map(|message| read::<Vec<T>>(&message.metadata, name))
        .flatten()
        .collect();
    all.sort_by_key(number);
    all.dedup_by_key(|entry| number(entry));
    all
}

/// What metadata keeps under a name, if it is what we once wrote there.
fn read<T: DeserializeOwned>(metadata: &Metadata, name: &str) -> Option<T> {
    serde_json::from_value(metadata.get(name)?.clone()).ok()
}
