//! LangSmith: the analysis prompt from its Hub, or the built-in one; and experiments.

pub mod experiments;

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use contract::access::ReadParameter;
use contract::parameters::LangsmithKey;
use contract::{EnvKey, Function, Grants};
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::Mutex;

use super::ProviderError;
use super::http::Http;
use super::hub;
use super::prompt::Prompt;
use crate::secrets::Secrets;
use crate::settings::Settings;

/// How it is called in errors.
pub const NAME: &str = "langsmith";
/// Where the API is.
pub const BASE_URL: &str = "https://api.smith.langchain.com";

/// How long a prompt of the Hub is used before it is looked up again.
const LIFETIME: Duration = Duration::from_secs(300);
/// How long the Hub is left alone after a failure.
const PAUSE: Duration = Duration::from_secs(60);
/// How long an analysis waits for the Hub: seconds pass in the model anyway.
const PATIENCE: Duration = Duration::from_secs(2);

/// The address to use, without a slash at its end.
pub(crate) fn endpoint(configured: Option<&str>) -> String {
    configured
        .unwrap_or(BASE_URL)
        .trim_end_matches('/')
        .to_owned()
}

/// The analysis prompt of function `F`.
#[derive(Debug)]
pub struct Prompts<F> {
    http: Http,
    endpoint: String,
    /// Its name in the Hub.
    name: Option<String>,
    secrets: Secrets<F>,
    kept: Mutex<Option<Kept>>,
}

#[derive(Debug)]
struct Kept {
    prompt: Prompt,
    until: Instant,
}

#[derive(Deserialize)]
struct Commit {
    commit_hash: String,
    manifest: Value,
}

impl<F: Function + Grants<ReadParameter<LangsmithKey>>> Prompts<F> {
    /// Over the client of all providers.
    pub fn new(http: Http, settings: &Settings<F>, secrets: Secrets<F>) -> Result<Self> {
        Ok(Self {
            http,
            endpoint: endpoint(settings.get(EnvKey::LangsmithEndpoint)?),
            name: settings
                .get(EnvKey::LangsmithPromptName)?
                .map(str::to_owned),
            secrets,
            kept: Mutex::new(None),
        })
    }

    /// The prompt to use now. Never fails: where the Hub has none or is away, it is the last one
    /// that was found there, or else the built-in one.
    pub async fn analysis(&self) -> Prompt {
        let mut kept = self.kept.lock().await;
        if let Some(kept) = kept.as_ref().filter(|kept| Instant::now() < kept.until) {
            return kept.prompt.clone();
        }
        let found = tokio::time::timeout(PATIENCE, self.look_up()).await;
        let found = found
            .context("LangSmith did not answer in time")
            .and_then(|found| found);
        let (prompt, lifetime) = match found {
            Ok(Some(prompt)) => (prompt, LIFETIME),
            Ok(None) => (Prompt::built_in(), LIFETIME),
            Err(error) => {
                let last = kept.take().map(|kept| kept.prompt);
                let prompt = last.unwrap_or_else(Prompt::built_in);
                let (error, used) = (format!("{error:#}"), &prompt.origin);
                tracing::warn!(error, used, "the Hub has no prompt to use");
                (prompt, PAUSE)
            }
        };
        *kept = Some(Kept {
            prompt: prompt.clone(),
            until: Instant::now() + lifetime,
        });
        prompt
    }

    /// The prompt in the Hub; `None` without a key or a name to look it up by.
    async fn look_up(&self) -> Result<Option<Prompt>> {
        let Some(name) = &self.name else {
            return Ok(None);
        };
        let Some(key) = self.secrets.optional_parameter::<LangsmithKey>().await? else {
            return Ok(None);
        };
        let (owner, name, commit) = hub::identifier(name);
        let url = format!("{}/commits/{owner}/{name}/{commit}", self.endpoint);
        let request = self.http.get(&url).header("x-api-key", key.expose());
        let body = match self.http.once(NAME, request, PATIENCE).await {
            Err(ProviderError::Refused { status: 404, .. }) => {
                tracing::info!(name, "the Hub has no such prompt");
                return Ok(None);
            }
            answer => answer?,
        };
        let commit: Commit = serde_json::from_slice(&body).context("read the answer of the Hub")?;
        let mut prompt = hub::prompt(&commit.manifest)
            .with_context(|| format!("read the prompt {name} of the Hub"))?;
        let hash: String = commit.commit_hash.chars().take(8).collect();
        prompt.origin = format!("{name}:{hash}");
        Ok(Some(prompt))
    }
}
