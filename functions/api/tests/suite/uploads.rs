//! Forms for direct uploads, held to what S3 checks of them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

use api::limits::Limits;
use api::routes::uploads::{MAX_FILE, MAX_MULTIPART};
use axum::http::{Request, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::world::{Answer, PNG, World};

/// What an invocation of a function may have.
const INVOCATION: usize = 6 * 1024 * 1024;
/// The form's lifetime, and a moment more.
const EXPIRED: Duration = Duration::from_secs(301);

async fn form(world: &World) -> (String, BTreeMap<String, String>) {
    let body = json!({"filename": "big.png", "content_type": "image/png"});
    let answer = world.call("POST", "u", "/items/uploads", body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    let id = answer.body["item"]["id"].as_str().unwrap().to_owned();
    let fields = serde_json::from_value(answer.body["upload"]["fields"].clone()).unwrap();
    (id, fields)
}

#[tokio::test]
async fn a_form_brings_the_image_to_the_callers_own_key() {
    let world = World::new().await;
    let (id, fields) = form(&world).await;
    let now = SystemTime::now();
    let stored = world.aws.post_form(&fields, PNG, now);
    assert_eq!(stored, Ok(format!("u/images/{id}.png")));
    let image = world.get("u", &format!("/items/{id}/image")).await;
    assert_eq!(image.status, StatusCode::OK);
}

/// A multipart request with a file of so many bytes, as an invocation brings it: all that a gateway
/// lets through of headers, and the claims of a token.
fn invocation(body: &[u8]) -> String {
    let token = testkit::tokens::id_token("u");
    let claims = testkit::tokens::id_claims("u");
    let claims = claims.as_object().unwrap().iter();
    let claims: BTreeMap<_, _> = claims
        .map(|(name, value)| (name, value.to_string()))
        .collect();
    json!({
        "version": "2.0", "routeKey": "POST /items", "rawPath": "/items", "rawQueryString": "",
        "cookies": ["c".repeat(4096)],
        "headers": {
            "authorization": format!("Bearer {token}"), "host": "api.example.com",
            "content-type": "multipart/form-data; boundary=x",
            "content-length": body.len().to_string(), "x-padding": "h".repeat(16 * 1024),
        },
        "requestContext": {
            "accountId": "123456789012", "apiId": "api", "domainName": "api.example.com",
            "domainPrefix": "api", "requestId": "request", "routeKey": "POST /items",
            "stage": "$default", "time": "12/Mar/2026:19:03:58 +0000", "timeEpoch": 1,
            "authorizer": {"jwt": {"claims": claims, "scopes": null}},
            "http": {"method": "POST", "path": "/items", "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1", "userAgent": "a".repeat(1024)},
        },
        "body": STANDARD.encode(body), "isBase64Encoded": true,
    })
    .to_string()
}

fn multipart(file: usize) -> Vec<u8> {
    let head = b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n";
    let mut file_bytes = vec![0; file];
    file_bytes[..PNG.len()].copy_from_slice(PNG);
    [head.as_slice(), &file_bytes, b"\r\n--x--\r\n"].concat()
}

/// The answer to an invocation.
async fn invoke(world: &World, event: &str) -> Answer {
    let request = lambda_http::request::from_str(event).unwrap();
    let (parts, body) = request.into_parts();
    let lambda_http::Body::Binary(bytes) = body else {
        panic!("the body is binary");
    };
    let request = Request::from_parts(parts, axum::body::Body::from(bytes));
    world.send(request).await
}

#[tokio::test]
async fn the_largest_file_fits_into_an_invocation_and_a_larger_one_is_refused_in_our_words() {
    let world = World::new().await;
    let event = invocation(&vec![0; MAX_MULTIPART]);
    assert!(event.len() < INVOCATION, "{} bytes", event.len());
    let taken = invoke(&world, &invocation(&multipart(MAX_FILE))).await;
    assert_eq!(taken.status, StatusCode::CREATED, "{}", taken.text);
    assert_eq!(taken.body["file_size"], MAX_FILE);
    for too_much in [MAX_FILE + 1, MAX_MULTIPART] {
        let refused = invoke(&world, &invocation(&multipart(too_much))).await;
        assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
        let kind = &refused.headers[header::CONTENT_TYPE];
        assert_eq!(kind, "application/problem+json");
        let detail = refused.body["detail"].as_str().unwrap();
        assert!(detail.contains("POST /items/uploads"), "{detail}");
    }
    assert_eq!(world.get("u", "/items").await.body["total"], 1);
}

async fn ask_for_form(world: &World, user: &str) -> Answer {
    let body = json!({"content_type": "image/png"});
    world.call("POST", user, "/items/uploads", body).await
}

#[tokio::test]
async fn items_whose_images_never_come_are_bounded_and_removed_after_a_day() {
    let world = World::limited(Limits {
        open_uploads: 3,
        ..Limits::default()
    })
    .await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        let ticket = ask_for_form(&world, "u").await;
        assert_eq!(ticket.status, StatusCode::CREATED, "{}", ticket.text);
        ids.push(ticket.body["item"]["id"].as_str().unwrap().to_owned());
    }
    let stored = world.item("u").await;
    assert_eq!(
        ask_for_form(&world, "other").await.status,
        StatusCode::CREATED
    );
    let refused = ask_for_form(&world, "u").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.headers[header::RETRY_AFTER], "300");
    let detail = refused.body["detail"].as_str().unwrap();
    assert!(detail.starts_with("3 items wait"), "{detail}");
    // Two days later, but for the last: the others' items, too, and one that is stored.
    let age = "UPDATE items SET created_at = created_at - interval '2 days' WHERE id <> $1";
    let pool = world.database.pool();
    sqlx::query(age).bind(&ids[2]).execute(&pool).await.unwrap();
    let ticket = ask_for_form(&world, "u").await;
    assert_eq!(ticket.status, StatusCode::CREATED, "{}", ticket.text);
    let items = world.get("u", "/items").await.body["items"].clone();
    let left = items.as_array().unwrap().iter();
    let left: BTreeSet<_> = left.map(|item| item["id"].as_str().unwrap()).collect();
    let new = ticket.body["item"]["id"].as_str().unwrap();
    assert_eq!(left, BTreeSet::from([&*ids[2], &*stored, new]));
    assert_eq!(world.get("other", "/items").await.body["total"], 1);
}

#[tokio::test]
async fn no_field_of_a_form_can_be_changed_left_out_or_added() {
    let world = World::new().await;
    let (_, good) = form(&world).await;
    let now = SystemTime::now();
    for name in good.keys() {
        for other in [
            Some("other/images/a.png".to_owned()),
            Some(String::new()),
            None,
        ] {
            let mut fields = good.clone();
            match other {
                Some(value) => fields.insert(name.clone(), value),
                None => fields.remove(name),
            };
            // A date is read before anything can be checked.
            if fields.get("x-amz-date").is_some_and(|date| date.len() < 8) {
                fields.insert("x-amz-date".to_owned(), "20200101T000000Z".to_owned());
            }
            let refused = world.aws.post_form(&fields, PNG, now);
            assert!(refused.is_err(), "{name}: {fields:?}");
        }
    }
    for name in [
        "acl",
        "success_action_redirect",
        "x-amz-meta-user",
        "Cache-Control",
    ] {
        let mut fields = good.clone();
        fields.insert(name.to_owned(), "public-read".to_owned());
        let refused = world.aws.post_form(&fields, PNG, now);
        assert_eq!(refused, Err(format!("{name} is not in the policy")));
    }
    assert!(world.aws.state().objects.is_empty());
}

#[tokio::test]
async fn a_policy_cannot_be_widened() {
    let world = World::new().await;
    let (_, good) = form(&world).await;
    let policy = STANDARD.decode(&good["policy"]).unwrap();
    let policy: Value = serde_json::from_slice(&policy).unwrap();
    for (at, value) in [
        ("/expiration", json!("2099-01-01T00:00:00.000Z")),
        ("/conditions/1/2", json!(1_000_000_000)),
    ] {
        let mut wider = policy.clone();
        *wider.pointer_mut(at).unwrap() = value;
        let mut fields = good.clone();
        fields.insert("policy".to_owned(), STANDARD.encode(wider.to_string()));
        let refused = world.aws.post_form(&fields, PNG, SystemTime::now());
        assert_eq!(refused, Err("the signature is wrong".to_owned()), "{at}");
    }
}

#[tokio::test]
async fn a_form_takes_neither_nothing_nor_too_much_nor_is_it_taken_late() {
    let world = World::new().await;
    let (_, fields) = form(&world).await;
    let now = SystemTime::now();
    let post = |size: usize, at| world.aws.post_form(&fields, &vec![0; size], at);
    let size = Err("the file is too small or too large".to_owned());
    assert_eq!(post(0, now), size);
    assert_eq!(post(25 * 1024 * 1024 + 1, now), size);
    assert_eq!(
        post(10, now + EXPIRED),
        Err("the policy has expired".to_owned())
    );
    assert!(post(25 * 1024 * 1024, now).is_ok());
}
