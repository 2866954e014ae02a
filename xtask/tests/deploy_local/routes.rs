//! Every route through the gateway, called by two users at the same time.

use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::photo;
use crate::system::System;
use crate::user::User;

/// A user with an image that only they have.
struct Owner<'s> {
    user: User<'s>,
    word: &'static str,
    item: String,
    analysis: String,
}

/// One method of one path, as the API describes it.
struct Operation {
    method: Method,
    path: String,
    value: Value,
}

pub(crate) async fn each_user_sees_their_own_on_every_route(system: &System) {
    let (status, document) = system.get("/openapi.json", None).await;
    assert_eq!(status, 200, "{document}");
    assert_eq!(system.get("/docs", None).await.0, 200);
    let mut operations = operations(&document);
    // What is removed cannot be looked at any more.
    operations.sort_by_key(|operation| operation.method == Method::DELETE);
    let (cyn, dan) = tokio::join!(
        owner(system, "cyn@example.com", "windmill"),
        owner(system, "dan@example.com", "volcano")
    );
    tokio::join!(
        foreign_ids_look_absent(&document, &operations, &cyn, &dan),
        foreign_ids_look_absent(&document, &operations, &dan, &cyn)
    );
    tokio::join!(
        own_answers_are_their_own(&document, &operations, &cyn, &dan),
        own_answers_are_their_own(&document, &operations, &dan, &cyn)
    );
}

async fn owner<'s>(system: &'s System, mail: &str, word: &'static str) -> Owner<'s> {
    let user = User::sign_up(system, mail).await;
    let image = photo::png(&format!("A {word} seen from far away"));
    let (status, item) = user.upload("mine.png", &image).await;
    assert_eq!(status, 201, "{item:#}");
    let item = item["id"].as_str().unwrap().to_owned();
    user.wait_until_found(&item, "hybrid", word).await;
    let (_, analyses) = user.get(&format!("/items/{item}/analyses")).await;
    let analysis = analyses[0]["id"].as_str().unwrap().to_owned();
    Owner {
        user,
        word,
        item,
        analysis,
    }
}

fn operations(document: &Value) -> Vec<Operation> {
    let paths = document["paths"].as_object().unwrap().iter();
    let operations = paths.flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().iter();
        methods.map(|(method, value)| Operation {
            method: method.to_uppercase().parse().unwrap(),
            path: path.clone(),
            value: value.clone(),
        })
    });
    operations.collect()
}

impl Operation {
    /// The path, naming what belongs to an owner.
    fn of(&self, owner: &Owner<'_>) -> String {
        let file = format!("{}.png", owner.item);
        let id = match self.path.split('/').nth(1) {
            Some("analyses") => &owner.analysis,
            _ => &owner.item,
        };
        let segments = self.path.split('/').map(|segment| match segment {
            "{filename}" => file.as_str(),
            segment if segment.starts_with('{') => id,
            segment => segment,
        });
        segments.collect::<Vec<_>>().join("/")
    }

    async fn call(&self, document: &Value, by: &Owner<'_>, of: &Owner<'_>) -> (u16, Value) {
        let content = self.value["requestBody"]["content"].as_object();
        let Some((kind, content)) = content.and_then(|content| content.iter().next()) else {
            return by.user.call(self.method.clone(), &self.of(of), None).await;
        };
        if kind.starts_with("multipart/") {
            return by.user.upload("more.png", &photo::png(by.word)).await;
        }
        let body = least(document, &content["schema"], by.word);
        by.user
            .call(self.method.clone(), &self.of(of), Some(&body))
            .await
    }
}

/// The smallest body that a schema allows.
fn least(document: &Value, schema: &Value, word: &str) -> Value {
    let schema = match schema["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap(),
        None => schema,
    };
    let kind = schema["type"].as_str().unwrap_or_default();
    match (kind, schema["enum"].as_array()) {
        (_, Some(values)) => values[0].clone(),
        ("object", _) => {
            let required = schema["required"].as_array().into_iter().flatten();
            let properties = required.map(|name| {
                let name = name.as_str().unwrap();
                (
                    name.to_owned(),
                    least(document, &schema["properties"][name], word),
                )
            });
            Value::Object(properties.collect::<Map<_, _>>())
        }
        ("string", _)
            if schema["pattern"]
                .as_str()
                .is_some_and(|it| it.contains("image/")) =>
        {
            json!("image/png")
        }
        ("string", _) => json!(word),
        ("integer" | "number", _) => json!(1),
        ("boolean", _) => json!(false),
        ("array", _) => json!([]),
        _ => Value::Null,
    }
}

async fn foreign_ids_look_absent(
    document: &Value,
    operations: &[Operation],
    by: &Owner<'_>,
    of: &Owner<'_>,
) {
    for operation in operations.iter().filter(|it| it.path.contains('{')) {
        let (status, answer) = operation.call(document, by, of).await;
        let (method, path) = (&operation.method, &operation.path);
        assert_eq!(status, 404, "{method} {path}: {answer}");
    }
}

async fn own_answers_are_their_own(
    document: &Value,
    operations: &[Operation],
    by: &Owner<'_>,
    other: &Owner<'_>,
) {
    let mut succeeded = 0;
    for operation in operations {
        let (status, answer) = operation.call(document, by, by).await;
        let (method, path) = (&operation.method, &operation.path);
        assert!(
            status < 500 && status != 401,
            "{method} {path}: {status} {answer}"
        );
        let text = answer.to_string();
        for foreign in [&other.item, &other.analysis, other.word] {
            assert!(!text.contains(foreign), "{method} {path}: {text}");
        }
        succeeded += usize::from(status < 400);
    }
    // Resources that are named by something else than an item or an analysis are not found.
    assert!(succeeded >= 18, "{succeeded} of {}", operations.len());
}
