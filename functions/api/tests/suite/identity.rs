//! Who gets in: a table of forged tokens, keys that rotate, and floods of unknown ones.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use testkit::tokens::{Key, id_claims, id_token, now, publish};

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

#[tokio::test]
async fn a_flood_of_unknown_keys_fetches_the_keys_once_and_the_last_good_are_kept() {
    let world = World::new().await;
    let good = format!("Bearer {}", id_token("u"));
    assert_eq!(enter(&world, Some(&good)).await, StatusCode::OK);
    let unknown = format!("Bearer {}", Key::second().sign(&id_claims("u")));
    for _ in 0..20 {
        assert_eq!(
            enter(&world, Some(&unknown)).await,
            StatusCode::UNAUTHORIZED
        );
    }
    assert_eq!(world.keys.received_requests().await.unwrap().len(), 1);
    world.keys.reset().await;
    assert_eq!(enter(&world, Some(&good)).await, StatusCode::OK);
}

#[tokio::test]
async fn a_new_key_is_found_when_it_is_first_used() {
    let world = World::new().await;
    publish(&world.keys, &[Key::first(), Key::second()]).await;
    let token = format!("Bearer {}", Key::second().sign(&id_claims("u")));
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
