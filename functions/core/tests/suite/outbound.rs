//! Where requests may go: judged by the address that is connected to, however it was come by.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use collections_core::Secret;
use collections_core::providers::ProviderError;
use collections_core::providers::http::{Http, Patience};
use collections_core::providers::outbound::{Names, Outbound};
use collections_core::providers::tavily::{Tavily, WebPage, WebQuery};
use serde_json::json;
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, ResponseTemplate};

/// A name server that changes its mind with every question.
struct Rebinding {
    answers: Vec<Vec<&'static str>>,
    asked: AtomicUsize,
}

#[async_trait]
impl Names for Rebinding {
    async fn addresses(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        let at = self
            .asked
            .fetch_add(1, Ordering::SeqCst)
            .min(self.answers.len() - 1);
        Ok(self.answers[at]
            .iter()
            .map(|text| text.parse().unwrap())
            .collect())
    }
}

fn patience() -> Patience {
    Patience {
        connect: Duration::from_secs(10),
        answer: Duration::from_secs(30),
        backoff: Duration::from_millis(2),
        longest_pause: Duration::from_secs(1),
    }
}

fn tavily(outbound: Outbound, base_url: &str) -> Tavily {
    Tavily {
        http: Http::guarded(patience(), outbound).unwrap(),
        base_url: base_url.to_owned(),
        key: Secret::new("canary-key"),
    }
}

async fn search(tavily: &Tavily) -> Result<Vec<WebPage>, ProviderError> {
    let query = WebQuery {
        query: "boats".to_owned(),
        ..WebQuery::default()
    };
    tavily.search(&query).await
}

async fn found(server: &MockServer, results: serde_json::Value) {
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(200).set_body_json(json!({"results": results})))
        .mount(server)
        .await;
}

#[tokio::test]
async fn a_providers_name_that_leads_into_a_private_network_is_not_connected() {
    let server = MockServer::start().await;
    found(&server, json!([])).await;
    let port = server.address().port();
    for address in [
        "127.0.0.1",
        "169.254.169.254",
        "10.0.0.1",
        "::1",
        "::ffff:127.0.0.1",
        "fd00:ec2::254",
    ] {
        let names = Arc::new(Rebinding {
            // A public address the first time would satisfy whoever looks before connecting.
            answers: vec![vec![address], vec!["93.184.215.14", address]],
            asked: AtomicUsize::new(0),
        });
        let url = format!("http://api.tavily.test:{port}");
        let outbound = Outbound::resolving_with(names.clone())
            .and_public(&url)
            .unwrap();
        let error = search(&tavily(outbound, &url)).await.unwrap_err();
        assert!(
            matches!(error, ProviderError::Unreachable { .. }),
            "{address}: {error}"
        );
        assert!(
            error.to_string().contains("may not be"),
            "{address}: {error}"
        );
        assert!(names.asked.load(Ordering::SeqCst) >= 1);
    }
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_the_operator_configured_may_be_private_but_never_the_metadata_service() {
    let server = MockServer::start().await;
    found(&server, json!([])).await;
    let url = format!("http://models.internal:{}", server.address().port());
    let at = |address: &'static str| {
        let names = Arc::new(Rebinding {
            answers: vec![vec![address]],
            asked: AtomicUsize::new(0),
        });
        Outbound::resolving_with(names)
            .and_configured(&url)
            .unwrap()
    };
    assert!(search(&tavily(at("127.0.0.1"), &url)).await.is_ok());
    let error = search(&tavily(at("169.254.169.254"), &url)).await;
    let error = error.unwrap_err().to_string();
    assert!(error.contains("may not be"), "{error}");
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}

#[tokio::test]
async fn addresses_that_nobody_listed_are_stopped_before_anything_is_sent() {
    let server = MockServer::start().await;
    let error = search(&tavily(Outbound::default(), &server.uri()))
        .await
        .unwrap_err();
    assert!(matches!(error, ProviderError::Forbidden { .. }), "{error}");
    assert!(server.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let (server, secret) = (MockServer::start().await, MockServer::start().await);
    found(&secret, json!([])).await;
    for target in [
        secret.uri(),
        "http://169.254.169.254/latest/meta-data".to_owned(),
    ] {
        server.reset().await;
        let answer = ResponseTemplate::new(307).insert_header("location", target.as_str());
        Mock::given(method("POST"))
            .respond_with(answer)
            .mount(&server)
            .await;
        let outbound = Outbound::default()
            .and_configured(&server.uri())
            .and_then(|list| list.and_configured(&secret.uri()))
            .unwrap();
        let error = search(&tavily(outbound, &server.uri())).await.unwrap_err();
        assert!(
            matches!(error, ProviderError::Refused { status: 307, .. }),
            "{error}"
        );
    }
    assert!(secret.received_requests().await.unwrap().is_empty());
}

#[tokio::test]
async fn the_web_is_searched_within_the_domains_that_were_named() {
    let server = MockServer::start().await;
    let page = |url: &str| json!({"title": "T", "url": url, "content": "c", "score": 0.5});
    let pages = [
        "https://example.org/a",
        "https://sub.example.org/b",
        "https://evil.example/c",
        "https://example.org.evil.example/d",
        "http://169.254.169.254/e",
        "javascript:alert(1)",
    ];
    found(&server, pages.map(page).into_iter().collect()).await;
    let outbound = Outbound::default().and_configured(&server.uri()).unwrap();
    let tavily = tavily(outbound, &server.uri());
    let query = WebQuery {
        query: "boats".to_owned(),
        include_domains: vec!["example.org".to_owned()],
        exclude_domains: vec!["sub.example.org".to_owned()],
        ..WebQuery::default()
    };
    let pages = tavily.search(&query).await.unwrap();
    let urls: Vec<_> = pages.iter().map(|page| page.url.as_str()).collect();
    assert_eq!(urls, ["https://example.org/a"]);
    let request = server.received_requests().await.unwrap().remove(0);
    assert_eq!(request.headers["authorization"], "Bearer canary-key");
    let sent: serde_json::Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(
        (&sent["max_results"], &sent["search_depth"]),
        (&json!(5), &json!("basic"))
    );
    assert_eq!(sent["include_domains"], json!(["example.org"]));
    assert_eq!(search(&tavily).await.unwrap().len(), 4);
}
