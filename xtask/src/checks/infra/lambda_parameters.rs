//! lambda-parameters: a function writes and reads encrypted parameters with its own role.

use async_trait::async_trait;
use contract::parameters::{PROBE_FOLDER, prefix};
use serde_json::json;

use crate::checks::target::Target;
use crate::checks::{Check, Stop, Trail};
use crate::error::{Error, Result};

pub(super) struct LambdaParameters;

#[async_trait]
impl Check for LambdaParameters {
    fn name(&self) -> String {
        "lambda-parameters".to_owned()
    }

    fn title(&self) -> String {
        "A function reads an encrypted parameter, decrypted".to_owned()
    }

    async fn run(&self, target: &Target, trail: &Trail) -> Result<(), Stop> {
        let folder = format!("{}/{PROBE_FOLDER}", prefix(&target.environment));
        let fix = format!(
            "its role needs ssm:PutParameter, GetParameters and DeleteParameter on {folder}/*: {}",
            target.command("deploy --only compute")
        );
        let ask = async {
            let answer = target.ops(&json!({ "probe": "parameter" })).await?;
            match answer.get("round_trip").and_then(|done| done.as_bool()) {
                Some(true) => Ok(()),
                _ => Err(Error::failed("what answers is not our ops function")
                    .hint(target.command("deploy --function ops"))),
            }
        };
        trail.hop("function to Parameter Store", fix, ask).await?;
        trail.note("SecureString, there and back");
        manifest(target, trail).await
    }
}

/// Every parameter that a function must have has a value.
async fn manifest(target: &Target, trail: &Trail) -> Result<(), Stop> {
    use contract::parameters::{MANIFEST, Source};
    let fix = target.command("secrets populate");
    let needed = MANIFEST.iter().filter(|spec| {
        let optional = matches!(spec.source, Source::DotEnv { optional: true, .. });
        let read = |function: &contract::Declaration| {
            function.parameters().any(|read| read.name == spec.name)
        };
        !optional && contract::functions::all().iter().any(read)
    });
    let needed: Vec<String> = needed
        .map(|spec| spec.path(&prefix(&target.environment)))
        .collect();
    trail
        .hop("parameters that functions read", fix, async {
            let there = target.cloud.parameters.values(&needed).await?;
            let missing = needed.iter().filter(|name| !there.contains_key(*name));
            let missing: Vec<&str> = missing.map(String::as_str).collect();
            match missing.is_empty() {
                true => Ok(()),
                false => Err(Error::failed(format!("not there: {}", missing.join(", ")))),
            }
        })
        .await?;
    trail.note(format!("{} are there", needed.len()));
    Ok(())
}
