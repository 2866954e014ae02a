//! Registries that answer as some do: with a token to be asked for, late, broken or wrong.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, Response, StatusCode};
use serde_json::{Value, json};
use xtask::artifacts::images::{ImageBuilder, Maker, Platform};
use xtask::cloud::images::Manifest;
use xtask::cloud::registry::{DOCKER_MANIFEST, Digest, INDEXES, OCI_MANIFEST, Version};
use xtask::error::Error;

use crate::base::registry;

/// A registry that answers every request with this; says its host.
async fn serve(
    answer: impl Fn(&str, &Method, &str, &HeaderMap) -> Response<Body> + Send + Sync + 'static,
) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let (answer, me) = (Arc::new(answer), host.clone());
    let router = Router::new().fallback(move |request: Request<Body>| {
        let (answer, me) = (answer.clone(), me.clone());
        async move {
            let target = request.uri().to_string();
            answer(&me, request.method(), &target, request.headers())
        }
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    host
}

fn say(status: u16, headers: &[(&str, &str)], body: impl Into<Body>) -> Response<Body> {
    let response = Response::builder().status(StatusCode::from_u16(status).unwrap());
    let response = headers.iter().fold(response, |response, (name, value)| {
        response.header(*name, *value)
    });
    response.body(body.into()).unwrap()
}

fn manifest(bytes: &[u8]) -> Manifest {
    Manifest {
        digest: Digest::of(bytes),
        media_type: OCI_MANIFEST.into(),
        bytes: bytes.to_owned(),
    }
}

#[tokio::test]
async fn a_registry_that_wants_a_token_asked_for_gets_it() {
    let host = serve(|me, _, target, headers| {
        let shown = headers.get("authorization").map(|value| value.to_str().unwrap());
        match (target, shown) {
            ("/token?service=test&scope=repository%3Abase%3Apull", None) => {
                say(200, &[], json!({ "token": "granted" }).to_string())
            }
            ("/v2/base/manifests/1", Some("Bearer granted")) => {
                say(200, &[("content-type", OCI_MANIFEST)], "{}")
            }
            ("/v2/base/manifests/1", None) => {
                let wanted = format!(
                    r#"Bearer realm="http://{me}/token",service="test",scope="repository:base:pull""#
                );
                say(401, &[("www-authenticate", &wanted)], "")
            }
            other => panic!("{other:?}"),
        }
    })
    .await;
    let registry = registry(&format!("{host}/base"));
    let pulled = registry.manifest(&Version::Tag("1".into())).await.unwrap();
    assert_eq!(pulled.bytes, b"{}");
}

#[tokio::test]
async fn a_registry_that_is_busy_is_asked_again() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let host = serve(
        move |_, _, _, _| match count.fetch_add(1, Ordering::SeqCst) {
            0 => say(503, &[], "busy"),
            1 => say(429, &[], "slower"),
            _ => say(200, &[], ""),
        },
    )
    .await;
    let registry = registry(&format!("{host}/api"));
    assert!(registry.has_image(&Digest::of(b"x")).await.unwrap());
    assert_eq!(asked.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn what_the_registry_says_is_in_the_error_and_it_is_asked_once() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let host = serve(move |_, _, _, _| {
        count.fetch_add(1, Ordering::SeqCst);
        let said = json!({ "errors": [{ "code": "DENIED", "message": "not yours" }] });
        say(403, &[], said.to_string())
    })
    .await;
    let registry = registry(&format!("{host}/api"));
    let error = registry.push_image(&manifest(b"{}")).await.unwrap_err();
    let words = error.to_string();
    assert!(
        words.contains(&format!("{host}/api: HTTP 403 DENIED not yours")),
        "{words}"
    );
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn bytes_of_another_digest_are_refused_and_leave_no_file() {
    let host = serve(|_, _, _, _| say(200, &[("content-type", OCI_MANIFEST)], "other")).await;
    let registry = registry(&format!("{host}/base"));
    let wanted = Digest::of(b"right");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("blob");
    for size in [5, 3] {
        let error = registry.pull_blob(&wanted, size, &file).await.unwrap_err();
        assert!(error.to_string().contains(wanted.as_str()), "{error}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    let error = registry.manifest(&Version::Digest(wanted)).await;
    assert!(error.unwrap_err().to_string().contains("asked for sha256:"));
}

#[tokio::test]
async fn an_upload_that_is_sent_elsewhere_is_refused() {
    let host = serve(|_, method, _, _| {
        assert_eq!(method, Method::POST, "nothing is sent");
        say(202, &[("location", "http://127.0.0.2:1/upload")], "")
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("blob");
    std::fs::write(&file, b"bytes").unwrap();
    let registry = registry(&format!("{host}/api"));
    let error = registry.push_blob(&Digest::of(b"bytes"), &file).await;
    let words = error.unwrap_err().to_string();
    assert!(words.contains("http://127.0.0.2:1"), "{words}");
}

#[tokio::test]
async fn a_registry_that_stores_other_bytes_is_found_out() {
    let other = Digest::of(b"other").to_string();
    let host = serve(move |_, _, _, _| say(201, &[("docker-content-digest", &other)], "")).await;
    let registry = registry(&format!("{host}/api"));
    let error = registry.push_image(&manifest(b"{}")).await.unwrap_err();
    assert!(error.to_string().contains("it stored sha256:"), "{error}");
}

/// A registry with one description under the tag `1`, everything by digest, and what it names.
async fn shelf(first: (&'static str, Value), others: Vec<(&'static str, Value)>) -> String {
    serve(move |_, _, target, _| {
        let all = std::iter::once(&first).chain(&others);
        let found = all.into_iter().find(|(_, body)| {
            let digest = Digest::of(body.to_string().as_bytes());
            target.ends_with(digest.as_str())
        });
        match found.or_else(|| target.ends_with("/1").then_some(&first)) {
            Some((kind, body)) => say(200, &[("content-type", kind)], body.to_string()),
            None => say(404, &[], ""),
        }
    })
    .await
}

fn named(kind: &str, body: &Value) -> Value {
    let text = body.to_string();
    json!({ "mediaType": kind, "digest": Digest::of(text.as_bytes()), "size": text.len() })
}

fn image(architecture: &str, layer: &str) -> (Value, Value) {
    let config = json!({
        "architecture": architecture, "os": "linux",
        "rootfs": { "type": "layers", "diff_ids": [Digest::of(b"layer")] },
    });
    let description = json!({
        "schemaVersion": 2, "config": named("application/vnd.docker.container.image.v1+json", &config),
        "layers": [{ "mediaType": layer, "digest": Digest::of(b"layer"), "size": 5 }],
    });
    (config, description)
}

async fn open(host: &str, folder: &Path) -> Result<ImageBuilder, Error> {
    let base = format!("{host}/base:1");
    let folder = folder.to_owned();
    ImageBuilder::open(Path::new("."), folder, &base, Platform::Arm64, Maker::Tool).await
}

const DOCKER_LAYER: &str = "application/vnd.docker.image.rootfs.diff.tar.gzip";

#[tokio::test]
async fn of_a_list_the_image_of_our_processor_is_taken() {
    let (intel_config, intel) = image("amd64", DOCKER_LAYER);
    let (arm_config, arm) = image("arm64", DOCKER_LAYER);
    let entry = |body: &Value, architecture: &str| {
        let mut entry = named(DOCKER_MANIFEST, body);
        entry["platform"] = json!({ "os": "linux", "architecture": architecture });
        entry
    };
    let folder = tempfile::tempdir().unwrap();
    let list = |entries: Vec<Value>| json!({ "schemaVersion": 2, "manifests": entries });
    for kind in INDEXES {
        let both = list(vec![entry(&intel, "amd64"), entry(&arm, "arm64")]);
        let parts = vec![
            (DOCKER_MANIFEST, intel.clone()),
            (DOCKER_MANIFEST, arm.clone()),
            ("", intel_config.clone()),
            ("", arm_config.clone()),
        ];
        let host = shelf((kind, both), parts).await;
        open(&host, folder.path()).await.unwrap();
        let one = list(vec![entry(&intel, "amd64")]);
        let host = shelf((kind, one), Vec::new()).await;
        let error = open(&host, folder.path()).await.err().unwrap();
        let words = error.to_string();
        assert!(words.contains("it is for amd64, not for arm64"), "{words}");
    }
    // A list that lies about an image is not believed.
    let lie = list(vec![entry(&intel, "arm64")]);
    let parts = vec![(DOCKER_MANIFEST, intel), ("", intel_config)];
    let host = shelf((INDEXES[0], lie), parts).await;
    let error = open(&host, folder.path()).await.err().unwrap();
    let words = error.to_string();
    assert!(
        words.contains("it is for linux/amd64, not for linux/arm64"),
        "{words}"
    );
}

#[tokio::test]
async fn a_base_that_lambda_would_not_take_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let zstd = "application/vnd.oci.image.layer.v1.tar+zstd";
    let (config, description) = image("arm64", zstd);
    let host = shelf((OCI_MANIFEST, description), vec![("", config)]).await;
    let error = open(&host, folder.path()).await.err().unwrap();
    assert!(error.message().contains(zstd), "{error}");
    let host = shelf(("text/html", json!("welcome")), Vec::new()).await;
    let error = open(&host, folder.path()).await.err().unwrap();
    assert!(error.message().contains("text/html"), "{error}");
    let host = serve(|_, _, _, _| say(404, &[], "")).await;
    let error = open(&host, folder.path()).await.err().unwrap();
    assert!(
        error.message().contains("could not read the base image"),
        "{error}"
    );
    assert!(
        error.hints()[0].contains("image_base"),
        "{:?}",
        error.hints()
    );
}
