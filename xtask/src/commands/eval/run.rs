//! `eval run`: asks a judged set through the API and writes what the answers are worth.

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

use super::asked::{Asked, Others, file_name, golden_set, others};
use super::langsmith;
use crate::commands::environment::open;
use crate::context::Context;
use crate::error::{Doing as _, Result};
use crate::evaluation::judged::Halves;
use crate::evaluation::langsmith::send;
use crate::evaluation::run::Run;
use crate::evaluation::write;
use crate::report::Outcome;

/// Options of `eval run`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    asked: Asked,
    /// Which queries of the golden set: tune on one half, report the other
    #[arg(long, value_enum, default_value_t = Halves::HeldOut, conflicts_with = "corpus")]
    split: Halves,
    #[command(flatten)]
    others: Others,
    /// Send the run to LangSmith too, as a dataset and an experiment for each search type
    #[arg(long)]
    langsmith: bool,
    /// Where the reports go
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// A run and its files.
#[derive(Serialize)]
struct Reported {
    #[serde(flatten)]
    run: Run,
    files: Vec<PathBuf>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    experiments: Vec<String>,
}

/// Asks, reports.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    // A key that is missing is told before anything is asked.
    let langsmith = match args.langsmith {
        true => Some(langsmith::open(&open(ctx, &args.asked.env).await?).await?),
        false => None,
    };
    let run = match others(ctx, &args.asked, &args.others).await? {
        Some(run) => run,
        None => golden_set(ctx, &args.asked, args.split).await?,
    };
    let folder = match args.out {
        Some(folder) => std::path::absolute(folder).doing("find the current folder")?,
        None => ctx.path("reports"),
    };
    let files = write(&run, &folder, &file_name(&run))?;
    let experiments = match langsmith {
        Some(to) => send(&to, &run, ctx.events()).await?,
        None => Vec::new(),
    };
    Outcome::of(&Reported {
        run,
        files,
        experiments,
    })
}

impl fmt::Display for Reported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.run)?;
        let mut experiments = self.experiments.iter();
        experiments.try_for_each(|name| writeln!(f, "  LangSmith: {name}"))?;
        self.files
            .iter()
            .try_for_each(|path| writeln!(f, "  {}", path.display()))
    }
}
