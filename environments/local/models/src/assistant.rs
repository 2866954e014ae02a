//! Decides who answers a conversation: the analyst, the agent or neither.

use serde_json::json;

use crate::agent;
use crate::analyst::{self, ImageFacts, Unreadable};
use crate::conversation::{Conversation, Reply, ToolChoice};

/// An answer, and how many tokens the images of the question cost.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) reply: Reply,
    pub(crate) image_tokens: usize,
}

/// The same conversation always gets the same answer.
pub(crate) fn answer(conversation: &Conversation) -> Result<Answer, Unreadable> {
    let images = match conversation.question() {
        Some(question) => question
            .images()
            .map(ImageFacts::read)
            .collect::<Result<Vec<_>, _>>()?,
        None => Vec::new(),
    };
    let image_tokens = images.iter().map(ImageFacts::tokens).sum();
    let reply = match images.first() {
        Some(image) if conversation.results().is_empty() => analysis(conversation, image),
        _ if agent::may_use_tools(conversation) || !conversation.results().is_empty() => {
            agent::next(conversation)
        }
        _ => Reply::Text(agent::without_tools(conversation)),
    };
    Ok(Answer {
        reply,
        image_tokens,
    })
}

/// As text, or as the input of the tool the caller insists on.
fn analysis(conversation: &Conversation, image: &ImageFacts) -> Reply {
    let report = analyst::analyse(image);
    match &conversation.choice {
        ToolChoice::Named(name) => Reply::ToolCall {
            name: name.clone(),
            input: json!(report),
        },
        _ => Reply::Text(report.to_text()),
    }
}
