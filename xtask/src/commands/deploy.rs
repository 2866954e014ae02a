//! `deploy`: from source to a running system, or exactly one reviewed plan of it.

mod hot;
mod report;

use std::path::PathBuf;

use super::environment::{Opened, Pace, open};
use crate::context::Context;
use crate::engine::deploy::{Deploy, Done, Options};
use crate::engine::from_stack::VendoredSchemas;
use crate::engine::outputs;
use crate::engine::phases::{Extra, Phase, Selection};
use crate::engine::plan::Consent;
use crate::engine::steps::emulator_gaps::MendExpiry;
use crate::engine::steps::migrate::Migrate;
use crate::engine::steps::parameters::FillParameters;
use crate::engine::steps::verify::Verify;
use crate::environments::{self, EnvArg};
use crate::error::{Error, Result};
use crate::report::Outcome;
use crate::validation;

/// Options of `deploy`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    env: EnvArg,
    /// Apply without asking; `local` never asks
    #[arg(long, short)]
    yes: bool,
    /// Write the plan to a file and change nothing
    #[arg(long, value_name = "FILE", conflicts_with = "plan")]
    plan_out: Option<PathBuf>,
    /// Apply exactly the plan in this file, or refuse
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// Only new code of this function, past CloudFormation; may be repeated
    #[arg(long, value_name = "NAME", conflicts_with_all = ["plan", "plan_out", "from", "only", "skip"])]
    function: Vec<String>,
    /// With --function: again on every save
    #[arg(long, requires = "function")]
    watch: bool,
    /// Begin with this phase
    #[arg(long, value_name = "PHASE")]
    from: Option<Phase>,
    /// Only this phase or stack; may be repeated
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Not this phase or stack; may be repeated
    #[arg(long, value_name = "NAME")]
    skip: Vec<String>,
    /// This resource may be replaced or deleted with its data; may be repeated
    #[arg(long, value_name = "LOGICAL_ID")]
    allow_replace: Vec<String>,
    /// Permissions may grow
    #[arg(long)]
    allow_iam: bool,
    /// Go on with rollbacks that failed
    #[arg(long)]
    continue_rollback: bool,
    /// Leave this out of those rollbacks; may be repeated
    #[arg(long, value_name = "STACK.LOGICAL_ID", requires = "continue_rollback")]
    skip_resource: Vec<String>,
}

/// Deploys; Ctrl-C stops and says how to go on.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let environment = args.env.env.clone();
    tokio::select! {
        outcome = start(ctx, args) => outcome,
        _ = tokio::signal::ctrl_c() => Err(Error::interrupted("stopped; what CloudFormation has begun, it finishes")
            .hint(format!("go on where this ended: cargo xtask deploy --env {environment}"))),
    }
}

async fn start(ctx: &Context, args: Args) -> Result<Outcome> {
    let opened = open(ctx, &args.env).await?;
    if !args.function.is_empty() {
        return hot::run(ctx, &opened, &args.function, args.watch).await;
    }
    let app = environments::render(&opened.environment)?;
    let notes = ctx.path(".local/validated");
    validation::ensure(&app, &opened.environment, &notes, ctx.events())?;
    let mut options = args.options();
    // On one's own machine nobody else is let in; data still needs consent by name.
    options.yes |= opened.environment.is_local();
    options.consent.iam |= opened.environment.is_local();
    let stacks: Vec<&str> = app.stacks.iter().map(|stack| stack.id).collect();
    options.selection.check(&stacks)?;
    let artifacts = match options.selection.phase(Phase::Build) {
        true => Some(opened.build(ctx, &[], Pace::Thorough).await?),
        false => None,
    };
    let extras = extras(&opened);
    let deploy = Deploy {
        cloud: &opened.cloud,
        events: ctx.events(),
        ask: ctx.ask(),
        desired: &opened.desired,
        schemas: &VendoredSchemas,
        artifacts: artifacts.as_ref(),
        extras: &extras,
        options: &options,
        journals: ctx.path(".local/journal"),
    };
    let done = deploy.run().await?;
    if let Done::Applied(deployed) | Done::Unchanged(deployed) = &done
        && options.selection.phase(Phase::Outputs)
    {
        outputs::write(ctx.root(), &deployed.environment, &deployed.outputs)?;
    }
    report::outcome(&done, &opened.cloud)
}

/// The phases after the stacks.
fn extras(opened: &Opened) -> Vec<Box<dyn Extra>> {
    let cloud = &opened.cloud;
    let mut extras: Vec<Box<dyn Extra>> = vec![
        Box::new(FillParameters {
            cloud: cloud.clone(),
            environment: opened.environment.clone(),
            dotenv: opened.dotenv.clone(),
            credentials: opened.credentials.clone(),
        }),
        Box::new(Migrate {
            cloud: cloud.clone(),
        }),
        Box::new(Verify {
            cloud: cloud.clone(),
        }),
    ];
    if opened.environment.is_local() {
        extras.push(Box::new(MendExpiry {
            cloud: cloud.clone(),
            stacks: opened.desired.stacks.clone(),
        }));
    }
    extras
}

impl Args {
    fn options(&self) -> Options {
        Options {
            yes: self.yes,
            consent: Consent {
                replace: self.allow_replace.iter().cloned().collect(),
                iam: self.allow_iam,
            },
            selection: Selection {
                from: self.from,
                only: self.only.iter().cloned().collect(),
                skip: self.skip.iter().cloned().collect(),
            },
            plan_out: self.plan_out.clone(),
            plan: self.plan.clone(),
            continue_rollback: self.continue_rollback,
            skip_resources: self.skip_resource.clone(),
        }
    }
}
