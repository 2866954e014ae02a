//! `local logs`: the last lines that the parts wrote, and the next ones.

use crate::context::Context;
use crate::error::Result;
use crate::local::{self, Logs, Part};
use crate::report::Outcome;

/// Options of `local logs`.
#[derive(clap::Args)]
pub struct Args {
    /// One part; all when left out
    part: Option<Part>,
    /// Go on with what is written from now on
    #[arg(long, short)]
    follow: bool,
    /// How many lines of each part
    #[arg(long, short = 'n', default_value_t = 100)]
    lines: usize,
}

/// Ends at once, or with Ctrl-C when it follows.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let parts = args.part.map_or(Part::ALL.to_vec(), |part| vec![part]);
    if args.follow {
        local::follow(ctx.root(), &parts, ctx.events()).await?;
        return Ok(Outcome::silent());
    }
    Outcome::of(&Logs::read(ctx.root(), &parts, args.lines)?)
}
