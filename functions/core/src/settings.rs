//! The environment variables of one function: those it declared, and no others.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use anyhow::{Context, Result, ensure};
use contract::{EnvKey, Function};

/// The declared environment of function `F`.
#[derive(Debug)]
pub struct Settings<F> {
    values: BTreeMap<EnvKey, String>,
    function: PhantomData<fn() -> F>,
}

impl<F> Clone for Settings<F> {
    fn clone(&self) -> Self {
        Self {
            values: self.values.clone(),
            function: PhantomData,
        }
    }
}

impl<F: Function> Settings<F> {
    /// Reads the process environment. An empty variable counts as absent.
    pub fn from_env() -> Self {
        Self::from_values(
            F::declaration()
                .environment_keys()
                .into_iter()
                .filter_map(|key| Some((key, std::env::var(key.name()).ok()?))),
        )
    }

    /// Takes the values from elsewhere.
    pub fn from_values(values: impl IntoIterator<Item = (EnvKey, String)>) -> Self {
        let values = values
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .collect();
        Self {
            values,
            function: PhantomData,
        }
    }

    /// The value of a key, which the function must have declared.
    pub fn get(&self, key: EnvKey) -> Result<Option<&str>> {
        ensure!(
            F::declaration().environment_keys().contains(&key),
            "{} reads {} without declaring it in contract/src/functions.rs",
            F::NAME,
            key.name()
        );
        Ok(self.values.get(&key).map(String::as_str))
    }

    /// The value of a key that must be set.
    pub fn require(&self, key: EnvKey) -> Result<&str> {
        self.get(key)?
            .with_context(|| format!("the environment variable {} is not set", key.name()))
    }

    /// The environment's name, `local` where unset.
    pub fn environment(&self) -> &str {
        self.values
            .get(&EnvKey::Environment)
            .map_or("local", String::as_str)
    }
}
