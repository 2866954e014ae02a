//! What the user allows by name, and what a plan needs allowed.

use std::collections::BTreeSet;

use super::{Plan, ResourceAction, StackAction};
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
                "the plan replaces or deletes resources that hold data: {}",
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

    /// Refuses a change set that does to data what neither the plan nor the user said.
    pub fn check_answer(&self, plan: &super::StackPlan, answers: &[ResourceAnswer]) -> Result<()> {
        for answer in answers
            .iter()
            .filter(|answer| super::diff::is_stateful(&answer.resource_type))
        {
            let loses = answer.action == Action::Remove
                || (answer.action == Action::Modify && answer.replacement == Replacement::Yes);
            if loses && !self.replace.contains(&answer.logical_id) {
                return Err(Error::refused(format!(
                    "CloudFormation would replace or delete {} of {}, which holds data",
                    answer.logical_id, plan.name
                ))
                .hint(format!(
                    "if that is meant: --allow-replace {}",
                    answer.logical_id
                )));
            }
        }
        Ok(())
    }
}

impl Plan {
    /// Resources with data that are replaced or deleted.
    pub fn losses(&self) -> impl Iterator<Item = (&super::StackPlan, &super::ResourceChange)> {
        self.each().filter(|(_, resource)| {
            resource.stateful
                && matches!(
                    resource.action,
                    ResourceAction::Replace | ResourceAction::Delete
                )
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
