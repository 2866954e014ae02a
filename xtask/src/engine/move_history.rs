//! Moving chat history between back ends, step by step, by the ops function of the environment:
//! it reaches what the tool may not. Steps can be repeated, so a move that was cut off is begun
//! again.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::cloud::Cloud;
use crate::cloud::functions::Answer;
use crate::engine::live::ALIAS;
use crate::error::{Doing as _, Error, Result};
use crate::event::{Events, Unit};

/// What is to be moved.
#[derive(Clone, Debug)]
pub struct Move {
    /// The function that does the steps.
    pub function: String,
    /// The back end that has the conversations.
    pub from: String,
    /// The back end that is to have them.
    pub to: String,
    /// Only say what there is to do.
    pub dry_run: bool,
}

/// What a move came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Moved {
    from: String,
    to: String,
    dry_run: bool,
    users: usize,
    conversations: u64,
    messages: u64,
    copied: u64,
    already: u64,
    /// Whether source and target had the same hash at every step.
    verified: bool,
}

/// What a step came to.
#[derive(Debug, Deserialize)]
struct Step {
    conversations: u64,
    messages: u64,
    copied: u64,
    already: u64,
    source: String,
    target: String,
    next: Option<Value>,
}

impl Move {
    /// Moves everybody's conversations.
    pub async fn run(&self, cloud: &Cloud, events: &Events) -> Result<Moved> {
        let said = if self.dry_run { "compare" } else { "move" };
        let step = events.start(format!("{said} chat history: {} → {}", self.from, self.to));
        let users = self.ask(cloud, json!({"users": {"of": self.from}})).await?;
        let users: Vec<String> = serde_json::from_value(users).doing("read who has history")?;
        let mut moved = Moved {
            from: self.from.clone(),
            to: self.to.clone(),
            dry_run: self.dry_run,
            users: users.len(),
            verified: true,
            ..Moved::default()
        };
        for (done, user) in users.iter().enumerate() {
            step.progress(done as u64, Some(users.len() as u64), Unit::Items);
            self.move_user(cloud, user, &mut moved).await?;
        }
        step.finish_with(format!("{} conversations", moved.conversations));
        Ok(moved)
    }

    async fn move_user(&self, cloud: &Cloud, user: &str, moved: &mut Moved) -> Result<()> {
        let mut after = Value::Null;
        loop {
            let request = json!({"move": {
                "from": self.from, "to": self.to, "user": user, "after": after,
                "dry_run": self.dry_run,
            }});
            let step = self.ask(cloud, request).await?;
            let step: Step = serde_json::from_value(step).doing("read what a step came to")?;
            moved.conversations += step.conversations;
            moved.messages += step.messages;
            moved.copied += step.copied;
            moved.already += step.already;
            moved.verified &= step.source == step.target;
            match step.next {
                Some(next) => after = next,
                None => return Ok(()),
            }
        }
    }

    async fn ask(&self, cloud: &Cloud, request: Value) -> Result<Value> {
        let request = json!({"history": request});
        let answer = cloud.functions.invoke(&self.function, ALIAS, &request);
        match answer.await? {
            Answer::Value(value) => Ok(value),
            Answer::Failed(said) => Err(Error::failed(format!("the move stopped: {said}"))
                .hint("run the same command again: it goes on where it stopped")
                .hint(format!("its log group: /aws/lambda/{}", self.function))),
        }
    }
}

impl fmt::Display for Moved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, to) = (&self.from, &self.to);
        let Self {
            users,
            conversations,
            messages,
            copied,
            already,
            ..
        } = self;
        writeln!(
            f,
            "{users} users, {conversations} conversations and {messages} messages in {from}"
        )?;
        if self.dry_run {
            return writeln!(f, "{already} are in {to} already, {copied} would be copied");
        }
        writeln!(
            f,
            "{copied} were copied to {to}, {already} were there already"
        )?;
        let verified = if self.verified {
            "the same"
        } else {
            "not the same"
        };
        writeln!(
            f,
            "counts and checksums are {verified} on both sides; {from} keeps its own"
        )
    }
}
