//! What a deploy says at its end.

use std::fmt;

use serde::Serialize;

use crate::engine::apply::Values;
use crate::engine::deploy::Done;
use crate::error::Result;
use crate::report::Outcome;

#[derive(Serialize)]
struct Report<'d> {
    environment: &'d str,
    changed: bool,
    outputs: &'d Values,
}

pub(super) fn outcome(done: &Done) -> Result<Outcome> {
    match done {
        Done::Planned(plan) => Outcome::of(plan),
        Done::Applied(deployed) => Outcome::of(&Report {
            environment: &deployed.environment,
            changed: true,
            outputs: &deployed.outputs,
        }),
        Done::Unchanged(deployed) => Outcome::of(&Report {
            environment: &deployed.environment,
            changed: false,
            outputs: &deployed.outputs,
        }),
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            environment,
            changed,
            outputs,
        } = self;
        let what = if *changed { "deployed" } else { "no changes" };
        writeln!(f, "{environment}: {what}")?;
        let address = outputs.get("api").into_iter().flatten();
        address
            .into_iter()
            .try_for_each(|(name, value)| writeln!(f, "  {name}: {value}"))?;
        writeln!(f, "next: cargo xtask outputs --env {environment}")
    }
}
