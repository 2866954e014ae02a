//! The list of one function: the providers, at the addresses of its environment.

use anyhow::Result;
use contract::{EnvKey, Function};

use super::Outbound;
use crate::providers::{anthropic, langsmith, openai, tavily, voyage};
use crate::settings::Settings;

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

impl Outbound {
    /// What function `F` may reach: that of which it declares the address among its settings.
    pub fn of<F: Function>(settings: &Settings<F>) -> Result<Self> {
        let declared = F::declaration().environment_keys();
        let mut list = Self::default();
        for (url, key) in PROVIDERS {
            if !declared.contains(&key) {
                continue;
            }
            // The stacks write the provider's own address down too; that makes it no private one.
            let configured = settings.get(key)?;
            let elsewhere = configured.filter(|configured| configured.trim_end_matches('/') != url);
            list = match elsewhere {
                Some(configured) => list.and_configured(configured)?,
                None => list.and_public(url)?,
            };
        }
        for key in OWN {
            if declared.contains(&key)
                && let Some(configured) = settings.get(key)?
            {
                list = list.and_configured(configured)?;
            }
        }
        Ok(list)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use contract::functions::{Api, Embedder};
    use contract::{EnvKey, Function};

    use super::Outbound;
    use crate::providers::tavily;
    use crate::settings::Settings;

    fn list<F: Function>(key: EnvKey, url: &str) -> String {
        let settings = Settings::<F>::from_values([(key, url.to_owned())]);
        format!("{:?}", Outbound::of(&settings).unwrap())
    }

    #[test]
    fn a_providers_own_address_stays_public_where_it_is_written_down() {
        for url in [
            tavily::BASE_URL.to_owned(),
            format!("{}/", tavily::BASE_URL),
        ] {
            let list = list::<Api>(EnvKey::TavilyBaseUrl, &url);
            assert!(!list.contains("Configured"), "{list}");
        }
        let local = list::<Api>(EnvKey::TavilyBaseUrl, "http://127.0.0.1:9");
        assert!(
            local.contains("\"http://127.0.0.1:9\": Configured"),
            "{local}"
        );
        assert!(!local.contains("tavily.com"), "{local}");
    }

    #[test]
    fn a_function_reaches_only_what_it_declares() {
        let list = list::<Embedder>(EnvKey::VoyageBaseUrl, "http://127.0.0.1:9");
        assert!(
            list.contains("127.0.0.1:9") && !list.contains("anthropic"),
            "{list}"
        );
    }
}
