//! What `test-infra` found last, in short: the tool writes it, the API shows it to who is signed in.
//! Names, verdicts and times; what went wrong stays in the operator's own report.

use serde::{Deserialize, Serialize};

/// A whole validation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// When it began, as RFC 3339.
    pub started: String,
    /// How long it took.
    pub millis: u64,
    /// Its steps, in the order people read them.
    pub steps: Vec<Step>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its name, such as `lambda-rds`.
    pub name: String,
    /// How it ended.
    pub verdict: Verdict,
    /// How long it took.
    pub millis: u64,
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It works.
    Passed,
    /// It does not.
    Failed,
}
