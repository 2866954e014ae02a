//! The limits the schemas state, checked on literals when a template is rendered.

use std::collections::HashMap;
use std::fmt;
use std::sync::{LazyLock, Mutex, PoisonError};

use regex::Regex;

use crate::cfn::node::Node;
use crate::cfn::schedule::is_schedule;

/// One limit of the schema.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    /// At least.
    Minimum(f64),
    /// At most.
    Maximum(f64),
    /// At least so many characters.
    MinLength(usize),
    /// At most so many characters.
    MaxLength(usize),
    /// Matches this expression.
    Pattern(&'static str),
    /// At least so many items.
    MinItems(usize),
    /// At most so many items.
    MaxItems(usize),
    /// No two items alike.
    Unique,
    /// Every item keeps these.
    Each(&'static [Rule]),
    /// `rate(…)` or `cron(…)` as EventBridge reads them.
    Schedule,
    /// One of these numbers.
    OneOf(&'static [i64]),
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Minimum(limit) => write!(f, "at least {limit}"),
            Self::Maximum(limit) => write!(f, "at most {limit}"),
            Self::MinLength(limit) => write!(f, "at least {limit} characters"),
            Self::MaxLength(limit) => write!(f, "at most {limit} characters"),
            Self::Pattern(pattern) => write!(f, "text that matches {pattern}"),
            Self::MinItems(limit) => write!(f, "at least {limit} items"),
            Self::MaxItems(limit) => write!(f, "at most {limit} items"),
            Self::Unique => f.write_str("no item twice"),
            Self::Each(rules) => rules
                .iter()
                .try_for_each(|rule| write!(f, "each item {rule}")),
            Self::Schedule => f.write_str(
                "rate(5 minutes), or cron(minute hour day-of-month month day-of-week year) \
                 with ? for one of the days",
            ),
            Self::OneOf(allowed) => write!(f, "one of {allowed:?}"),
        }
    }
}

/// Something wrong in a template, with all a person needs to find it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The stack's name.
    pub stack: String,
    /// The resource, parameter or output.
    pub logical_id: String,
    /// The path of the property, dotted; empty when the whole is meant.
    pub property: String,
    /// What stands there.
    pub found: String,
    /// What may stand there.
    pub rule: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} / {}", self.stack, self.logical_id)?;
        if !self.property.is_empty() {
            write!(f, " / {}", self.property)?;
        }
        write!(f, ": found {}, allowed: {}", self.found, self.rule)
    }
}

impl Rule {
    /// Whether the node breaks the rule. Intrinsics are known only later and pass.
    pub fn broken_by(&self, node: &Node) -> bool {
        match (self, node) {
            (Self::Minimum(limit), Node::Integer(value)) => (*value as f64) < *limit,
            (Self::Minimum(limit), Node::Number(value)) => value < limit,
            (Self::Maximum(limit), Node::Integer(value)) => (*value as f64) > *limit,
            (Self::Maximum(limit), Node::Number(value)) => value > limit,
            (Self::MinLength(limit), Node::Text(text)) => text.chars().count() < *limit,
            (Self::MaxLength(limit), Node::Text(text)) => text.chars().count() > *limit,
            (Self::Pattern(pattern), Node::Text(text)) => !matches(pattern, text),
            (Self::MinItems(limit), Node::List(items)) => items.len() < *limit,
            (Self::MaxItems(limit), Node::List(items)) => items.len() > *limit,
            (Self::Unique, Node::List(items)) => items
                .iter()
                .enumerate()
                .any(|(index, item)| items[..index].contains(item)),
            (Self::Each(rules), Node::List(items)) => items
                .iter()
                .any(|item| rules.iter().any(|rule| rule.broken_by(item))),
            (Self::Schedule, Node::Text(text)) => !is_schedule(text),
            (Self::OneOf(allowed), Node::Integer(value)) => !allowed.contains(value),
            _ => false,
        }
    }
}

/// Compiled patterns, shared by all templates of the process: compiling costs more than matching.
static PATTERNS: LazyLock<Mutex<HashMap<&'static str, Option<Regex>>>> =
    LazyLock::new(Mutex::default);

fn matches(pattern: &'static str, text: &str) -> bool {
    let mut patterns = PATTERNS.lock().unwrap_or_else(PoisonError::into_inner);
    // Codegen leaves out what does not compile, so `None` is not met; it would let a value pass.
    let compiled = patterns
        .entry(pattern)
        .or_insert_with(|| Regex::new(pattern).ok());
    compiled.as_ref().is_none_or(|regex| regex.is_match(text))
}
