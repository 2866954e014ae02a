//! What the test commands share: opening what is to be tested, and telling what was found.

use std::path::PathBuf;
use std::time::Instant;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::standing::{self, Standing};
use crate::checks::publish::publish;
use crate::checks::report::{Case, LeftOut, Report, millis};
use crate::checks::sweep::sweep;
use crate::checks::target::Target;
use crate::context::Context;
use crate::engine::steps::verify::api_address;
use crate::environments::EnvArg;
use crate::error::{Doing as _, Result};
use crate::report::Outcome;

/// Which environment, and where the report goes.
#[derive(clap::Args)]
pub(super) struct TestArgs {
    #[command(flatten)]
    pub(super) env: EnvArg,
    /// Write JUnit XML here too, for a CI pipeline
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
}

/// A run of checks under way.
pub(super) struct Proving {
    pub(super) target: Target,
    started: OffsetDateTime,
    begun: Instant,
}

/// Opens an environment, which must be deployed.
pub(super) async fn begin(ctx: &Context, env: &EnvArg) -> Result<Proving> {
    let standing = standing::deployed(ctx, env).await?;
    let target = target(&env.env, standing)?;
    sweep(&target, ctx.events()).await;
    Ok(Proving {
        target,
        started: OffsetDateTime::now_utc(),
        begun: Instant::now(),
    })
}

/// What stands, as checks want it.
pub(super) fn target(environment: &str, standing: Standing) -> Result<Target> {
    let (opened, deployed) = (standing.opened, standing.deployed);
    Ok(Target {
        environment: environment.to_owned(),
        api: api_address(&opened.cloud, &deployed)?,
        database_is_reachable: !opened.environment.is_private(),
        cloud: opened.cloud,
        outputs: deployed.outputs,
        http: Target::http()?,
    })
}

/// Ctrl-C, which ends checks and lets them clean up.
pub(super) async fn stopped() {
    // Without a handler there is no Ctrl-C to wait for.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

impl Proving {
    /// Shows what all steps of `test-infra` found to the users of the API. A bucket that takes
    /// nothing is a finding of its own step, and no reason to tell nothing of the others.
    pub(super) async fn publish(&self, ctx: &Context, cases: &[Case]) -> Result<()> {
        let (started, took) = (self.started()?, self.begun.elapsed());
        if let Err(error) = publish(&self.target, &started, took, cases).await {
            ctx.events().warn(format!(
                "the console's status page keeps its older report: {error}"
            ));
        }
        Ok(())
    }

    fn started(&self) -> Result<String> {
        self.started.format(&Rfc3339).doing("write the time")
    }

    /// Writes the report; ends with 1 unless all passed.
    pub(super) fn end(
        self,
        ctx: &Context,
        command: &str,
        file: &str,
        args: &TestArgs,
        cases: Vec<Case>,
        left_out: Option<LeftOut>,
    ) -> Result<Outcome> {
        let started = self.started()?;
        let stamp: String = started
            .chars()
            .take_while(|c| *c != '.')
            .filter(char::is_ascii_alphanumeric)
            .collect();
        let stamp = format!("{}Z", stamp.trim_end_matches('Z'));
        let mut report =
            Report::new(command, &self.target.environment, started, cases).without(left_out);
        report.millis = millis(self.begun.elapsed());
        report.write(&ctx.path("reports"), file, &stamp)?;
        if let Some(path) = &args.junit {
            report.write_junit(path)?;
        }
        let code = u8::from(!report.is_green());
        Ok(Outcome::of(&report)?.with_code(code))
    }
}
