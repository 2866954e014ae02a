//! gateway: the API answers from outside, with the database behind it.

use async_trait::async_trait;
use serde_json::Value;

use crate::checks::target::Target;
use crate::checks::{Check, Stop, Trail};
use crate::error::{Error, Result};

pub(super) struct Gateway;

#[async_trait]
impl Check for Gateway {
    fn name(&self) -> String {
        "gateway".to_owned()
    }

    fn title(&self) -> String {
        "The API answers /version and /health from outside".to_owned()
    }

    async fn run(&self, target: &Target, trail: &Trail) -> Result<(), Stop> {
        let fix = format!(
            "does the gateway lead to the api function, and may it call it? {}; {}",
            target.command("deploy --only api"),
            target.command("logs api")
        );
        let ask = async {
            let body = target.get("/version", None).await?.expect(200)?;
            match body.get("environment").and_then(Value::as_str) {
                Some(found) if found == target.environment => Ok(()),
                Some(other) => Err(Error::failed(format!("this is the API of {other}"))),
                None => Err(Error::failed(format!(
                    "what answers is not our API: {body}"
                ))),
            }
        };
        trail.hop("gateway to function", fix, ask).await?;
        let fix = "the function answers and the database does not: see lambda-rds";
        let ask = async {
            let body = target.get("/health", None).await?.expect(200)?;
            let field = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
            match field("status").as_deref() {
                Some("healthy") => Ok(field("database").unwrap_or_default()),
                other => Err(Error::failed(format!("it is {other:?}"))),
            }
        };
        let database = trail.hop("health", fix, ask).await?;
        trail.note(database);
        Ok(())
    }
}
