//! Values that fit a schema, values that nearly do, and values that fit nothing.

use proptest::prelude::*;
use proptest::strategy::Union;
use serde_json::{Map, Value, json};

use super::Spec;

/// Text that something might trip over.
const NASTY: &[&str] = &[
    "",
    " ",
    "\0",
    "a\0b",
    "..",
    "../../etc/passwd",
    "'; drop table items; --",
    "\" or \"\"=\"",
    "%00%2e%2e%2f",
    "${jndi:ldap://x}",
    "{{7*7}}",
    "<img src=x onerror=alert(1)>",
    "\u{202e}\u{feff}\u{1f600}",
    "ａ",
    "\r\nSet-Cookie: a=b",
    "-1",
    "99999999999999999999",
    "NaN",
    "1e999",
    "null",
    "or or or - \"",
];

/// A value that a schema allows.
pub fn fitting(spec: &Spec, schema: &Value) -> BoxedStrategy<Value> {
    let schema = spec.resolve(schema);
    if let Some(values) = schema["enum"].as_array() {
        return prop::sample::select(values.clone()).boxed();
    }
    for choice in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[choice].as_array() {
            let choices = choices.iter().map(|choice| fitting(spec, choice));
            return Union::new(choices).boxed();
        }
    }
    if let Some(kinds) = schema["type"].as_array() {
        let kinds = kinds.iter().map(|kind| {
            let mut one = schema.clone();
            one["type"] = kind.clone();
            fitting(spec, &one)
        });
        return Union::new(kinds).boxed();
    }
    match schema["type"].as_str() {
        Some("object") => object(spec, schema),
        Some("array") => {
            let items = fitting(spec, &schema["items"]);
            prop::collection::vec(items, 0..4)
                .prop_map(Value::Array)
                .boxed()
        }
        Some("string") => text(schema).prop_map(Value::String).boxed(),
        Some("integer") => {
            let bound = |name: &str, default| schema[name].as_f64().map_or(default, |it| it as i64);
            (bound("minimum", -1000)..=bound("maximum", 1_000_000))
                .prop_map(Value::from)
                .boxed()
        }
        Some("number") => {
            let bound = |name: &str, default| schema[name].as_f64().unwrap_or(default);
            (bound("minimum", -10.0)..=bound("maximum", 10.0))
                .prop_map(Value::from)
                .boxed()
        }
        Some("boolean") => any::<bool>().prop_map(Value::Bool).boxed(),
        Some("null") => Just(Value::Null).boxed(),
        _ => wild(),
    }
}

fn object(spec: &Spec, schema: &Value) -> BoxedStrategy<Value> {
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let mut whole = Just(Map::new()).boxed();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let value = fitting(spec, property);
        let value = if required.contains(&json!(name)) {
            value.prop_map(Some).boxed()
        } else {
            prop::option::of(value).boxed()
        };
        let name = name.clone();
        whole = (whole, value)
            .prop_map(move |(mut map, value)| {
                map.extend(value.map(|value| (name.clone(), value)));
                map
            })
            .boxed();
    }
    whole.prop_map(Value::Object).boxed()
}

fn text(schema: &Value) -> BoxedStrategy<String> {
    // Other patterns say what must be somewhere in the text.
    if let Some(pattern) = schema["pattern"].as_str().filter(|it| it.starts_with('^')) {
        let bare = pattern.trim_start_matches('^').trim_end_matches('$');
        return prop::string::string_regex(bare).unwrap().boxed();
    }
    let bound = |name: &str, default| schema[name].as_u64().unwrap_or(default) as usize;
    let (least, most) = (bound("minLength", 0), bound("maxLength", 40));
    let any = prop::collection::vec(any::<char>(), least..=most.min(least + 60));
    let plain = prop::collection::vec("[a-z ]", least..=most.min(least + 60));
    prop_oneof![
        any.prop_map(String::from_iter),
        plain.prop_map(|letters| letters.concat()),
    ]
    .boxed()
}

/// Any text, the nasty kind above all.
pub fn wild_text() -> BoxedStrategy<String> {
    prop_oneof![
        3 => prop::sample::select(NASTY).prop_map(str::to_owned),
        2 => any::<String>(),
        1 => (1..3000_usize).prop_map(|length| "x".repeat(length)),
    ]
    .boxed()
}

/// Any JSON.
pub fn wild() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        4 => wild_text().prop_map(Value::String),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::Bool),
        1 => Just(Value::Null),
    ];
    let nested = leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::hash_map(wild_text(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    });
    let deep =
        (1..200_usize).prop_map(|depth| (0..depth).fold(json!(1), |value, _| json!([value])));
    prop_oneof![9 => nested, 1 => deep].boxed()
}

/// A fitting object with one property replaced by anything, or one too many.
pub fn nearly_fitting(spec: &Spec, schema: &Value) -> BoxedStrategy<Value> {
    let properties = spec.resolve(schema)["properties"].as_object().cloned();
    let mut names: Vec<_> = properties.unwrap_or_default().keys().cloned().collect();
    names.extend(["user_id".to_owned(), "is_admin".to_owned()]);
    let name = prop::sample::select(names);
    (fitting(spec, schema), name, wild())
        .prop_map(|(mut body, name, value)| {
            if let Some(body) = body.as_object_mut() {
                body.insert(name, value);
            }
            body
        })
        .boxed()
}
