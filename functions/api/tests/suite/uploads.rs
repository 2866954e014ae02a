//! Forms for direct uploads, held to what S3 checks of them.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::world::{PNG, World};

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
