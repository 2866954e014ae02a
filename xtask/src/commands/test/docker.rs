//! Tests that need a Docker Engine and a registry: they run where both are. Elsewhere they are
//! named with the reason, and in CI that is a failure.

use std::process::Stdio;

use tokio::process::Command;

use crate::artifacts::images::Engine;
use crate::context::Context;
use crate::error::{Doing as _, Error, Result};
use crate::local;

const REGISTRY: &str = "docker-registry";
/// How cargo runs them.
pub(super) const TESTS: [&str; 7] = [
    "test",
    "--workspace",
    "--ignore-rust-version",
    "--test",
    "images",
    "--",
    "--ignored",
];

/// What lacks, in words, if anything does.
pub(super) async fn lacking() -> Result<Option<String>> {
    let engine = match Engine::find().await {
        Ok(Some(_)) => None,
        Ok(None) => Some("no Docker Engine answers".to_owned()),
        Err(error) => Some(error.message().to_owned()),
    };
    let registry = (!is_installed().await).then(|| format!("{REGISTRY} is not installed"));
    let lacks: Vec<String> = engine.into_iter().chain(registry).collect();
    Ok((!lacks.is_empty()).then(|| lacks.join(", ")))
}

async fn is_installed() -> bool {
    let mut command = Command::new(REGISTRY);
    let command = command
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().await.is_ok_and(|status| status.success())
}

/// Names the tests that did not run.
pub(super) async fn report(ctx: &Context, lacking: &str, filter: Option<&str>) -> Result<()> {
    let left = ignored(ctx, filter).await?;
    if left.is_empty() {
        return Ok(());
    }
    let words = format!("{} tests did not run: {lacking}", left.len());
    if std::env::var_os("CI").is_some_and(|value| !value.is_empty()) {
        return Err(Error::machine(format!("{words}\n{}", left.join("\n")))
            .hint("in CI every test must run: `.ci/run` installs and starts what they need"));
    }
    let how = "to run them, install docker.io and docker-registry and start the engine";
    ctx.events()
        .warn(format!("{words} ({how}): {}", left.join(", ")));
    Ok(())
}

/// Their names.
async fn ignored(ctx: &Context, filter: Option<&str>) -> Result<Vec<String>> {
    let path = local::path_with_cmake(ctx.root(), ctx.events()).await?;
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(TESTS)
        .args(["--list", "--format", "terse"])
        .args(filter)
        .env("PATH", path)
        .current_dir(ctx.root())
        .stdin(Stdio::null())
        .output()
        .await
        .doing("list the tests")?;
    let text = String::from_utf8_lossy(&output.stdout);
    let names = text.lines().filter_map(|line| line.strip_suffix(": test"));
    Ok(names.map(str::to_owned).collect())
}
