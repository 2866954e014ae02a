//! The verify phase: the system answers, from outside through the gateway and from inside, and
//! every function runs.

use std::time::Duration;

use async_trait::async_trait;
use contract::function::Trigger;
use futures::future::join_all;
use serde_json::{Value, json};

use super::output;
use crate::cloud::functions::Answer;
use crate::cloud::{Cloud, Fault};
use crate::engine::desired::DesiredFunction;
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
    /// The functions there.
    pub functions: Vec<DesiredFunction>,
    /// How the gateway is asked.
    pub http: reqwest::Client,
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
    /// looks whether the system answers; any other also calls every function.
    async fn is_done(&self, deployed: &Deployed) -> Result<Option<String>> {
        Ok(self.answers(deployed).await.ok())
    }

    async fn run(&self, deployed: &Deployed) -> Result<String> {
        let (answers, functions) = tokio::join!(self.answers(deployed), self.each_runs());
        // Without its database nothing answers: the cause first.
        let (answers, functions) = (answers?, functions?);
        Ok(match functions {
            0 => answers,
            functions => format!("{answers}, {functions} functions behind queues and clock run"),
        })
    }
}

/// What a function takes without doing anything: a delivery without records, a tick of the clock,
/// on which `cleanup` counts. The others are called by what proves the system.
fn harmless(function: &str) -> Option<Value> {
    let mut declared = contract::functions::all().into_iter();
    let declared = declared.find(|declared| declared.name == function)?;
    declared.triggers.iter().find_map(|trigger| match trigger {
        Trigger::Events { .. } => Some(json!({ "Records": [] })),
        Trigger::Schedule { .. } => Some(json!({})),
        Trigger::Http | Trigger::Invoke => None,
    })
}

/// Whether it is what our functions answer to that: no failed record, or counts.
fn is_answer(value: &Value) -> bool {
    match value.get("batchItemFailures") {
        Some(failures) => failures.as_array().is_some_and(Vec::is_empty),
        None => value.get("total").is_some_and(Value::is_number),
    }
}

impl Verify {
    /// Of these functions, through a client of its own.
    pub fn new(cloud: Cloud, functions: Vec<DesiredFunction>) -> Result<Self> {
        let http = reqwest::Client::builder().timeout(PATIENCE);
        Ok(Self {
            cloud,
            functions,
            http: http.build().doing("make an HTTP client")?,
        })
    }

    async fn answers(&self, deployed: &Deployed) -> Result<String> {
        let (inside, outside) = tokio::join!(self.inside(deployed), self.outside(deployed));
        let (version, health) = (inside?, outside?);
        Ok(format!(
            "api answers {health}, functions reach PostgreSQL {version}"
        ))
    }

    /// Every function that nothing else here calls starts and answers at its alias; says how many.
    pub(crate) async fn each_runs(&self) -> Result<usize> {
        let asked = self.functions.iter();
        let asked = asked.filter_map(|function| Some((function, harmless(&function.name)?)));
        let answers = asked.map(|(function, payload)| self.runs(&function.function_name, payload));
        let answers = join_all(answers).await;
        let asked = answers.len();
        answers.into_iter().collect::<Result<()>>().map(|()| asked)
    }

    async fn runs(&self, name: &str, payload: Value) -> Result<()> {
        let answer = match self.cloud.functions.invoke(name, LIVE, &payload).await {
            // As many of it are at work as may be: it runs.
            Err(error) if error.fault == Fault::Throttled => return Ok(()),
            answer => answer?,
        };
        let said = match answer {
            Answer::Value(value) if is_answer(&value) => return Ok(()),
            Answer::Value(value) => format!("{name} answers {value} to a call without work"),
            Answer::Failed(said) => format!("{name} does not run: {said}"),
        };
        Err(Error::failed(said).hint(format!("its log group: /aws/lambda/{name}")))
    }

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
                let version = report.get("version").and_then(Value::as_str);
                let version = version.ok_or_else(|| {
                    Error::failed(format!(
                        "{function} does not say which PostgreSQL it reaches"
                    ))
                    .hint(format!("its log group: /aws/lambda/{function}"))
                })?;
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
        let answer = self
            .http
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
