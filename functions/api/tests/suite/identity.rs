//! Who gets in: a table of forged tokens, keys that rotate, and floods of unknown ones.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use testkit::tokens::{Key, id_claims, id_token, now, publish};
use wiremock::{Mock, ResponseTemplate, matchers};

use crate::world::World;

async fn enter(world: &World, authorization: Option<&str>) -> StatusCode {
    let mut request = Request::builder().uri("/items");
    if let Some(value) = authorization {
        request = request.header(header::AUTHORIZATION, value);
    }
    let answer = world.send(request.body(Body::empty()).unwrap()).await;
    if answer.status == StatusCode::UNAUTHORIZED {
        assert_eq!(answer.headers[header::WWW_AUTHENTICATE], "Bearer");
        assert_eq!(
            answer.headers[header::CONTENT_TYPE],
            "application/problem+json"
        );
    }
    answer.status
}

fn changed(name: &str, value: Value) -> String {
    let mut claims = id_claims("u");
    match value {
        Value::Null => claims.as_object_mut().unwrap().remove(name),
        value => claims
            .as_object_mut()
            .unwrap()
            .insert(name.to_owned(), value),
    };
    Key::first().sign(&claims)
}

fn unsigned(algorithm: &str) -> String {
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!(
        "{}.{}.",
        part(json!({"alg": algorithm, "kid": "first"})),
        part(id_claims("u"))
    )
}

/// The classic confusion: the public key used as the secret of an HMAC.
fn confused() -> String {
    let mut header = Header::new(Algorithm::HS256);
    header.kid = Some("first".to_owned());
    let secret = serde_json::to_vec(&Key::first().jwk()).unwrap();
    encode(&header, &id_claims("u"), &EncodingKey::from_secret(&secret)).unwrap()
}

#[tokio::test]
async fn good_tokens_of_both_kinds_get_in() {
    let world = World::new().await;
    let mut access = id_claims("u");
    access["token_use"] = json!("access");
    access["client_id"] = access["aud"].take();
    access.as_object_mut().unwrap().remove("aud");
    for token in [
        id_token("u"),
        Key::first().sign(&access),
        changed("exp", json!(now() - 5)),
    ] {
        assert_eq!(
            enter(&world, Some(&format!("Bearer {token}"))).await,
            StatusCode::OK
        );
        assert_eq!(
            enter(&world, Some(&format!("bearer {token}"))).await,
            StatusCode::OK
        );
    }
}

#[tokio::test]
async fn forged_stale_and_foreign_tokens_do_not() {
    let world = World::new().await;
    let mut stranger = Key::second().clone();
    stranger.kid = "first";
    let good = id_token("u");
    let (head, signature) = good.rsplit_once('.').unwrap();
    let tampered = format!("{head}.{}", signature.replace(['A', 'B'], "C"));
    let tokens = [
        (
            "another key under the known id",
            stranger.sign(&id_claims("u")),
        ),
        ("an unknown key", Key::second().sign(&id_claims("u"))),
        ("no signature", unsigned("none")),
        ("an empty signature", unsigned("RS256")),
        ("HMAC with the public key", confused()),
        ("a changed signature", tampered),
        ("expired", changed("exp", json!(now() - 60))),
        ("no expiry", changed("exp", Value::Null)),
        ("expiry as text", changed("exp", json!("never"))),
        ("not yet valid", changed("nbf", json!(now() + 300))),
        (
            "another issuer",
            changed("iss", json!("https://evil.example")),
        ),
        ("no issuer", changed("iss", Value::Null)),
        ("another client", changed("aud", json!("other"))),
        ("no client", changed("aud", Value::Null)),
        ("another use", changed("token_use", json!("refresh"))),
        ("no use", changed("token_use", Value::Null)),
        (
            "an ID token's client in an access token",
            changed("token_use", json!("access")),
        ),
        ("no subject", changed("sub", Value::Null)),
        ("an empty subject", changed("sub", json!(""))),
        (
            "a subject that leaves its folder",
            changed("sub", json!("../u")),
        ),
        ("far too long", changed("email", json!("x".repeat(10_000)))),
        ("no token", "a.b.c".to_owned()),
    ];
    for (why, token) in tokens {
        let status = enter(&world, Some(&format!("Bearer {token}"))).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{why}");
    }
    for header in ["", "Bearer", "Bearer ", "Basic dTpw", &good] {
        assert_eq!(
            enter(&world, Some(header)).await,
            StatusCode::UNAUTHORIZED,
            "{header:.20}"
        );
    }
    assert_eq!(enter(&world, None).await, StatusCode::UNAUTHORIZED);
}

fn bearer(key: &Key) -> String {
    format!("Bearer {}", key.sign(&id_claims("u")))
}

async fn fetches(world: &World) -> usize {
    world.keys.received_requests().await.unwrap().len()
}

/// Answers requests for the keys so, from now on.
async fn keys_answer(world: &World, answer: ResponseTemplate) {
    world.keys.reset().await;
    Mock::given(matchers::any())
        .respond_with(answer)
        .mount(&world.keys)
        .await;
}

/// The status, which came at once: nobody waited for the issuer.
async fn enter_at_once(world: &World, authorization: &str) -> StatusCode {
    let entered = enter(world, Some(authorization));
    let entered = tokio::time::timeout(Duration::from_secs(1), entered).await;
    entered.expect("no request with a known key waits")
}

#[tokio::test]
async fn a_flood_of_unknown_keys_fetches_the_keys_once() {
    let world = World::new().await;
    let good = bearer(Key::first());
    assert_eq!(enter(&world, Some(&good)).await, StatusCode::OK);
    let unknown = bearer(Key::second());
    for _ in 0..20 {
        world.clock.pass(Duration::from_secs(1));
        let status = enter(&world, Some(&unknown)).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(fetches(&world).await, 1);
}

#[tokio::test]
async fn many_who_come_first_cause_one_fetch_and_all_get_in() {
    let world = World::new().await;
    let good = bearer(Key::first());
    let first = (0..20).map(|_| enter(&world, Some(&good)));
    let entered = futures::future::join_all(first).await;
    assert!(entered.iter().all(|status| *status == StatusCode::OK));
    assert_eq!(fetches(&world).await, 1);
}

#[tokio::test]
async fn a_key_that_the_issuer_rotated_to_is_found_by_one_fetch() {
    let world = World::new().await;
    let (old, new) = (bearer(Key::first()), bearer(Key::second()));
    assert_eq!(enter(&world, Some(&old)).await, StatusCode::OK);
    publish(&world.keys, &[Key::first(), Key::second()]).await;
    let early = enter(&world, Some(&new)).await;
    assert_eq!(
        early,
        StatusCode::UNAUTHORIZED,
        "the set is but just fetched"
    );
    world.clock.pass(Duration::from_secs(31));
    for token in [&new, &new, &old] {
        assert_eq!(enter(&world, Some(token)).await, StatusCode::OK);
    }
    assert_eq!(fetches(&world).await, 1);
}

#[tokio::test]
async fn the_last_good_keys_hold_while_the_issuer_fails_or_hangs_and_nobody_waits() {
    let world = World::new().await;
    let (good, unknown) = (bearer(Key::first()), bearer(Key::second()));
    assert_eq!(enter(&world, Some(&good)).await, StatusCode::OK);
    keys_answer(&world, ResponseTemplate::new(500)).await;
    world.clock.pass(Duration::from_secs(61 * 60));
    assert_eq!(enter_at_once(&world, &good).await, StatusCode::OK);
    let set = json!({"keys": [Key::first().jwk()]});
    let late = ResponseTemplate::new(200).set_body_json(set);
    keys_answer(&world, late.set_delay(Duration::from_secs(60))).await;
    world.clock.pass(Duration::from_secs(31));
    assert_eq!(enter_at_once(&world, &good).await, StatusCode::OK);
    let began = Instant::now();
    let waits = async {
        let status = enter(&world, Some(&unknown)).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        began.elapsed()
    };
    let others = async {
        for _ in 0..10 {
            assert_eq!(enter_at_once(&world, &good).await, StatusCode::OK);
        }
        began.elapsed()
    };
    let (waited, others) = futures::join!(waits, others);
    assert!(waited < Duration::from_secs(4), "one attempt: {waited:?}");
    assert!(others < waited, "{others:?} and {waited:?}");
    assert_eq!(fetches(&world).await, 1, "one at a time");
}

#[tokio::test]
async fn a_key_that_was_withdrawn_is_forgotten_soon_after_an_hour() {
    let world = World::new().await;
    let good = bearer(Key::first());
    assert_eq!(enter(&world, Some(&good)).await, StatusCode::OK);
    publish(&world.keys, &[Key::second()]).await;
    world.clock.pass(Duration::from_secs(61 * 60));
    for _ in 0..100 {
        if enter_at_once(&world, &good).await == StatusCode::UNAUTHORIZED {
            assert_eq!(fetches(&world).await, 1);
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the withdrawn key still holds");
}

#[tokio::test]
async fn a_new_key_is_found_when_it_is_first_used() {
    let world = World::new().await;
    publish(&world.keys, &[Key::first(), Key::second()]).await;
    let token = bearer(Key::second());
    assert_eq!(enter(&world, Some(&token)).await, StatusCode::OK);
}

#[tokio::test]
async fn without_any_keys_nobody_gets_in_and_it_is_not_the_callers_fault() {
    let world = World::new().await;
    world.keys.reset().await;
    let good = format!("Bearer {}", id_token("u"));
    assert_eq!(
        enter(&world, Some(&good)).await,
        StatusCode::SERVICE_UNAVAILABLE
    );
}
