//! What rendering all stacks of an environment costs: CPU of this process per render, and the
//! most memory it ever held. The targets hold for a release build: `cargo bench -p stack`.

use std::path::Path;
use std::process::ExitCode;

use rustix::time::{ClockId, clock_gettime};
use stack::app::App;
use stack::environment::Environment;

const RENDERS: u32 = 200;
/// CPU per render of all stacks of one environment.
const TARGET_MILLIS: f64 = 20.0;
/// Of the whole process.
const TARGET_MB: f64 = 30.0;

#[allow(clippy::print_stdout, reason = "a benchmark's report is its result")]
fn main() -> ExitCode {
    // The first one compiles the schemas' patterns, as every run of the tool does once.
    let (first, ..) = measure(&environment("prod"), 1);
    println!("first render of the process: {first:.2} ms of CPU");
    let mut slowest = first;
    println!("environment   ms of CPU   stacks    bytes");
    for name in ["local", "dev", "staging", "prod"] {
        let environment = environment(name);
        let (millis, bytes, stacks) = measure(&environment, RENDERS);
        println!("{name:12} {millis:>10.2} {stacks:>8} {bytes:>8}");
        slowest = slowest.max(millis);
    }
    let memory = peak_mb();
    println!(
        "slowest {slowest:.2} ms of CPU, target {TARGET_MILLIS}; peak {memory:.1} MB, target {TARGET_MB}"
    );
    match slowest <= TARGET_MILLIS && memory <= TARGET_MB {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

fn environment(name: &str) -> Environment {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../environments");
    let text =
        std::fs::read_to_string(folder.join(format!("{name}.yaml"))).expect("a committed file");
    Environment::parse(name, name, &text).expect("a committed environment is valid")
}

/// Milliseconds of CPU per render, the size of the templates, and their number.
fn measure(environment: &Environment, renders: u32) -> (f64, usize, usize) {
    let before = cpu_millis();
    let mut bytes = 0;
    let mut stacks = 0;
    for _ in 0..renders {
        let app = App::render(environment).expect("a committed environment renders");
        let texts = app.stacks.iter().map(|stack| stack.template.to_string());
        bytes = texts.map(|text| text.len()).sum();
        stacks = app.stacks.len();
    }
    ((cpu_millis() - before) / f64::from(renders), bytes, stacks)
}

/// What this process has used, user and system.
fn cpu_millis() -> f64 {
    let used = clock_gettime(ClockId::ProcessCPUTime);
    used.tv_sec as f64 * 1e3 + used.tv_nsec as f64 / 1e6
}

fn peak_mb() -> f64 {
    let text = std::fs::read_to_string("/proc/self/status").expect("Linux keeps account");
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes =
        line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok());
    kilobytes.expect("in kB") / 1_024.0
}
