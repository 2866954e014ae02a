//! Which model a request means, and the key it is called with.

use anyhow::Result;
use contract::access::ReadParameter;
use contract::parameters::{AnthropicKey, OpenaiKey};
use contract::{EnvKey, Function, Grants, Parameter};

use super::anthropic::{self, Anthropic};
use super::chat::ChatModel;
use super::http::Http;
use super::ollama::{self, Ollama};
use super::openai::{self, Openai};
use super::{ProviderError, VisionModel};
use crate::secret::Secret;
use crate::secrets::Secrets;
use crate::settings::Settings;

/// The vision models of function `F`.
#[derive(Debug)]
pub struct VisionModels<F>(Providers<F>);

/// The models that function `F` talks with.
#[derive(Debug)]
pub struct ChatModels<F>(Providers<F>);

#[derive(Debug)]
struct Providers<F> {
    http: Http,
    settings: Settings<F>,
}

/// A model of one of the providers.
enum Model {
    Anthropic(Anthropic),
    Openai(Openai),
    Ollama(Ollama),
}

impl<F> VisionModels<F>
where
    F: Function + Grants<ReadParameter<AnthropicKey>> + Grants<ReadParameter<OpenaiKey>>,
{
    /// Over one HTTPS client.
    pub fn new(http: Http, settings: Settings<F>) -> Self {
        Self(Providers { http, settings })
    }

    /// The model of a provider; the default provider's and the provider's default where absent.
    /// Without a key for Anthropic, an Ollama that is configured is the default, else OpenAI.
    pub async fn choose(
        &self,
        secrets: &Secrets<F>,
        provider: Option<&str>,
        model: Option<&str>,
    ) -> Result<Box<dyn VisionModel>, ProviderError> {
        let chosen = self
            .0
            .choose(secrets, provider, model, ollama::DEFAULT_MODEL);
        Ok(match chosen.await? {
            Model::Anthropic(model) => Box::new(model),
            Model::Openai(model) => Box::new(model),
            Model::Ollama(model) => Box::new(model),
        })
    }
}

impl<F> ChatModels<F>
where
    F: Function + Grants<ReadParameter<AnthropicKey>> + Grants<ReadParameter<OpenaiKey>>,
{
    /// Over one HTTPS client.
    pub fn new(http: Http, settings: Settings<F>) -> Self {
        Self(Providers { http, settings })
    }

    /// The model of a name such as `claude-sonnet-4-5`, `gpt-4o`, `ollama/llama3.1` or `openai`;
    /// the default as for images where there is none.
    pub async fn choose(
        &self,
        secrets: &Secrets<F>,
        name: Option<&str>,
    ) -> Result<Box<dyn ChatModel>, ProviderError> {
        let (provider, model) = match name.map(named).transpose()? {
            Some((provider, model)) => (Some(provider), model),
            None => (None, None),
        };
        let chosen = self
            .0
            .choose(secrets, provider, model, ollama::DEFAULT_CHAT_MODEL);
        Ok(match chosen.await? {
            Model::Anthropic(model) => Box::new(model),
            Model::Openai(model) => Box::new(model),
            Model::Ollama(model) => Box::new(model),
        })
    }
}

/// The provider and, where it has one, the model that a name means.
fn named(name: &str) -> Result<(&str, Option<&str>), ProviderError> {
    let providers = [anthropic::NAME, openai::NAME, ollama::NAME];
    if providers.contains(&name) {
        return Ok((name, None));
    }
    if let Some((provider, model)) = name.split_once('/').filter(|(p, _)| providers.contains(p)) {
        return Ok((provider, Some(model)));
    }
    let families = [
        ("claude", anthropic::NAME),
        ("gpt-", openai::NAME),
        ("o1", openai::NAME),
        ("o3", openai::NAME),
        ("o4", openai::NAME),
    ];
    let family = families.iter().find(|(family, _)| name.starts_with(family));
    let hint = "write the provider before the model, such as ollama/llama3.1";
    let (_, provider) = family.ok_or_else(|| not_configured(name, hint))?;
    Ok((provider, Some(name)))
}

impl<F> Providers<F>
where
    F: Function + Grants<ReadParameter<AnthropicKey>> + Grants<ReadParameter<OpenaiKey>>,
{
    async fn choose(
        &self,
        secrets: &Secrets<F>,
        provider: Option<&str>,
        model: Option<&str>,
        ollamas_default: &str,
    ) -> Result<Model, ProviderError> {
        let provider = match provider {
            Some(provider) => provider,
            None => self.default_provider(secrets).await?,
        };
        let http = self.http.clone();
        let model = |default: &str| model.unwrap_or(default).to_owned();
        match provider {
            anthropic::NAME => Ok(Model::Anthropic(Anthropic {
                http,
                key: key::<F, AnthropicKey>(secrets, anthropic::NAME).await?,
                base_url: self.base_url(EnvKey::AnthropicBaseUrl, anthropic::BASE_URL)?,
                model: model(anthropic::DEFAULT_MODEL),
            })),
            openai::NAME => Ok(Model::Openai(Openai {
                http,
                key: key::<F, OpenaiKey>(secrets, openai::NAME).await?,
                base_url: self.base_url(EnvKey::OpenaiBaseUrl, openai::BASE_URL)?,
                model: model(openai::DEFAULT_MODEL),
            })),
            ollama::NAME => {
                let base_url = self.base_url(EnvKey::OllamaBaseUrl, "")?;
                if base_url.is_empty() {
                    return Err(not_configured(ollama::NAME, EnvKey::OllamaBaseUrl.name()));
                }
                Ok(Model::Ollama(Ollama {
                    http,
                    base_url,
                    model: model(ollamas_default),
                }))
            }
            other => Err(not_configured(other, "use anthropic, openai or ollama")),
        }
    }

    async fn default_provider(&self, secrets: &Secrets<F>) -> Result<&'static str, ProviderError> {
        let key = secrets.optional_parameter::<AnthropicKey>().await;
        if key.map_err(ProviderError::Key)?.is_some() {
            return Ok(anthropic::NAME);
        }
        if !self.base_url(EnvKey::OllamaBaseUrl, "")?.is_empty() {
            return Ok(ollama::NAME);
        }
        let key = secrets.optional_parameter::<OpenaiKey>().await;
        match key.map_err(ProviderError::Key)? {
            Some(_) => Ok(openai::NAME),
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

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn a_name_tells_its_provider() {
        for (name, provider, model) in [
            ("claude-sonnet-4-5", "anthropic", Some("claude-sonnet-4-5")),
            ("gpt-4o", "openai", Some("gpt-4o")),
            ("ollama/qwen3:8b", "ollama", Some("qwen3:8b")),
            ("openai", "openai", None),
        ] {
            assert_eq!(named(name).ok(), Some((provider, model)), "{name}");
        }
        assert!(named("evil/claude").is_err());
    }
}
