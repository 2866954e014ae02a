//! What every chat provider's request comes down to, and what is answered.

use serde_json::Value;

/// A request, free of any provider's wire format.
#[derive(Debug, Default)]
pub(crate) struct Conversation {
    pub(crate) system: String,
    pub(crate) turns: Vec<Turn>,
    pub(crate) tools: Vec<Tool>,
    pub(crate) choice: ToolChoice,
}

/// What one side said before the other spoke again.
#[derive(Debug)]
pub(crate) struct Turn {
    pub(crate) role: Role,
    pub(crate) parts: Vec<Part>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    User,
    Assistant,
}

#[derive(Debug)]
pub(crate) enum Part {
    Text(String),
    Image(Vec<u8>),
    ToolCall { id: String },
    ToolResult { id: String, text: String },
}

/// A tool the caller offers; `parameters` is its JSON schema.
#[derive(Debug)]
pub(crate) struct Tool {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) parameters: Value,
}

#[derive(Debug, Default, PartialEq)]
pub(crate) enum ToolChoice {
    #[default]
    Auto,
    Never,
    Any,
    Named(String),
}

/// The answer, free of any provider's wire format.
#[derive(Debug, PartialEq)]
pub(crate) enum Reply {
    Text(String),
    ToolCall { name: String, input: Value },
}

impl Conversation {
    /// What the person said last. Tool results after it are its answers, not its words.
    pub(crate) fn question(&self) -> Option<&Turn> {
        self.turns.iter().rev().find(|turn| turn.is_said())
    }

    /// The texts of the tool results that came after the last question.
    pub(crate) fn results(&self) -> Vec<&str> {
        let since = self.turns.iter().rposition(Turn::is_said).unwrap_or(0);
        self.turns[since..]
            .iter()
            .flat_map(|turn| &turn.parts)
            .filter_map(|part| match part {
                Part::ToolResult { text, .. } => Some(text.as_str()),
                _ => None,
            })
            .collect()
    }

    /// The first tool result that answers no call of the turn before it.
    pub(crate) fn stray_result(&self) -> Option<&str> {
        let mut open: Vec<&str> = Vec::new();
        for turn in &self.turns {
            for part in &turn.parts {
                if let Part::ToolResult { id, .. } = part
                    && !open.contains(&id.as_str())
                {
                    return Some(id);
                }
            }
            open = turn.calls().collect();
        }
        None
    }

    /// The first tool call that the turn after it does not answer.
    pub(crate) fn unanswered_call(&self) -> Option<&str> {
        self.turns.windows(2).find_map(|pair| {
            let answered = |call: &&str| {
                pair[1]
                    .parts
                    .iter()
                    .any(|part| matches!(part, Part::ToolResult { id, .. } if id == call))
            };
            pair[0].calls().find(|call| !answered(call))
        })
    }

    /// All text of the request, for counting its tokens.
    pub(crate) fn all_text(&self) -> String {
        let mut all = self.system.clone();
        for part in self.turns.iter().flat_map(|turn| &turn.parts) {
            if let Part::Text(text) | Part::ToolResult { text, .. } = part {
                all.push('\n');
                all.push_str(text);
            }
        }
        for tool in &self.tools {
            all.push_str(&format!(
                "\n{} {} {}",
                tool.name, tool.description, tool.parameters
            ));
        }
        all
    }

    /// Adds to the last turn if it is of the same side, else begins a new one.
    pub(crate) fn say(&mut self, role: Role, parts: Vec<Part>) {
        match self.turns.last_mut() {
            Some(last) if last.role == role => last.parts.extend(parts),
            _ => self.turns.push(Turn { role, parts }),
        }
    }
}

impl Turn {
    /// All text of the turn, part after part.
    pub(crate) fn text(&self) -> String {
        let texts: Vec<&str> = self
            .parts
            .iter()
            .filter_map(|part| match part {
                Part::Text(text) => Some(text.as_str()),
                _ => None,
            })
            .collect();
        texts.join("\n")
    }

    pub(crate) fn images(&self) -> impl Iterator<Item = &[u8]> {
        self.parts.iter().filter_map(|part| match part {
            Part::Image(bytes) => Some(bytes.as_slice()),
            _ => None,
        })
    }

    fn calls(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::ToolCall { id, .. } => Some(id.as_str()),
            _ => None,
        })
    }

    fn is_said(&self) -> bool {
        let answers = |part: &Part| matches!(part, Part::ToolResult { .. });
        self.role == Role::User && !self.parts.is_empty() && !self.parts.iter().any(answers)
    }
}
