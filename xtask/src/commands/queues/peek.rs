//! `queues peek`: dead letters, read and given back.

use super::Which;
use crate::context::Context;
use crate::engine::queues::letters::{self, Letters};
use crate::error::Result;
use crate::report::Outcome;

/// Options of `queues peek`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    which: Which,
    /// At most so many of each function
    #[arg(long, short = 'n', value_name = "NUMBER", default_value_t = 10,
          value_parser = clap::value_parser!(u32).range(1..=100))]
    count: u32,
}

/// Prints what is in them, redacted.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let (opened, pairs) = args.which.open(ctx).await?;
    let mut found = Vec::new();
    for pair in &pairs {
        let env = &args.which.env.env;
        found.extend(letters::look(&opened.cloud, env, pair, args.count).await?);
    }
    Outcome::of(&Letters(found))
}
