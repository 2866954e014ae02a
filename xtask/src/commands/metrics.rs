//! `metrics`: figures of the database, the functions, their queues and the API over a time.

mod figures;
mod show;

use std::fmt;
use std::time::UNIX_EPOCH;

use serde::Serialize;

use self::figures::{Figure, figures};
use super::logs::Since;
use super::standing;
use crate::cloud::metrics::{Series, Span};
use crate::context::Context;
use crate::environments::EnvArg;
use crate::error::{Error, Result};
use crate::report::Outcome;

/// Options of `metrics`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    env: EnvArg,
    /// From when on: 90s, 10m, 2h, 3d, or a time such as 2026-11-21T10:00:00Z
    #[arg(long, value_name = "TIME", default_value = "3h")]
    since: Since,
    /// Seconds that one value stands for: 60 or a multiple of it
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    period: i32,
    /// Only this function, queue or part, such as analyzer or database
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
}

#[derive(Serialize)]
struct Figures {
    environment: String,
    period: i32,
    figures: Vec<Measured>,
    /// What is not among the figures, and where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'static str>,
}

/// The emulator counts where it is asked to invoke, not where it invokes by itself.
const ON_LOCAL: &str = "local counts calls of functions by name alone, not what the gateway and \
                        the queues start: see cargo xtask logs and queues status";

/// A figure with its values.
#[derive(Serialize)]
struct Measured {
    #[serde(flatten)]
    figure: Figure,
    series: Series,
}

/// Looks, changes nothing.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    if args.period < 60 || args.period % 60 != 0 {
        return Err(
            Error::input(format!("--period {} is no span of CloudWatch", args.period))
                .hint("say 60 or a multiple of it"),
        );
    }
    let standing = standing::deployed(ctx, &args.env).await?;
    let mut figures = figures(&standing.opened.environment, &standing.deployed);
    if let Some(only) = &args.only {
        let parts: Vec<String> = figures.iter().map(|figure| figure.of.clone()).collect();
        figures.retain(|figure| figure.of == *only);
        if figures.is_empty() {
            let mut parts = parts;
            parts.dedup();
            return Err(
                Error::input(format!("nothing of {} is named {only}", args.env.env))
                    .hint(format!("there are {}", parts.join(", "))),
            );
        }
    }
    let cloud = &standing.opened.cloud;
    let now = cloud.clock.now();
    let until = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let until = i64::try_from(until).unwrap_or(i64::MAX);
    // On a whole period, so that two looks show the same values.
    let from = args.since.before(now) / 1000;
    let period = i64::from(args.period);
    let span = Span {
        from: from - from.rem_euclid(period),
        until,
        period: args.period,
    };
    let queries: Vec<_> = figures.iter().map(|figure| figure.query.clone()).collect();
    let series = cloud.metrics.series(&queries, span).await?;
    let figures = figures.into_iter().zip(series);
    Outcome::of(&Figures {
        environment: args.env.env,
        period: args.period,
        figures: figures
            .map(|(figure, series)| Measured { figure, series })
            .collect(),
        note: standing.opened.environment.is_local().then_some(ON_LOCAL),
    })
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = self.figures.iter().any(|one| !one.series.is_empty());
        if !known {
            writeln!(f, "{}: nothing was measured in that time", self.environment)?;
        }
        let mut part = "";
        for measured in self.figures.iter().filter(|one| !one.series.is_empty()) {
            if part != measured.figure.of {
                part = &measured.figure.of;
                writeln!(f, "{part}")?;
            }
            writeln!(f, "  {}", show::line(&measured.figure, &measured.series))?;
        }
        if let Some(note) = self.note {
            writeln!(f, "note: {note}")?;
        }
        Ok(())
    }
}
