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
        // The stacks write the provider's own address down too; that makes it no private one.
        let configured = settings.get(key)?;
        let elsewhere = configured.filter(|configured| configured.trim_end_matches('/') != url);
        list = match elsewhere {
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use collections_core::Settings;
    use collections_core::contract::EnvKey;
    use collections_core::providers::tavily;

    use super::outbound;

    fn list(key: EnvKey, url: &str) -> String {
        let settings = Settings::from_values([(key, url.to_owned())]);
        format!("{:?}", outbound(&settings).unwrap())
    }

    #[test]
    fn a_providers_own_address_stays_public_where_it_is_written_down() {
        for url in [
            tavily::BASE_URL.to_owned(),
            format!("{}/", tavily::BASE_URL),
        ] {
            assert!(
                !list(EnvKey::TavilyBaseUrl, &url).contains("Configured"),
                "{url}"
            );
        }
        let local = list(EnvKey::TavilyBaseUrl, "http://127.0.0.1:9");
        assert!(
            local.contains("\"http://127.0.0.1:9\": Configured"),
            "{local}"
        );
        assert!(!local.contains("tavily.com"), "{local}");
    }
}
