//! What an earlier server left on the cluster. PostgreSQL sees through most stale pid files by
//! itself; these are the rest.

use std::path::Path;
use std::time::Duration;

use rustix::process::Signal;

use super::home::Home;
use crate::error::{Doing as _, Error, Kind, Result};
use crate::local::process::{Identity, command_line, stop, working_in};

const STOP_PATIENCE: Duration = Duration::from_secs(15);
/// How often to look, and how many times, whether a dead server was reaped.
const LOOK_EVERY: Duration = Duration::from_millis(50);
const LOOKS: usize = 60;

/// Clears the way for a new server.
pub(super) async fn clear(home: &Home) -> Result<()> {
    let path = home.data().join("postmaster.pid");
    let Ok(text) = std::fs::read_to_string(&path) else {
        return Ok(());
    };
    let Some(pid) = text
        .lines()
        .next()
        .and_then(|line| line.trim().parse().ok())
    else {
        return Ok(());
    };
    match Identity::of(pid) {
        Some(process) => clear_living(home, &path, &process).await,
        None => clear_dead(home, &path, pid).await,
    }
}

/// A server that nobody remembers is stopped. When the pid is another program's by now, the file
/// is stale.
async fn clear_living(home: &Home, path: &Path, process: &Identity) -> Result<()> {
    let line = command_line(process.pid).unwrap_or_default();
    if line.contains(&*home.data().to_string_lossy()) {
        stop(process, Signal::INT, STOP_PATIENCE).await?;
    } else if !line.contains("postgres") {
        forget(path)?;
    }
    Ok(())
}

/// A server that was killed and not reaped looks alive to PostgreSQL. In a container nobody may
/// ever reap it; then the file may go, once no child of the old server is left on the cluster.
async fn clear_dead(home: &Home, path: &Path, pid: u32) -> Result<()> {
    for _ in 0..LOOKS {
        if command_line(pid).is_none() {
            return Ok(());
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let left = working_in(&home.data());
    if left.is_empty() {
        return forget(path);
    }
    Err(Error::failed(format!(
        "processes {left:?} of a PostgreSQL that ended are still at work"
    ))
    .hint("end them, then try again"))
}

fn forget(path: &Path) -> Result<()> {
    std::fs::remove_file(path).doing_as(
        Kind::Machine,
        format!("remove the stale {}", path.display()),
    )
}
