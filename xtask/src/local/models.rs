//! The model server: built from this workspace, then run from a copy, so that a later build does
//! not touch the running one.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use async_trait::async_trait;
use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::error::{Doing as _, Error, Kind, Result};
use crate::event::{Event, Events};
use crate::local::health;
use crate::local::layout::{Layout, make_folder};
use crate::local::part::Part;
use crate::local::process::{Launch, gated, last_lines};
use crate::local::service::Service;
use crate::workspace;

const PACKAGE: &str = "local-models";
/// Loading the model from a cold disk.
const PATIENCE: Duration = Duration::from_secs(60);

/// The model server, ready to be started.
pub(super) struct Models {
    layout: Layout,
    model: PathBuf,
    port: u16,
}

/// Where the model server answers.
pub(super) fn url(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

impl Models {
    /// From the files of the sentence model.
    pub(super) fn new(layout: &Layout, model: PathBuf, port: u16) -> Self {
        Self {
            layout: layout.clone(),
            model,
            port,
        }
    }
}

#[async_trait]
impl Service for Models {
    fn part(&self) -> Part {
        Part::Models
    }

    async fn prepare(&self, events: &Events) -> Result<Launch> {
        let built = build(&self.layout, events).await?;
        let binary = install(&built, &self.layout.binaries())?;
        let mut command = gated(binary);
        command
            .arg("--listen")
            .arg(format!("127.0.0.1:{}", self.port))
            .arg("--model-dir")
            .arg(&self.model)
            .env_clear()
            .current_dir("/");
        Ok(Launch {
            command,
            patience: PATIENCE,
        })
    }
}

/// Whether it has loaded its model and answers.
pub(super) async fn probe(port: u16) -> Result<(), String> {
    health::get_ok(&format!("{}/health", url(port))).await
}

/// Lets cargo build it, which does nothing when nothing changed, and tells where it lies.
async fn build(layout: &Layout, events: &Events) -> Result<PathBuf> {
    let step = events.start("build the model server");
    let workspace = workspace::of(layout.root())?;
    let mut child =
        tokio::process::Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()))
            .args([
                "build",
                // With the features of the whole workspace, so that what is compiled is shared.
                "--workspace",
                "--ignore-rust-version",
                "--bin",
                PACKAGE,
                "--message-format",
                "json-render-diagnostics",
            ])
            .current_dir(workspace)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .doing_as(Kind::Machine, "start cargo")?;
    let told = async {
        let mut all = String::new();
        let Some(stderr) = child.stderr.take() else {
            return all;
        };
        let mut lines = BufReader::new(stderr).lines();
        while let Ok(Some(text)) = lines.next_line().await {
            all.push_str(&text);
            all.push('\n');
            if text.trim_start().starts_with("Blocking") {
                // It may take long, and it is not us.
                events.warn(format!("cargo: {}", text.trim()));
            }
            events.emit(Event::Line {
                source: "cargo".to_owned(),
                text,
            });
        }
        all
    };
    let stdout = child.stdout.take();
    let (told, binary) = tokio::join!(told, find_binary(stdout));
    let status = child.wait().await.doing("wait for cargo")?;
    if !status.success() {
        return Err(Error::failed(format!("could not build {PACKAGE}"))
            .because(anyhow::anyhow!("cargo said:\n{}", last_lines(&told, 20))));
    }
    let binary = binary
        .ok_or_else(|| Error::failed(format!("cargo built {PACKAGE} but named no binary")))?;
    step.finish();
    Ok(binary)
}

async fn find_binary(stdout: Option<tokio::process::ChildStdout>) -> Option<PathBuf> {
    let mut found = None;
    let mut lines = BufReader::new(stdout?).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        found = executable(&line).or(found);
    }
    found
}

/// The path in one of cargo's messages, if it is the one about our binary.
fn executable(line: &str) -> Option<PathBuf> {
    let message: serde_json::Value = serde_json::from_str(line).ok()?;
    let ours = message["reason"] == "compiler-artifact" && message["target"]["name"] == PACKAGE;
    if !ours {
        return None;
    }
    message["executable"].as_str().map(PathBuf::from)
}

/// Copies the binary; the old one may be running, so its name is given to a new file.
fn install(built: &Path, folder: &Path) -> Result<PathBuf> {
    make_folder(folder)?;
    let target = folder.join(PACKAGE);
    let what = || format!("copy {} to {}", built.display(), target.display());
    let draft = tempfile::NamedTempFile::new_in(folder).doing_as(Kind::Machine, what())?;
    std::fs::copy(built, draft.path()).doing_as(Kind::Machine, what())?;
    // Closed before it is run: a program that is open for writing does not start.
    draft
        .into_temp_path()
        .persist(&target)
        .map_err(|source| source.error)
        .doing_as(Kind::Machine, what())?;
    Ok(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_binary_is_found_among_cargos_messages() {
        let ours = r#"{"reason":"compiler-artifact","target":{"name":"local-models"},"executable":"/t/local-models"}"#;
        let other = r#"{"reason":"compiler-artifact","target":{"name":"serde"},"executable":null}"#;
        assert_eq!(executable(ours), Some(PathBuf::from("/t/local-models")));
        assert_eq!(executable(other), None);
        assert_eq!(executable("not json"), None);
    }
}
