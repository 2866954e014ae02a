//! How each operation is called so that it succeeds. One that is not here fails its check.

use serde_json::{Value, json};

use super::{World, id};
use crate::checks::target::Answered;
use crate::error::Result;

/// What can be expected of an operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Expected {
    /// The status of success.
    pub(super) status: u16,
    /// Another user gets 404 for the same path.
    pub(super) is_owned: bool,
    /// A body that it must refuse, as it knows no such field.
    pub(super) takes_json: bool,
}

/// What is known of an operation, by method and path.
pub(super) fn expected(method: &str, path: &str) -> Option<Expected> {
    let plain = |status| Expected {
        status,
        ..Expected::default()
    };
    let owned = |status| Expected {
        status,
        is_owned: true,
        takes_json: false,
    };
    let json = |status| Expected {
        status,
        is_owned: false,
        takes_json: true,
    };
    Some(match (method, path) {
        ("GET", "/health" | "/version" | "/docs" | "/openapi.json" | "/items") => plain(200),
        ("GET", "/items/categories" | "/reports/latest" | "/conversations") => plain(200),
        ("GET", "/search/config" | "/vector-index/status" | "/chat/sessions") => plain(200),
        ("POST", "/keepalive") => plain(200),
        ("POST", "/items") => plain(201),
        ("POST", "/items/uploads" | "/conversations") => json(201),
        ("POST", "/search" | "/chat" | "/rag/chat") => json(200),
        ("GET", "/chat/{id}/history") | ("DELETE", "/chat/{id}") => owned(200),
        ("GET" | "DELETE", "/conversations/{id}") => owned(200),
        ("PATCH", "/conversations/{id}") => Expected {
            takes_json: true,
            ..owned(200)
        },
        ("POST", "/vector-index/rebuild") => plain(202),
        ("GET" | "DELETE", "/items/{id}") => owned(200),
        ("GET", "/items/{id}/image" | "/items/{id}/thumbnail" | "/items/{id}/analyses") => {
            owned(200)
        }
        ("GET", "/images/{filename}" | "/analyses/{id}") => owned(200),
        ("POST", "/items/{id}/resize-only") => owned(202),
        ("POST", "/items/{id}/analyze") => Expected {
            takes_json: true,
            ..owned(200)
        },
        _ => return None,
    })
}

/// The path with the ids of what Ann has.
pub(super) fn filled(world: &World, path: &str) -> String {
    let id = match path.split('/').nth(1) {
        Some("analyses") => &world.analysis,
        Some("chat" | "conversations") => &world.session,
        _ => &world.item,
    };
    path.replace("{id}", id)
        .replace("{filename}", &format!("{}.png", world.item))
}

/// Calls it as Ann.
pub(super) async fn call(world: &World, method: &str, path: &str) -> Result<Answered> {
    let ann = &world.ann;
    match (method, path) {
        ("POST", "/items") => ann.upload().await,
        // What is deleted must be something nobody else needs.
        ("DELETE", "/items/{id}") => {
            let form = ann
                .send(
                    "POST",
                    "/items/uploads",
                    body("POST", "/items/uploads").as_ref(),
                )
                .await?;
            let ticket = form.expect(201)?;
            let own = id(ticket.get("item").unwrap_or(&Value::Null))?;
            ann.send("DELETE", &format!("/items/{own}"), None).await
        }
        ("DELETE", "/conversations/{id}") => {
            let body = body("POST", "/conversations");
            let begun = ann.send("POST", "/conversations", body.as_ref()).await?;
            let begun = begun.expect(201)?;
            let own = begun.get("conversation_id").and_then(Value::as_str);
            let path = format!("/conversations/{}", own.unwrap_or_default());
            ann.send("DELETE", &path, None).await
        }
        ("DELETE", "/chat/{id}") => {
            let own = uuid::Uuid::new_v4().to_string();
            ann.chat(&own, "Hello").await?;
            ann.send("DELETE", &format!("/chat/{own}"), None).await
        }
        _ => {
            let filled = filled(world, path);
            ann.send(method, &filled, body(method, path).as_ref()).await
        }
    }
}

/// A body that is right.
pub(super) fn body(method: &str, path: &str) -> Option<Value> {
    if matches!(method, "GET" | "DELETE") {
        return None;
    }
    match path {
        "/items/uploads" => Some(json!({ "filename": "a.png", "content_type": "image/png" })),
        "/search" => Some(json!({ "query": "a clock on a tower", "include_answer": false })),
        "/items/{id}/analyze" => Some(json!({})),
        "/conversations" => Some(json!({ "title": "Clocks" })),
        "/conversations/{id}" => Some(json!({ "title": "Towers" })),
        "/chat" => Some(json!({ "message": "What do I have about clocks?" })),
        "/rag/chat" => {
            let conversation = uuid::Uuid::new_v4().to_string();
            Some(json!({ "conversation_id": conversation, "message": "Which towers did I save?" }))
        }
        _ => None,
    }
}
