//! ECR: a token from its API, then the distribution API of its registry.

use std::path::Path;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_ecr::Client;
use tokio::sync::Mutex;

use super::call::{Caller, incomplete};
use crate::cloud::images::{Images, Manifest};
use crate::cloud::registry::{self, Digest, Login, Registry, Repository};
use crate::cloud::{CloudError, CloudResult, Fault};
use crate::secret::Secret;

const CALL: &str = "ecr:GetAuthorizationToken";
/// A token is not used in its last minutes: a push takes some.
const MARGIN: Duration = Duration::from_secs(600);

pub(super) struct EcrImages {
    client: Client,
    caller: Caller,
    token: Mutex<Option<Token>>,
}

#[derive(Clone)]
struct Token {
    login: Login,
    /// The registry that it is for.
    host: String,
    ends: SystemTime,
    http: reqwest::Client,
}

impl EcrImages {
    pub(super) fn new(sdk: &SdkConfig, caller: Caller) -> Self {
        Self {
            client: Client::new(sdk),
            caller,
            token: Mutex::default(),
        }
    }

    /// The registry, logged in. The token goes to the registry it is for and to no other.
    async fn registry(&self, address: &str) -> CloudResult<Registry> {
        let invalid = |words: String| CloudError::new(CALL, Fault::Invalid, "", words);
        let repository = Repository::parse(address).map_err(invalid)?;
        let token = self.token().await?;
        if repository.host != token.host {
            let words = format!("the token is for {}, not for {address}", token.host);
            return Err(invalid(words));
        }
        let retry = self.caller.retry().clone();
        Ok(Registry::new(token.http, retry, repository, token.login))
    }

    async fn token(&self) -> CloudResult<Token> {
        let mut kept = self.token.lock().await;
        if let Some(token) = kept.as_ref()
            && token.ends > SystemTime::now() + MARGIN
        {
            return Ok(token.clone());
        }
        let get = || self.client.get_authorization_token().send();
        let answer = self.caller.call(CALL, get).await?;
        let data = answer.authorization_data().first();
        let data = data.ok_or_else(|| incomplete(CALL, "token"))?;
        let secret = data.authorization_token();
        let secret = secret.ok_or_else(|| incomplete(CALL, "token"))?;
        let endpoint = data.proxy_endpoint();
        let endpoint = endpoint.ok_or_else(|| incomplete(CALL, "address"))?;
        let ends = data
            .expires_at()
            .and_then(|at| SystemTime::try_from(*at).ok());
        let http = registry::client()
            .map_err(|error| CloudError::new(CALL, Fault::Invalid, "", error.to_string()))?;
        let host = endpoint
            .split_once("://")
            .map_or(endpoint, |(_, host)| host);
        let token = Token {
            login: Login::Basic(Secret::new(secret)),
            host: host.trim_end_matches('/').to_owned(),
            ends: ends.unwrap_or_else(SystemTime::now),
            http,
        };
        *kept = Some(token.clone());
        Ok(token)
    }
}

#[async_trait]
impl Images for EcrImages {
    async fn has_image(&self, repository: &str, digest: &Digest) -> CloudResult<bool> {
        self.registry(repository).await?.has_image(digest).await
    }

    async fn has_blob(&self, repository: &str, digest: &Digest) -> CloudResult<bool> {
        self.registry(repository).await?.has_blob(digest).await
    }

    async fn put_blob(&self, repository: &str, digest: &Digest, file: &Path) -> CloudResult<()> {
        let registry = self.registry(repository).await?;
        registry.push_blob(digest, file).await
    }

    async fn put_image(&self, repository: &str, manifest: &Manifest) -> CloudResult<()> {
        let registry = self.registry(repository).await?;
        registry.push_image(manifest).await
    }
}
