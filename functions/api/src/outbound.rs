//! Where this function's requests may go: the providers, at the addresses of its environment.

use anyhow::Result;
use collections_core::Settings;
use collections_core::contract::EnvKey;
use collections_core::contract::functions::Api;
use collections_core::providers::outbound::Outbound;
use collections_core::providers::{anthropic, langsmith, openai, tavily, voyage};

/// Providers on the internet, and the setting that puts another address in their place.
const PROVIDERS: [(&str, EnvKey); 5] = [
    (anthropic::BASE_URL, EnvKey::AnthropicBaseUrl),
    (openai::BASE_URL, EnvKey::OpenaiBaseUrl),
    (voyage::BASE_URL, EnvKey::VoyageBaseUrl),
    (tavily::BASE_URL, EnvKey::TavilyBaseUrl),
    (langsmith::BASE_URL, EnvKey::LangsmithEndpoint),
];
/// What is there only where it is configured.
const OWN: [EnvKey; 2] = [EnvKey::OllamaBaseUrl, EnvKey::CognitoJwksUrl];

/// The list.
pub fn outbound(settings: &Settings<Api>) -> Result<Outbound> {
    let mut list = Outbound::default();
    for (url, key) in PROVIDERS {
        list = match settings.get(key)? {
            Some(configured) => list.and_configured(configured)?,
            None => list.and_public(url)?,
        };
    }
    for key in OWN {
        if let Some(configured) = settings.get(key)? {
            list = list.and_configured(configured)?;
        }
    }
    Ok(list)
}
