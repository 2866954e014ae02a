//! `logs`: what the functions wrote, one or all of them, merged by time and made readable.

mod line;
mod since;
mod tail;

use std::time::Duration;

use super::environment::open;
use crate::context::Context;
use crate::environments::EnvArg;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::report::Outcome;

pub(super) use self::line::{is_error, readable};
pub(super) use self::since::{Since, milliseconds};
use self::tail::Tail;

/// CloudWatch answers some five such calls a second for a whole account.
const BETWEEN_LOOKS: Duration = Duration::from_secs(2);

/// Options of `logs`.
#[derive(clap::Args)]
pub struct Args {
    /// One function, such as api; all when left out
    function: Option<String>,
    #[command(flatten)]
    env: EnvArg,
    /// Go on with what is written from now on, until Ctrl-C
    #[arg(long, short)]
    follow: bool,
    /// From when on: 90s, 10m, 2h, 3d, or a time such as 2026-11-21T10:00:00Z
    #[arg(long, value_name = "TIME", default_value = "10m")]
    since: Since,
    /// Only lines that match a pattern of CloudWatch, such as ERROR
    #[arg(long, value_name = "PATTERN")]
    filter: Option<String>,
    /// Every line as it was written, those of the runtime too
    #[arg(long)]
    raw: bool,
}

/// Ends when all is told, or with Ctrl-C when it follows.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let opened = open(ctx, &args.env).await?;
    if let Some(name) = &args.function {
        opened.desired.function(name)?;
    }
    let functions = opened.desired.functions.iter();
    let wanted =
        functions.filter(|one| args.function.as_ref().is_none_or(|name| *name == one.name));
    let groups = wanted.map(|one| {
        let group = format!("/aws/lambda/{}", one.function_name);
        (one.name.clone(), group)
    });
    let from = args.since.before(opened.cloud.clock.now());
    let mut tail = Tail::new(
        opened.cloud.logs.clone(),
        groups.collect(),
        from,
        args.filter,
    );
    let told = tell(ctx, &mut tail, args.raw).await?;
    if tail.groups() == 0 {
        let name = &args.env.env;
        return Err(Error::input(format!("no function of {name} has a log yet"))
            .hint(format!("does it stand? cargo xtask status --env {name}")));
    }
    if args.follow {
        loop {
            tokio::select! {
                () = opened.cloud.clock.sleep(BETWEEN_LOOKS) => {}
                _ = tokio::signal::ctrl_c() => return Ok(Outcome::silent()),
            }
            tell(ctx, &mut tail, args.raw).await?;
        }
    }
    if told == 0 {
        ctx.events()
            .warn("nothing was written in that time; --since looks further back");
    }
    Ok(Outcome::silent())
}

/// Emits what is new; says how many lines that were.
async fn tell(ctx: &Context, tail: &mut Tail, raw: bool) -> Result<usize> {
    let mut told = 0;
    for (function, event) in tail.round().await? {
        let text = match raw {
            true => Some(line::plain(&event.text)),
            false => readable(&event),
        };
        if let Some(text) = text {
            told += 1;
            ctx.events().emit(Event::Output {
                source: Some(function),
                text,
            });
        }
    }
    Ok(told)
}
