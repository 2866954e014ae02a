//! The migrate phase: through the ops function, which reaches the database wherever it is.

use async_trait::async_trait;
use serde_json::{Value, json};

use super::output;
use crate::cloud::Cloud;
use crate::cloud::functions::Answer;
use crate::engine::phases::{Deployed, Extra, Phase};
use crate::error::{Error, Result};

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
        Ok(match names(&report).as_slice() {
            [] => "nothing to apply".to_owned(),
            applied => format!("applied {}", applied.join(", ")),
        })
    }
}

impl Migrate {
    async fn ask(&self, deployed: &Deployed, dry_run: bool) -> Result<Value> {
        let function = output(deployed, "compute", "OpsFunctionName")?;
        let request = json!({ "migrate": { "dry_run": dry_run } });
        let answer = self
            .cloud
            .functions
            .invoke(function, super::verify::LIVE, &request)
            .await?;
        match answer {
            Answer::Value(report) => Ok(report),
            Answer::Failed(said) => Err(Error::failed(format!("the migration failed: {said}"))
                .hint(format!("its log group: /aws/lambda/{function}"))),
        }
    }
}

/// What was applied, or on a dry run would be.
fn names(report: &Value) -> Vec<String> {
    let applied = report.get("applied").and_then(Value::as_array);
    let text = |entry: &Value| {
        entry
            .as_str()
            .map_or_else(|| entry.to_string(), str::to_owned)
    };
    applied.into_iter().flatten().map(text).collect()
}
