//! `deploy`: from source to a running system, or exactly one reviewed plan of it.

mod hot;
mod html;
mod report;
mod watch;

use std::path::PathBuf;
use std::time::SystemTime;

use contract::parameters::prefix;
use stack::environment::Seed;

use super::environment::{Opened, Pace, open};
use super::interrupt;
use super::users::TEST_USER;
use crate::cloud::Cloud;
use crate::context::Context;
use crate::dataset::GOLDEN;
use crate::engine::deploy::{Deploy, Done, Options};
use crate::engine::from_stack::{MonthlyPrices, VendoredSchemas};
use crate::engine::outputs;
use crate::engine::parameters::{missing_keys, require_keys};
use crate::engine::phases::{Extra, Phase, Selection, Start};
use crate::engine::plan::Consent;
use crate::engine::steps::emulator_gaps::MendExpiry;
use crate::engine::steps::migrate::Migrate;
use crate::engine::steps::parameters::FillParameters;
use crate::engine::steps::seed::SeedGolden;
use crate::engine::steps::verify::Verify;
use crate::engine::stop::Stop;
use crate::engine::timeline::Timeline;
use crate::environments::{self, EnvArg};
use crate::error::Result;
use crate::event::Log;
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
    /// Begin with this phase or stack; a stack means it and those after it
    #[arg(long, value_name = "NAME")]
    from: Option<Start>,
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
    /// What was changed by hand, and parameters that have other values, may be overwritten
    #[arg(long)]
    allow_overwrite: bool,
    /// Go on with rollbacks that failed
    #[arg(long, conflicts_with = "plan_out")]
    continue_rollback: bool,
    /// Leave this out of those rollbacks; may be repeated
    #[arg(long, value_name = "STACK.LOGICAL_ID", requires = "continue_rollback")]
    skip_resource: Vec<String>,
    /// Write what happened and when to this HTML file, failed or not
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

/// Deploys; Ctrl-C stops and says how to go on.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let stop = Stop::default();
    let again = format!(
        "go on where this ended: cargo xtask deploy --env {}",
        args.env.env
    );
    let work = told(ctx, &args, &stop);
    interrupt::heard(ctx.events(), &stop, &again, work).await
}

/// Runs, and writes the report however it ended.
async fn told(ctx: &Context, args: &Args, stop: &Stop) -> Result<Outcome> {
    let (log, events) = Log::pair(ctx.events().clone());
    let ctx = &ctx.with_events(events);
    let ended = start(ctx, args, stop).await;
    let line = Timeline::of(&log.kept(), SystemTime::now());
    if let Some(path) = &args.report {
        let outcome = ended.as_ref().map(Ended::word);
        match html::write(path, &args.env.env, &line, outcome) {
            Ok(()) => ctx.events().skip("report", path.display().to_string()),
            Err(error) if ended.is_ok() => return Err(error),
            // Why the deploy failed is what the user must read.
            Err(error) => ctx.events().warn(error.to_string()),
        }
    }
    match ended? {
        Ended::Deployed { done, cloud } => report::outcome(&done, &cloud, &line),
        Ended::Moved(outcome) => Ok(outcome),
    }
}

/// How a run without failure ended.
enum Ended {
    /// A deploy.
    Deployed { done: Box<Done>, cloud: Box<Cloud> },
    /// Functions by themselves.
    Moved(Outcome),
}

impl Ended {
    fn word(&self) -> &'static str {
        match self {
            Self::Moved(_) => "code moved",
            Self::Deployed { done, .. } => match **done {
                Done::Applied(_) => "deployed",
                Done::Unchanged(_) => "no changes",
                Done::Planned(_) => "planned",
            },
        }
    }
}

async fn start(ctx: &Context, args: &Args, stop: &Stop) -> Result<Ended> {
    let mut opened = open(ctx, &args.env).await?;
    if !args.function.is_empty() {
        let moved = hot::run(ctx, &opened, &args.function, args.watch, stop).await;
        return moved.map(Ended::Moved);
    }
    say_where(ctx, &opened);
    let app = environments::render(&opened.environment)?;
    let notes = ctx.path(".local/validated");
    validation::ensure(&app, &opened.environment, &notes, ctx.events())?;
    let mut options = args.options();
    // On one's own machine nobody else is let in; data still needs consent by name.
    options.yes |= opened.environment.is_local();
    options.consent.iam |= opened.environment.is_local();
    options.consent.drift |= opened.environment.is_local();
    let stacks: Vec<&str> = opened.desired.ids().collect();
    options.selection.check(&stacks)?;
    if options.selection.phase(Phase::Parameters) && options.plan_out.is_none() {
        keys(ctx, &mut opened).await?;
    }
    let artifacts = match options.selection.phase(Phase::Build) {
        true => Some(opened.build(ctx, &[], Pace::Thorough).await?),
        false => None,
    };
    let extras = extras(ctx, &opened)?;
    let deploy = Deploy {
        cloud: &opened.cloud,
        events: ctx.events(),
        ask: ctx.ask(),
        desired: &opened.desired,
        schemas: &VendoredSchemas,
        artifacts: artifacts.as_ref(),
        prices: Some(&MonthlyPrices(&opened.environment)),
        extras: &extras,
        options: &options,
        stop,
        journals: ctx.journals(),
    };
    let done = deploy.run().await?;
    if let Done::Applied(deployed) | Done::Unchanged(deployed) = &done
        && options.selection.phase(Phase::Outputs)
    {
        outputs::write(ctx.root(), &deployed.environment, &deployed.outputs)?;
    }
    Ok(Ended::Deployed {
        done: Box::new(done),
        cloud: Box::new(opened.cloud),
    })
}

/// The environment's file decides where a deploy goes; what says otherwise is named.
fn say_where(ctx: &Context, opened: &Opened) {
    if opened.environment.is_local() {
        return;
    }
    for warning in opened.environment.warnings() {
        ctx.events().warn(warning);
    }
    let (name, region) = (&opened.environment.name, &opened.environment.region);
    for variable in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
        if let Ok(other) = std::env::var(variable)
            && other != *region
        {
            ctx.events().warn(format!(
                "{variable} says {other}; {name} is in {region}, as environments/{name}.yaml says"
            ));
        }
    }
    if let Some(endpoint) = &opened.cloud.endpoint {
        ctx.events()
            .warn(format!("calls go to {endpoint}, not to AWS itself"));
    }
}

/// Before anything is built: a key that is missing is asked for, or named where nobody answers.
async fn keys(ctx: &Context, opened: &mut Opened) -> Result<()> {
    let path = prefix(&opened.environment.name);
    let live = opened.cloud.parameters.below(&path).await?;
    let needed = missing_keys(&opened.environment, &opened.dotenv, &live);
    require_keys(&needed, ctx.ask(), &mut opened.dotenv)
}

/// The phases after the stacks.
fn extras(ctx: &Context, opened: &Opened) -> Result<Vec<Box<dyn Extra>>> {
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
        Box::new(Verify::new(
            cloud.clone(),
            opened.desired.functions.clone(),
        )?),
    ];
    if opened.environment.seed == Some(Seed::Golden) {
        extras.push(Box::new(SeedGolden {
            cloud: cloud.clone(),
            events: ctx.events().clone(),
            folder: ctx.path(GOLDEN.0),
            email: TEST_USER,
        }));
    }
    if opened.environment.is_local() {
        extras.push(Box::new(MendExpiry {
            cloud: cloud.clone(),
            stacks: opened.desired.stacks.clone(),
        }));
    }
    Ok(extras)
}

impl Args {
    fn options(&self) -> Options {
        Options {
            yes: self.yes,
            consent: Consent {
                replace: self.allow_replace.iter().cloned().collect(),
                iam: self.allow_iam,
                drift: self.allow_overwrite,
            },
            selection: Selection {
                from: self.from.clone(),
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
