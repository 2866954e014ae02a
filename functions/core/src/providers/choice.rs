//! Which vision model a request means, and the key it is called with.

use anyhow::Result;
use contract::access::ReadParameter;
use contract::parameters::{AnthropicKey, OpenaiKey};
use contract::{EnvKey, Function, Grants, Parameter};

use super::anthropic::{self, Anthropic};
use super::http::Http;
use super::ollama::{self, Ollama};
use super::openai::{self, Openai};
use super::{ProviderError, VisionModel};
use crate::secret::Secret;
use crate::secrets::Secrets;
use crate::settings::Settings;

/// The vision models of function `F`.
#[derive(Debug)]
pub struct VisionModels<F> {
    http: Http,
    settings: Settings<F>,
}

impl<F> VisionModels<F>
where
    F: Function + Grants<ReadParameter<AnthropicKey>> + Grants<ReadParameter<OpenaiKey>>,
{
    /// Over one HTTPS client.
    pub fn new(http: Http, settings: Settings<F>) -> Self {
        Self { http, settings }
    }

    /// The model of a provider; the default provider's and the provider's default where absent.
    /// Without a key for Anthropic, an Ollama that is configured is the default.
    pub async fn choose(
        &self,
        secrets: &Secrets<F>,
        provider: Option<&str>,
        model: Option<&str>,
    ) -> Result<Box<dyn VisionModel>, ProviderError> {
        let model = |default: &str| model.unwrap_or(default).to_owned();
        let http = self.http.clone();
        match provider {
            None => self.default(secrets, model).await,
            Some(anthropic::NAME) => {
                let key = key::<F, AnthropicKey>(secrets, anthropic::NAME).await?;
                let base_url = self.base_url(EnvKey::AnthropicBaseUrl, anthropic::BASE_URL)?;
                let model = model(anthropic::DEFAULT_MODEL);
                Ok(Box::new(Anthropic {
                    http,
                    base_url,
                    key,
                    model,
                }))
            }
            Some(openai::NAME) => {
                let key = key::<F, OpenaiKey>(secrets, openai::NAME).await?;
                let base_url = self.base_url(EnvKey::OpenaiBaseUrl, openai::BASE_URL)?;
                Ok(Box::new(Openai {
                    http,
                    base_url,
                    key,
                    model: model(openai::DEFAULT_MODEL),
                }))
            }
            Some(ollama::NAME) => {
                let base_url = self.base_url(EnvKey::OllamaBaseUrl, "")?;
                if base_url.is_empty() {
                    return Err(not_configured(ollama::NAME, EnvKey::OllamaBaseUrl.name()));
                }
                Ok(Box::new(Ollama {
                    http,
                    base_url,
                    model: model(ollama::DEFAULT_MODEL),
                }))
            }
            Some(other) => Err(not_configured(other, "use anthropic, openai or ollama")),
        }
    }

    async fn default(
        &self,
        secrets: &Secrets<F>,
        model: impl Fn(&str) -> String,
    ) -> Result<Box<dyn VisionModel>, ProviderError> {
        let http = self.http.clone();
        let ollama = self.base_url(EnvKey::OllamaBaseUrl, "")?;
        let key = secrets
            .optional_parameter::<AnthropicKey>()
            .await
            .map_err(ProviderError::Key)?;
        match key {
            Some(key) => {
                let base_url = self.base_url(EnvKey::AnthropicBaseUrl, anthropic::BASE_URL)?;
                let model = model(anthropic::DEFAULT_MODEL);
                Ok(Box::new(Anthropic {
                    http,
                    base_url,
                    key,
                    model,
                }))
            }
            None if !ollama.is_empty() => {
                let model = model(ollama::DEFAULT_MODEL);
                Ok(Box::new(Ollama {
                    http,
                    base_url: ollama,
                    model,
                }))
            }
            None => Err(not_configured(anthropic::NAME, AnthropicKey::SPEC.name)),
        }
    }

    fn base_url(&self, key: EnvKey, default: &str) -> Result<String, ProviderError> {
        let url = self
            .settings
            .get(key)
            .map_err(ProviderError::Key)?
            .unwrap_or(default);
        Ok(url.trim_end_matches('/').to_owned())
    }
}

async fn key<F, P>(secrets: &Secrets<F>, provider: &str) -> Result<Secret, ProviderError>
where
    P: Parameter,
    F: Function + Grants<ReadParameter<P>>,
{
    let key = secrets
        .optional_parameter::<P>()
        .await
        .map_err(ProviderError::Key)?;
    key.ok_or_else(|| not_configured(provider, P::SPEC.name))
}

fn not_configured(name: &str, hint: &str) -> ProviderError {
    ProviderError::NotConfigured {
        name: name.to_owned(),
        hint: hint.to_owned(),
    }
}
