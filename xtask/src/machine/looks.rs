//! One look at each thing.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use super::findings::{Finding, Need, Verdict};
use super::install;
use crate::error::Result;
use crate::local::free_bytes;
use crate::local::tools::python::{OLDEST, Python};

/// A build of the workspace and a local environment.
const DISK: u64 = 12 << 30;
const LIMIT: Duration = Duration::from_secs(20);
const NOT_FOUND: &str = "not found";

/// A program, what to ask it, and what installs it.
struct Program {
    name: &'static str,
    command: &'static [&'static str],
    needed_for: Need,
    install: String,
}

/// The programs that are asked for their version.
pub(super) async fn programs() -> Vec<Finding> {
    use Need::{Everything, Images};
    let package = install::package;
    let rust = "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh".to_owned();
    let mut programs = vec![
        Program::new("cargo", &["cargo", "--version"], Everything, rust),
        Program::new(
            "cc",
            &["cc", "--version"],
            Everything,
            package("build-essential", "gcc", "gcc"),
        ),
    ];
    let git = package("git", "git", "git");
    programs.push(Program::new("git", &["git", "--version"], Everything, git));
    let docker = package("docker.io", "docker", "docker");
    programs.extend([Program::new(
        "docker",
        &["docker", "--version"],
        Images,
        docker,
    )]);
    futures::future::join_all(programs.into_iter().map(look)).await
}

/// Python and what of it the local environment needs.
pub(super) async fn python() -> Vec<Finding> {
    let install = |apt: &str| install::package(apt, "python3 python3-pip", "python");
    let about = |name: &str, found: std::result::Result<String, String>, apt: &str| {
        finding(name, Need::Local, found, install(apt))
    };
    let python = match Python::find().await {
        Ok(python) => python,
        Err(error) => {
            let name = format!("python3 from {}.{}", OLDEST.0, OLDEST.1);
            return vec![about(
                &name,
                Err(error.message().to_owned()),
                "python3 python3-pip python3-venv",
            )];
        }
    };
    let has = async |module: &str| match python.has(module).await {
        true => Ok("yes".to_owned()),
        false => Err(NOT_FOUND.to_owned()),
    };
    let (pip, venv) = tokio::join!(has("pip"), has("venv"));
    vec![
        about("python3", Ok(python.dotted()), "python3"),
        about("python3: pip", pip, "python3-pip"),
        about("python3: venv", venv, "python3-venv"),
    ]
}

/// Whether functions can be compiled for the processor that environments in AWS have.
pub(super) async fn arm64() -> Finding {
    const TARGET: &str = "aarch64-unknown-linux-gnu";
    let folder = version(&["rustc", "--print", "target-libdir", "--target", TARGET]).await;
    let found = match folder.is_some_and(|folder| Path::new(&folder).is_dir()) {
        true => Ok(TARGET.to_owned()),
        false => Err(NOT_FOUND.to_owned()),
    };
    let install = format!("rustup target add {TARGET}");
    finding("Rust for arm64", Need::Cloud, found, install)
}

/// The space where the checkout lies.
pub(super) fn disk(root: &Path) -> Result<Finding> {
    let free = free_bytes(root)?;
    let words = format!("{} GB free", free / 1_000_000_000);
    let found = if free >= DISK { Ok(words) } else { Err(words) };
    let advice = format!("free some space: {} GB are needed", DISK / 1_000_000_000);
    Ok(finding("disk space", Need::Everything, found, advice))
}

/// Whether there are AWS credentials in a usual place. They are not read.
pub(super) fn credentials() -> Finding {
    let named = [
        "AWS_ACCESS_KEY_ID",
        "AWS_PROFILE",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
    ];
    let variable = named
        .into_iter()
        .find(|name| std::env::var_os(name).is_some());
    let file = std::env::home_dir()
        .map(|home| home.join(".aws"))
        .filter(|folder| folder.join("credentials").is_file() || folder.join("config").is_file());
    let found = match (variable, file) {
        (Some(variable), _) => Ok(format!("{variable} is set")),
        (None, Some(folder)) => Ok(format!("in {}", folder.display())),
        (None, None) => Err(NOT_FOUND.to_owned()),
    };
    finding(
        "AWS credentials",
        Need::Cloud,
        found,
        "aws configure sso".to_owned(),
    )
}

async fn look(program: Program) -> Finding {
    let found = version(program.command).await.ok_or(NOT_FOUND.to_owned());
    finding(program.name, program.needed_for, found, program.install)
}

/// The first line that a program says about itself.
async fn version(command: &[&str]) -> Option<String> {
    let (program, arguments) = command.split_first()?;
    let mut command = tokio::process::Command::new(program);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let output = tokio::time::timeout(LIMIT, command.output())
        .await
        .ok()?
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    output
        .status
        .success()
        .then(|| text.lines().next().unwrap_or("yes").trim().to_owned())
}

impl Program {
    fn new(
        name: &'static str,
        command: &'static [&'static str],
        needed_for: Need,
        install: String,
    ) -> Self {
        Self {
            name,
            command,
            needed_for,
            install,
        }
    }
}

fn finding(
    name: &str,
    needed_for: Need,
    found: std::result::Result<String, String>,
    install: String,
) -> Finding {
    let verdict = match (&found, needed_for.is_optional()) {
        (Ok(_), _) => Verdict::Found,
        (Err(_), true) => Verdict::Absent,
        (Err(_), false) => Verdict::Missing,
    };
    let install = (verdict != Verdict::Found).then_some(install);
    let found = found.unwrap_or_else(|reason| reason);
    Finding {
        name: name.to_owned(),
        needed_for,
        verdict,
        found,
        install,
    }
}
