//! Lambda.

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_lambda::Client;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{LastUpdateStatus, State};
use serde_json::Value;

use super::call::{Caller, incomplete};
use crate::cloud::CloudResult;
use crate::cloud::error::optional;
use crate::cloud::functions::{
    Answer, CodeAt, FunctionVersion, Functions, LATEST, Readiness, Variables,
};

pub(super) struct SdkFunctions {
    client: Client,
    caller: Caller,
}

impl SdkFunctions {
    pub(super) fn new(sdk: &SdkConfig, caller: Caller) -> Self {
        Self {
            client: Client::new(sdk),
            caller,
        }
    }
}

#[async_trait]
impl Functions for SdkFunctions {
    async fn aliased(&self, function: &str, alias: &str) -> CloudResult<Option<FunctionVersion>> {
        let get = || {
            self.client
                .get_function_configuration()
                .function_name(function)
        };
        let get = || get().qualifier(alias).send();
        let answer = self
            .caller
            .call("lambda:GetFunctionConfiguration", get)
            .await;
        let found = optional(answer)?.map(|answer| FunctionVersion {
            version: answer.version.unwrap_or_default(),
            revision: answer.description.unwrap_or_default(),
            code_sha256: answer.code_sha256.unwrap_or_default(),
        });
        Ok(found)
    }

    async fn variables(&self, function: &str, alias: &str) -> CloudResult<Option<Variables>> {
        let get = || {
            self.client
                .get_function_configuration()
                .function_name(function)
        };
        let get = || get().qualifier(alias).send();
        let answer = self
            .caller
            .call("lambda:GetFunctionConfiguration", get)
            .await;
        let found = optional(answer)?.map(|answer| {
            let variables = answer.environment.and_then(|it| it.variables);
            variables.into_iter().flatten().collect()
        });
        Ok(found)
    }

    async fn versions(&self, function: &str) -> CloudResult<Vec<FunctionVersion>> {
        let mut versions = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let page = self
                .caller
                .call("lambda:ListVersionsByFunction", || {
                    let list = self
                        .client
                        .list_versions_by_function()
                        .function_name(function);
                    list.set_marker(next.clone()).send()
                })
                .await?;
            versions.extend(page.versions().iter().filter_map(|found| {
                let version = found.version().filter(|version| *version != "$LATEST")?;
                Some(FunctionVersion {
                    version: version.to_owned(),
                    revision: found.description().unwrap_or_default().to_owned(),
                    code_sha256: found.code_sha256().unwrap_or_default().to_owned(),
                })
            }));
            next = page.next_marker.filter(|marker| !marker.is_empty());
            if next.is_none() {
                break;
            }
        }
        versions.sort_by_key(|found| found.version.parse::<u64>().unwrap_or(u64::MAX));
        Ok(versions)
    }

    async fn update_code(&self, function: &str, code: &CodeAt) -> CloudResult<String> {
        const CALL: &str = "lambda:UpdateFunctionCode";
        let update = || self.client.update_function_code().function_name(function);
        let update = || match code {
            CodeAt::Object { bucket, key } => update().s3_bucket(bucket).s3_key(key).send(),
            CodeAt::Image(uri) => update().image_uri(uri).send(),
        };
        let answer = self.caller.call(CALL, update).await?;
        answer
            .code_sha256
            .ok_or_else(|| incomplete(CALL, "hash of the code"))
    }

    async fn readiness(&self, function: &str, at: &str) -> CloudResult<Readiness> {
        let get = || {
            let get = self.client.get_function_configuration();
            get.function_name(function).qualifier(at).send()
        };
        let answer = self
            .caller
            .call("lambda:GetFunctionConfiguration", get)
            .await?;
        let failed = |reason: Option<&str>| {
            Readiness::Failed(reason.unwrap_or("no reason given").to_owned())
        };
        Ok(match (answer.last_update_status(), answer.state()) {
            (Some(LastUpdateStatus::InProgress), _) | (_, Some(State::Pending)) => {
                Readiness::Pending
            }
            (Some(LastUpdateStatus::Failed), _) => failed(answer.last_update_status_reason()),
            // Code that cannot run is what an update of it mends.
            (_, Some(State::Failed)) if at != LATEST => failed(answer.state_reason()),
            _ => Readiness::Ready,
        })
    }

    async fn publish(
        &self,
        function: &str,
        revision: &str,
        code_sha256: &str,
    ) -> CloudResult<String> {
        const CALL: &str = "lambda:PublishVersion";
        let publish = || self.client.publish_version().function_name(function);
        let publish = || {
            publish()
                .description(revision)
                .code_sha256(code_sha256)
                .send()
        };
        let answer = self.caller.call(CALL, publish).await?;
        answer.version.ok_or_else(|| incomplete(CALL, "version"))
    }

    async fn invoke(&self, function: &str, at: &str, payload: &Value) -> CloudResult<Answer> {
        const CALL: &str = "lambda:Invoke";
        let bytes = payload.to_string().into_bytes();
        let invoke = || {
            let invoke = self.client.invoke().function_name(function).qualifier(at);
            invoke.payload(Blob::new(bytes.clone())).send()
        };
        let answer = self.caller.call(CALL, invoke).await?;
        let bytes = answer.payload.map(Blob::into_inner).unwrap_or_default();
        let value: Value = serde_json::from_slice(&bytes).map_err(|_| incomplete(CALL, "JSON"))?;
        if answer.function_error.is_none() {
            return Ok(Answer::Value(value));
        }
        let said = value.get("errorMessage").and_then(Value::as_str);
        Ok(Answer::Failed(
            said.map_or_else(|| value.to_string(), str::to_owned),
        ))
    }

    async fn move_alias(&self, function: &str, alias: &str, version: &str) -> CloudResult<()> {
        let update = || self.client.update_alias().function_name(function);
        let update = || update().name(alias).function_version(version).send();
        self.caller
            .call("lambda:UpdateAlias", update)
            .await
            .map(drop)
    }
}
