//! `db migrate`: apply what is pending, after it was checked.

use std::fmt;

use collections_core::db::migrate::Report;
use collections_core::db::operate::Request;
use serde::Serialize;

use super::{locked, reach};
use crate::context::Context;
use crate::database::check::{self, MigrationFile};
use crate::database::reach::ask;
use crate::engine::stop::Stop;
use crate::environments::EnvArg;
use crate::error::{Error, Result};
use crate::report::Outcome;

/// Options of `db migrate`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    env: EnvArg,
    /// Print the SQL that would run and change nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Serialize)]
#[serde(transparent)]
struct Migrated(Report);

/// Pending migrations that break a rule are refused, on a dry run too.
pub(super) async fn run(ctx: &Context, stop: &Stop, args: Args) -> Result<Outcome> {
    let mut database = reach(ctx, &args.env, false).await?;
    let plan: Report = ask(database.as_mut(), Request::Migrate { dry_run: true }).await?;
    let pending: Vec<i64> = plan.applied.iter().map(|step| step.version).collect();
    let files = check::files(&ctx.path("migrations"))?;
    all_known(&files, &plan, &args.env.env)?;
    let pending = files.iter().filter(|file| pending.contains(&file.version));
    let findings: Vec<_> = pending.flat_map(check::check).collect();
    check::refuse(&findings)?;
    if args.dry_run || (plan.applied.is_empty() && plan.extensions.is_empty()) {
        return Outcome::of(&Migrated(plan));
    }
    let work = ask(database.as_mut(), Request::Migrate { dry_run: false });
    let done: Report = locked(ctx, stop, &args.env, work).await?;
    Outcome::of(&Migrated(done))
}

/// What migrates is the code of `ops` that stands, with the migrations it was built with: what is
/// only here would be left out in silence.
fn all_known(files: &[MigrationFile], plan: &Report, env: &str) -> Result<()> {
    let known = |file: &MigrationFile| {
        let mut steps = plan.already.iter().chain(&plan.applied);
        steps.any(|step| step.version == file.version)
    };
    let newer = files.iter().filter(|file| !known(file));
    let newer: Vec<&str> = newer.map(|file| file.name.as_str()).collect();
    if newer.is_empty() {
        return Ok(());
    }
    Err(Error::failed(format!(
        "the code that migrates {env} does not know {}; nothing was applied",
        newer.join(", ")
    ))
    .hint(format!(
        "bring it there, then migrate: cargo xtask deploy --env {env} --function ops"
    )))
}

impl fmt::Display for Migrated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = &self.0;
        for extension in &report.extensions {
            match report.dry_run {
                true => writeln!(f, "-- would make the extension {extension} again")?,
                false => writeln!(f, "made the extension {extension} again")?,
            }
        }
        if report.applied.is_empty() {
            return writeln!(f, "the schema is up to date");
        }
        for step in &report.applied {
            let (version, description) = (step.version, &step.description);
            match &step.sql {
                Some(sql) => writeln!(f, "-- would apply {version} {description}\n{}", sql.trim())?,
                None => writeln!(f, "applied {version} {description}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use collections_core::db::migrate::Step;

    use super::*;

    fn step(version: i64) -> Step {
        Step {
            version,
            description: "some".to_owned(),
            sql: None,
        }
    }

    fn report(already: &[i64], applied: &[i64], extensions: &[&str]) -> Report {
        let steps = |versions: &[i64]| versions.iter().copied().map(step).collect();
        Report {
            dry_run: false,
            already: steps(already),
            applied: steps(applied),
            extensions: extensions.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn a_migration_that_the_deployed_code_does_not_know_is_named() {
        let file = |name| MigrationFile::parse(name, "SELECT 1;").unwrap();
        let files = [file("0001_a.sql"), file("0002_b.sql"), file("0003_c.sql")];
        all_known(&files, &report(&[1], &[2, 3], &[]), "dev").unwrap();
        // Code that is ahead of this checkout is none of its business.
        all_known(&files[..1], &report(&[1, 2], &[3], &[]), "dev").unwrap();
        let error = all_known(&files, &report(&[1], &[], &[]), "dev").unwrap_err();
        assert!(
            error.message().contains("0002_b.sql, 0003_c.sql"),
            "{error}"
        );
        let hint = "cargo xtask deploy --env dev --function ops";
        assert!(error.hints()[0].contains(hint), "{error:?}");
    }

    #[test]
    fn what_was_made_again_is_said() {
        let said = Migrated(report(&[1], &[], &["vector"])).to_string();
        let lines = "made the extension vector again\nthe schema is up to date\n";
        assert_eq!(said, lines);
    }
}
