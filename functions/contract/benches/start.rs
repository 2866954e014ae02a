//! What a function weighs as a zip, and the time from starting it to its first request for work, with
//! all its clients made. The binaries are those that a deploy builds; the address they ask is this
//! program.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::io::{Read, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use contract::EnvKey;
use contract::functions;
use flate2::Compression;
use flate2::write::DeflateEncoder;

const PROFILE: &str = "function";
const BUILT: &str = "FUNCTIONS";
const ROUNDS: usize = 21;
const MOST_TIME: Duration = Duration::from_millis(10);
const MOST_MEMORY: u64 = 20 * 1024;
const MOST_ZIPPED: usize = 8_000_000;

fn main() {
    let binaries = build();
    println!("function          exec to /next   memory      zip");
    let mut missed = Vec::new();
    for function in functions::all() {
        let file = binaries.join(function.name);
        // cargo-lambda makes a folder of each.
        let bootstrap = file.join("bootstrap");
        let file = if bootstrap.exists() { bootstrap } else { file };
        let (time, memory) = measure(&file);
        let (ms, mb) = (time.as_secs_f64() * 1000.0, memory as f64 / 1024.0);
        let zipped = zipped(&file);
        let zip_mb = zipped as f64 / 1e6;
        let name = function.name;
        println!("{name:<16} {ms:10.1} ms {mb:8.1} MB {zip_mb:6.1} MB");
        if time >= MOST_TIME || memory >= MOST_MEMORY || zipped >= MOST_ZIPPED {
            missed.push(function.name);
        }
    }
    assert!(
        missed.is_empty(),
        "over 10 ms, 20 MB or a zip of 8 MB: {missed:?}"
    );
}

/// All functions together, with the profile of a deploy to AWS; or, from the folder that the
/// variable names, those that `cargo lambda build` made.
fn build() -> PathBuf {
    if let Some(folder) = std::env::var_os(BUILT) {
        return folder.into();
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--profile", PROFILE, "--workspace"]);
    command.arg("--ignore-rust-version");
    for function in functions::all() {
        command.args(["--bin", function.name]);
    }
    assert!(command.status().unwrap().success(), "{command:?}");
    let own = std::env::current_exe().unwrap();
    // …/release/deps/start-…
    own.ancestors().nth(3).unwrap().join(PROFILE)
}

/// What a zip of it holds, beside some hundred bytes of names.
fn zipped(binary: &Path) -> usize {
    let mut packed = DeflateEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&std::fs::read(binary).unwrap()).unwrap();
    packed.finish().unwrap().len()
}

/// The median time and the largest memory.
fn measure(binary: &PathBuf) -> (Duration, u64) {
    let (mut times, mut memory) = (Vec::new(), 0);
    for _ in 0..ROUNDS {
        let runtime = TcpListener::bind("127.0.0.1:0").unwrap();
        let begin = Instant::now();
        let mut child = start(binary, &runtime);
        let connection = wait_for_next(&runtime);
        times.push(begin.elapsed());
        memory = memory.max(peak(&child));
        child.kill().unwrap();
        child.wait().unwrap();
        drop(connection);
    }
    times.sort();
    (times[ROUNDS / 2], memory)
}

fn start(binary: &PathBuf, runtime: &TcpListener) -> Child {
    let mut command = Command::new(binary);
    command
        .env_clear()
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    for key in EnvKey::ALL {
        command.env(key.name(), value(*key));
    }
    let address = runtime.local_addr().unwrap().to_string();
    let lambda = [
        ("AWS_LAMBDA_RUNTIME_API", address.as_str()),
        ("AWS_LAMBDA_FUNCTION_NAME", "start"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "g"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "s"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        // Nobody answers here: what is read ahead must not delay the start.
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
    ];
    command.envs(lambda).spawn().unwrap()
}

/// Something of the right shape; what is not set would end the start early.
fn value(key: EnvKey) -> &'static str {
    match key {
        EnvKey::DbPort => "5432",
        EnvKey::ChatHistory => "dynamodb",
        EnvKey::ChatMaxIterations => "3",
        EnvKey::SelfSignUp => "false",
        EnvKey::DbCaFile | EnvKey::LogLevel => "",
        key if key.name().ends_with("URL") || key.name().ends_with("ENDPOINT") => {
            "http://127.0.0.1:9"
        }
        _ => "value",
    }
}

/// The connection, which must stay open: a function whose runtime is gone ends.
fn wait_for_next(runtime: &TcpListener) -> TcpStream {
    let (mut connection, _) = runtime.accept().unwrap();
    let mut request = [0; 512];
    let read = connection.read(&mut request).unwrap();
    let line = String::from_utf8_lossy(&request[..read]).into_owned();
    assert!(line.contains("/runtime/invocation/next"), "{line}");
    connection
}

fn peak(child: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
