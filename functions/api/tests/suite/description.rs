//! The description at `/openapi.json`: complete, true, and absent in production.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use collections_core::contract::routes::{DESCRIPTION, PUBLIC};
use serde_json::{Value, json};

use crate::world::{World, open};

/// What a path segment like `{id}` is filled with.
const ANYTHING: &str = "0199";

async fn document(world: &World) -> Value {
    let answer = world.send(open("/openapi.json")).await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.body
}

/// Every `(METHOD, path)` of the description.
fn described(document: &Value) -> BTreeSet<(String, String)> {
    let paths = document["paths"].as_object().unwrap().iter();
    let operations = paths.flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().keys();
        methods.map(move |method| (method.to_uppercase(), path.clone()))
    });
    operations.collect()
}

/// Every `(METHOD, path)` that the router answers, found without the description: the paths from
/// what the router shows of itself, the methods from its refusal of one that nobody handles.
async fn routed(world: &World) -> BTreeSet<(String, String)> {
    let shown = format!("{:?}", world.router);
    let mut found = BTreeSet::new();
    for path in shown.split('"').filter(|text| text.starts_with('/')) {
        // The console is pages for people, no part of what programs call.
        if path == "/" || path.starts_with("/console/") {
            continue;
        }
        let request = Request::builder()
            .method(Method::TRACE)
            .uri(fill(path))
            .body(Body::empty())
            .unwrap();
        let answer = world.send(request).await;
        // Where the fallback stands in for a path, nothing is routed.
        if answer.status == StatusCode::NOT_FOUND && path.contains("fallback") {
            continue;
        }
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        let allowed = answer.headers[header::ALLOW].to_str().unwrap();
        for method in allowed.split(',').filter(|method| *method != "HEAD") {
            found.insert((method.to_owned(), path.to_owned()));
        }
    }
    found
}

fn fill(path: &str) -> String {
    let segments = path.split('/');
    let filled = segments.map(|segment| {
        if segment.starts_with('{') {
            ANYTHING
        } else {
            segment
        }
    });
    filled.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn every_route_is_described_and_every_description_has_a_route() {
    let world = World::new().await;
    let routed = routed(&world).await;
    assert!(routed.len() > 15, "{routed:?}");
    assert_eq!(described(&document(&world).await), routed);
}

#[tokio::test]
async fn a_token_is_required_exactly_where_the_description_says_so() {
    let world = World::new().await;
    let document = document(&world).await;
    for (method, path) in described(&document) {
        let operation = &document["paths"][&path][method.to_lowercase()];
        let request = Request::builder()
            .method(method.as_str())
            .uri(fill(&path))
            .body(Body::empty())
            .unwrap();
        let refused = world.send(request).await.status == StatusCode::UNAUTHORIZED;
        assert_eq!(
            operation["security"] == json!([{"bearer": []}]),
            refused,
            "{method} {path}"
        );
        let key = format!("{method} {path}");
        let public = PUBLIC.iter().chain(DESCRIPTION).any(|route| *route == key);
        assert_eq!(refused, !public, "{key}");
    }
}

#[tokio::test]
async fn operations_have_names_of_their_own_and_references_lead_somewhere() {
    let world = World::new().await;
    let document = document(&world).await;
    let mut names = BTreeSet::new();
    for (method, path) in described(&document) {
        let operation = &document["paths"][&path][method.to_lowercase()];
        let name = operation["operationId"].as_str().unwrap();
        assert!(names.insert(name.to_owned()), "{name} is there twice");
        for part in ["summary", "tags"] {
            assert!(operation.get(part).is_some(), "{name} has no {part}");
        }
        let parameters = operation["parameters"].as_array();
        let named = parameters
            .into_iter()
            .flatten()
            .filter(|it| it["in"] == "path");
        assert_eq!(
            named.count(),
            path.matches('{').count(),
            "{name} lacks params(…)"
        );
        let tag = &operation["tags"][0];
        let tags = document["tags"].as_array().unwrap();
        assert!(tags.iter().any(|known| known["name"] == *tag), "{tag}");
    }
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1) {
        let pointer = reference.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
}

#[tokio::test]
async fn the_page_shows_every_route_and_runs_nothing() {
    let world = World::new().await;
    let document = document(&world).await;
    let answer = world.send(open("/docs")).await;
    assert_eq!(answer.status, StatusCode::OK);
    let policy = answer.headers[header::CONTENT_SECURITY_POLICY]
        .to_str()
        .unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"));
    for (method, path) in described(&document) {
        let shown = format!("<b>{method}</b> {path}<");
        assert!(answer.text.contains(&shown), "{shown}");
    }
    for forbidden in ["<script", "http://", "https://", "style=\"", "onclick"] {
        assert!(!answer.text.contains(forbidden), "{forbidden}");
    }
}

#[tokio::test]
async fn production_does_not_describe_itself() {
    let world = World::of("prod").await;
    for path in ["/openapi.json", "/docs"] {
        assert_eq!(world.send(open(path)).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(world.send(open("/version")).await.status, StatusCode::OK);
}
