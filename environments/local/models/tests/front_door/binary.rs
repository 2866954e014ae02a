//! The binary itself: start, port file, end, and what it says when it cannot start.

use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::harness::model_dir;

fn command(arguments: &[&str], model_dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_local-models"));
    command
        .args(arguments)
        .arg("--model-dir")
        .arg(model_dir)
        .stderr(Stdio::piped());
    command
}

/// Ends the process even if the test fails.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _already_ended = self.0.kill();
        let _reaped = self.0.wait();
    }
}

#[tokio::test]
async fn it_tells_its_address_serves_and_ends_on_sigterm() {
    let directory = tempfile::tempdir().unwrap();
    let port_file = directory.path().join("address");
    let arguments = [
        "--listen",
        "127.0.0.1:0",
        "--port-file",
        port_file.to_str().unwrap(),
    ];
    let mut running = Running(command(&arguments, &model_dir()).spawn().unwrap());
    let started = Instant::now();
    let address = loop {
        if let Ok(address) = std::fs::read_to_string(&port_file) {
            break address;
        }
        assert!(started.elapsed() < Duration::from_secs(30), "no port file");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let health: serde_json::Value = reqwest::get(format!("http://{}/health", address.trim()))
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(health["status"], "ok");
    assert_eq!(health["dimensions"], 384);

    let pid = running.0.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .unwrap()
            .success()
    );
    assert!(running.0.wait().unwrap().success());
    let mut log = String::new();
    running
        .0
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut log)
        .unwrap();
    for line in log.lines() {
        serde_json::from_str::<serde_json::Value>(line).expect("a line of JSON");
    }
    assert!(
        log.contains("\"ready\"") && log.contains("\"ending\""),
        "{log}"
    );
}

fn fails(arguments: &[&str], model_dir: &Path) -> String {
    let Output { status, stderr, .. } = command(arguments, model_dir).output().unwrap();
    assert!(!status.success());
    String::from_utf8(stderr).unwrap()
}

#[test]
fn it_listens_on_loopback_only() {
    let said = fails(&["--listen", "0.0.0.0:0"], &model_dir());
    assert!(said.contains("refuse to listen on 0.0.0.0:0"), "{said}");
}

#[test]
fn missing_and_damaged_files_are_named() {
    let directory = tempfile::tempdir().unwrap();
    let said = fails(&[], directory.path());
    assert!(
        said.contains("tokenizer.json") && said.contains("cargo xtask local up"),
        "{said}"
    );

    let tokenizer = directory.path().join("tokenizer.json");
    std::fs::write(&tokenizer, "{}").unwrap();
    assert!(fails(&[], directory.path()).contains("as a tokenizer"));

    std::fs::copy(model_dir().join("tokenizer.json"), &tokenizer).unwrap();
    let weights = directory.path().join("model.safetensors");
    for damaged in [
        &b""[..],
        b"\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\x02\0\0\0\0\0\0\0{}",
    ] {
        std::fs::write(&weights, damaged).unwrap();
        let said = fails(&[], directory.path());
        assert!(said.contains("model.safetensors"), "{said}");
    }

    let whole = std::fs::read(model_dir().join("model.safetensors")).unwrap();
    std::fs::write(&weights, &whole[..whole.len() - 1000]).unwrap();
    let said = fails(&[], directory.path());
    assert!(said.contains("its header promises 90868376"), "{said}");
}
