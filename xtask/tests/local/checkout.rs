//! A checkout in a temporary folder, and the binary run on it.

use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use contract::parameters::{MANIFEST, Source};
use serde_json::Value;

pub(crate) const PARTS: [&str; 4] = ["postgres", "tls", "emulator", "models"];

pub(crate) struct Checkout {
    folder: tempfile::TempDir,
    outputs: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

#[derive(Debug)]
pub(crate) struct Status {
    pub(crate) healthy: bool,
    json: Value,
}

impl Checkout {
    /// Has the project's description of the environment, and a `.local/` of its own.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        // As root, PostgreSQL's account must reach into it.
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        for name in ["Cargo.toml", "environments", "golden"] {
            symlink(project().join(name), folder.path().join(name)).unwrap();
        }
        Self {
            folder,
            outputs: Vec::new(),
        }
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.folder.path().join(relative)
    }

    pub(crate) fn run(&mut self, arguments: &[&str]) -> Run {
        let run = Run::of(self.command(arguments).output().unwrap());
        self.outputs.push(format!("{}\n{}", run.stdout, run.stderr));
        run
    }

    /// With a variable of the process.
    #[allow(dead_code, reason = "another test that shares this file uses it")]
    pub(crate) fn run_with(&mut self, arguments: &[&str], name: &str, value: &str) -> Run {
        let run = Run::of(self.command(arguments).env(name, value).output().unwrap());
        self.outputs.push(format!("{}\n{}", run.stdout, run.stderr));
        run
    }

    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments)
            .stderr(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
        command
            .args(["--output", "json", "--root"])
            .arg(self.folder.path())
            .args(arguments)
            .env("COLLECTIONS_TOOLS_DIR", tools_folder());
        // Real keys would call real providers.
        for parameter in MANIFEST {
            if let Source::DotEnv { key, .. } = parameter.source {
                command.env_remove(key);
            }
        }
        command
    }

    pub(crate) fn status(&mut self) -> Status {
        let json: Value = serde_json::from_str(&self.run(&["local", "status"]).stdout).unwrap();
        Status {
            healthy: json["healthy"] == true,
            json,
        }
    }

    pub(crate) fn password(&self) -> String {
        let path = self.path(".local/postgres-password");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::read_to_string(path).unwrap()
    }

    /// Where a part listens, as the state remembers it.
    pub(crate) fn port(&self, part: &str) -> u16 {
        let text = std::fs::read_to_string(self.path(".local/state.json")).unwrap();
        let state: Value = serde_json::from_str(&text).unwrap();
        u16::try_from(state["ports"][part].as_u64().unwrap()).unwrap()
    }

    /// `kill -9`, and waits until it is gone.
    pub(crate) fn kill(&self, pid: u32) {
        let killed = Command::new("kill")
            .args(["-9", &pid.to_string()])
            .status()
            .unwrap();
        assert!(killed.success());
        let deadline = Instant::now() + Duration::from_secs(5);
        while is_alive(pid) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// The processes that have this checkout in their command line.
    #[allow(dead_code, reason = "another test that shares this file uses it")]
    pub(crate) fn processes(&self) -> Vec<String> {
        let output = Command::new("ps").args(["-eo", "pid=,args="]).output();
        let output = output.unwrap().stdout;
        let folder = self.folder.path().to_str().unwrap();
        let lines = String::from_utf8_lossy(&output).into_owned();
        let ours = lines.lines().filter(|line| line.contains(folder));
        ours.map(str::to_owned).collect()
    }

    /// Of every run so far, and of the logs.
    pub(crate) fn expect_no_password_in_any_output(&self) {
        let password = self.password();
        for part in PARTS {
            let log = std::fs::read(self.path(&format!(".local/logs/{part}.log"))).unwrap();
            assert!(!String::from_utf8_lossy(&log).contains(&password), "{part}");
        }
        assert!(
            self.outputs
                .iter()
                .all(|output| !output.contains(&password))
        );
    }
}

impl Drop for Checkout {
    fn drop(&mut self) {
        self.run(&["local", "down"]);
    }
}

impl Run {
    pub(crate) fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    pub(crate) fn expect_success(&self) {
        assert_eq!(
            self.code, 0,
            "stdout: {}\nstderr: {}",
            self.stdout, self.stderr
        );
    }
}

impl Status {
    pub(crate) fn pid(&self, part: &str) -> Option<u32> {
        self.part(part)["pid"]
            .as_u64()
            .and_then(|pid| u32::try_from(pid).ok())
    }

    pub(crate) fn pids(&self) -> Vec<u32> {
        PARTS.iter().filter_map(|part| self.pid(part)).collect()
    }

    pub(crate) fn port(&self, part: &str) -> u16 {
        let address = self.part(part)["address"].as_str().unwrap();
        let after = address.rsplit(':').next().unwrap();
        after.split('/').next().unwrap().parse().unwrap()
    }

    fn part(&self, part: &str) -> &Value {
        self.json["parts"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["part"] == part)
            .unwrap()
    }
}

/// Listens on a port that was just given up.
pub(crate) fn hold(port: u16) -> TcpListener {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap()
}

pub(crate) fn is_alive(pid: u32) -> bool {
    let output = Command::new("ps")
        .args(["-o", "state=", "-p", &pid.to_string()])
        .output()
        .unwrap();
    let state = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    !state.is_empty() && !state.starts_with('Z')
}

pub(crate) fn tools_folder() -> PathBuf {
    std::env::var_os("COLLECTIONS_TOOLS_DIR")
        .map_or_else(|| project().join(".local/tools"), PathBuf::from)
}

pub(crate) fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}
