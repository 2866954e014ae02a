//! `eval gate`: refuses what is worse than the baseline that was accepted.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::asked::{Asked, file_name, golden_set};
use crate::context::Context;
use crate::error::{Doing as _, Result};
use crate::evaluation::gate::{Baseline, Verdict};
use crate::evaluation::judged::Halves;
use crate::evaluation::run::Run;
use crate::evaluation::write;
use crate::report::Outcome;

/// Options of `eval gate`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    asked: Asked,
    /// What was accepted; golden/baseline.json where none is named
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Hold a run against it that was made before, in place of a new one
    #[arg(long, value_name = "FILE")]
    run: Option<PathBuf>,
    /// Write the run as the new baseline, to be reviewed and committed
    #[arg(long)]
    accept: bool,
}

/// A baseline that was written.
#[derive(Serialize)]
struct Accepted {
    run_id: String,
    baseline: PathBuf,
}

/// Asks all queries, both halves; exits 1 when a figure fell.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let at = |path: &Path| std::path::absolute(path).doing("find the current folder");
    let path = match &args.baseline {
        Some(path) => at(path)?,
        None => ctx.path("golden/baseline.json"),
    };
    // A baseline that cannot be read is told before anything is asked.
    let baseline = match args.accept {
        true => None,
        false => Some(Baseline::read(&path)?),
    };
    let run = match &args.run {
        Some(path) => Run::read(&at(path)?)?,
        None => {
            let run = golden_set(ctx, &args.asked, Halves::All).await?;
            write(&run, &ctx.path("reports"), &file_name(&run))?;
            run
        }
    };
    let Some(baseline) = baseline else {
        Baseline::of(&run).write(&path)?;
        return Outcome::of(&Accepted {
            run_id: run.run_id,
            baseline: path,
        });
    };
    if baseline.config.environment != run.config.environment {
        ctx.events().warn(format!(
            "the baseline is of {}, the run of {}: with another embedding model figures differ",
            baseline.config.environment, run.config.environment
        ));
    }
    let verdict: Verdict = baseline.check(&run)?;
    let code = u8::from(!verdict.is_green());
    Ok(Outcome::of(&verdict)?.with_code(code))
}

impl fmt::Display for Accepted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "run {} is the baseline now: {}",
            self.run_id,
            self.baseline.display()
        )?;
        writeln!(f, "review and commit it")
    }
}
