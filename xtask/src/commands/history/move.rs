//! `history move`: all conversations from one back end to another, compared on both sides.

use clap::ValueEnum;
use stack::environment::{Database, Environment};

use crate::commands::environment::open;
use crate::commands::interrupt::{SAME, heard};
use crate::context::Context;
use crate::engine::lock::Lock;
use crate::engine::move_history::Move;
use crate::engine::stop::Stop;
use crate::environments::EnvArg;
use crate::error::{Error, Result};
use crate::report::Outcome;

/// Options of `history move`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    env: EnvArg,
    /// The back end that has the conversations
    #[arg(long, value_enum, value_name = "BACKEND")]
    from: Backend,
    /// The back end that is to have them
    #[arg(long, value_enum, value_name = "BACKEND")]
    to: Backend,
    /// Only say what there is to do
    #[arg(long)]
    dry_run: bool,
}

/// The back ends, in the words of `environments/*.yaml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Backend {
    Dynamodb,
    Postgres,
    AuroraDataApi,
    Json,
}

impl Backend {
    fn name(self) -> String {
        let value = self.to_possible_value();
        value
            .map(|value| value.get_name().to_owned())
            .unwrap_or_default()
    }

    /// Whether an environment has such a thing.
    fn stands_in(self, environment: &Environment) -> Result<()> {
        let (fits, needs) = match self {
            Self::AuroraDataApi => (environment.database == Database::Aurora, "database: aurora"),
            Self::Json => (environment.is_local(), "cloud: local"),
            Self::Dynamodb | Self::Postgres => (true, ""),
        };
        if fits {
            return Ok(());
        }
        Err(
            Error::input(format!("{} has no {}", environment.name, self.name()))
                .hint(format!("it comes with `{needs}` in its file")),
        )
    }
}

/// Moves; Ctrl-C stops it and gives the lock back.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let stop = Stop::default();
    heard(ctx.events(), &stop, SAME, start(ctx, &stop, args)).await
}

/// Under the environment's lock: no deploy changes the functions meanwhile.
async fn start(ctx: &Context, stop: &Stop, args: Args) -> Result<Outcome> {
    if args.from == args.to {
        return Err(Error::input(format!(
            "--from and --to are both {}",
            args.from.name()
        )));
    }
    let opened = open(ctx, &args.env).await?;
    args.from.stands_in(&opened.environment)?;
    args.to.stands_in(&opened.environment)?;
    let work = Move {
        function: opened.desired.function("ops")?.function_name.clone(),
        from: args.from.name(),
        to: args.to.name(),
        dry_run: args.dry_run,
    };
    if args.dry_run {
        return Outcome::of(&work.run(&opened.cloud, ctx.events()).await?);
    }
    let bucket = opened.bucket().await?;
    let _at_work = stop.enter();
    let work = stop.cuts(work.run(&opened.cloud, ctx.events()));
    let moved = Lock::new(&opened.cloud, &bucket, &args.env.env)
        .during(&ctx.journals(), work)
        .await?;
    Outcome::of(&moved)
}
