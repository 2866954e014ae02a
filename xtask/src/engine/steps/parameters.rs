//! The parameters phase: the manifest of the contract from `.env`, its defaults and the outputs
//! of the stacks, and the credentials of an external database into their secret.

use async_trait::async_trait;
use contract::functions;
use contract::parameters::{self, Derived, MANIFEST, ParameterSpec, Source};
use serde_json::{Value, json};
use stack::environment::{Database, Environment};

use super::output;
use crate::cloud::Cloud;
use crate::dotenv::DotEnv;
use crate::engine::phases::{Deployed, Extra, Phase};
use crate::error::{Doing as _, Error, Result};
use crate::secret::Secret;

/// What the model server of the local environment takes for a key.
const LOCAL_KEY: &str = "local";

/// Fills Parameter Store.
pub struct FillParameters {
    /// Where.
    pub cloud: Cloud,
    /// Which environment.
    pub environment: Environment,
    /// Where keys come from.
    pub dotenv: DotEnv,
    /// User and password of an external database.
    pub credentials: Option<Credentials>,
}

/// User and password of a database.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The user.
    pub username: String,
    /// Its password.
    pub password: Secret,
}

impl Credentials {
    fn to_secret(&self) -> Secret {
        let value = json!({ "username": self.username, "password": self.password.expose() });
        Secret::new(value.to_string())
    }

    fn parse(secret: &Secret) -> Result<Self> {
        let value: Value = serde_json::from_str(secret.expose())
            .map_err(|_| Error::failed("the database secret is not JSON"))?;
        let text = |key: &str| {
            value
                .get(key)
                .and_then(Value::as_str)
                .ok_or_else(|| Error::failed(format!("the database secret has no {key}")))
        };
        Ok(Self {
            username: text("username")?.to_owned(),
            password: Secret::new(text("password")?),
        })
    }
}

#[async_trait]
impl Extra for FillParameters {
    fn phase(&self) -> Phase {
        Phase::Parameters
    }

    async fn is_done(&self, deployed: &Deployed) -> Result<Option<String>> {
        if !deployed.outputs.contains_key("database") {
            return Ok(None);
        }
        if self.stale_secret(deployed).await?.is_some() {
            return Ok(None);
        }
        let stale = self.stale(deployed).await?;
        Ok(stale
            .is_empty()
            .then(|| "every parameter has its value".to_owned()))
    }

    async fn run(&self, deployed: &Deployed) -> Result<String> {
        if let Some((id, value)) = self.stale_secret(deployed).await? {
            self.cloud.parameters.put_secret(&id, &value).await?;
        }
        let stale = self.stale(deployed).await?;
        for (spec, value) in &stale {
            let name = self.name(spec);
            self.cloud.parameters.put(&name, spec.kind, value).await?;
        }
        Ok(format!("{} of {} written", stale.len(), MANIFEST.len()))
    }
}

impl FillParameters {
    fn name(&self, spec: &ParameterSpec) -> String {
        spec.path(&parameters::prefix(&self.environment.name))
    }

    /// The secret of an external database and its value, when that is not there yet.
    async fn stale_secret(&self, deployed: &Deployed) -> Result<Option<(String, Secret)>> {
        if self.environment.database != Database::External {
            return Ok(None);
        }
        let wanted = self.credentials.as_ref().ok_or_else(|| {
            Error::input("nobody says how to sign in to the external database")
                .hint("set DATABASE_USERNAME and DATABASE_PASSWORD in .env")
        })?;
        let id = output(deployed, "database", "DatabaseSecretArn")?;
        let wanted = wanted.to_secret();
        let there = self.cloud.parameters.secret(id).await?;
        Ok((there.as_ref() != Some(&wanted)).then(|| (id.to_owned(), wanted)))
    }

    /// The parameters that do not have their value, with it.
    async fn stale(&self, deployed: &Deployed) -> Result<Vec<(&'static ParameterSpec, Secret)>> {
        let wanted = self.wanted(deployed).await?;
        let names: Vec<String> = wanted.iter().map(|(spec, _)| self.name(spec)).collect();
        let there = self.cloud.parameters.values(&names).await?;
        let stale = wanted
            .into_iter()
            .filter(|(spec, value)| there.get(&self.name(spec)) != Some(value));
        Ok(stale.collect())
    }

    async fn wanted(&self, deployed: &Deployed) -> Result<Vec<(&'static ParameterSpec, Secret)>> {
        let derived = self.derived(deployed).await?;
        let mut wanted = Vec::new();
        let mut missing = Vec::new();
        for spec in MANIFEST {
            match spec.source {
                Source::DotEnv { key, optional } => match self.dotenv.get(key) {
                    Some(value) => wanted.push((spec, value)),
                    None if self.environment.is_local() => {
                        wanted.push((spec, Secret::new(LOCAL_KEY)));
                    }
                    None if optional => {}
                    None => missing.push(format!("{key} ({})", readers(spec))),
                },
                Source::Default { key, .. } => {
                    let default = || spec.default_value(&self.environment.name).map(Secret::new);
                    wanted.extend(
                        self.dotenv
                            .get(key)
                            .or_else(default)
                            .map(|value| (spec, value)),
                    );
                }
                Source::Deploy(kind) => {
                    if let Some(value) = derived.iter().find(|(known, _)| *known == kind) {
                        wanted.push((spec, value.1.clone()));
                    }
                }
            }
        }
        if missing.is_empty() {
            return Ok(wanted);
        }
        Err(Error::input(format!(
            "{} lacks keys: {}",
            self.environment.name,
            missing.join(", ")
        ))
        .hint("put them into .env as NAME=value and run the command again"))
    }

    async fn derived(&self, deployed: &Deployed) -> Result<Vec<(Derived, Secret)>> {
        let text = |stack: &str, name: &str| output(deployed, stack, name).map(str::to_owned);
        let (host, port) = (
            text("database", "DatabaseHost")?,
            text("database", "DatabasePort")?,
        );
        let name = text("database", "DatabaseName")?;
        let credentials = match &self.credentials {
            Some(credentials) => credentials.clone(),
            None => {
                let id = output(deployed, "database", "DatabaseSecretArn")?;
                let secret = self.cloud.parameters.secret(id).await?;
                let secret = secret.ok_or_else(|| Error::failed("the database secret is empty"))?;
                Credentials::parse(&secret).doing("read the database secret")?
            }
        };
        let url = format!(
            "postgresql://{}@{host}:{port}/{name}?sslmode=verify-full",
            credentials.username
        );
        Ok(vec![
            (Derived::DatabaseUsername, Secret::new(credentials.username)),
            (Derived::DatabasePassword, credentials.password),
            (Derived::DatabaseName, Secret::new(name)),
            (Derived::DatabaseUrl, Secret::new(url)),
            (
                Derived::BucketName,
                Secret::new(text("storage", "BucketName")?),
            ),
        ])
    }
}

/// The functions that read a parameter, for a message.
fn readers(spec: &ParameterSpec) -> String {
    let readers: Vec<&str> = functions::all()
        .iter()
        .filter(|function| function.parameters().any(|read| read.name == spec.name))
        .map(|function| function.name)
        .collect();
    match readers.as_slice() {
        [] => "no function reads it".to_owned(),
        readers => format!("read by {}", readers.join(", ")),
    }
}
