//! The web as a tool of an agent. It is searched by Tavily and by nothing else: no page is fetched
//! from here, so no text can send us anywhere.

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::agent::{self, Tool, ToolError, Used};
use crate::providers::chat::ToolSpec;
use crate::providers::tavily::{Depth, RESULTS, Tavily, WebPage, WebQuery};
use crate::retrieval::sources::Sources;
use crate::retrieval::tool::plain;

/// What the tool is called.
const NAME: &str = "web_search";
/// What Tavily takes.
const MAX_QUERY: usize = 400;
const MAX_DOMAINS: usize = 10;
const MAX_DOMAIN: usize = 253;
const MAX_CONTENT: usize = 1500;

/// The search of the web.
pub struct WebSearch<'a> {
    /// Who searches.
    pub tavily: &'a Tavily,
    /// What was found goes here.
    pub sources: &'a Sources,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Arguments {
    query: String,
    #[serde(default)]
    depth: Depth,
    #[serde(default)]
    include_domains: Vec<String>,
    #[serde(default)]
    exclude_domains: Vec<String>,
}

#[async_trait]
impl Tool for WebSearch<'_> {
    fn spec(&self) -> ToolSpec {
        let domains = json!({
            "type": "array", "items": {"type": "string"}, "maxItems": MAX_DOMAINS,
        });
        ToolSpec {
            name: NAME,
            description: "Search the public web, for what the user's collection cannot tell: \
                facts, news, background. Never put private details of the user into the query."
                .to_owned(),
            parameters: json!({
                "type": "object",
                "properties": {
                    "query": {"type": "string", "maxLength": MAX_QUERY},
                    "depth": {"type": "string", "enum": ["basic", "advanced"]},
                    "include_domains": domains,
                    "exclude_domains": domains,
                },
                "required": ["query"],
                "additionalProperties": false,
            }),
        }
    }

    async fn call(&self, arguments: &Map<String, Value>) -> Result<Used, ToolError> {
        let arguments: Arguments = ToolError::read(arguments)?;
        let query = WebQuery {
            query: agent::line(&arguments.query, MAX_QUERY),
            depth: arguments.depth,
            include_domains: domains(arguments.include_domains)?,
            exclude_domains: domains(arguments.exclude_domains)?,
        };
        if query.query.is_empty() {
            return Err(ToolError::Arguments("query is empty".to_owned()));
        }
        let pages = self
            .tavily
            .search(&query)
            .await
            .map_err(anyhow::Error::from)?;
        let numbers = self.sources.add_web(&pages);
        let shown: Value = pages.iter().zip(numbers).map(show).collect();
        Ok(Used {
            text: agent::data(&shown),
            summary: format!(
                "Searched the web for \"{}\": {} of at most {RESULTS} pages",
                query.query,
                pages.len()
            ),
        })
    }
}

fn show((page, number): (&WebPage, usize)) -> Value {
    json!({
        "number": number,
        "title": plain(&page.title, 200),
        "url": page.url,
        "content": plain(&page.content, MAX_CONTENT),
    })
}

/// Names of domains, or what is wrong with them.
fn domains(domains: Vec<String>) -> Result<Vec<String>, ToolError> {
    let letter = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
    let is_domain =
        |name: &String| name.contains('.') && name.len() <= MAX_DOMAIN && name.bytes().all(letter);
    if domains.len() > MAX_DOMAINS || !domains.iter().all(is_domain) {
        let told = format!("domains are at most {MAX_DOMAINS} names such as example.org");
        return Err(ToolError::Arguments(told));
    }
    Ok(domains)
}
