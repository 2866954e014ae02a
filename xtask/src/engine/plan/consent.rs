//! What the user allows by name, and what a plan needs allowed.

use std::collections::BTreeSet;

use super::diff::TAGS;
use super::{Plan, ResourceAction, ResourceChange, StackAction};
use crate::cloud::stacks::{Action, Replacement, ResourceAnswer};
use crate::error::{Error, Result};

/// What is allowed by name on the command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Consent {
    /// `--allow-replace`: logical ids of resources with data that may be replaced or deleted.
    pub replace: BTreeSet<String>,
    /// `--allow-iam`: permissions of stacks that stand may grow.
    pub iam: bool,
    /// `--allow-overwrite`: what was changed by hand may be lost.
    pub drift: bool,
}

impl Consent {
    /// Refuses a plan that needs more than is allowed; the error names each missing flag.
    pub fn check(&self, plan: &Plan) -> Result<()> {
        let lost: Vec<String> = plan
            .losses()
            .filter(|(_, resource)| !self.replace.contains(&resource.logical_id))
            .map(|(_, resource)| resource.logical_id.clone())
            .collect();
        if !lost.is_empty() {
            let flags: Vec<String> = lost
                .iter()
                .map(|id| format!("--allow-replace {id}"))
                .collect();
            return Err(Error::refused(format!(
                "the plan replaces or deletes, or may replace, resources that hold data: {}",
                lost.join(", ")
            ))
            .hint(format!(
                "if that is meant, back them up and say so: {}",
                flags.join(" ")
            )));
        }
        let wider: Vec<&str> = plan
            .widenings()
            .map(|(_, resource)| resource.logical_id.as_str())
            .collect();
        if !wider.is_empty() && !self.iam {
            return Err(Error::refused(format!(
                "the plan widens permissions: {}",
                wider.join(", ")
            ))
            .hint("read what they gain in the plan; if that is meant, say so: --allow-iam"));
        }
        Ok(())
    }

    /// Refuses a change set that does what neither the plan nor the user said: to data anything
    /// that may lose it, to anything a deletion or a replacement. Beside a reviewed plan nothing at
    /// all may happen.
    pub fn check_answer(
        &self,
        plan: &super::StackPlan,
        answers: &[ResourceAnswer],
        exact: bool,
    ) -> Result<()> {
        for answer in answers {
            let id = &answer.logical_id;
            let planned = plan.resource(id);
            if exact && answer.certain && !retagged(plan, answer) && exceeds(answer, planned) {
                return Err(Error::refused(format!(
                    "CloudFormation would {} {id} ({}) of {}, and the plan does not say so",
                    word(answer),
                    answer.resource_type,
                    plan.name
                ))
                .hint("nothing of this stack was changed; deploy without --plan to decide on it"));
            }
            if self.replace.contains(id) {
                continue;
            }
            if super::diff::is_stateful(&answer.resource_type) && loses(answer, planned) {
                return Err(Error::refused(format!(
                    "CloudFormation would {} {id} of {}, which holds data",
                    word(answer),
                    plan.name
                ))
                .hint(format!("if that is meant: --allow-replace {id}")));
            }
            if answer.certain && loses(answer, planned) && exceeds(answer, planned) {
                return Err(Error::refused(format!(
                    "CloudFormation would {} {id} ({}) of {}, and the plan does not say so",
                    word(answer),
                    answer.resource_type,
                    plan.name
                ))
                .hint("somebody may have changed it by hand: cargo xtask drift shows that")
                .hint(format!("if it is meant: --allow-replace {id}")));
            }
        }
        Ok(())
    }
}

/// Whether what is there may go. What the plan changes and does not call a replacement either needs
/// none, or needed consent before.
fn loses(answer: &ResourceAnswer, planned: Option<&ResourceChange>) -> bool {
    match (answer.action, answer.replacement) {
        (Action::Remove, _) | (Action::Modify, Replacement::Yes) => true,
        (Action::Modify, Replacement::Maybe) => {
            let Some(planned) = planned else { return true };
            let unplanned = |name: &String| !planned.changes(name);
            answer.conditions.iter().any(unplanned)
        }
        _ => false,
    }
}

/// Whether the answer goes further than the plan.
fn exceeds(answer: &ResourceAnswer, planned: Option<&ResourceChange>) -> bool {
    let Some(planned) = planned else { return true };
    match planned.action {
        ResourceAction::Replace => answer.action == Action::Remove,
        ResourceAction::Delete => answer.action != Action::Remove,
        ResourceAction::Create => !matches!(answer.action, Action::Add | Action::Other),
        ResourceAction::Update => loses(answer, Some(planned)) && !planned.may_replace(),
    }
}

/// Tags of a stack are on every resource in it, and the plan says them once.
fn retagged(plan: &super::StackPlan, answer: &ResourceAnswer) -> bool {
    answer.only_tags && plan.others.iter().any(|other| other == TAGS)
}

fn word(answer: &ResourceAnswer) -> &'static str {
    match (answer.action, answer.replacement) {
        (Action::Add, _) => "create",
        (Action::Remove, _) => "delete",
        (Action::Modify, Replacement::Yes) => "replace",
        (Action::Modify, Replacement::Maybe) => "perhaps replace",
        (Action::Modify, Replacement::No) => "change",
        (Action::Other, _) => "take in or change",
    }
}

impl Plan {
    /// Resources with data that are replaced or deleted.
    pub fn losses(&self) -> impl Iterator<Item = (&super::StackPlan, &super::ResourceChange)> {
        self.each().filter(|(_, resource)| {
            resource.stateful
                && (resource.may_replace()
                    || matches!(
                        resource.action,
                        ResourceAction::Replace | ResourceAction::Delete
                    ))
        })
    }

    /// Permissions that grow in stacks that stand.
    pub fn widenings(&self) -> impl Iterator<Item = (&super::StackPlan, &super::ResourceChange)> {
        self.each().filter(|(stack, resource)| {
            stack.action == StackAction::Update && !resource.widens.is_empty()
        })
    }

    fn each(&self) -> impl Iterator<Item = (&super::StackPlan, &super::ResourceChange)> {
        self.stacks.iter().flat_map(|stack| {
            stack
                .resources
                .iter()
                .map(move |resource| (stack, resource))
        })
    }
}
