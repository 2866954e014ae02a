//! Two users: on no route does one learn of the other's things, not even that they exist.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::search::{models_work, searchable};
use crate::spec::{Operation, Spec};
use crate::world::{Answer, World};

/// In everything that belongs to the owner.
const MARK: &str = "lighthouse";

/// Something of the owner's that a path with a parameter can name. A resource of its own says here
/// how one comes to be.
async fn something_of_the_owner(world: &World, path: &str) -> String {
    let item = searchable(world, "owner", MARK).await;
    let of_item = |path: String| async move { world.get("owner", &path).await.body };
    match path.split('/').nth(1).unwrap() {
        "items" => item,
        "images" => format!("{item}.png"),
        "chat" => {
            let body = json!({"message": MARK, "session_id": item});
            assert_eq!(world.call("POST", "owner", "/chat", body).await.status, 200);
            item
        }
        "conversations" => {
            let body = json!({"conversation_id": item, "title": MARK});
            let begun = world.call("POST", "owner", "/conversations", body).await;
            assert!(begun.status.is_success(), "{}", begun.text);
            item
        }
        "analyses" => {
            let analyses = of_item(format!("/items/{item}/analyses")).await;
            analyses[0]["id"].as_str().unwrap().to_owned()
        }
        other => panic!("say in tests/suite/tenants.rs what /{other}/… names"),
    }
}

/// The operation, as somebody who is signed in would call it.
async fn call(world: &World, spec: &Spec, operation: &Operation, user: &str, id: &str) -> Answer {
    let body = operation.body().map(|(_, schema)| least(spec, &schema));
    let path = operation.at(id);
    world
        .call(&operation.method, user, &path, body.unwrap_or_default())
        .await
}

/// The smallest body that a schema allows.
fn least(spec: &Spec, schema: &Value) -> Value {
    let schema = spec.resolve(schema);
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let properties = required.iter().map(|name| {
        let name = name.as_str().unwrap();
        let property = spec.resolve(&schema["properties"][name]);
        let value = match property["type"].as_str() {
            Some("string") if property["pattern"].is_string() => json!("image/png"),
            Some("string") => json!(MARK),
            Some("integer") => json!(1),
            other => panic!("say in tests/suite/tenants.rs what fits {name}: {other:?}"),
        };
        (name.to_owned(), value)
    });
    Value::Object(properties.collect())
}

#[tokio::test]
async fn what_belongs_to_another_looks_absent_on_every_route() {
    let world = World::new().await;
    models_work(&world).await;
    let spec = Spec::of(&world).await;
    let mut checked = 0;
    for operation in spec.operations() {
        if operation.parameters("path").is_empty() || operation.is_public {
            continue;
        }
        let id = something_of_the_owner(&world, &operation.path).await;
        let foreign = call(&world, &spec, &operation, "other", &id).await;
        let absent = call(&world, &spec, &operation, "other", "absent").await;
        let nonsense = call(&world, &spec, &operation, "other", "%2e%2e").await;
        for answer in [&foreign, &absent, &nonsense] {
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{operation}");
            assert_eq!(answer.body, absent.body, "{operation}");
        }
        let own = call(&world, &spec, &operation, "owner", &id).await;
        // No thumbnail was made of it.
        let none_yet = operation.path.ends_with("/thumbnail");
        assert_eq!(
            own.status.is_success(),
            !none_yet,
            "{operation}: {}",
            own.text
        );
        checked += 1;
    }
    assert!(checked >= 9, "{checked}");
}

#[tokio::test]
async fn no_route_tells_of_another_users_things() {
    let world = World::new().await;
    models_work(&world).await;
    let item = searchable(&world, "owner", MARK).await;
    let spec = Spec::of(&world).await;
    for operation in spec.operations() {
        if !operation.parameters("path").is_empty() || operation.path == "/openapi.json" {
            continue;
        }
        let answer = call(&world, &spec, &operation, "other", "").await;
        assert!(
            !answer.status.is_server_error(),
            "{operation}: {}",
            answer.text
        );
        assert!(!answer.text.contains(&item), "{operation}: {}", answer.text);
        let own_words = ["/search", "/chat"]
            .iter()
            .any(|at| operation.path.starts_with(at))
            || operation.path.starts_with("/conversations");
        assert!(
            own_words || !answer.text.contains(MARK),
            "{operation}: {}",
            answer.text
        );
    }
    let found = world.get("owner", "/items").await;
    assert!(found.text.contains(&item) && found.text.contains(MARK));
}
