//! Items over HTTP.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::world::{PNG, World, open};

#[tokio::test]
async fn health_and_version_need_no_token_and_name_the_real_backend() {
    let world = World::new().await;
    let health = world.send(open("/health")).await;
    assert_eq!(health.status, StatusCode::OK);
    assert!(
        health.body["database"]
            .as_str()
            .unwrap()
            .starts_with("PostgreSQL 18")
    );
    assert_eq!(health.body["environment"], "test");
    assert!(health.headers.contains_key("x-request-id"));
    assert_eq!(world.send(open("/version")).await.status, StatusCode::OK);
    assert_eq!(
        world.send(open("/items")).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn an_upload_is_stored_under_its_owner_and_listed() {
    let world = World::new().await;
    assert_eq!(
        world.get("u", "/items").await.body,
        json!({"items": [], "total": 0, "next_cursor": null})
    );
    let answer = world.upload("u", "C:\\fake\\..\\holiday.jpg", PNG).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    let id = answer.body["id"].as_str().unwrap();
    assert_eq!(answer.body["mime_type"], "image/png", "the content decides");
    assert_eq!(answer.body["original_filename"], "holiday.jpg");
    assert_eq!(answer.body["latest_analysis"], Value::Null);
    assert_eq!(
        world.aws.state().objects[&format!("u/images/{id}.png")],
        PNG
    );
    let list = world.get("u", "/items").await;
    assert_eq!(
        (list.body["total"].as_i64(), &list.body["items"][0]["id"]),
        (Some(1), &json!(id))
    );
    for secret in ["file_path", "user_id", "object_sequencer"] {
        assert_eq!(list.body["items"][0].get(secret), None);
    }
}

#[tokio::test]
async fn what_is_no_image_or_no_upload_is_refused_and_leaves_nothing() {
    let world = World::new().await;
    for bytes in [b"".as_slice(), b"<svg/>", b"%PDF-1.7"] {
        let answer = world.upload("u", "a.png", bytes).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.body);
    }
    let large = [PNG, &vec![0; 4_400_000]].concat();
    assert_eq!(
        world.upload("u", "a.png", &large).await.status,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    let answer = world.call("POST", "u", "/items", json!({})).await;
    assert!(answer.status.is_client_error());
    world.aws.state().failures = 9;
    let failed = world.upload("u", "a.png", PNG).await;
    assert_eq!(failed.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(
        failed.body.get("detail"),
        None,
        "what went wrong inside stays inside"
    );
    world.aws.state().failures = 0;
    assert_eq!(world.get("u", "/items").await.body["total"], 0);
    assert!(world.aws.state().objects.is_empty());
}

#[tokio::test]
async fn a_form_for_a_large_upload_names_the_callers_own_key() {
    let world = World::new().await;
    let body = json!({"filename": "big.jpg", "content_type": "image/jpeg"});
    let answer = world.call("POST", "u", "/items/uploads", body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    let id = answer.body["item"]["id"].as_str().unwrap();
    assert_eq!(answer.body["item"]["status"], "awaiting_upload");
    assert_eq!(
        answer.body["upload"]["fields"]["key"],
        format!("u/images/{id}.jpg")
    );
    for wrong in [
        json!({"content_type": "text/html"}),
        json!({"content_type": "image/png", "user_id": "other"}),
        json!({}),
    ] {
        let answer = world.call("POST", "u", "/items/uploads", wrong).await;
        assert!(answer.status.is_client_error(), "{}", answer.status);
    }
}

#[tokio::test]
async fn pages_follow_each_other_and_bad_ones_are_refused() {
    let world = World::new().await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.insert(0, world.item("u").await);
    }
    let (mut seen, mut path) = (Vec::new(), "/items?limit=2".to_owned());
    loop {
        let page = world.get("u", &path).await.body;
        let items = page["items"].as_array().unwrap();
        seen.extend(
            items
                .iter()
                .map(|item| item["id"].as_str().unwrap().to_owned()),
        );
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        path = format!("/items?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, ids);
    for query in [
        "limit=0",
        "limit=101",
        "limit=x",
        "offset=-1",
        "cursor=zzz",
        "category=%00",
    ] {
        let answer = world.get("u", &format!("/items?{query}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
    }
}

#[tokio::test]
async fn deleting_removes_the_objects_too() {
    let world = World::new().await;
    let id = world.item("u").await;
    let answer = world
        .call("DELETE", "u", &format!("/items/{id}"), Value::Null)
        .await;
    assert_eq!(answer.body, json!({"status": "deleted", "id": id}));
    assert!(world.aws.state().objects.is_empty());
    assert_eq!(
        world.get("u", &format!("/items/{id}")).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn an_image_that_was_refused_unseen_has_no_address() {
    let world = World::new().await;
    let (seen, unseen) = (world.item("u").await, world.item("u").await);
    let thumbnail = "UPDATE items SET thumbnail_path = user_id || '/thumbnails/' || id || '.jpg'
        WHERE id = $1";
    let refusal = "UPDATE items SET status = 'refused', status_reason = 'it is a page'";
    let pool = world.database.pool();
    sqlx::query(thumbnail)
        .bind(&seen)
        .execute(&pool)
        .await
        .unwrap();
    sqlx::query(refusal).execute(&pool).await.unwrap();
    for path in [
        format!("/items/{unseen}/image"),
        format!("/images/{unseen}.png"),
    ] {
        let refused = world.get("u", &path).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(
            refused.body["detail"],
            "the image was refused: it is a page"
        );
        let stranger = world.get("other", &path).await;
        assert_eq!(
            (stranger.status, stranger.body.get("detail")),
            (StatusCode::NOT_FOUND, None)
        );
    }
    let image = world.get("u", &format!("/items/{seen}/image")).await;
    assert_eq!(image.status, StatusCode::OK, "it was looked at once");
    let item = world.get("u", &format!("/items/{unseen}")).await;
    assert_eq!(item.body["status_reason"], "it is a page");
}

#[tokio::test]
async fn a_provider_that_nobody_configured_is_named_and_not_asked() {
    let world = World::new().await;
    let path = format!("/items/{}/analyze", world.item("u").await);
    let ask = async |provider: &str| {
        let body = json!({"provider": provider});
        world.call("POST", "u", &path, body).await
    };
    for absent in ["openai", "ollama"] {
        let refused = ask(absent).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{absent}");
        let detail = format!("the provider {absent} is not configured in this environment");
        assert_eq!(refused.body["detail"], detail);
    }
    assert_eq!(ask("evil").await.status, StatusCode::BAD_REQUEST);
    assert!(world.aws.events("AnalysisRequested").is_empty());
    assert_eq!(ask("anthropic").await.status, StatusCode::ACCEPTED);
    assert_eq!(
        world.aws.events("AnalysisRequested")[0]["provider"],
        "anthropic"
    );
}

#[tokio::test]
async fn the_golden_items_are_embedded_by_the_golden_user() {
    let world = World::new().await;
    let rebuild = async |query: &str| {
        let path = format!("/vector-index/rebuild{query}");
        world.call("POST", "u", &path, json!({})).await
    };
    let golden = rebuild("?database=golden").await;
    assert_eq!(golden.status, StatusCode::BAD_REQUEST);
    let detail = golden.body["detail"].as_str().unwrap();
    assert!(detail.contains("cargo xtask seed golden"), "{detail}");
    for wrong in ["?database=staging", "?database=", "?user=golden"] {
        assert_eq!(
            rebuild(wrong).await.status,
            StatusCode::BAD_REQUEST,
            "{wrong}"
        );
    }
    assert!(world.aws.events("RebuildRequested").is_empty());
    for right in ["", "?database=prod"] {
        let asked = rebuild(right).await;
        assert_eq!(asked.status, StatusCode::ACCEPTED, "{right}");
        assert_eq!(asked.body["database"], "prod");
    }
}

#[tokio::test]
async fn work_is_asked_for_by_event() {
    let world = World::new().await;
    world.aws.set_parameter("openai/api_key", "key");
    let id = world.item("u").await;
    let resize = world
        .call("POST", "u", &format!("/items/{id}/resize-only"), json!({}))
        .await;
    assert_eq!(resize.status, StatusCode::ACCEPTED);
    assert_eq!(
        world.aws.events("ResizeRequested")[0]["original_key"],
        format!("u/images/{id}.png")
    );
    let body = json!({"force_reanalyze": true, "provider": "openai", "model": "gpt-4o"});
    let analyze = world
        .call("POST", "u", &format!("/items/{id}/analyze"), body)
        .await;
    assert_eq!(analyze.status, StatusCode::ACCEPTED);
    let event = &world.aws.events("AnalysisRequested")[0];
    assert_eq!(
        (&event["provider"], &event["force"]),
        (&json!("openai"), &json!(true))
    );
    let rebuild = world
        .call("POST", "u", "/vector-index/rebuild", json!({}))
        .await;
    assert_eq!(rebuild.status, StatusCode::ACCEPTED);
    assert_eq!(
        world.aws.events("RebuildRequested"),
        [json!({"user_id": "u"})]
    );
    for wrong in [
        json!({"provider": "evil"}),
        json!({"model": "a b"}),
        json!({"extra": 1}),
    ] {
        let answer = world
            .call("POST", "u", &format!("/items/{id}/analyze"), wrong)
            .await;
        assert!(answer.status.is_client_error());
    }
}
