//! Waits until what a stack changed serves. Express mode ends before that.

use std::time::Duration;

use crate::cloud::Cloud;
use crate::cloud::functions::Readiness;
use crate::cloud::stacks::StackResource;
use crate::engine::desired::DesiredStack;
use crate::engine::stack_events::Pace;
use crate::error::{Error, Result};
use crate::event::Events;

/// A database takes a quarter of an hour; nothing here takes twice that.
const PATIENCE: Duration = Duration::from_secs(30 * 60);

/// Waits for every resource of a stack that stands. Changes nothing.
pub async fn serving(cloud: &Cloud, events: &Events, stack: &DesiredStack) -> Result<()> {
    for resource in &cloud.stacks.resources(&stack.name).await? {
        wait_for(cloud, events, stack, resource).await?;
    }
    Ok(())
}

async fn wait_for(
    cloud: &Cloud,
    events: &Events,
    stack: &DesiredStack,
    resource: &StackResource,
) -> Result<()> {
    let name = format!("{}.{}", stack.id, resource.logical_id);
    let mut pace = Pace::new(cloud.endpoint.is_some());
    let begun = cloud.clock.now();
    let mut step = None;
    loop {
        match cloud.settling.settled(resource).await? {
            Readiness::Ready => {
                if let Some(step) = step {
                    crate::event::Step::finish(step);
                }
                return Ok(());
            }
            Readiness::Failed(reason) => {
                return Err(Error::failed(format!("{name} does not come to serve"))
                    .because(anyhow::Error::msg(reason))
                    .hint("Express mode ended its stack before that: correct the cause and deploy again"));
            }
            Readiness::Pending => {
                step.get_or_insert_with(|| events.start(format!("wait for {name}")));
            }
        }
        let waited = cloud.clock.now().duration_since(begun);
        if waited.unwrap_or_default() > PATIENCE {
            let minutes = PATIENCE.as_secs() / 60;
            return Err(
                Error::failed(format!("{name} does not serve after {minutes} min"))
                    .hint("look at it in the console; the next deploy proves whether it came"),
            );
        }
        cloud.clock.sleep(pace.next()).await;
    }
}
