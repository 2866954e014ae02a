//! Which outputs a stack will have: the ones it has, unless what they stand for is made anew.

use std::collections::BTreeMap;

use super::{ResourceAction, StackAction, StackPlan};
use crate::cloud::template::{references, section};
use crate::engine::desired::DesiredStack;
use crate::engine::live::Live;
use crate::engine::resolve::Known;

pub(super) fn foresee(
    stack: &DesiredStack,
    live: &Live,
    plan: &StackPlan,
) -> BTreeMap<String, Known> {
    let after = || Known::After(stack.id.clone());
    let stands = !matches!(plan.action, StackAction::Create | StackAction::Recreate);
    let current = live.outputs(&stack.id).filter(|_| stands);
    let made_anew = |id: &String| {
        let change = plan.resource(id);
        change.is_some_and(|change| {
            matches!(
                change.action,
                ResourceAction::Create | ResourceAction::Replace
            )
        })
    };
    let known = section(&stack.template, "Outputs").map(|(name, output)| {
        let value = current.and_then(|outputs| outputs.get(name));
        let known = match value {
            Some(value) if !references(output).iter().any(made_anew) => Known::Value(value.clone()),
            _ => after(),
        };
        (name.clone(), known)
    });
    known.collect()
}
