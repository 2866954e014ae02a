//! `db check`: statements that endanger a database in use. Needs no database.

use std::fmt;

use serde::Serialize;

use crate::context::Context;
use crate::database::check::{Finding, RULES, check_folder};
use crate::error::{Kind, Result};
use crate::report::Outcome;

/// Options of `db check`.
#[derive(clap::Args)]
pub struct Args {
    /// Print the rules with their reasons
    #[arg(long)]
    rules: bool,
}

#[derive(Serialize)]
#[serde(transparent)]
struct Findings(Vec<Finding>);

#[derive(Serialize)]
struct RuleShown {
    rule: &'static str,
    reason: &'static str,
    instead: &'static str,
}

#[derive(Serialize)]
#[serde(transparent)]
struct Rules(Vec<RuleShown>);

/// Ends as a wrong input does when something is found.
pub(super) fn run(ctx: &Context, args: &Args) -> Result<Outcome> {
    if args.rules {
        let rules = RULES.iter().map(|rule| RuleShown {
            rule: rule.id,
            reason: rule.reason,
            instead: rule.instead,
        });
        return Outcome::of(&Rules(rules.collect()));
    }
    let findings = Findings(check_folder(&ctx.path("migrations"))?);
    let outcome = Outcome::of(&findings)?;
    Ok(match findings.0.is_empty() {
        true => outcome,
        false => outcome.with_code(Kind::Input.exit_code()),
    })
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return writeln!(f, "no migration endangers a database in use");
        }
        self.0
            .iter()
            .try_for_each(|finding| writeln!(f, "{finding}"))
    }
}

impl fmt::Display for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|rule| {
            let RuleShown {
                rule,
                reason,
                instead,
            } = rule;
            writeln!(f, "{rule}\n  because {reason}\n  instead: {instead}")
        })
    }
}
