//! Voyage's embeddings API.

use anyhow::{Context, Result, ensure};
use contract::access::ReadParameter;
use contract::parameters::{EmbeddingDimensions, EmbeddingModel, VoyageKey};
use contract::{EnvKey, Function, Grants};
use serde::Deserialize;
use serde_json::json;

use super::http::Http;
use super::{ProviderError, Usage};
use crate::db::embeddings::DIMENSIONS;
use crate::secret::Secret;
use crate::secrets::Secrets;
use crate::settings::Settings;
use crate::trace::{Kind, Span, Told};

/// How the provider is called in rows.
pub const NAME: &str = "voyage";
/// Where the API is.
pub const BASE_URL: &str = "https://api.voyageai.com";
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
    #[serde(default)]
    model: Option<String>,
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
    /// The model of an environment: what documents are embedded with, queries are too.
    pub async fn configured<F>(
        http: &Http,
        settings: &Settings<F>,
        secrets: &Secrets<F>,
    ) -> Result<Self>
    where
        F: Function
            + Grants<ReadParameter<VoyageKey>>
            + Grants<ReadParameter<EmbeddingModel>>
            + Grants<ReadParameter<EmbeddingDimensions>>,
    {
        let key = secrets.parameter::<VoyageKey>().await?;
        let model = secrets.parameter::<EmbeddingModel>().await?;
        let dimensions = secrets.parameter::<EmbeddingDimensions>().await?;
        let dimensions = dimensions
            .expose()
            .parse()
            .context("read voyage/embedding_dimensions")?;
        ensure!(
            dimensions == DIMENSIONS,
            "voyage/embedding_dimensions is {dimensions}, but the column holds {DIMENSIONS}"
        );
        let base_url = settings.get(EnvKey::VoyageBaseUrl)?.unwrap_or(BASE_URL);
        Ok(Self {
            http: http.clone(),
            base_url: base_url.trim_end_matches('/').to_owned(),
            key,
            model: model.expose().to_owned(),
            dimensions,
        })
    }

    /// Embeds at most [`BATCH`] texts, as a step of some work.
    pub async fn embed(
        &self,
        texts: &[String],
        input: Input,
        within: &Span,
    ) -> Result<Embedded, ProviderError> {
        let mut call = within.call(Kind::Embedding, NAME, &self.model);
        call.set("documents", texts.len());
        call.set("input_type", input.name());
        match self.ask(texts, input).await {
            Ok((embedded, model)) => {
                let usage = Usage {
                    input_tokens: embedded.tokens,
                    output_tokens: 0,
                };
                let model = model.as_deref().unwrap_or(&self.model);
                call.answered(&Told {
                    model,
                    usage,
                    text: "",
                });
                Ok(embedded)
            }
            Err(error) => {
                call.failed(&error);
                Err(error)
            }
        }
    }

    async fn ask(
        &self,
        texts: &[String],
        input: Input,
    ) -> Result<(Embedded, Option<String>), ProviderError> {
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
        let embedded = Embedded {
            tokens: answer.usage.total_tokens,
            vectors: self.in_order(answer.data, texts.len())?,
        };
        Ok((embedded, answer.model))
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
