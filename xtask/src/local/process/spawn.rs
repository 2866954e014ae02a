//! Starting a process so that it outlives this one, and watching it until it answers.

use std::future::Future;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{Identity, Log};
use crate::error::{Doing as _, Error, Kind, Result};
use crate::local::part::Part;

const BETWEEN_PROBES: Duration = Duration::from_millis(25);
const QUOTED_LINES: usize = 12;

/// How a part is started.
pub(crate) struct Launch {
    /// The program with its arguments, environment and account.
    pub(crate) command: Command,
    /// How long it may take until it answers.
    pub(crate) patience: Duration,
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
        let what = || {
            format!(
                "start {part} ({})",
                self.command.get_program().to_string_lossy()
            )
        };
        let what = what();
        let mut child = self
            .command
            .stdin(Stdio::null())
            .stdout(log.writer()?)
            .stderr(log.writer()?)
            .process_group(0)
            .spawn()
            .doing_as(Kind::Machine, what.clone())?;
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
                Ok(()) => return Ok(()),
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
        let mut command = Command::new("sh");
        command.arg("-c").arg(script);
        (
            folder,
            Launch { command, patience }.start(Part::Emulator, log),
        )
    }

    #[tokio::test]
    async fn a_death_during_the_start_quotes_the_log() {
        let script = "echo 'write failed: No space left on device' >&2; sleep 0.1; exit 3";
        let (_folder, started) = shell(script, Duration::from_secs(10));
        let error = started
            .unwrap()
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
}
