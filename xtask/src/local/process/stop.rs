//! Ending a process: asked first, then made to.

use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use super::Identity;
use crate::error::{Error, Result};

const BETWEEN_LOOKS: Duration = Duration::from_millis(10);
const AFTER_KILL: Duration = Duration::from_secs(5);

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// It did not run any more.
    Gone,
    /// It ended when asked.
    Asked,
    /// It had to be killed, and with it its process group.
    Killed,
}

/// Sends `signal`, waits, and kills the whole group of what is still there after `patience`.
pub(crate) async fn stop(process: &Identity, signal: Signal, patience: Duration) -> Result<Ending> {
    let Some(pid) = i32::try_from(process.pid).ok().and_then(Pid::from_raw) else {
        return Ok(Ending::Gone);
    };
    if !process.is_alive() {
        return Ok(Ending::Gone);
    }
    // An error here means that it ended just now, or is not ours; the look below tells which.
    let _ended = kill_process(pid, signal);
    if gone_within(process, patience).await {
        return Ok(Ending::Asked);
    }
    let _ended = kill_process_group(pid, Signal::KILL);
    if gone_within(process, AFTER_KILL).await {
        return Ok(Ending::Killed);
    }
    Err(
        Error::failed(format!("process {} cannot be ended", process.pid))
            .hint("it may belong to another user"),
    )
}

async fn gone_within(process: &Identity, patience: Duration) -> bool {
    let deadline = Instant::now() + patience;
    while process.is_alive() {
        if Instant::now() >= deadline {
            return false;
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
    true
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::os::unix::process::CommandExt as _;
    use std::process::{Child, Command};

    use super::*;

    fn shell(script: &str) -> (Child, Identity) {
        let child = Command::new("sh")
            .arg("-c")
            .arg(script)
            .process_group(0)
            .spawn()
            .unwrap();
        let identity = Identity::of(child.id()).unwrap();
        (child, identity)
    }

    #[tokio::test]
    async fn one_that_listens_is_asked_and_one_that_does_not_is_killed() {
        let (mut child, identity) = shell("sleep 60");
        let ending = stop(&identity, Signal::TERM, Duration::from_secs(5))
            .await
            .unwrap();
        assert_eq!(ending, Ending::Asked);
        child.wait().unwrap();
        let again = stop(&identity, Signal::TERM, Duration::from_secs(5))
            .await
            .unwrap();
        assert_eq!(again, Ending::Gone);

        let folder = tempfile::tempdir().unwrap();
        let deaf = folder.path().join("deaf");
        let script = format!(
            "trap '' TERM; touch {}; while :; do sleep 0.05; done",
            deaf.display()
        );
        let (mut child, identity) = shell(&script);
        while !deaf.exists() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let ending = stop(&identity, Signal::TERM, Duration::from_millis(100))
            .await
            .unwrap();
        assert_eq!(ending, Ending::Killed);
        child.wait().unwrap();
    }

    #[tokio::test]
    async fn a_reused_pid_is_left_alone() {
        let (mut child, identity) = shell("sleep 60");
        let stale = Identity {
            started: "long ago".to_owned(),
            ..identity
        };
        let ending = stop(&stale, Signal::KILL, Duration::from_secs(1))
            .await
            .unwrap();
        assert_eq!(ending, Ending::Gone);
        assert_eq!(child.try_wait().unwrap(), None);
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
