//! A docker-registry of the machine, on loopback, for one test.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// The one user of a registry with a door, and the hash its file holds of the password.
pub(crate) const USER: &str = "AWS";
pub(crate) const PASSWORD: &str = "canary-4be1c0";
const HASH: &str = "$2b$05$abcdefghijklmnopqrstuu6pe6JEXjAe6zkre1wYZpajbw/D.yJr2";

/// A registry; it ends with the test.
pub(crate) struct Server {
    process: Child,
    folder: TempDir,
    pub(crate) host: String,
}

impl Server {
    /// One that lets everybody in.
    pub(crate) fn open() -> Self {
        Self::start("")
    }

    /// One that wants the user's password.
    pub(crate) fn with_door() -> Self {
        Self::start("auth: { htpasswd: { realm: test, path: FOLDER/users } }\n")
    }

    fn start(door: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let path = folder.path().display().to_string();
        let config = format!(
            "version: 0.1\nlog: {{ level: error }}\nstorage: {{ filesystem: {{ rootdirectory: {path}/data }} }}\n\
             http: {{ addr: 127.0.0.1:{port} }}\n{}",
            door.replace("FOLDER", &path)
        );
        std::fs::write(folder.path().join("config.yml"), config).unwrap();
        std::fs::write(folder.path().join("users"), format!("{USER}:{HASH}\n")).unwrap();
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let process = Command::new("docker-registry")
            .arg("serve")
            .arg(folder.path().join("config.yml"))
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .expect("docker-registry is installed: apt-get install docker-registry");
        let server = Self {
            process,
            folder,
            host: format!("127.0.0.1:{port}"),
        };
        server.wait();
        server
    }

    fn wait(&self) {
        let begin = Instant::now();
        while std::net::TcpStream::connect(&self.host).is_err() {
            let log = std::fs::read_to_string(self.folder.path().join("log"));
            assert!(
                begin.elapsed() < Duration::from_secs(60),
                "{}",
                log.unwrap()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Where it keeps everything.
    pub(crate) fn data(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _gone = self.process.wait();
    }
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
