//! Voyage's embeddings API.

use serde::Deserialize;
use serde_json::json;

use super::ProviderError;
use super::http::Http;
use crate::secret::Secret;

/// How the provider is called in rows.
pub const NAME: &str = "voyage";
/// Where the API is.
pub const BASE_URL: &str = "https://api.voyageai.com";
/// The model that is used where none is configured.
pub const DEFAULT_MODEL: &str = "voyage-3.5-lite";
/// How many texts go into one request.
pub const BATCH: usize = 128;

/// What a text is; the model embeds the two differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// Something to be found.
    Document,
    /// Something to find it by.
    Query,
}

impl Input {
    fn name(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Query => "query",
        }
    }
}

/// An embedding model of Voyage's.
#[derive(Clone, Debug)]
pub struct Voyage {
    /// The HTTPS client.
    pub http: Http,
    /// Where the API is.
    pub base_url: String,
    /// The key.
    pub key: Secret,
    /// The model.
    pub model: String,
    /// The length of a vector.
    pub dimensions: usize,
}

/// The vectors of a request, and what they cost.
#[derive(Clone, Debug)]
pub struct Embedded {
    /// One per text, in the order of the texts.
    pub vectors: Vec<Vec<f32>>,
    /// Tokens read.
    pub tokens: u64,
}

#[derive(Deserialize)]
struct Embeddings {
    data: Vec<Datum>,
    usage: Tokens,
}

#[derive(Deserialize)]
struct Datum {
    index: usize,
    embedding: Vec<f32>,
}

#[derive(Deserialize)]
struct Tokens {
    total_tokens: u64,
}

impl Voyage {
    /// Embeds at most [`BATCH`] texts.
    pub async fn embed(&self, texts: &[String], input: Input) -> Result<Embedded, ProviderError> {
        let body = json!({
            "model": self.model,
            "input": texts,
            "input_type": input.name(),
            "truncation": true,
            "output_dimension": self.dimensions,
        });
        let request = self
            .http
            .post(&format!("{}/v1/embeddings", self.base_url))
            .bearer_auth(self.key.expose())
            .json(&body);
        let answer: Embeddings = self.http.json(NAME, request).await?;
        let tokens = answer.usage.total_tokens;
        Ok(Embedded {
            vectors: self.in_order(answer.data, texts.len())?,
            tokens,
        })
    }

    fn in_order(&self, mut data: Vec<Datum>, texts: usize) -> Result<Vec<Vec<f32>>, ProviderError> {
        data.sort_by_key(|datum| datum.index);
        let complete = data.len() == texts && data.iter().enumerate().all(|(at, d)| d.index == at);
        let sound = |vector: &Vec<f32>| {
            vector.len() == self.dimensions
                && vector.iter().all(|x| x.is_finite())
                && vector.iter().any(|x| *x != 0.0)
        };
        if !complete || !data.iter().all(|datum| sound(&datum.embedding)) {
            return Err(ProviderError::Shape {
                provider: NAME,
                reason: format!(
                    "{texts} vectors of {} finite numbers were asked for",
                    self.dimensions
                ),
            });
        }
        Ok(data.into_iter().map(|datum| datum.embedding).collect())
    }
}
