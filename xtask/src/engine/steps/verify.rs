//! The verify phase: the system answers, from outside through the gateway and from inside.

use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};

use super::output;
use crate::cloud::Cloud;
use crate::cloud::functions::Answer;
use crate::engine::phases::{Deployed, Extra, Phase};
use crate::error::{Doing as _, Error, Result};

/// The alias that traffic follows.
pub(crate) const LIVE: &str = "live";
/// A cold start over a database that wakes up takes some seconds, not more.
const PATIENCE: Duration = Duration::from_secs(30);

/// Proves that what was deployed works.
pub struct Verify {
    /// Where.
    pub cloud: Cloud,
}

/// Where the HTTP API answers. An emulator serves it below its own address.
pub fn api_address(cloud: &Cloud, deployed: &Deployed) -> Result<String> {
    match &cloud.endpoint {
        Some(endpoint) => {
            let id = output(deployed, "api", "ApiId")?;
            Ok(format!("{endpoint}/_aws/execute-api/{id}"))
        }
        None => output(deployed, "api", "ApiUrl").map(str::to_owned),
    }
}

#[async_trait]
impl Extra for Verify {
    fn phase(&self) -> Phase {
        Phase::Verify
    }

    /// To look is to give the proof, which changes nothing. A deploy that finds nothing else to do
    /// looks; any other runs it.
    async fn is_done(&self, deployed: &Deployed) -> Result<Option<String>> {
        Ok(self.run(deployed).await.ok())
    }

    async fn run(&self, deployed: &Deployed) -> Result<String> {
        let (inside, outside) = tokio::join!(self.inside(deployed), self.outside(deployed));
        // Without its database the API does not answer either: the cause first.
        let (version, health) = (inside?, outside?);
        Ok(format!(
            "api answers {health}, functions reach PostgreSQL {version}"
        ))
    }
}

impl Verify {
    /// The ops function reaches the database over checked TLS.
    async fn inside(&self, deployed: &Deployed) -> Result<String> {
        let function = output(deployed, "compute", "OpsFunctionName")?;
        let request = json!({ "probe": "database" });
        match self
            .cloud
            .functions
            .invoke(function, LIVE, &request)
            .await?
        {
            Answer::Value(report) => {
                let version = report
                    .get("version")
                    .and_then(Value::as_str)
                    .unwrap_or("unknown");
                let number = version.split_whitespace().nth(1).unwrap_or(version);
                Ok(number.to_owned())
            }
            Answer::Failed(said) => Err(Error::failed(format!(
                "functions do not reach the database: {said}"
            ))),
        }
    }

    /// The gateway, the permission, the alias and the function: `/health` needs all of them.
    async fn outside(&self, deployed: &Deployed) -> Result<String> {
        let url = format!("{}/health", api_address(&self.cloud, deployed)?);
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            .build()
            .doing("make an HTTP client")?;
        let answer = client
            .get(&url)
            .send()
            .await
            .doing(format!("reach {url}"))?;
        let status = answer.status();
        let body: Value = answer
            .json()
            .await
            .doing(format!("read the answer of {url}"))?;
        let health = body
            .get("status")
            .and_then(Value::as_str)
            .unwrap_or("nothing")
            .to_owned();
        if status.is_success() {
            return Ok(health);
        }
        Err(Error::failed(format!("{url} answers {status}: {health}")))
    }
}
