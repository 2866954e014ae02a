//! What a deploy says at its end.

use std::fmt;

use serde::Serialize;

use crate::cloud::Cloud;
use crate::engine::apply::Values;
use crate::engine::deploy::Done;
use crate::engine::steps::verify::api_address;
use crate::error::Result;
use crate::report::Outcome;

#[derive(Serialize)]
struct Report<'d> {
    environment: &'d str,
    changed: bool,
    api: Option<String>,
    outputs: &'d Values,
}

pub(super) fn outcome(done: &Done, cloud: &Cloud) -> Result<Outcome> {
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
        outputs: &deployed.outputs,
    })
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            environment,
            changed,
            api,
            outputs: _,
        } = self;
        let what = if *changed { "deployed" } else { "no changes" };
        writeln!(f, "{environment}: {what}")?;
        if let Some(api) = api {
            writeln!(f, "  API: {api}")?;
            writeln!(f, "next:")?;
            writeln!(f, "  curl {api}/health")?;
        }
        writeln!(f, "  cargo xtask outputs --env {environment}")
    }
}
