//! Parameter Store, bounded by the parameters the function may read; values are kept for a while.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::sync::Arc;
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

/// How long a value that could not be looked up again is used on.
const GRACE: Duration = Duration::from_secs(30);
/// What one GetParameters call takes.
const CALL_LIMIT: usize = 10;

/// Parameter Store as function `F` may use it. Clones share what was read.
#[derive(Debug)]
pub struct Secrets<F> {
    store: Arc<Store>,
    function: PhantomData<fn() -> F>,
}

/// The parameters that a function reads, and what they were when last looked up.
#[derive(Debug)]
struct Store {
    client: Client,
    prefix: String,
    names: Vec<&'static str>,
    /// Locked while they are looked up, so that many who wait cause one call.
    kept: Mutex<Option<Kept>>,
}

#[derive(Debug)]
struct Kept {
    values: BTreeMap<&'static str, Secret>,
    until: Instant,
}

impl<F> Clone for Secrets<F> {
    fn clone(&self) -> Self {
        Self {
            store: Arc::clone(&self.store),
            function: PhantomData,
        }
    }
}

impl<F: Function> Secrets<F> {
    /// A client for the parameters below `prefix`.
    pub fn new(config: &SdkConfig, prefix: &str) -> Self {
        let declaration = F::declaration();
        let names = declaration.parameters().map(|spec| spec.name);
        let store = Store {
            client: Client::new(config),
            prefix: prefix.to_owned(),
            names: names.collect(),
            kept: Mutex::new(None),
        };
        Self {
            store: Arc::new(store),
            function: PhantomData,
        }
    }

    /// Begins to look up all that the function reads, while it starts: who needs a value first
    /// finds the call under way.
    pub fn prefetch(&self) {
        let store = Arc::clone(&self.store);
        tokio::spawn(async move {
            if let Err(error) = store.value("").await {
                // Whoever needs a value asks again, and reports it.
                tracing::info!(error = format!("{error:#}"), "no parameters at the start");
            }
        });
    }

    /// A parameter's value, decrypted; an error if it is not there.
    pub async fn parameter<P: Parameter>(&self) -> Result<Secret>
    where
        F: Grants<ReadParameter<P>>,
    {
        let path = P::SPEC.path(&self.store.prefix);
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
        self.store.value(P::SPEC.name).await
    }
}

impl Store {
    /// One value; looks all of them up where they are too old.
    async fn value(&self, name: &str) -> Result<Option<Secret>> {
        let mut kept = self.kept.lock().await;
        if kept
            .as_ref()
            .is_none_or(|kept| kept.until <= Instant::now())
        {
            match self.read_all().await {
                Ok(values) => {
                    let until = Instant::now() + LIFETIME;
                    *kept = Some(Kept { values, until });
                }
                // The last values most likely still hold; failing for certain helps nobody.
                Err(error) => match kept.as_mut() {
                    Some(kept) => {
                        tracing::warn!(error = format!("{error:#}"), "using older parameters");
                        kept.until = Instant::now() + GRACE;
                    }
                    None => return Err(error),
                },
            }
        }
        Ok(kept
            .as_ref()
            .and_then(|kept| kept.values.get(name).cloned()))
    }

    async fn read_all(&self) -> Result<BTreeMap<&'static str, Secret>> {
        let calls = self.names.chunks(CALL_LIMIT).map(|names| async move {
            let paths: Vec<_> = names.iter().map(|name| self.path(name)).collect();
            let values = self.read(paths).await?;
            let named = names.iter().filter_map(|name| {
                let value = values.get(&self.path(name))?;
                Some((*name, value.clone()))
            });
            Ok::<_, anyhow::Error>(named.collect::<Vec<_>>())
        });
        let found = futures::future::try_join_all(calls).await?;
        Ok(found.into_iter().flatten().collect())
    }

    fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.prefix)
    }

    async fn read(&self, paths: Vec<String>) -> Result<BTreeMap<String, Secret>> {
        let what = paths.join(", ");
        let answer = self
            .client
            .get_parameters()
            .set_names(Some(paths))
            .with_decryption(true)
            .send()
            .await
            .with_context(|| format!("read {what} from Parameter Store"))?;
        let found = answer.parameters.unwrap_or_default().into_iter();
        Ok(found
            .filter_map(|parameter| Some((parameter.name?, Secret::new(parameter.value?))))
            .collect())
    }
}

impl<F: Grants<ProbeParameters>> Secrets<F> {
    /// Writes an encrypted parameter, reads it back decrypted and removes it, whatever happened.
    pub async fn probe(&self, name: &str, value: &str) -> Result<Secret> {
        let store = &self.store;
        let path = format!("{}/{PROBE_FOLDER}/{name}", store.prefix);
        store
            .client
            .put_parameter()
            .name(&path)
            .value(value)
            .r#type(ParameterType::SecureString)
            .overwrite(true)
            .send()
            .await
            .with_context(|| format!("write parameter {path}"))?;
        let read = store.read(vec![path.clone()]).await;
        store
            .client
            .delete_parameter()
            .name(&path)
            .send()
            .await
            .with_context(|| format!("remove parameter {path}"))?;
        read?
            .remove(&path)
            .with_context(|| format!("parameter {path} was written but not found"))
    }
}
