//! `test`: everything that must hold before a change lands.

mod axe;
mod browser;
mod docker;

use std::path::PathBuf;
use std::process::Stdio;

use clap::ValueEnum;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

use crate::context::Context;
use crate::error::{Doing as _, Error, Result};
use crate::event::Event;
use crate::local;
use crate::report::Outcome;
use crate::tidy;
use crate::validation::{cfn_lint, check_jsonschema, ir_measures, schemathesis};

/// Options of `test`.
#[derive(clap::Args)]
pub struct Args {
    /// Only this part
    #[arg(long, value_enum)]
    only: Option<Part>,
    /// Only tests whose name contains this
    #[arg(value_name = "FILTER")]
    filter: Option<String>,
}

/// The parts, in the order they run: the quickest to fail first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// rustfmt
    Format,
    /// Layering, module docs, generated files, unused dependencies
    Tidy,
    /// clippy, warnings are errors
    Clippy,
    /// All tests of all crates
    Tests,
    /// schemathesis on every route of the API; left out where a filter is given
    Schemathesis,
    /// Our figures of search beside those of ir_measures; left out where a filter is given
    Metrics,
    /// The workflows of CI against the forges' schemas; left out where a filter is given
    Workflows,
}

/// Runs every part, or the one that was asked for.
pub async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    for part in Part::value_variants() {
        let unfiltered = matches!(part, Part::Schemathesis | Part::Metrics | Part::Workflows);
        let whole = args.filter.is_none() || !unfiltered;
        if args.only.map_or(whole, |only| only == *part) {
            run_part(ctx, *part, args.filter.as_deref()).await?;
        }
    }
    Ok(Outcome::silent())
}

async fn run_part(ctx: &Context, part: Part, filter: Option<&str>) -> Result<()> {
    match part {
        Part::Format => cargo(ctx, "format", &["fmt", "--all", "--check"], &[]).await,
        Part::Tidy => tidy(ctx),
        Part::Clippy => {
            let clippy = [
                "clippy",
                "--workspace",
                "--all-targets",
                "--ignore-rust-version",
                "--quiet",
                "--",
                "-D",
                "warnings",
            ];
            cargo(ctx, "clippy", &clippy, &[]).await
        }
        Part::Tests => {
            let installed = local::install(ctx.root(), ctx.events()).await?;
            let lint = cfn_lint::install(&installed.tools, ctx.events()).await?;
            let axe = axe::install(&installed.tools, ctx.events()).await?;
            let mut variables = vec![
                (local::TOOLS_VARIABLE, installed.tools),
                ("LOCAL_MODELS_DIR", installed.sentence_model),
                (cfn_lint::VARIABLE, lint),
            ];
            variables.extend(axe.map(|script| (axe::VARIABLE, script)));
            browser::look(ctx).await?;
            let mut test = vec![
                "test",
                "--workspace",
                "--ignore-rust-version",
                "--no-fail-fast",
                "--",
            ];
            test.extend(filter);
            cargo(ctx, "tests", &test, &variables).await?;
            if let Some(lacking) = docker::lacking().await? {
                return docker::report(ctx, &lacking, filter).await;
            }
            let mut test = docker::TESTS.to_vec();
            test.extend(filter);
            cargo(ctx, "tests with Docker", &test, &variables).await
        }
        Part::Schemathesis => {
            let installed = local::install(ctx.root(), ctx.events()).await?;
            let program = schemathesis::install(&installed.tools, ctx.events()).await?;
            let variables = [
                (local::TOOLS_VARIABLE, installed.tools),
                (schemathesis::VARIABLE, program),
            ];
            ignored(ctx, "schemathesis", &["--test", "suite"], &variables).await
        }
        Part::Metrics => {
            let installed = local::install(ctx.root(), ctx.events()).await?;
            let program = ir_measures::install(&installed.tools, ctx.events()).await?;
            let variables = [(ir_measures::VARIABLE, program)];
            ignored(ctx, "ir_measures", &["--lib"], &variables).await
        }
        Part::Workflows => {
            let installed = local::install(ctx.root(), ctx.events()).await?;
            let program = check_jsonschema::install(&installed.tools, ctx.events()).await?;
            let variables = [(check_jsonschema::VARIABLE, program)];
            ignored(ctx, "check_jsonschema", &["--lib"], &variables).await
        }
    }
}

/// Runs the tests that need a tool named in them.
async fn ignored(
    ctx: &Context,
    name: &str,
    targets: &[&str],
    variables: &[(&str, PathBuf)],
) -> Result<()> {
    let before = ["test", "--workspace", "--ignore-rust-version"];
    let after = ["--", "--ignored", name];
    cargo(ctx, name, &[&before, targets, &after].concat(), variables).await
}

fn tidy(ctx: &Context) -> Result<()> {
    let step = ctx.events().start("tidy");
    let problems = tidy::check(ctx.root())?;
    if problems.is_empty() {
        step.finish();
        return Ok(());
    }
    Err(Error::failed(format!(
        "{} conventions are broken:\n{}",
        problems.len(),
        problems.join("\n")
    )))
}

/// Runs cargo and passes its lines on as they come.
async fn cargo(
    ctx: &Context,
    what: &str,
    args: &[&str],
    variables: &[(&str, PathBuf)],
) -> Result<()> {
    let path = local::path_with_cmake(ctx.root(), ctx.events()).await?;
    let step = ctx.events().start(what);
    let mut child = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(args)
        .env("PATH", path)
        .envs(variables.iter().cloned())
        .current_dir(ctx.root())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .doing(format!("start cargo {}", args.join(" ")))?;
    let lines = |stream: Option<Box<dyn tokio::io::AsyncRead + Send + Unpin>>| async move {
        let Some(stream) = stream else { return };
        let mut lines = BufReader::new(stream).lines();
        while let Ok(Some(text)) = lines.next_line().await {
            ctx.events().emit(Event::Output { source: None, text });
        }
    };
    let stdout = child.stdout.take().map(|stream| Box::new(stream) as _);
    let stderr = child.stderr.take().map(|stream| Box::new(stream) as _);
    let (status, (), ()) = tokio::join!(child.wait(), lines(stdout), lines(stderr));
    let status = status.doing(format!("wait for cargo {}", args.join(" ")))?;
    if !status.success() {
        return Err(Error::failed(format!(
            "{what} failed: cargo {}",
            args.join(" ")
        )));
    }
    step.finish();
    Ok(())
}
