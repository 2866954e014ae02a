//! What `render` plus `validate` cost one run of the tool: all stacks of an environment, with
//! the validator's rules loaded anew, as every run does. `cargo bench -p xtask --bench validate`.

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use stack::app::App;
use stack::environment::Environment;
use xtask::validation::Validator;

const RUNS: usize = 11;
/// A seventh of what `cdk synth` takes for an equal app on two cores.
const TARGET_MILLIS: f64 = 3400.0 / 7.0;

#[allow(clippy::print_stdout, reason = "a benchmark's report is its result")]
fn main() -> ExitCode {
    let mut slowest: f64 = 0.0;
    println!("environment   load ms   render ms   validate ms   together ms, medians of {RUNS}");
    for name in ["local", "dev", "staging", "prod"] {
        let runs: Vec<[f64; 3]> = (0..RUNS).map(|_| once(name)).collect();
        let median = |pick: &dyn Fn(&[f64; 3]) -> f64| {
            let mut values: Vec<f64> = runs.iter().map(pick).collect();
            values.sort_by(f64::total_cmp);
            values[RUNS / 2]
        };
        let together = median(&|run| run.iter().sum());
        let [load, render, validate] = [0, 1, 2].map(|part| median(&|run| run[part]));
        println!("{name:12} {load:>8.1} {render:>11.1} {validate:>13.1} {together:>13.1}");
        slowest = slowest.max(together);
    }
    println!("slowest {slowest:.1} ms, target {TARGET_MILLIS:.1}");
    if slowest <= TARGET_MILLIS {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Milliseconds to load the rules, to render, and to validate.
fn once(name: &str) -> [f64; 3] {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../environments/{name}.yaml"));
    let text = std::fs::read_to_string(file).expect("a committed file");
    let environment =
        Environment::parse(name, name, &text).expect("a committed environment is valid");
    let start = Instant::now();
    let validator = Validator::new().expect("the rules load");
    let loaded = Instant::now();
    let app = App::render(&environment).expect("a committed environment renders");
    let rendered = Instant::now();
    let validation = validator
        .check(&app, &environment)
        .expect("validation runs");
    assert_eq!(validation.open().count(), 0);
    let millis = |from: Instant, to: Instant| (to - from).as_secs_f64() * 1000.0;
    [
        millis(start, loaded),
        millis(loaded, rendered),
        millis(rendered, Instant::now()),
    ]
}
