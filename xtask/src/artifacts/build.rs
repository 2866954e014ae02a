//! Compiles the functions: one invocation for all of them.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde::Deserialize;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

use super::revision;
use crate::error::{Doing as _, Error, Result};
use crate::event::{Event, Events};
use crate::workspace;

/// Who compiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compiler {
    /// The host's own cargo, for functions that run on this machine.
    Host,
    /// cargo-lambda, for functions that run in Lambda on this target.
    Lambda {
        /// Whether the target is arm64 and not x86-64.
        arm64: bool,
    },
}

/// What to compile and how.
#[derive(Clone, Debug)]
pub struct Build {
    /// The project root.
    pub root: PathBuf,
    /// The cargo packages.
    pub packages: Vec<String>,
    /// The cargo profile.
    pub profile: String,
    /// Who compiles.
    pub compiler: Compiler,
    /// Where programs are searched for; the image codec needs cmake.
    pub path: OsString,
}

/// Compiles and says where each package's binary lies.
pub async fn compile(build: &Build, events: &Events) -> Result<BTreeMap<String, PathBuf>> {
    let mut child = command(build)?
        .spawn()
        .map_err(|source| Error::machine("could not start cargo").because(source))?;
    let stdout = child
        .stdout
        .take()
        .ok_or_else(|| Error::failed("cargo gave no output"))?;
    let stderr = child
        .stderr
        .take()
        .ok_or_else(|| Error::failed("cargo gave no messages"))?;
    let (binaries, tail) = tokio::join!(read_messages(stdout), relay(stderr, events));
    let status = child.wait().await.doing("wait for cargo")?;
    let (binaries, errors) = binaries?;
    if !status.success() {
        return Err(failure(build, &errors, &tail));
    }
    let mut found = BTreeMap::new();
    for package in &build.packages {
        let path = match build.compiler {
            Compiler::Host => binaries.get(package).cloned(),
            // cargo-lambda moves each binary to where Lambda looks for it.
            Compiler::Lambda { .. } => binaries.get(package).and_then(|path| moved(path, package)),
        };
        let path = path.ok_or_else(|| {
            Error::failed(format!("cargo built no binary named {package}")).hint(format!(
                "functions/{package}/Cargo.toml must have a binary of that name"
            ))
        })?;
        found.insert(package.clone(), path);
    }
    Ok(found)
}

fn command(build: &Build) -> Result<Command> {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    match build.compiler {
        Compiler::Host => command.arg("build"),
        // Without the optimisations that cargo-lambda would add: the profile says them all, and
        // a handler that panics must unwind, or the whole batch is lost.
        Compiler::Lambda { arm64 } => command.args([
            "lambda",
            "build",
            if arm64 { "--arm64" } else { "--x86-64" },
            "--disable-optimizations",
        ]),
    };
    let packages = build.packages.iter();
    match build.compiler {
        // With the features of the whole workspace, what the tool itself and the tests have
        // compiled already is used again.
        Compiler::Host => command.args(["--workspace", "--ignore-rust-version"]),
        Compiler::Lambda { .. } => command.args(packages.flat_map(|p| ["--package", p.as_str()])),
    };
    command
        .args([
            "--profile",
            &build.profile,
            "--message-format",
            "json-render-diagnostics",
        ])
        .args(
            build
                .packages
                .iter()
                .flat_map(|package| ["--bin", package.as_str()]),
        )
        .env("PATH", &build.path)
        .envs(revision::variables(&build.root))
        .current_dir(workspace::of(&build.root)?)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    Ok(command)
}

fn failure(build: &Build, errors: &[String], tail: &[String]) -> Error {
    let unknown = tail
        .iter()
        .any(|line| line.contains("no such command: `lambda`"));
    if unknown {
        return Error::machine("cargo-lambda is not installed")
            .hint("install it: pip install cargo-lambda ziglang");
    }
    if let Compiler::Lambda { arm64 } = build.compiler
        && lacks_target(errors, tail)
    {
        let target = match arm64 {
            true => "aarch64-unknown-linux-gnu",
            false => "x86_64-unknown-linux-gnu",
        };
        return Error::machine(format!(
            "Rust cannot compile for {target} on this machine yet"
        ))
        .because(anyhow::Error::msg(tail.join("\n")))
        .hint(format!(
            "install its standard library: rustup target add {target}"
        ))
        .hint("or name the other architecture in the environment's file");
    }
    let words = if errors.is_empty() {
        tail.join("\n")
    } else {
        errors.join("\n")
    };
    Error::failed(format!(
        "the functions do not compile ({})",
        build.packages.join(", ")
    ))
    .because(anyhow::Error::msg(words))
}

/// Whether the compiler, or cargo-lambda before it, has no standard library for the target.
fn lacks_target(errors: &[String], tail: &[String]) -> bool {
    let signs = ["can't find crate for `core`", "rustup target add"];
    let mut lines = errors.iter().chain(tail);
    lines.any(|line| signs.iter().any(|sign| line.contains(sign)))
}

/// Where cargo-lambda puts the binary that cargo built at `path`.
fn moved(path: &Path, package: &str) -> Option<PathBuf> {
    let in_lambda = |target: &Path| target.join("lambda").join(package).join("bootstrap");
    path.ancestors()
        .map(in_lambda)
        .find(|candidate| candidate.is_file())
}

#[derive(Deserialize)]
struct Message {
    reason: String,
    target: Option<Target>,
    executable: Option<PathBuf>,
    message: Option<Diagnostic>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

#[derive(Deserialize)]
struct Diagnostic {
    level: String,
    rendered: Option<String>,
}

type Binaries = BTreeMap<String, PathBuf>;

async fn read_messages(
    stdout: impl tokio::io::AsyncRead + Unpin,
) -> Result<(Binaries, Vec<String>)> {
    let mut lines = BufReader::new(stdout).lines();
    let mut binaries = Binaries::new();
    let mut errors = Vec::new();
    while let Some(line) = lines.next_line().await.doing("read what cargo says")? {
        let Ok(message) = serde_json::from_str::<Message>(&line) else {
            continue;
        };
        match (
            message.reason.as_str(),
            message.target,
            message.executable,
            message.message,
        ) {
            ("compiler-artifact", Some(target), Some(path), _) => {
                binaries.insert(target.name, path);
            }
            ("compiler-message", _, _, Some(diagnostic)) if diagnostic.level == "error" => {
                errors.extend(diagnostic.rendered);
            }
            _ => {}
        }
    }
    Ok((binaries, errors))
}

/// Passes cargo's words on and keeps the last of them for an error.
async fn relay(stderr: impl tokio::io::AsyncRead + Unpin, events: &Events) -> Vec<String> {
    const KEPT: usize = 30;
    let mut lines = BufReader::new(stderr).lines();
    let mut tail = std::collections::VecDeque::new();
    while let Ok(Some(line)) = lines.next_line().await {
        let text: String = line.chars().filter(|c| !c.is_control()).collect();
        events.emit(Event::Line {
            source: "cargo".into(),
            text: text.clone(),
        });
        if tail.len() == KEPT {
            tail.pop_front();
        }
        tail.push_back(text);
    }
    tail.into()
}
