//! What an opened environment has deployed, for the commands that work with it afterwards.

use crate::cloud::identity::Caller;
use crate::context::Context;
use crate::engine::phases::Deployed;
use crate::engine::{live, outputs};
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
    let caller = opened.cloud.identity.caller().await?;
    if !opened.environment.is_local() {
        same_account(ctx, &env.env, &caller)?;
    }
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

/// The outputs that a deploy left here must be of the account that is called now.
fn same_account(ctx: &Context, name: &str, caller: &Caller) -> Result<()> {
    let Ok(known) = outputs::read(ctx.root(), name) else {
        return Ok(());
    };
    match outputs::account(&known) {
        Some(account) if account != caller.account => Err(Error::refused(format!(
            ".outputs/{name}.json is of account {account}, this identity is of {}",
            caller.account
        ))
        .hint("take the profile of that account: AWS_PROFILE=name")
        .hint(format!(
            "or, if {name} moved: rm .outputs/{name}.json and deploy it here"
        ))),
        _ => Ok(()),
    }
}
