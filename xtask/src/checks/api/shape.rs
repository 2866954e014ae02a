//! Whether an answer has the shape that the document gives it: types, required fields, choices.

use serde_json::Value;

use crate::error::{Error, Result};

/// Follows references to where the thing is described.
pub(super) fn resolved<'d>(document: &'d Value, part: &'d Value) -> &'d Value {
    let mut part = part;
    // A description that goes in circles ends here.
    for _ in 0..16 {
        let Some(reference) = part.get("$ref").and_then(Value::as_str) else {
            break;
        };
        let Some(target) = document.pointer(reference.trim_start_matches('#')) else {
            break;
        };
        part = target;
    }
    part
}

/// Compares; the first difference is the error.
pub(super) fn check(document: &Value, schema: &Value, value: &Value, at: &str) -> Result<()> {
    let schema = resolved(document, schema);
    if let Some(choices) = list(schema, "oneOf").or_else(|| list(schema, "anyOf")) {
        let fits = |choice: &Value| check(document, choice, value, at).is_ok();
        return match choices.iter().any(fits) {
            true => Ok(()),
            false => Err(differs(at, "none of the described shapes", value)),
        };
    }
    for part in list(schema, "allOf").into_iter().flatten() {
        check(document, part, value, at)?;
    }
    if !of_type(schema.get("type"), value) {
        return Err(differs(at, &format!("no {}", schema["type"]), value));
    }
    if list(schema, "enum").is_some_and(|choices| !choices.contains(value)) {
        return Err(differs(at, "none of the described values", value));
    }
    fields(document, schema, value, at)?;
    let (Some(items), Some(element)) = (value.as_array(), schema.get("items")) else {
        return Ok(());
    };
    items
        .iter()
        .enumerate()
        .try_for_each(|(index, item)| check(document, element, item, &format!("{at}[{index}]")))
}

fn fields(document: &Value, schema: &Value, value: &Value, at: &str) -> Result<()> {
    let Some(object) = value.as_object() else {
        return Ok(());
    };
    for name in list(schema, "required").into_iter().flatten() {
        let name = name.as_str().unwrap_or_default();
        if !object.contains_key(name) {
            return Err(Error::failed(format!(
                "{at} has no {name}, which is required"
            )));
        }
    }
    let described = schema.get("properties").and_then(Value::as_object);
    for (name, schema) in described.into_iter().flatten() {
        if let Some(value) = object.get(name) {
            check(document, schema, value, &format!("{at}.{name}"))?;
        }
    }
    Ok(())
}

fn list<'s>(schema: &'s Value, key: &str) -> Option<&'s Vec<Value>> {
    schema.get(key).and_then(Value::as_array)
}

fn of_type(described: Option<&Value>, value: &Value) -> bool {
    let is = |name: &str| match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    };
    match described {
        None => true,
        Some(Value::String(name)) => is(name),
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).any(is),
        Some(_) => false,
    }
}

fn differs(at: &str, what: &str, value: &Value) -> Error {
    let value: String = value.to_string().chars().take(80).collect();
    Error::failed(format!("{at} is {what}: {value}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::check;
    use serde_json::{Value, json};

    fn document() -> Value {
        json!({ "components": { "schemas": {
            "Item": {
                "type": "object", "required": ["id", "status"],
                "properties": {
                    "id": { "type": "string" },
                    "size": { "type": ["integer", "null"] },
                    "status": { "enum": ["new", "old"] },
                    "parts": { "type": "array", "items": { "$ref": "#/components/schemas/Item" } },
                },
            },
        } } })
    }

    #[test]
    fn an_answer_of_the_described_shape_passes_and_others_are_told_where_they_differ() {
        let document = document();
        let schema = json!({ "$ref": "#/components/schemas/Item" });
        let said = |value: Value| match check(&document, &schema, &value, "answer") {
            Ok(()) => String::new(),
            Err(error) => error.to_string(),
        };
        let part = json!({ "id": "b", "status": "new" });
        let whole = json!({ "id": "a", "status": "old", "size": null, "parts": [part] });
        assert_eq!(said(whole), "");
        assert!(said(json!({ "id": "a" })).contains("answer has no status"));
        assert!(said(json!({ "id": 1, "status": "new" })).contains("answer.id"));
        assert!(said(json!({ "id": "a", "status": "?" })).contains("answer.status"));
        let inner = json!({ "id": "a", "status": "new", "parts": [{ "id": "b" }] });
        assert!(said(inner).contains("answer.parts[0] has no status"));
    }
}
