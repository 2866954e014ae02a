//! Parameter Store, bounded by the parameters the function may read; values are kept for a while.

use std::collections::HashMap;
use std::marker::PhantomData;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use aws_config::SdkConfig;
use aws_sdk_ssm::Client;
use aws_sdk_ssm::types::ParameterType;
use contract::access::{ProbeParameters, ReadParameter};
use contract::parameters::PROBE_FOLDER;
use contract::{Function, Grants, Parameter};
use tokio::sync::Mutex;

use crate::secret::Secret;

/// How long a value is used before it is looked up again.
pub const LIFETIME: Duration = Duration::from_secs(300);

type Cached = (Instant, Option<Secret>);

/// Parameter Store as function `F` may use it.
#[derive(Debug)]
pub struct Secrets<F> {
    client: Client,
    prefix: String,
    cache: Mutex<HashMap<&'static str, Cached>>,
    function: PhantomData<fn() -> F>,
}

impl<F: Function> Secrets<F> {
    /// A client for the parameters below `prefix`.
    pub fn new(config: &SdkConfig, prefix: &str) -> Self {
        Self {
            client: Client::new(config),
            prefix: prefix.to_owned(),
            cache: Mutex::default(),
            function: PhantomData,
        }
    }

    /// A parameter's value, decrypted; an error if it is not there.
    pub async fn parameter<P: Parameter>(&self) -> Result<Secret>
    where
        F: Grants<ReadParameter<P>>,
    {
        let path = P::SPEC.path(&self.prefix);
        self.optional_parameter::<P>().await?.with_context(|| {
            format!(
                "parameter {path} does not exist; `cargo xtask deploy --only parameters` sets it"
            )
        })
    }

    /// A parameter's value, decrypted, if it is there.
    pub async fn optional_parameter<P: Parameter>(&self) -> Result<Option<Secret>>
    where
        F: Grants<ReadParameter<P>>,
    {
        let name = P::SPEC.name;
        if let Some((read, value)) = self.cache.lock().await.get(name)
            && read.elapsed() < LIFETIME
        {
            return Ok(value.clone());
        }
        let value = self.read(&P::SPEC.path(&self.prefix)).await?;
        self.cache
            .lock()
            .await
            .insert(name, (Instant::now(), value.clone()));
        Ok(value)
    }

    async fn read(&self, path: &str) -> Result<Option<Secret>> {
        let answer = self
            .client
            .get_parameters()
            .names(path)
            .with_decryption(true)
            .send()
            .await
            .with_context(|| format!("read parameter {path}"))?;
        let found = answer.parameters.unwrap_or_default().into_iter().next();
        Ok(found.and_then(|parameter| parameter.value).map(Secret::new))
    }
}

impl<F: Grants<ProbeParameters>> Secrets<F> {
    /// Writes an encrypted parameter, reads it back decrypted and removes it, whatever happened.
    pub async fn probe(&self, name: &str, value: &str) -> Result<Secret> {
        let path = format!("{}/{PROBE_FOLDER}/{name}", self.prefix);
        self.client
            .put_parameter()
            .name(&path)
            .value(value)
            .r#type(ParameterType::SecureString)
            .overwrite(true)
            .send()
            .await
            .with_context(|| format!("write parameter {path}"))?;
        let read = self.read(&path).await;
        self.client
            .delete_parameter()
            .name(&path)
            .send()
            .await
            .with_context(|| format!("remove parameter {path}"))?;
        read?.with_context(|| format!("parameter {path} was written but not found"))
    }
}
