//! Tavily's web search.

use reqwest::Url;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::ProviderError;
use super::http::Http;
use super::outbound::is_public;
use crate::secret::Secret;

/// How the provider is called in logs.
pub const NAME: &str = "tavily";
/// Where the API is.
pub const BASE_URL: &str = "https://api.tavily.com";
/// How many results a search has.
pub const RESULTS: usize = 5;

/// The web, as Tavily searches it.
#[derive(Clone, Debug)]
pub struct Tavily {
    /// The HTTPS client.
    pub http: Http,
    /// Where the API is.
    pub base_url: String,
    /// The key.
    pub key: Secret,
}

/// How thoroughly to search.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Depth {
    /// One pass.
    #[default]
    Basic,
    /// Several, at twice the price.
    Advanced,
}

/// What to search for.
#[derive(Clone, Debug, Default)]
pub struct WebQuery {
    /// The words.
    pub query: String,
    /// How thoroughly.
    pub depth: Depth,
    /// Only pages of these domains, if there are any.
    pub include_domains: Vec<String>,
    /// No pages of these.
    pub exclude_domains: Vec<String>,
}

/// A page that was found.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct WebPage {
    /// Its title.
    #[serde(default)]
    pub title: String,
    /// Where it is.
    pub url: String,
    /// What of it fits the query.
    #[serde(default)]
    pub content: String,
    /// How well it fits.
    #[serde(default)]
    pub score: f64,
}

#[derive(Deserialize)]
struct Found {
    results: Vec<WebPage>,
}

impl Tavily {
    /// The best pages of the public web.
    pub async fn search(&self, query: &WebQuery) -> Result<Vec<WebPage>, ProviderError> {
        let body = json!({
            "query": query.query,
            "search_depth": query.depth,
            "max_results": RESULTS,
            "include_domains": query.include_domains,
            "exclude_domains": query.exclude_domains,
            "include_answer": false,
            "include_raw_content": false,
        });
        let request = self
            .http
            .post(&format!("{}/search", self.base_url))
            .bearer_auth(self.key.expose())
            .json(&body);
        let found: Found = self.http.json(NAME, request).await?;
        let pages = found.results.into_iter();
        let pages = pages.filter(|page| is_web_address(&page.url) && wanted(page, query));
        Ok(pages.take(RESULTS).collect())
    }
}

/// Whether a link leads to the public web: what a page says of itself may lead anywhere.
fn is_web_address(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else {
        return false;
    };
    let host = url.host_str().unwrap_or_default();
    let public = match host.trim_matches(['[', ']']).parse() {
        Ok(address) => is_public(address),
        Err(_) => host.contains('.') && !host.ends_with(".internal") && !host.ends_with(".local"),
    };
    matches!(url.scheme(), "http" | "https") && url.username().is_empty() && public
}

/// The filter by domain is the caller's, so it holds whatever Tavily makes of it.
fn wanted(page: &WebPage, query: &WebQuery) -> bool {
    let Some(host) = Url::parse(&page.url)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned))
    else {
        return false;
    };
    let within = |domain: &String| {
        let domain = domain.to_ascii_lowercase();
        host == domain || host.ends_with(&format!(".{domain}"))
    };
    let included = query.include_domains.is_empty() || query.include_domains.iter().any(within);
    included && !query.exclude_domains.iter().any(within)
}

#[cfg(test)]
mod tests {
    use super::is_web_address;

    #[test]
    fn links_into_private_networks_are_no_results() {
        for (url, web) in [
            ("https://example.org/a?b=c", true),
            ("http://93.184.215.14/", true),
            ("http://169.254.169.254/latest", false),
            ("http://[::1]/", false),
            ("http://localhost/", false),
            ("http://db.internal/", false),
            ("https://user:word@example.org/", false),
            ("javascript:alert(1)", false),
            ("/relative", false),
        ] {
            assert_eq!(is_web_address(url), web, "{url}");
        }
    }
}
