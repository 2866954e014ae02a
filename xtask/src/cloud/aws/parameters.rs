//! SSM and Secrets Manager.

use std::collections::BTreeMap;
use std::time::SystemTime;

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_ssm::types::{Parameter, ParameterStringFilter, ParameterType};
use contract::parameters::ParameterKind;

use super::call::Caller;
use crate::cloud::error::optional;
use crate::cloud::parameters::{LiveParameter, Parameters, STORE_KEY};
use crate::cloud::{CloudError, CloudResult, Fault};
use crate::secret::Secret;

/// As many names as one call takes.
const NAMES_AT_ONCE: usize = 10;

pub(super) struct SdkParameters {
    parameters: aws_sdk_ssm::Client,
    secrets: aws_sdk_secretsmanager::Client,
    caller: Caller,
}

impl SdkParameters {
    pub(super) fn new(sdk: &SdkConfig, caller: Caller) -> Self {
        Self {
            parameters: aws_sdk_ssm::Client::new(sdk),
            secrets: aws_sdk_secretsmanager::Client::new(sdk),
            caller,
        }
    }
}

impl SdkParameters {
    /// What there is below a path; encrypted values as they are, or decrypted.
    async fn values_below(&self, path: &str, decrypted: bool) -> CloudResult<Vec<Parameter>> {
        let mut found = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let get = || {
                let get = self.parameters.get_parameters_by_path().path(path);
                let get = get.recursive(true).with_decryption(decrypted);
                get.set_next_token(next.clone()).send()
            };
            let page = self.caller.call("ssm:GetParametersByPath", get).await?;
            found.extend(page.parameters.unwrap_or_default());
            next = page.next_token.filter(|token| !token.is_empty());
            if next.is_none() {
                return Ok(found);
            }
        }
    }

    /// The keys that the parameters below a path are encrypted with.
    async fn keys_below(&self, path: &str) -> CloudResult<BTreeMap<String, String>> {
        const CALL: &str = "ssm:DescribeParameters";
        let below = ParameterStringFilter::builder()
            .key("Path")
            .option("Recursive")
            .values(path)
            .build()
            .map_err(|error| CloudError::new(CALL, Fault::Invalid, "", error.to_string()))?;
        let mut found = BTreeMap::new();
        let mut next: Option<String> = None;
        loop {
            let describe = || {
                let describe = self.parameters.describe_parameters();
                let describe = describe.parameter_filters(below.clone());
                describe.set_next_token(next.clone()).send()
            };
            let page = self.caller.call(CALL, describe).await?;
            let keys = page.parameters.unwrap_or_default().into_iter();
            found.extend(keys.filter_map(|told| Some((told.name?, told.key_id?))));
            next = page.next_token.filter(|token| !token.is_empty());
            if next.is_none() {
                return Ok(found);
            }
        }
    }
}

fn kind(told: Option<&ParameterType>) -> Option<ParameterKind> {
    match told {
        Some(ParameterType::String) => Some(ParameterKind::String),
        Some(ParameterType::SecureString) => Some(ParameterKind::SecureString),
        _ => None,
    }
}

#[async_trait]
impl Parameters for SdkParameters {
    async fn below(&self, path: &str) -> CloudResult<BTreeMap<String, LiveParameter>> {
        let (values, mut keys) =
            tokio::try_join!(self.values_below(path, true), self.keys_below(path))?;
        let live = values.into_iter().filter_map(|found| {
            let name = found.name?;
            let live = LiveParameter {
                kind: kind(found.r#type.as_ref()),
                key: keys.remove(&name),
                value: Secret::new(found.value?),
            };
            Some((name, live))
        });
        Ok(live.collect())
    }

    async fn delete(&self, names: &[String]) -> CloudResult<()> {
        for names in names.chunks(NAMES_AT_ONCE) {
            let delete = || {
                let delete = self.parameters.delete_parameters();
                delete.set_names(Some(names.to_vec())).send()
            };
            self.caller.call("ssm:DeleteParameters", delete).await?;
        }
        Ok(())
    }

    async fn values(&self, names: &[String]) -> CloudResult<BTreeMap<String, Secret>> {
        let mut found = BTreeMap::new();
        for names in names.chunks(NAMES_AT_ONCE) {
            let get = || {
                let get = self.parameters.get_parameters().with_decryption(true);
                get.set_names(Some(names.to_vec())).send()
            };
            let answer = self.caller.call("ssm:GetParameters", get).await?;
            let values = answer.parameters.unwrap_or_default().into_iter();
            found.extend(values.filter_map(|p| Some((p.name?, Secret::new(p.value?)))));
        }
        Ok(found)
    }

    async fn put(&self, name: &str, kind: ParameterKind, value: &Secret) -> CloudResult<()> {
        let (kind, key) = match kind {
            ParameterKind::String => (ParameterType::String, None),
            ParameterKind::SecureString => (ParameterType::SecureString, Some(STORE_KEY)),
        };
        let put = || {
            let put = self
                .parameters
                .put_parameter()
                .name(name)
                .value(value.expose());
            let put = put.set_key_id(key.map(str::to_owned));
            put.r#type(kind.clone()).overwrite(true).send()
        };
        self.caller.call("ssm:PutParameter", put).await.map(drop)
    }

    async fn names(&self, path: &str) -> CloudResult<Vec<String>> {
        let found = self.values_below(path, false).await?.into_iter();
        Ok(found.filter_map(|parameter| parameter.name).collect())
    }

    async fn changed(&self, path: &str) -> CloudResult<BTreeMap<String, SystemTime>> {
        let found = self.values_below(path, false).await?.into_iter();
        let changed = found.filter_map(|parameter| {
            let at = SystemTime::try_from(parameter.last_modified_date?).ok()?;
            Some((parameter.name?, at))
        });
        Ok(changed.collect())
    }

    async fn secret(&self, id: &str) -> CloudResult<Option<Secret>> {
        let get = || self.secrets.get_secret_value().secret_id(id).send();
        let answer = self.caller.call("secretsmanager:GetSecretValue", get).await;
        Ok(optional(answer)?
            .and_then(|answer| answer.secret_string)
            .map(Secret::new))
    }

    async fn put_secret(&self, id: &str, value: &Secret) -> CloudResult<()> {
        let put = || {
            let put = self.secrets.put_secret_value().secret_id(id);
            put.secret_string(value.expose()).send()
        };
        self.caller
            .call("secretsmanager:PutSecretValue", put)
            .await
            .map(drop)
    }
}
