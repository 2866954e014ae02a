//! `validate`: every template against AWS's offline validator and our own policy rules.

use crate::context::Context;
use crate::environments::{self, EnvArg};
use crate::error::Result;
use crate::report::Outcome;
use crate::validation::Validator;

/// Options of `validate`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    environment: EnvArg,
}

/// Renders and checks; nothing leaves the machine.
pub async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let environment = environments::load(ctx.root(), &args.environment.env)?;
    let app = environments::render(&environment)?;
    let validation = Validator::new()?.check(&app, &environment)?.passed()?;
    Outcome::of(&validation)
}
