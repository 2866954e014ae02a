//! Our own rules over the rendered app: what must hold of every template of every environment,
//! each with its reason. They look at the JSON that CloudFormation will get, not at the code that
//! made it, so a slip in that code is seen.

mod accepted;
mod alerts;
mod api;
mod database;
mod documents;
mod functions;
mod identity;
mod messaging;
mod network;
mod operations;
mod secrets;
mod site;
mod storage;
mod users;

use std::fmt;

use serde::Serialize;

use crate::app::App;
use crate::environment::Environment;
use accepted::ACCEPTED;
use site::{Found, Site};

pub use operations::STATEFUL;

/// One rule.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Its name in findings and in the documentation.
    pub id: &'static str,
    /// What must hold.
    pub demands: &'static str,
    /// Why.
    pub reason: &'static str,
    check: fn(&Site<'_>) -> Vec<Found>,
}

/// Where a rule is broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule's id.
    pub rule: &'static str,
    /// What the rule demands.
    pub demands: &'static str,
    /// The stack's short id.
    pub stack: String,
    /// The resource; empty where the stack as a whole is meant.
    pub logical_id: String,
    /// What was found there.
    pub found: String,
    /// Why it is accepted, if it is.
    pub accepted: Option<&'static str>,
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rule")
            .field("id", &self.id)
            .field("demands", &self.demands)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            rule,
            demands,
            stack,
            logical_id,
            found,
            ..
        } = self;
        write!(f, "{rule} {stack}")?;
        if !logical_id.is_empty() {
            write!(f, " / {logical_id}")?;
        }
        write!(f, ": found {found}; the rule: {demands}")
    }
}

/// Every rule, in the order of the documentation.
pub fn rules() -> &'static [Rule] {
    static RULES: std::sync::LazyLock<Vec<Rule>> = std::sync::LazyLock::new(|| {
        [
            identity::RULES,
            users::RULES,
            secrets::RULES,
            network::RULES,
            api::RULES,
            storage::RULES,
            database::RULES,
            messaging::RULES,
            alerts::RULES,
            functions::RULES,
            operations::RULES,
        ]
        .concat()
    });
    &RULES
}

/// Everything in the app that breaks a rule, accepted or not.
pub fn check(app: &App, environment: &Environment) -> Vec<Finding> {
    let site = Site { app, environment };
    let findings = rules().iter().flat_map(|rule| {
        let found = (rule.check)(&site);
        found.into_iter().map(|found| judge(rule, found, ACCEPTED))
    });
    findings.collect()
}

fn judge(rule: &Rule, found: Found, accepted: &[accepted::Accepted]) -> Finding {
    let reason = accepted
        .iter()
        .find(|entry| entry.covers(rule.id, &found))
        .map(|entry| entry.reason);
    Finding {
        rule: rule.id,
        demands: rule.demands,
        stack: found.stack,
        logical_id: found.logical_id,
        found: found.what,
        accepted: reason,
    }
}

#[cfg(test)]
mod tests {
    use super::accepted::{ACCEPTED, Accepted};
    use super::{Found, judge, rules};
    use std::collections::BTreeSet;

    fn found(stack: &str, logical_id: &str) -> Found {
        Found {
            stack: stack.to_owned(),
            logical_id: logical_id.to_owned(),
            what: "something".to_owned(),
        }
    }

    #[test]
    fn rules_have_a_name_of_their_own_a_demand_and_a_reason() {
        let names: BTreeSet<_> = rules().iter().map(|rule| rule.id).collect();
        assert_eq!(names.len(), rules().len(), "two rules of one name");
        for rule in rules() {
            assert!(
                !rule.demands.is_empty() && !rule.reason.is_empty(),
                "{}",
                rule.id
            );
        }
    }

    #[test]
    fn an_accepted_finding_keeps_its_reason_and_others_stay_open() {
        let rule = &rules()[0];
        let list = [Accepted {
            rule: rule.id,
            stack: "storage",
            logical_id: "Images",
            reason: "because",
        }];
        let accepted = |stack, id| judge(rule, found(stack, id), &list).accepted;
        assert_eq!(accepted("storage", "Images"), Some("because"));
        assert_eq!(accepted("storage", "Other"), None);
        assert_eq!(accepted("database", "Images"), None);
        assert_eq!(
            judge(&rules()[1], found("storage", "Images"), &list).accepted,
            None
        );
    }

    #[test]
    fn what_is_accepted_names_a_rule_and_says_why() {
        for entry in ACCEPTED {
            assert!(
                rules().iter().any(|rule| rule.id == entry.rule),
                "{}",
                entry.rule
            );
            assert!(!entry.reason.is_empty(), "{}", entry.rule);
        }
    }
}
