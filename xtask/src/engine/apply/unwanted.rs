//! Takes away stacks that nobody wants any more, once the new system has proven itself without them.

use super::Apply;
use crate::cloud::stacks::StackResource;
use crate::engine::destroy;
use crate::engine::live::{self, Standing};
use crate::engine::plan::{ResourceAction, StackAction, StackPlan};
use crate::error::{Error, Result};

impl Apply<'_> {
    /// Deletes what the plan deletes, in its order.
    pub async fn unwanted(&self) -> Result<()> {
        let plans = self.plan.stacks.iter();
        for plan in plans.filter(|plan| plan.action == StackAction::Delete) {
            self.stop.here(&format!("delete {}", plan.name))?;
            self.take_away(plan).await?;
        }
        Ok(())
    }

    async fn take_away(&self, plan: &StackPlan) -> Result<()> {
        let (cloud, name) = (self.cloud, &plan.name);
        let Some(standing) = live::standing(cloud, name).await? else {
            return Ok(());
        };
        if Some(Standing::digest(&standing)) != plan.base {
            return Err(
                Error::conflict(format!("{name} changed since the plan was made"))
                    .hint("run the command again: it plans anew"),
            );
        }
        let goes = |resource: &StackResource| {
            let change = plan.resource(&resource.logical_id);
            change.is_some_and(|change| change.action == ResourceAction::Delete && !change.retained)
        };
        for resource in cloud
            .stacks
            .resources(name)
            .await?
            .iter()
            .filter(|r| goes(r))
        {
            if resource.resource_type == "AWS::S3::Bucket"
                && let Some(bucket) = &resource.physical_id
            {
                destroy::empty(cloud, self.events, bucket).await?;
            }
        }
        if standing.stack.protected {
            cloud.stacks.protect(name, false).await?;
        }
        let deleted = destroy::delete(cloud, self.events, name).await;
        deleted.map_err(|error| {
            error.hint("old versions of functions may still use it: RUNBOOK, \"A stack that is not wanted\"")
        })
    }
}
