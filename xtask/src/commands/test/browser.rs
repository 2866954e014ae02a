//! The browser that the console's tests drive. Where it is missing they do not run, which is said;
//! in CI it is a failure.

use std::process::Stdio;

use tokio::process::Command;

use crate::context::Context;
use crate::error::{Error, Result};

const PROGRAMS: [&str; 2] = ["chromium", "chromedriver"];
const INSTALL: &str = "apt-get install chromium chromium-driver";

/// Says which programs are missing.
pub(super) async fn look(ctx: &Context) -> Result<()> {
    let mut missing = Vec::new();
    for program in PROGRAMS {
        if !answers(program).await {
            missing.push(program);
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    let words = format!(
        "the console's tests do not run: {} is missing",
        missing.join(" and ")
    );
    if std::env::var_os("CI").is_some_and(|value| !value.is_empty()) {
        return Err(Error::machine(words).hint(INSTALL));
    }
    ctx.events().warn(format!("{words} ({INSTALL})"));
    Ok(())
}

async fn answers(program: &str) -> bool {
    let mut command = Command::new(program);
    let command = command
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().await.is_ok_and(|status| status.success())
}
