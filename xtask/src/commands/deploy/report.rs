//! What a deploy says at its end.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::cloud::Cloud;
use crate::engine::apply::Values;
use crate::engine::deploy::Done;
use crate::engine::steps::verify::api_address;
use crate::engine::timeline::Timeline;
use crate::error::Result;
use crate::report::Outcome;

#[derive(Serialize)]
struct Report<'d> {
    environment: &'d str,
    changed: bool,
    api: Option<String>,
    seconds: f64,
    slowest: Option<Slowest<'d>>,
    outputs: &'d Values,
}

#[derive(Serialize)]
struct Slowest<'d> {
    stack: &'d str,
    resource: &'d str,
    seconds: f64,
}

pub(super) fn outcome(done: &Done, cloud: &Cloud, line: &Timeline) -> Result<Outcome> {
    let (deployed, changed) = match done {
        Done::Planned(plan) => return Outcome::of(plan),
        Done::Applied(deployed) => (deployed, true),
        Done::Unchanged(deployed) => (deployed, false),
    };
    Outcome::of(&Report {
        environment: &deployed.environment,
        changed,
        // A deploy of a single stack may leave the API for later.
        api: api_address(cloud, deployed).ok(),
        seconds: seconds(line.took),
        slowest: line.slowest().map(|(stack, bar)| Slowest {
            stack,
            resource: &bar.name,
            seconds: seconds(bar.took()),
        }),
        outputs: &deployed.outputs,
    })
}

fn seconds(millis: u64) -> f64 {
    Duration::from_millis(millis).as_secs_f64()
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            environment,
            changed,
            api,
            seconds,
            slowest,
            outputs: _,
        } = self;
        let what = if *changed {
            "deployed in"
        } else {
            "no changes,"
        };
        writeln!(f, "{environment}: {what} {seconds:.1} s")?;
        if let Some(Slowest {
            stack,
            resource,
            seconds,
        }) = slowest
        {
            writeln!(f, "  slowest: {resource} of {stack}, {seconds:.1} s")?;
        }
        if let Some(api) = api {
            writeln!(f, "  API: {api}")?;
            writeln!(f, "next:")?;
            writeln!(f, "  curl {api}/health")?;
        }
        writeln!(f, "  cargo xtask outputs --env {environment}")
    }
}
