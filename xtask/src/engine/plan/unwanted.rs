//! Stacks that stand and that nobody wants any more: the plan that takes them away.

use super::{StackAction, StackPlan, diff};
use crate::cloud::template::resources;
use crate::engine::desired::{Desired, Unwanted};
use crate::engine::live::{Live, Standing};

/// Users before what they use.
pub(super) fn plans(desired: &Desired, live: &Live) -> Vec<StackPlan> {
    let unwanted = desired.unwanted.iter().rev();
    let standing = unwanted.filter_map(|stack| Some((stack, live.unwanted.get(&stack.id)?)));
    standing
        .map(|(stack, standing)| plan(stack, standing))
        .collect()
}

fn plan(stack: &Unwanted, standing: &Standing) -> StackPlan {
    let gone = resources(&standing.template).into_iter();
    let protected = standing.stack.protected;
    StackPlan {
        id: stack.id.clone(),
        name: stack.name.clone(),
        action: StackAction::Delete,
        resources: gone
            .map(|(id, resource)| diff::deleted(id, resource))
            .collect(),
        others: match protected {
            true => vec!["termination protection".to_owned()],
            false => Vec::new(),
        },
        base: Some(standing.digest()),
    }
}
