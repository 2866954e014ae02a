//! Frees stacks whose update failed and that are not back at what they were: Express mode leaves
//! them so, or the rollback failed too.

use std::collections::BTreeSet;

use super::apply::failed;
use super::desired::Desired;
use super::stack_events::{Operation, fresh_token};
use super::stop::Stop;
use crate::cloud::Cloud;
use crate::cloud::stacks::StackStatus;
use crate::error::{Error, Result};
use crate::event::Events;

/// Goes on with each rollback that failed. `skip` names resources as `stack.LogicalId`.
pub async fn continue_rollbacks(
    cloud: &Cloud,
    events: &Events,
    desired: &Desired,
    skip: &[String],
    stop: &Stop,
) -> Result<()> {
    for named in skip {
        let (stack, _) = named.split_once('.').ok_or_else(|| {
            Error::input(format!("{named} does not name a resource"))
                .hint("write STACK.LOGICAL_ID, for example compute.ApiFunction")
        })?;
        desired.stack(stack)?;
    }
    for stack in &desired.stacks {
        let Some(live) = cloud.stacks.stack(&stack.name).await? else {
            continue;
        };
        let left = match live.status {
            StackStatus::UpdateFailed => true,
            StackStatus::UpdateRollbackFailed => false,
            _ => continue,
        };
        stop.here(&format!("roll {} back", stack.name))?;
        let of_stack = skip.iter().filter_map(|named| named.split_once('.'));
        let of_stack = of_stack.filter(|(id, _)| *id == stack.id);
        let skip: BTreeSet<String> = of_stack.map(|(_, logical)| logical.to_owned()).collect();
        let step = events.start(format!("roll {} back", stack.name));
        let token = fresh_token();
        match left {
            true => cloud.stacks.roll_back(&stack.name, &token).await?,
            false => {
                let go_on = cloud.stacks.continue_rollback(&stack.name, &skip, &token);
                go_on.await?;
            }
        }
        let operation = Operation {
            cloud,
            events,
            name: &stack.name,
            stack_id: &live.stack_id,
            token: &token,
        };
        let ended = operation.follow().await?;
        if ended.status != StackStatus::UpdateRollbackComplete {
            return Err(failed(&stack.name, &ended)
                .hint("leave out what cannot be restored: --skip-resource STACK.LOGICAL_ID"));
        }
        step.finish();
    }
    Ok(())
}
