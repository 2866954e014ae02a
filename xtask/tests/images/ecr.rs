//! As much of ECR as hands out a token for a registry.

use axum::Router;
use axum::routing::post;
use base64::Engine as _;
use serde_json::json;
use xtask::cloud::Cloud;
use xtask::cloud::aws::{CloudConfig, connect};

use crate::server::USER;

/// A cloud whose images go to this registry, with this password in its token.
pub(crate) async fn cloud(registry: &str, password: &str) -> Cloud {
    let token = base64::engine::general_purpose::STANDARD.encode(format!("{USER}:{password}"));
    let answer = json!({ "authorizationData": [{
        "authorizationToken": token, "expiresAt": 4_000_000_000.0,
        "proxyEndpoint": format!("http://{registry}"),
    }]});
    let router = Router::new().route("/", post(async move || axum::Json(answer)));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    connect(&CloudConfig {
        region: "us-east-1".into(),
        endpoint: Some(endpoint),
        credentials: Some(("id".into(), "secret".into())),
    })
    .await
}
