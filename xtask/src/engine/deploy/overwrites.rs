//! Changes by hand that a plan would undo, shown before it does.

use futures::future::join_all;

use super::Deploy;
use crate::cloud::stacks::Drift;
use crate::engine::drift;
use crate::engine::plan::{Plan, StackAction, StackPlan};
use crate::error::{Error, Kind, Result};

impl Deploy<'_> {
    /// Shows what was changed by hand in the stacks that are updated; says which of those resources
    /// the plan changes too.
    pub(super) async fn overwrites(&self, plan: &Plan) -> Result<Vec<String>> {
        let mut overwritten = Vec::new();
        let updated = plan.stacks.iter();
        let updated = updated.filter(|stack| stack.action == StackAction::Update);
        let updated: Vec<&StackPlan> = updated.collect();
        if updated.is_empty() {
            return Ok(overwritten);
        }
        let step = self.events.start("look for changes by hand");
        let looks = updated.iter();
        let looks = looks.map(|stack| drift::of_stack(&stack.name, self.cloud, self.schemas));
        let found = join_all(looks).await;
        step.finish();
        for (stack, found) in updated.into_iter().zip(found) {
            let drifts = match found {
                Ok((_, drifts)) => drifts,
                Err(error) if error.kind() == Kind::Interrupted => return Err(error),
                Err(error) => {
                    let name = &stack.name;
                    self.events.warn(format!(
                        "what was changed by hand in {name} cannot be seen: {error}"
                    ));
                    continue;
                }
            };
            for drift in drifts.into_iter().filter_map(by_hand) {
                let id = format!("{}.{}", stack.id, drift.logical_id);
                let touched = stack.resource(&drift.logical_id).is_some();
                self.say(&id, &drift, touched);
                if touched {
                    overwritten.push(id);
                }
            }
        }
        Ok(overwritten)
    }

    fn say(&self, id: &str, drift: &Drift, touched: bool) {
        let fate = match touched {
            true => "this deploy changes that resource",
            false => "this deploy leaves it alone",
        };
        if drift.differences.is_empty() {
            self.events
                .warn(format!("{id} was deleted by hand; {fate}"));
        }
        for (path, expected, actual) in &drift.differences {
            self.events.warn(format!(
                "{id} was changed by hand: {path} is {actual}, its stack says {expected}; {fate}"
            ));
        }
    }

    /// Refuses where nobody is asked and nobody said that this is meant.
    pub(super) fn allow_overwrites(&self, overwritten: &[String]) -> Result<()> {
        if overwritten.is_empty() || self.options.consent.drift {
            return Ok(());
        }
        Err(Error::refused(format!(
            "the plan may overwrite what was changed by hand: {}",
            overwritten.join(", ")
        ))
        .hint(format!(
            "see all of it: cargo xtask drift --env {}",
            self.desired.environment
        ))
        .hint("put it into the source, or if it may go, say so: --allow-overwrite"))
    }
}

/// Traffic that the hot path or a rollback moved is ours, and the plan says where it goes.
fn by_hand(mut drift: Drift) -> Option<Drift> {
    let was_gone = drift.differences.is_empty();
    if drift.resource_type == "AWS::Lambda::Alias" {
        let moved = |path: &str| path.trim_start_matches('/') == "FunctionVersion";
        drift.differences.retain(|(path, _, _)| !moved(path));
    }
    (was_gone || !drift.differences.is_empty()).then_some(drift)
}
