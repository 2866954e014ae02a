//! Generated requests to every route: what comes in never breaks what is inside, and what goes out
//! never shows it.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use api::limits::{Limits, Rate};
use api::routes::uploads::MAX_MULTIPART;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use futures::Stream;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::Value;

use crate::search::{models_work, searchable};
use crate::spec::generate::{fitting, nearly_fitting, wild, wild_text};
use crate::spec::{Operation, Parameter, Spec};
use crate::world::{Answer, PNG, World, request};

/// Requests to each route.
const CASES: u32 = 48;
/// What only the inside knows; nothing of it is in what is sent.
const INSIDE: &[&str] = &[
    "SELECT",
    "INSERT",
    "sqlx",
    "syntax error",
    "column \"",
    "relation \"",
    "constraint",
    ".rs",
    "src/",
    "panicked",
    "/collections/",
    "RUST_BACKTRACE",
    "Postgres",
    "amazonaws",
];

/// A request before it is one.
#[derive(Clone, Debug)]
struct Draft {
    path: String,
    body: Option<(String, Vec<u8>)>,
}

/// An API that takes on as much as comes, with models that answer.
pub async fn unlimited() -> World {
    let per_user = Rate {
        burst: 1_000_000,
        per_second: 1_000_000,
    };
    let world = World::limited(Limits {
        per_user,
        open_uploads: i64::MAX,
        ..Limits::default()
    })
    .await;
    models_work(&world).await;
    world
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let bytes = text.bytes().map(|byte| match byte {
        byte if plain(byte) => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    });
    bytes.collect()
}

fn as_text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// A value for a parameter: one that fits, one that exists, or anything.
fn value(spec: &Spec, parameter: &Parameter, existing: &str) -> BoxedStrategy<String> {
    prop_oneof![
        2 => fitting(spec, &parameter.schema).prop_map(|value| as_text(&value)),
        1 => Just(existing.to_owned()),
        2 => wild_text(),
    ]
    .boxed()
}

fn query(spec: &Spec, parameters: &[Parameter]) -> BoxedStrategy<String> {
    let known = parameters.iter().map(|parameter| {
        let name = parameter.name.clone();
        let pair = value(spec, parameter, "").prop_map(move |value| (name.clone(), value));
        let share = if parameter.is_required { 0.9 } else { 0.4 };
        prop::option::weighted(share, pair).boxed()
    });
    let unknown = prop::option::weighted(0.05, (wild_text(), wild_text())).boxed();
    let pairs: Vec<_> = known.chain([unknown]).collect();
    let written =
        |(name, value): (String, String)| format!("{}={}", encoded(&name), encoded(&value));
    pairs
        .prop_map(move |pairs| {
            pairs
                .into_iter()
                .flatten()
                .map(written)
                .collect::<Vec<_>>()
                .join("&")
        })
        .boxed()
}

fn body(spec: &Spec, operation: &Operation) -> BoxedStrategy<Option<(String, Vec<u8>)>> {
    let Some((kind, schema)) = operation.body() else {
        return Just(None).boxed();
    };
    if kind.starts_with("multipart/") {
        let kind = format!("{kind}; boundary=x");
        let form = (
            wild_text(),
            wild_text(),
            prop_oneof![Just(PNG.to_vec()), any::<Vec<u8>>()],
        );
        let written = |(name, file, bytes): (String, String, Vec<u8>)| {
            let name = if name.len() % 2 == 0 { "file" } else { &name };
            let head = format!(
                "--x\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\r\n"
            );
            [head.as_bytes(), &bytes, b"\r\n--x--\r\n"].concat()
        };
        let bytes = prop_oneof![4 => form.prop_map(written), 1 => any::<Vec<u8>>()];
        return bytes
            .prop_map(move |bytes| Some((kind.clone(), bytes)))
            .boxed();
    }
    let json = prop_oneof![
        4 => fitting(spec, &schema),
        3 => nearly_fitting(spec, &schema),
        2 => wild(),
    ];
    let bytes = prop_oneof![
        9 => json.prop_map(|value| value.to_string().into_bytes()),
        1 => any::<Vec<u8>>(),
    ];
    bytes
        .prop_map(move |bytes| Some((kind.clone(), bytes)))
        .boxed()
}

fn draft(spec: &Spec, operation: &Operation, existing: &str) -> BoxedStrategy<Draft> {
    let named = operation.parameters("path");
    let parameter = named.first().cloned();
    let name = match &parameter {
        Some(parameter) => value(spec, parameter, existing),
        None => Just(String::new()).boxed(),
    };
    let (template, query) = (
        operation.clone(),
        query(spec, &operation.parameters("query")),
    );
    (name, query, body(spec, operation))
        .prop_map(move |(name, query, body)| {
            let path = template.at(&encoded(&name));
            let separator = if query.is_empty() { "" } else { "?" };
            Draft {
                path: format!("{path}{separator}{query}"),
                body,
            }
        })
        .boxed()
}

async fn send(world: &World, operation: &Operation, draft: &Draft) -> Answer {
    let request = request(&operation.method, &draft.path, "u");
    let request = match &draft.body {
        Some((kind, bytes)) => request
            .header(header::CONTENT_TYPE, HeaderValue::from_str(kind).unwrap())
            .body(Body::from(bytes.clone())),
        None => request.body(Body::empty()),
    };
    world.send(request.unwrap()).await
}

fn judge(operation: &Operation, answer: &Answer) -> Result<(), TestCaseError> {
    let status = answer.status;
    prop_assert!(!status.is_server_error(), "{}: {}", status, answer.text);
    // An empty or slashed name is another path, which may not be there.
    let elsewhere = matches!(
        status,
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED
    );
    prop_assert!(
        operation.describes(status) || elsewhere,
        "{} is not described",
        status
    );
    if status.is_client_error() {
        prop_assert_eq!(
            &answer.headers[header::CONTENT_TYPE],
            "application/problem+json"
        );
        prop_assert_eq!(
            answer.body["status"].as_u64(),
            Some(u64::from(status.as_u16()))
        );
        for word in INSIDE {
            prop_assert!(!answer.text.contains(word), "{}", answer.text);
        }
    }
    Ok(())
}

#[test]
fn no_generated_request_makes_a_route_fail_inside() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (world, spec) = runtime.block_on(async {
        let world = unlimited().await;
        let spec = Spec::of(&world).await;
        (world, spec)
    });
    for operation in spec.operations() {
        let existing = runtime.block_on(searchable(&world, "u", "A sandy beach."));
        let mut runner = TestRunner::new(Config {
            cases: CASES,
            // What was found once is written down as a test of its own.
            failure_persistence: None,
            ..Config::default()
        });
        let outcome = runner.run(&draft(&spec, &operation, &existing), |draft| {
            let answer = runtime.block_on(send(&world, &operation, &draft));
            judge(&operation, &answer)
        });
        if let Err(error) = outcome {
            panic!("{operation}: {error}");
        }
    }
}

/// A body without end, and how much of it was taken.
#[derive(Clone, Default)]
struct Endless(Arc<AtomicUsize>);

impl Stream for Endless {
    type Item = Result<Bytes, std::io::Error>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        static CHUNK: [u8; 16 * 1024] = [b'['; 16 * 1024];
        let taken = self.0.fetch_add(CHUNK.len(), Ordering::Relaxed);
        assert!(taken < 1 << 30, "there is no limit");
        Poll::Ready(Some(Ok(Bytes::from_static(&CHUNK))))
    }
}

#[tokio::test]
async fn of_a_body_without_end_no_more_is_taken_than_is_allowed() {
    const SLACK: usize = 64 * 1024;
    let world = unlimited().await;
    let id = world.item("u").await;
    for operation in Spec::of(&world).await.operations() {
        let endless = Endless::default();
        let multipart = operation
            .body()
            .is_some_and(|(kind, _)| kind.starts_with("multipart"));
        let (kind, most) = match multipart {
            true => ("multipart/form-data; boundary=x", MAX_MULTIPART),
            false => ("application/json", 64 * 1024),
        };
        let request = request(&operation.method, &operation.at(&id), "u")
            .header(header::CONTENT_TYPE, kind)
            .body(Body::from_stream(endless.clone()))
            .unwrap();
        let answer = world.send(request).await;
        let taken = endless.0.load(Ordering::Relaxed);
        assert!(taken <= most + SLACK, "{operation}: {taken} bytes");
        if operation.body().is_some() {
            assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{operation}");
        } else {
            assert_eq!(taken, 0, "{operation}");
        }
    }
}
