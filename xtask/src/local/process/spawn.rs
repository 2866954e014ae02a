//! Starting a process so that it outlives this one, and watching it until it answers.

use std::ffi::OsStr;
use std::future::Future;
use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{Identity, Log};
use crate::error::{Doing as _, Error, Kind, Result};
use crate::local::part::Part;

const BETWEEN_PROBES: Duration = Duration::from_millis(25);
const QUOTED_LINES: usize = 12;
/// Waits for a word, then becomes the program. Without the word it ends.
const GATE: &str = r#"read -r _ && exec "$@" </dev/null"#;

/// How a part is started.
pub(crate) struct Launch {
    /// The program, gated, with its arguments, environment and account.
    pub(crate) command: Command,
    /// How long it may take until it answers.
    pub(crate) patience: Duration,
}

/// A command that runs `program` once it is let through the gate: it has its pid and can be
/// remembered before the program does anything. A starter that is killed leaves nobody behind.
pub(crate) fn gated(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", GATE, "sh"]).arg(program);
    command
}

/// A part that was just started and may not answer yet.
pub(crate) struct Started {
    part: Part,
    child: Child,
    identity: Identity,
    log: Log,
    patience: Duration,
}

impl Launch {
    /// Starts it in a process group of its own: Ctrl-C in the terminal does not reach it.
    pub(crate) fn start(mut self, part: Part, log: Log) -> Result<Started> {
        let mut child = self
            .command
            .stdin(Stdio::piped())
            .stdout(log.writer()?)
            .stderr(log.writer()?)
            .process_group(0)
            .spawn()
            .doing_as(Kind::Machine, format!("start {part}"))?;
        let Some(identity) = Identity::of(child.id()) else {
            let _reaped = child.wait();
            return Err(died(part, &log));
        };
        Ok(Started {
            part,
            child,
            identity,
            log,
            patience: self.patience,
        })
    }
}

impl Started {
    /// Which process it is.
    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Lets the program begin. It is remembered by now.
    pub(crate) fn begin(&mut self) {
        if let Some(mut gate) = self.child.stdin.take() {
            // One that is gone already is seen by `until_healthy`.
            let _gone = gate.write_all(b"begin\n");
        }
    }

    /// The lines it wrote last.
    pub(crate) fn tail(&self) -> String {
        self.log.tail(QUOTED_LINES)
    }

    /// Asks `probe` until it is content, the process dies or patience ends.
    pub(crate) async fn until_healthy<F>(&mut self, probe: impl Fn() -> F) -> Result<()>
    where
        F: Future<Output = Result<(), String>>,
    {
        let deadline = Instant::now() + self.patience;
        loop {
            if let Ok(Some(_status)) = self.child.try_wait() {
                return Err(died(self.part, &self.log));
            }
            let answer = tokio::time::timeout(self.patience, probe()).await;
            match answer.unwrap_or_else(|_| Err("no answer".to_owned())) {
                // Answered by itself, and not by another who has its place.
                Ok(()) if matches!(self.child.try_wait(), Ok(None)) => return Ok(()),
                Ok(()) => return Err(died(self.part, &self.log)),
                Err(reason) if Instant::now() >= deadline => {
                    return Err(self.late(&reason));
                }
                Err(_) => tokio::time::sleep(BETWEEN_PROBES).await,
            }
        }
    }

    fn late(&self, reason: &str) -> Error {
        let seconds = self.patience.as_secs();
        let message = format!(
            "{} did not become healthy in {seconds} s: {reason}",
            self.part
        );
        quoting(Error::failed(message), &self.log)
    }
}

fn died(part: Part, log: &Log) -> Error {
    quoting(Error::failed(format!("{part} ended while it started")), log)
}

/// Adds the last lines of the log, and what to do about those that are known.
fn quoting(error: Error, log: &Log) -> Error {
    let tail = log.tail(QUOTED_LINES);
    let full = tail.contains("No space left on device");
    let error = if tail.is_empty() {
        error.because(anyhow::anyhow!("it wrote nothing to its log"))
    } else {
        error.because(anyhow::anyhow!("its last lines were:\n{tail}"))
    };
    let error = error.hint(format!("its log is {}", log.path().display()));
    if full {
        error.hint("the disk is full: free some space and try again")
    } else {
        error
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn shell(script: &str, patience: Duration) -> (tempfile::TempDir, Result<Started>) {
        let folder = tempfile::tempdir().unwrap();
        let log = Log::open(&folder.path().join("part.log")).unwrap();
        let mut command = gated("sh");
        command.arg("-c").arg(script).current_dir(folder.path());
        (
            folder,
            Launch { command, patience }.start(Part::Emulator, log),
        )
    }

    #[tokio::test]
    async fn a_death_during_the_start_quotes_the_log() {
        let script = "echo 'write failed: No space left on device' >&2; sleep 0.1; exit 3";
        let (_folder, started) = shell(script, Duration::from_secs(10));
        let mut started = started.unwrap();
        started.begin();
        let error = started
            .until_healthy(|| async { Err("not yet".to_owned()) })
            .await
            .unwrap_err();
        assert!(error.to_string().contains("write failed"), "{error}");
        assert!(
            error.hints().iter().any(|hint| hint.contains("part.log")),
            "{error:?}"
        );
        assert!(
            error
                .hints()
                .iter()
                .any(|hint| hint.contains("disk is full")),
            "{error:?}"
        );
    }

    #[tokio::test]
    async fn one_that_never_answers_is_given_up_in_time() {
        let (_folder, started) = shell("sleep 60", Duration::from_millis(200));
        let mut started = started.unwrap();
        started.begin();
        let begin = Instant::now();
        let error = started
            .until_healthy(|| async { Err("refused".to_owned()) })
            .await
            .unwrap_err();
        assert!(begin.elapsed() < Duration::from_secs(5));
        assert!(error.message().contains("refused"), "{error}");
        started.child.kill().unwrap();
        started.child.wait().unwrap();
    }

    #[tokio::test]
    async fn one_whose_starter_dies_before_it_is_remembered_never_begins() {
        let (folder, started) = shell("touch begun; sleep 60", Duration::from_secs(5));
        let mut started = started.unwrap();
        drop(started.child.stdin.take());
        started.child.wait().unwrap();
        assert!(!folder.path().join("begun").exists());
    }

    #[tokio::test]
    async fn an_answer_by_somebody_else_does_not_pass_for_health() {
        let (_folder, started) = shell("exit 1", Duration::from_secs(5));
        let mut started = started.unwrap();
        started.begin();
        started.child.wait().unwrap();
        let outcome = started.until_healthy(|| async { Ok(()) }).await;
        assert!(
            outcome
                .unwrap_err()
                .message()
                .contains("ended while it started")
        );
    }
}
