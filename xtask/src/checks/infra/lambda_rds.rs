//! lambda-rds: a function reaches the database, apart from what else it reaches.

use async_trait::async_trait;
use serde_json::json;

use crate::checks::target::Target;
use crate::checks::{Check, Stop, Trail};
use crate::error::{Error, Result};

pub(super) struct LambdaRds;

#[async_trait]
impl Check for LambdaRds {
    fn name(&self) -> String {
        "lambda-rds".to_owned()
    }

    fn title(&self) -> String {
        "A function reaches PostgreSQL over verified TLS".to_owned()
    }

    async fn run(&self, target: &Target, trail: &Trail) -> Result<(), Stop> {
        let request = json!({ "probe": "database" });
        let ask = async {
            let answer = target.ops(&request).await.map_err(explained)?;
            let version = answer.get("version").and_then(|version| version.as_str());
            let version = version.ok_or_else(|| {
                Error::failed("what answers is not our ops function")
                    .hint(target.command("deploy --function ops"))
            })?;
            Ok(version.split(" on ").next().unwrap_or(version).to_owned())
        };
        let fix = format!(
            "rds says whether the database itself answers; the secret: {}",
            target.command("deploy --only parameters")
        );
        let version = trail.hop("function to database", fix, ask).await?;
        trail.note(version);
        Ok(())
    }
}

/// What to do by what the function said.
fn explained(error: Error) -> Error {
    let said = error.to_string();
    let hint = [
        (
            "password authentication",
            "the secret holds another password than the database",
        ),
        (
            "AccessDenied",
            "its role may not read the secret: deploy --only compute",
        ),
        (
            "Secrets Manager",
            "the secret is not there or not readable for its role",
        ),
        (
            "pool timed out",
            "nothing answers at the database's address: security group, port, a stopped database",
        ),
        (
            "certificate",
            "the server's certificate is not to be trusted: expired, or of another name",
        ),
        ("refused", "nothing listens at the database's address"),
    ]
    .into_iter()
    .find(|(words, _)| said.contains(words));
    match hint {
        Some((_, hint)) => error.hint(hint),
        None => error,
    }
}
