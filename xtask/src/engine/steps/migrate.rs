//! The migrate phase: through the ops function, which reaches the database wherever it is. Where
//! ops only gets new code, that code migrates before traffic moves; migrations expand, so the
//! functions of before go on with the new schema.

use async_trait::async_trait;
use serde_json::{Value, json};

use super::output;
use crate::cloud::Cloud;
use crate::cloud::functions::Answer;
use crate::engine::ahead::Ahead;
use crate::engine::phases::{Deployed, Extra, Phase};
use crate::error::{Error, Result};

/// The function that migrates.
const OPS: &str = "ops";

/// Brings the schema up to date.
pub struct Migrate {
    /// Where.
    pub cloud: Cloud,
}

#[async_trait]
impl Extra for Migrate {
    fn phase(&self) -> Phase {
        Phase::Migrate
    }

    async fn is_done(&self, deployed: &Deployed) -> Result<Option<String>> {
        if !deployed.outputs.contains_key("compute") {
            return Ok(None);
        }
        let report = self.ask(deployed, true).await?;
        let waiting = names(&report);
        Ok(waiting
            .is_empty()
            .then(|| "the schema is up to date".to_owned()))
    }

    async fn run(&self, deployed: &Deployed) -> Result<String> {
        let report = self.ask(deployed, false).await?;
        Ok(words(&report))
    }

    fn ahead_by(&self) -> Option<&'static str> {
        Some(OPS)
    }

    async fn run_ahead(&self, ahead: &Ahead<'_>) -> Result<String> {
        // Code from before a migration carries it not: it is asked first, and has nothing to do.
        for dry_run in [true, false] {
            match ahead.call(OPS, &request(dry_run)).await? {
                Answer::Failed(said) => return Err(failed_early(&said)),
                Answer::Value(report) if !dry_run => return Ok(words(&report)),
                Answer::Value(report) if names(&report).is_empty() => break,
                Answer::Value(_) => {}
            }
        }
        Ok("the schema is up to date".to_owned())
    }
}

impl Migrate {
    async fn ask(&self, deployed: &Deployed, dry_run: bool) -> Result<Value> {
        let function = output(deployed, "compute", "OpsFunctionName")?;
        let answer = self
            .cloud
            .functions
            .invoke(function, super::verify::LIVE, &request(dry_run))
            .await?;
        match answer {
            Answer::Value(report) => Ok(report),
            Answer::Failed(said) => Err(Error::failed(format!("the migration failed: {said}"))
                .hint(format!("its log group: /aws/lambda/{function}"))),
        }
    }
}

fn failed_early(said: &str) -> Error {
    Error::failed(format!(
        "the migration failed before any stack was changed: {said}"
    ))
    .hint("traffic and stacks are as they were; correct the migration and deploy again")
}

fn request(dry_run: bool) -> Value {
    json!({ "migrate": { "dry_run": dry_run } })
}

fn words(report: &Value) -> String {
    match names(report).as_slice() {
        [] => "nothing to apply".to_owned(),
        applied => format!("applied {}", applied.join(", ")),
    }
}

/// What was applied or made again, or on a dry run would be: `1 schema`, `extension vector`.
fn names(report: &Value) -> Vec<String> {
    let of = |what: &str| report.get(what).and_then(Value::as_array);
    let extensions = of("extensions").into_iter().flatten();
    let extensions = extensions.filter_map(Value::as_str);
    let text = |entry: &Value| match (entry.get("version"), entry.get("description")) {
        (Some(version), Some(Value::String(words))) => format!("{version} {words}"),
        _ => entry
            .as_str()
            .map_or_else(|| entry.to_string(), str::to_owned),
    };
    let applied = of("applied").into_iter().flatten().map(text);
    extensions
        .map(|name| format!("extension {name}"))
        .chain(applied)
        .collect()
}
