//! The description as a page: plain HTML that runs no script and loads nothing from anywhere.

use std::fmt::Write;
use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("page.css");

/// What a browser may load for the page: nothing; of what stands in it, only the style.
pub static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'"
    )
});

/// The page of a description.
pub fn page(document: &Value) -> String {
    let mut html = String::new();
    // Writing to a string cannot fail.
    let _ = write(&mut html, document);
    html
}

fn write(html: &mut String, document: &Value) -> std::fmt::Result {
    let info = &document["info"];
    let (title, text) = (escaped(&info["title"]), escaped(&info["description"]));
    write!(
        html,
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title} API</title>\
         <style>{STYLE}</style></head><body><main><h1>{title} API</h1><p>{text}</p>\
         <p>The same for machines: <a href=\"openapi.json\">openapi.json</a></p>"
    )?;
    for tag in document["tags"].as_array().into_iter().flatten() {
        let (name, text) = (escaped(&tag["name"]), escaped(&tag["description"]));
        write!(html, "<section><h2>{name}</h2><p>{text}</p>")?;
        for (path, method, operation) in operations(document) {
            if operation["tags"][0] == tag["name"] {
                write_operation(html, path, method, operation)?;
            }
        }
        html.push_str("</section>");
    }
    html.push_str("<section><h2>Schemas</h2>");
    for (name, schema) in entries(&document["components"]["schemas"]) {
        let json = serde_json::to_string_pretty(schema).unwrap_or_default();
        write!(
            html,
            "<details id=\"{0}\"><summary><code>{0}</code></summary><pre>{1}</pre></details>",
            escape(name),
            escape(&json)
        )?;
    }
    html.push_str("</section></main></body></html>");
    Ok(())
}

fn write_operation(
    html: &mut String,
    path: &str,
    method: &str,
    operation: &Value,
) -> std::fmt::Result {
    let open = operation["security"]
        .as_array()
        .is_some_and(std::vec::Vec::is_empty);
    write!(
        html,
        "<details><summary><code><b>{}</b> {}</code> {}{}</summary><p>{}</p>",
        escape(&method.to_uppercase()),
        escape(path),
        escaped(&operation["summary"]),
        if open { " <i>no token</i>" } else { "" },
        escaped(&operation["description"])
    )?;
    html.push_str("<dl>");
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        write!(
            html,
            "<dt><code>{}</code> <i>{}{}</i></dt><dd>{} {}</dd>",
            escaped(&parameter["name"]),
            escaped(&parameter["in"]),
            if parameter["required"] == true {
                ", required"
            } else {
                ""
            },
            escaped(&parameter["description"]),
            kind(&parameter["schema"])
        )?;
    }
    for (media_type, content) in entries(&operation["requestBody"]["content"]) {
        let kind = kind(&content["schema"]);
        write!(
            html,
            "<dt>body <i>{}</i></dt><dd>{kind}</dd>",
            escape(media_type)
        )?;
    }
    for (status, response) in entries(&operation["responses"]) {
        write!(
            html,
            "<dt>{}</dt><dd>{}</dd>",
            escape(status),
            answer(response)
        )?;
    }
    html.push_str("</dl></details>");
    Ok(())
}

/// What an answer says; of a failure, which are the same everywhere, only its name.
fn answer(response: &Value) -> String {
    if let Some(reference) = response["$ref"].as_str() {
        return escape(last(reference));
    }
    let content = entries(&response["content"]);
    let kinds: Vec<_> = content
        .map(|(_, content)| kind(&content["schema"]))
        .collect();
    format!(
        "{} {}",
        escaped(&response["description"]),
        kinds.join(" or ")
    )
}

/// A schema as a link to where it is described, or as what it is.
fn kind(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = escape(last(reference));
        return format!("<a href=\"#{name}\">{name}</a>");
    }
    match schema.as_object() {
        Some(object) if object.get("type") == Some(&"array".into()) => {
            format!("list of {}", kind(&schema["items"]))
        }
        Some(_) => format!("<code>{}</code>", escape(&schema.to_string())),
        None => String::new(),
    }
}

fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    entries(&document["paths"]).flat_map(|(path, item)| {
        entries(item).map(move |(method, operation)| (path, method, operation))
    })
}

fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let object = value.as_object().into_iter().flatten();
    object.map(|(name, value)| (name.as_str(), value))
}

fn last(reference: &str) -> &str {
    reference.rsplit('/').next().unwrap_or(reference)
}

fn escaped(text: &Value) -> String {
    escape(text.as_str().unwrap_or_default())
}

fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            _ => safe.push(char),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::page;

    #[test]
    fn what_comes_from_the_description_cannot_become_markup() {
        let hostile = "<script>alert(1)</script>\"";
        let document = json!({
            "info": {"title": hostile, "description": hostile},
            "tags": [{"name": hostile}],
            "paths": {hostile: {"get": {
                "tags": [hostile], "summary": hostile,
                "parameters": [{"name": hostile, "schema": {"pattern": hostile}}],
                "responses": {"200": {"content": {hostile: {"schema": {"$ref": hostile}}}}},
            }}},
            "components": {"schemas": {hostile: {"description": hostile}}},
        });
        assert!(!page(&document).contains("<script"));
    }
}
