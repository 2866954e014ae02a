//! Waits until what a stack changed serves. Express mode ends before that.

use std::time::Duration;

use super::Apply;
use crate::cloud::functions::Readiness;
use crate::cloud::stacks::StackResource;
use crate::engine::desired::DesiredStack;
use crate::engine::stack_events::Pace;
use crate::error::{Error, Result};

/// A database takes a quarter of an hour; nothing here takes twice that.
const PATIENCE: Duration = Duration::from_secs(30 * 60);

impl Apply<'_> {
    pub(super) async fn serving(&self, stack: &DesiredStack) -> Result<()> {
        let resources = self.cloud.stacks.resources(&stack.name).await?;
        for resource in &resources {
            self.wait_for(stack, resource).await?;
        }
        Ok(())
    }

    async fn wait_for(&self, stack: &DesiredStack, resource: &StackResource) -> Result<()> {
        let name = format!("{}.{}", stack.id, resource.logical_id);
        let mut pace = Pace::new(self.cloud.endpoint.is_some());
        let begun = self.cloud.clock.now();
        let mut step = None;
        loop {
            match self.cloud.settling.settled(resource).await? {
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
                    step.get_or_insert_with(|| self.events.start(format!("wait for {name}")));
                }
            }
            let waited = self.cloud.clock.now().duration_since(begun);
            if waited.unwrap_or_default() > PATIENCE {
                let minutes = PATIENCE.as_secs() / 60;
                return Err(
                    Error::failed(format!("{name} does not serve after {minutes} min"))
                        .hint("look at it in the console; the next deploy proves whether it came"),
                );
            }
            self.cloud.clock.sleep(pace.next()).await;
        }
    }
}
