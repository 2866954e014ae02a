//! lambda: a function runs, and it is ours.

use async_trait::async_trait;
use serde_json::json;

use crate::checks::target::Target;
use crate::checks::{Check, Stop, Trail};
use crate::error::{Error, Result};

pub(super) struct Lambda;

#[async_trait]
impl Check for Lambda {
    fn name(&self) -> String {
        "lambda".to_owned()
    }

    fn title(&self) -> String {
        "A function runs, and it is ours".to_owned()
    }

    async fn run(&self, target: &Target, trail: &Trail) -> Result<(), Stop> {
        let deploy = target.command("deploy --function ops");
        let request = json!({ "probe": "hello" });
        let logs = format!("read its log ({}), or {deploy}", target.command("logs ops"));
        let answer = trail.hop("invoke", logs, target.ops(&request)).await?;
        let found = |field: &str| answer.get(field).and_then(|value| value.as_str());
        trail
            .hop("own code", deploy, async {
                match (found("message"), found("version")) {
                    (Some("hello"), Some(version)) => Ok(version.to_owned()),
                    _ => {
                        let said: String = answer.to_string().chars().take(120).collect();
                        Err(Error::failed(format!(
                            "what answers is not our ops function: {said}"
                        )))
                    }
                }
            })
            .await
            .map(|version| trail.note(format!("version {version}")))
    }
}
