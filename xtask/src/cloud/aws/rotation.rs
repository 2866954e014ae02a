//! Secrets Manager's own rotation.

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_secretsmanager::Client;

use super::call::Caller;
use crate::cloud::CloudResult;
use crate::cloud::error::optional;
use crate::cloud::rotation::{Rotation, RotationState};

pub(super) struct SdkRotation {
    client: Client,
    caller: Caller,
}

impl SdkRotation {
    pub(super) fn new(sdk: &SdkConfig, caller: Caller) -> Self {
        Self {
            client: Client::new(sdk),
            caller,
        }
    }
}

#[async_trait]
impl Rotation for SdkRotation {
    async fn state(&self, id: &str) -> CloudResult<Option<RotationState>> {
        let describe = || self.client.describe_secret().secret_id(id).send();
        let answer = self.caller.call("secretsmanager:DescribeSecret", describe);
        let Some(told) = optional(answer.await)? else {
            return Ok(None);
        };
        let versions = told.version_ids_to_stages.unwrap_or_default();
        let is = |stages: &[String], stage: &str| stages.iter().any(|one| one == stage);
        let current = versions
            .iter()
            .find(|(_, stages)| is(stages, "AWSCURRENT"))
            .map(|(version, _)| version.clone());
        let under_way = versions
            .values()
            .any(|stages| is(stages, "AWSPENDING") && !is(stages, "AWSCURRENT"));
        Ok(Some(RotationState { current, under_way }))
    }

    async fn rotate(&self, id: &str, token: &str) -> CloudResult<()> {
        let rotate = || {
            let rotate = self.client.rotate_secret().secret_id(id);
            rotate
                .client_request_token(token)
                .rotate_immediately(true)
                .send()
        };
        self.caller
            .call("secretsmanager:RotateSecret", rotate)
            .await
            .map(drop)
    }
}
