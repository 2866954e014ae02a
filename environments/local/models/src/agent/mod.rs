//! The agent: calls the offered search tool once, then answers from what it found.
//!
//! What tools return is data. It is read for items and quoted; nothing in it is followed.

mod answer;
mod call;
mod items;
mod terms;

use crate::conversation::{Conversation, Reply, ToolChoice};

/// The next step of a conversation in which tools are offered.
pub(crate) fn next(conversation: &Conversation) -> Reply {
    let question = asked(conversation);
    let results = conversation.results();
    if !results.is_empty() {
        return Reply::Text(answer::from_items(&question, &items::in_results(&results)));
    }
    match call::tool_to_use(conversation) {
        Some(tool) => Reply::ToolCall {
            name: tool.name.clone(),
            input: call::input_for(tool, &question),
        },
        None => Reply::Text(without_tools(conversation)),
    }
}

/// The answer when nothing is offered or may be used: from the items the prompt lists.
pub(crate) fn without_tools(conversation: &Conversation) -> String {
    let prompt = asked(conversation);
    let items = items::in_text(&prompt);
    if !items.is_empty() {
        return answer::from_items(&items::question_beside(&prompt), &items);
    }
    let items = items::in_text(&conversation.system);
    if !items.is_empty() {
        return answer::from_items(&prompt, &items);
    }
    answer::nothing_to_go_by()
}

fn asked(conversation: &Conversation) -> String {
    conversation
        .question()
        .map(|turn| turn.text())
        .unwrap_or_default()
}

/// Whether the caller lets the model use tools at all.
pub(crate) fn may_use_tools(conversation: &Conversation) -> bool {
    !conversation.tools.is_empty() && conversation.choice != ToolChoice::Never
}
