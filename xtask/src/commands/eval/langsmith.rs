//! LangSmith with the key of an environment, where one was given.

use collections_core::providers::http::{Http, Patience};
use collections_core::providers::langsmith::BASE_URL;
use collections_core::providers::langsmith::experiments::Experiments;
use collections_core::providers::outbound::Outbound;
use collections_core::secret::Secret;
use contract::parameters::{LangsmithKey, Parameter as _, prefix};

use crate::commands::environment::Opened;
use crate::error::{Doing as _, Error, Result};

/// What `.env` calls them.
const KEY: &str = "LANGSMITH_API_KEY";
const ENDPOINT: &str = "LANGSMITH_ENDPOINT";

/// The key is the environment's own parameter; the address LangSmith's, or the one in `.env`.
pub(super) async fn open(opened: &Opened) -> Result<Experiments> {
    let name = &opened.environment.name;
    let path = LangsmithKey::SPEC.path(&prefix(name));
    let found = opened
        .cloud
        .parameters
        .values(std::slice::from_ref(&path))
        .await?;
    // On `local` a parameter without a key of its own holds a stand-in, for the model server.
    let is_own = !opened.environment.is_local() || opened.dotenv.get(KEY).is_some();
    let key = found.get(&path).filter(|_| is_own);
    let key = key.ok_or_else(|| {
        Error::input(format!("{name} has no key for LangSmith")).hint(format!(
            "set {KEY} in .env, then: cargo xtask secrets populate --env {name}"
        ))
    })?;
    let configured = opened.dotenv.get(ENDPOINT);
    let outbound = match &configured {
        Some(url) => Outbound::default().and_configured(url.expose()),
        None => Outbound::default().and_public(BASE_URL),
    };
    let outbound = outbound.doing(format!("read {ENDPOINT}"))?;
    let http = Http::guarded(Patience::default(), outbound).doing("make an HTTPS client")?;
    let key = Secret::new(key.expose());
    let configured = configured.as_ref().map(|url| url.expose());
    Ok(Experiments::new(http, configured, key))
}
