//! Making a cluster: in a draft folder first, so that a half-made one is never taken for whole.

use std::path::Path;
use std::process::{Command, Stdio};

use tokio::io::AsyncWriteExt as _;

use super::home::Home;
use super::{DATABASE, USER};
use crate::error::{Doing as _, Error, Kind, Result};
use crate::local::process::last_lines;
use crate::secret::Secret;

/// Small: one developer. How many may connect is said when it starts.
const SETTINGS: &str = "
# Written by `cargo xtask local up`. Reached through the TLS front alone.
listen_addresses = ''
unix_socket_permissions = 0700
password_encryption = scram-sha-256
shared_buffers = 32MB
work_mem = 8MB
maintenance_work_mem = 64MB
max_wal_size = 256MB
max_parallel_workers = 2
max_worker_processes = 4
max_logical_replication_workers = 0
io_method = sync
log_line_prefix = '%m [%p] %u@%d '
timezone = 'UTC'
";

const WHO_MAY_CONNECT: &str = "# Everybody with a password, over the socket; nobody over TCP.
local all all scram-sha-256
";

/// Makes the cluster. Nothing is forced to the disk on the way; all of it is before it counts.
pub(super) async fn make(home: &Home, programs: &Path, password: &Secret) -> Result<()> {
    let draft = home.draft()?;
    let draft = draft.path();
    initdb(home, programs, draft, password).await?;
    let configured = append(&draft.join("postgresql.conf"), SETTINGS)
        .and_then(|()| std::fs::write(draft.join("pg_hba.conf"), WHO_MAY_CONNECT));
    configured.doing_as(Kind::Machine, "write PostgreSQL's settings")?;
    create_database(home, programs, draft).await?;
    sync(home, programs, draft).await?;
    std::fs::rename(draft, home.data()).doing_as(Kind::Machine, "name the new cluster")
}

async fn initdb(home: &Home, programs: &Path, draft: &Path, password: &Secret) -> Result<()> {
    // Not on the command line, where everybody could read it.
    let handed = home.hand_over(password)?;
    let mut command = program(home, programs, "initdb", draft);
    command
        .args(["--no-sync", "--auth=scram-sha-256", "--encoding=UTF8"])
        // The same order of text on every system.
        .args(["--locale-provider=builtin", "--builtin-locale=C.UTF-8"])
        .args(["--locale=C", "--username", USER, "--pwfile"])
        .arg(handed.path());
    run(command, "initdb", "").await
}

/// Without a server: what is named `data` then holds the database, always.
async fn create_database(home: &Home, programs: &Path, draft: &Path) -> Result<()> {
    let mut command = program(home, programs, "postgres", draft);
    command.args(["-F", USER]);
    let statement = format!("CREATE DATABASE {DATABASE};\n");
    run(command, "postgres --single", &statement).await
}

async fn sync(home: &Home, programs: &Path, draft: &Path) -> Result<()> {
    let mut command = program(home, programs, "initdb", draft);
    command.arg("--sync-only");
    run(command, "initdb --sync-only", "").await
}

/// A program of PostgreSQL on the cluster, as its account. `postgres` runs alone, without a server.
fn program(home: &Home, programs: &Path, name: &str, draft: &Path) -> Command {
    let mut command = Command::new(programs.join("bin").join(name));
    if name == "postgres" {
        command.arg("--single");
    }
    command
        .arg("-D")
        .arg(draft)
        .env_clear()
        .env("TZ", "UTC")
        .current_dir("/");
    home.account.apply(&mut command);
    command
}

/// Runs a program of PostgreSQL to its end.
async fn run(command: Command, name: &str, input: &str) -> Result<()> {
    let mut child = tokio::process::Command::from(command)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .doing_as(Kind::Machine, format!("start {name}"))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that died before it read tells why below.
        let _died = stdin.write_all(input.as_bytes()).await;
    }
    let output = child
        .wait_with_output()
        .await
        .doing(format!("wait for {name}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = last_lines(&String::from_utf8_lossy(&output.stderr), 8);
    let error = Error::machine(format!("{name} failed while it made a cluster"))
        .because(anyhow::anyhow!("it said:\n{said}"));
    Err(match known_remedy(&said) {
        Some(remedy) => error.hint(remedy),
        None => error,
    })
}

fn known_remedy(said: &str) -> Option<&'static str> {
    if said.contains("No space left on device") {
        return Some("the disk is full: free some space and try again");
    }
    let nameless = said.contains("user does not exist");
    nameless.then_some("PostgreSQL needs a name for this user: add a line to /etc/passwd")
}

fn append(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    std::fs::OpenOptions::new()
        .append(true)
        .open(path)?
        .write_all(text.as_bytes())
}
