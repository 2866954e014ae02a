//! What each parameter should be, as far as `.env`, the manifest's defaults and the stacks say.

use std::collections::BTreeMap;

use contract::parameters::{Derived, MANIFEST, ParameterSpec, Source};
use stack::environment::Environment;

use super::Credentials;
use crate::dotenv::DotEnv;
use crate::secret::Secret;

/// What the model server of the local environment takes for a key.
pub const LOCAL_KEY: &str = "local";

/// The outputs of the stacks, by stack and name.
type Outputs = BTreeMap<String, BTreeMap<String, String>>;

/// Where values come from.
pub struct Sources<'a> {
    /// Which environment.
    pub environment: &'a Environment,
    /// Keys and settings.
    pub dotenv: &'a DotEnv,
    /// What the stacks gave out; empty before the first deploy.
    pub outputs: &'a Outputs,
    /// How the database is signed in to, once that is known.
    pub credentials: Option<&'a Credentials>,
}

/// One parameter and what it should be.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The parameter.
    pub spec: &'static ParameterSpec,
    /// What it should be.
    pub want: Want,
    /// Who says so, in words.
    pub origin: String,
}

/// What a parameter should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Want {
    /// This.
    Value(Secret),
    /// What stands there; this where nothing does.
    Standing(Secret),
    /// What stands there, if anything does.
    Optional,
    /// What stands there; nobody says what else.
    Required(&'static str),
    /// Not known before the stacks stand.
    Later,
}

impl Sources<'_> {
    /// Every parameter of the manifest with what it should be.
    pub fn wanted(&self) -> Vec<Wanted> {
        MANIFEST
            .iter()
            .map(|spec| Wanted {
                spec,
                want: self.want(spec),
                origin: self.origin(spec),
            })
            .collect()
    }

    fn want(&self, spec: &ParameterSpec) -> Want {
        let local = self.environment.is_local();
        match spec.source {
            Source::DotEnv { key, optional } => match self.dotenv.get(key) {
                Some(value) => Want::Value(value),
                None if local => Want::Value(Secret::new(LOCAL_KEY)),
                None if optional => Want::Optional,
                None => Want::Required(key),
            },
            // A machine without `.env`, such as one of CI, leaves what another set.
            Source::Default { key, .. } => {
                let default = spec.default_value(&self.environment.name);
                let default = default.map(Secret::new);
                match (self.dotenv.get(key), default) {
                    (Some(value), _) => Want::Value(value),
                    (None, Some(value)) if local => Want::Value(value),
                    (None, Some(value)) => Want::Standing(value),
                    (None, None) => Want::Optional,
                }
            }
            Source::Deploy(derived) => self
                .derived(derived)
                .map_or(Want::Later, |value| Want::Value(Secret::new(value))),
        }
    }

    fn origin(&self, spec: &ParameterSpec) -> String {
        match spec.source {
            Source::DotEnv { key, .. } | Source::Default { key, .. }
                if self.dotenv.get(key).is_some() =>
            {
                format!(".env {key}")
            }
            Source::DotEnv { .. } if self.environment.is_local() => "stand-in".to_owned(),
            Source::DotEnv { key, .. } => format!(".env has no {key}"),
            Source::Default { .. } => "default".to_owned(),
            Source::Deploy(_) => "deploy".to_owned(),
        }
    }

    fn derived(&self, derived: Derived) -> Option<String> {
        let output = |stack: &str, name: &str| self.outputs.get(stack)?.get(name).cloned();
        match derived {
            Derived::DatabaseUsername => Some(self.credentials?.username.clone()),
            Derived::DatabasePassword => Some(self.credentials?.password.expose().to_owned()),
            Derived::DatabaseName => output("database", "DatabaseName"),
            Derived::DatabaseUrl => Some(format!(
                "postgresql://{}@{}:{}/{}?sslmode=verify-full",
                self.credentials?.username,
                output("database", "DatabaseHost")?,
                output("database", "DatabasePort")?,
                output("database", "DatabaseName")?,
            )),
            Derived::BucketName => output("storage", "BucketName"),
        }
    }
}
