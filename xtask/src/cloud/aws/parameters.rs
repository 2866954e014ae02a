//! SSM and Secrets Manager.

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_ssm::types::ParameterType;
use contract::parameters::ParameterKind;

use super::call::Caller;
use crate::cloud::CloudResult;
use crate::cloud::error::optional;
use crate::cloud::parameters::Parameters;
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

#[async_trait]
impl Parameters for SdkParameters {
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
        let kind = match kind {
            ParameterKind::String => ParameterType::String,
            ParameterKind::SecureString => ParameterType::SecureString,
        };
        let put = || {
            let put = self
                .parameters
                .put_parameter()
                .name(name)
                .value(value.expose());
            put.r#type(kind.clone()).overwrite(true).send()
        };
        self.caller.call("ssm:PutParameter", put).await.map(drop)
    }

    async fn names(&self, path: &str) -> CloudResult<Vec<String>> {
        let mut found = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let get = || {
                let get = self.parameters.get_parameters_by_path().path(path);
                let get = get.recursive(true).with_decryption(false);
                get.set_next_token(next.clone()).send()
            };
            let page = self.caller.call("ssm:GetParametersByPath", get).await?;
            let parameters = page.parameters.unwrap_or_default().into_iter();
            found.extend(parameters.filter_map(|parameter| parameter.name));
            next = page.next_token;
            if next.is_none() {
                return Ok(found);
            }
        }
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
