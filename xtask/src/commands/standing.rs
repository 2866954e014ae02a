//! What an opened environment has deployed, for the commands that work with it afterwards.

use crate::context::Context;
use crate::engine::live;
use crate::engine::phases::Deployed;
use crate::environments::EnvArg;
use crate::error::{Error, Result};

use super::environment::{Opened, open};

/// An environment, and the outputs of its stacks as they stand now.
pub(super) struct Standing {
    pub(super) opened: Opened,
    pub(super) deployed: Deployed,
}

/// Opens an environment that may or may not be deployed.
pub(super) async fn look(ctx: &Context, env: &EnvArg) -> Result<Standing> {
    let opened = open(ctx, env).await?;
    let live = live::read(&opened.desired, &opened.cloud).await?;
    let outputs = live.stacks.into_iter();
    let outputs = outputs.map(|(id, standing)| (id, standing.stack.outputs));
    let deployed = Deployed {
        environment: env.env.clone(),
        outputs: outputs.collect(),
    };
    Ok(Standing { opened, deployed })
}

/// Opens an environment that must be deployed.
pub(super) async fn deployed(ctx: &Context, env: &EnvArg) -> Result<Standing> {
    let standing = look(ctx, env).await?;
    if !standing.deployed.outputs.is_empty() {
        return Ok(standing);
    }
    let cloud = &standing.opened.cloud;
    let caller = cloud.identity.caller().await?;
    let (name, region) = (&env.env, &cloud.region);
    Err(Error::input(format!(
        "{name} does not stand in {region} of account {}",
        caller.account
    ))
    .hint(format!("deploy it: cargo xtask deploy --env {name}"))
    .hint(format!(
        "or look at region in environments/{name}.yaml, and at who is calling: {}",
        caller.arn
    )))
}
