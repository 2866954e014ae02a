//! `diff`: what a deploy would do. Exit code 0 for nothing, 2 for changes.

use std::fmt;

use serde::Serialize;

use super::environment::{Pace, open};
use crate::context::Context;
use crate::engine::deploy::{Deploy, Looked, Options};
use crate::engine::from_stack::{MonthlyPrices, VendoredSchemas};
use crate::engine::phases::{Deployed, Extra};
use crate::engine::plan::Plan;
use crate::engine::steps::parameters::FillParameters;
use crate::engine::stop::Stop;
use crate::environments::EnvArg;
use crate::error::{Kind, Result};
use crate::event::Events;
use crate::report::Outcome;

/// There are changes.
const CHANGES: u8 = 2;

/// Options of `diff`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    env: EnvArg,
    /// Leave the functions' code out: no build, infrastructure only
    #[arg(long)]
    no_build: bool,
}

/// Looks, changes nothing.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let opened = open(ctx, &args.env).await?;
    let artifacts = match args.no_build {
        true => None,
        false => Some(opened.build(ctx, &[], Pace::Thorough).await?),
    };
    let extras: Vec<Box<dyn Extra>> = vec![Box::new(FillParameters {
        cloud: opened.cloud.clone(),
        environment: opened.environment.clone(),
        dotenv: opened.dotenv.clone(),
        credentials: opened.credentials.clone(),
    })];
    let deploy = Deploy {
        cloud: &opened.cloud,
        events: ctx.events(),
        ask: ctx.ask(),
        desired: &opened.desired,
        schemas: &VendoredSchemas,
        artifacts: artifacts.as_ref(),
        prices: Some(&MonthlyPrices(&opened.environment)),
        extras: &extras,
        options: &Options::default(),
        stop: &Stop::default(),
        journals: ctx.journals(),
    };
    let difference = look(&deploy, ctx.events()).await?;
    let code = if difference.is_empty() { 0 } else { CHANGES };
    Ok(Outcome::of(&difference)?.with_code(code))
}

/// What a deploy would do to stacks, functions and parameters.
#[derive(Serialize)]
struct Difference {
    #[serde(flatten)]
    plan: Plan,
    parameters: Vec<String>,
}

async fn look(deploy: &Deploy<'_>, events: &Events) -> Result<Difference> {
    let Looked { plan, live, .. } = deploy.look().await?;
    let deployed = Deployed {
        environment: plan.environment.clone(),
        outputs: live.all_outputs(),
    };
    let parameters = match deploy.foreseen(&deployed).await {
        Ok(foreseen) => foreseen.lines,
        // Whoever reviews a change need not be somebody who may read keys.
        Err(error) if error.kind() == Kind::Refused => {
            events.skip("parameters", "this identity may not read them");
            Vec::new()
        }
        Err(error) => return Err(error),
    };
    Ok(Difference { plan, parameters })
}

impl Difference {
    fn is_empty(&self) -> bool {
        self.plan.is_empty() && self.parameters.is_empty()
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.plan.is_empty() || self.parameters.is_empty() {
            write!(f, "{}", self.plan)?;
        }
        if !self.plan.is_empty() && !self.parameters.is_empty() {
            writeln!(f)?;
        }
        self.parameters
            .iter()
            .try_for_each(|line| writeln!(f, "{line}"))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn parameters_that_would_be_written_are_a_difference_of_their_own() {
        let nothing = serde_json::json!({
            "environment": "dev", "stacks": [], "functions": [], "cost": null,
            "world": "", "wanted": "",
        });
        let plan: Plan = serde_json::from_value(nothing).unwrap();
        let mut difference = Difference {
            plan,
            parameters: Vec::new(),
        };
        assert!(difference.is_empty());
        assert_eq!(difference.to_string(), "dev: no changes\n");
        difference.parameters.push("~ parameter /a: #1 → #2".into());
        assert!(!difference.is_empty());
        assert_eq!(difference.to_string(), "~ parameter /a: #1 → #2\n");
    }
}
