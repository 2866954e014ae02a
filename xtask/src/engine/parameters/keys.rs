//! Keys that nobody has said yet: which they are, and asking for them.

use std::collections::BTreeMap;

use contract::parameters::{MANIFEST, ParameterSpec, Source, prefix};
use stack::environment::Environment;

use super::{copy_of, readers};
use crate::ask::Ask;
use crate::cloud::parameters::LiveParameter;
use crate::dotenv::DotEnv;
use crate::error::{Error, Result};
use crate::secret::Secret;

/// A key that neither `.env` nor Parameter Store has.
#[derive(Clone, Debug)]
pub struct KeyNeeded {
    /// The parameter it is for.
    pub spec: &'static ParameterSpec,
    /// Its name in `.env`.
    pub key: &'static str,
    /// Whether the environment works without it.
    pub optional: bool,
}

/// The keys that nobody has said, in the manifest's order. On `local` none is needed.
pub fn missing(
    environment: &Environment,
    dotenv: &DotEnv,
    live: &BTreeMap<String, LiveParameter>,
) -> Vec<KeyNeeded> {
    let prefix = prefix(&environment.name);
    let unsaid = MANIFEST.iter().filter_map(|spec| match spec.source {
        Source::DotEnv { key, optional } => Some(KeyNeeded {
            spec,
            key,
            optional,
        }),
        _ => None,
    });
    unsaid
        .filter(|_| !environment.is_local())
        .filter(|needed| dotenv.get(needed.key).is_none())
        .filter(|needed| {
            let path = needed.spec.path(&prefix);
            !live.contains_key(&path) && !live.contains_key(&copy_of(&path))
        })
        .collect()
}

/// Makes sure that every key is there that the environment does not work without: asks for those
/// that nobody has said, or names them all where nobody is there to ask.
pub fn require(needed: &[KeyNeeded], ask: &dyn Ask, dotenv: &mut DotEnv) -> Result<()> {
    let needed = needed.iter().filter(|needed| !needed.optional);
    let needed: Vec<KeyNeeded> = needed.cloned().collect();
    if needed.is_empty() || ask.is_there() {
        return add(&needed, ask, dotenv);
    }
    let named = needed.iter();
    let named = named.map(|needed| format!("{} ({})", needed.key, readers(needed.spec)));
    let named: Vec<String> = named.collect();
    Err(
        Error::input(format!("keys are missing: {}", named.join(", ")))
            .hint("put them into .env as NAME=value, or set variables of these names")
            .hint("cargo xtask secrets populate fills them once; deploys then leave them"),
    )
}

/// Asks for each key, hidden; optional ones may be skipped. What is said counts for this run.
pub fn add(needed: &[KeyNeeded], ask: &dyn Ask, dotenv: &mut DotEnv) -> Result<()> {
    for needed in needed {
        let skip = if needed.optional {
            "; empty skips it"
        } else {
            ""
        };
        let question = format!("{} ({}{skip})", needed.key, readers(needed.spec));
        let flag = format!("{} in .env", needed.key);
        if let Some(value) = ask.secret(&question, needed.optional, &flag)? {
            dotenv.set(needed.key, Secret::new(value));
        }
    }
    Ok(())
}
