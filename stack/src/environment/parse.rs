//! From text to `Environment`, with errors that name key, finding and what is allowed.

use yaml_serde::Value;

use super::{Environment, EnvironmentError};

/// What is wrong, before the file's name is added.
struct Mistake {
    key: String,
    found: String,
    allowed: String,
}

fn mistake(
    key: impl Into<String>,
    found: impl Into<String>,
    allowed: impl Into<String>,
) -> Mistake {
    Mistake {
        key: key.into(),
        found: found.into(),
        allowed: allowed.into(),
    }
}

/// Reads YAML; a wrong type, an unknown key, a missing one and a doubled one are told apart.
pub(super) fn parse(file: &str, text: &str) -> Result<Environment, EnvironmentError> {
    read(text).map_err(|mistake| EnvironmentError {
        file: file.to_owned(),
        key: mistake.key,
        found: mistake.found,
        allowed: mistake.allowed,
    })
}

fn read(text: &str) -> Result<Environment, Mistake> {
    let document: Value = yaml_serde::from_str(text).map_err(|error| malformed(&error))?;
    let found = match &document {
        Value::Mapping(_) => {
            return serde_path_to_error::deserialize(document)
                .map_err(|error| explain(&error.path().to_string(), &error.inner().to_string()));
        }
        Value::Null => "nothing",
        Value::Sequence(_) => "a list",
        _ => "a single value",
    };
    Err(mistake("", found, "a mapping of keys to values"))
}

/// What is no YAML, or says one key twice.
fn malformed(error: &yaml_serde::Error) -> Mistake {
    let message = error.to_string();
    let Some((place, doubled)) = message.split_once("duplicate entry with key \"") else {
        return mistake("", format!("no YAML: {message}"), "one YAML document");
    };
    let name = doubled.split('"').next().unwrap_or_default();
    let above = place.trim_end_matches(": ");
    mistake(join(above, name), "the key twice", "each key once")
}

/// Sorts serde's sentences. `path` leads to an unknown key itself, and for a missing one to the
/// mapping that lacks it.
fn explain(path: &str, message: &str) -> Mistake {
    let path = if path == "." { "" } else { path };
    let message = message.replace('`', "");
    let (what, expected) = message.split_once(", expected ").unwrap_or((&message, ""));
    if what.starts_with("unknown field ") {
        return mistake(path, "an unknown key", expected);
    }
    if let Some(name) = what.strip_prefix("missing field ") {
        return mistake(
            join(path, name),
            "nothing",
            "a value: the key has no default",
        );
    }
    if let Some(variant) = what.strip_prefix("unknown variant ") {
        return mistake(path, variant, expected);
    }
    if expected == "field identifier" {
        return mistake(
            "",
            format!("the key {}", plain(what)),
            "keys that are words",
        );
    }
    mistake(path, plain(what), in_words(expected))
}

fn join(above: &str, name: &str) -> String {
    match above {
        "" => name.to_owned(),
        above => format!("{above}.{name}"),
    }
}

/// `invalid type: integer 7` → `7`: what stands in the file, as it stands there.
fn plain(what: &str) -> &str {
    let found = what.split_once(": ").map_or(what, |(_, found)| found);
    let kinds = ["string ", "integer ", "boolean ", "floating point "];
    let value = kinds.iter().find_map(|kind| found.strip_prefix(kind));
    match found {
        "unit value" => "nothing",
        "sequence" => "a list",
        "map" => "a mapping",
        found => value.unwrap_or(found),
    }
}

/// Rust's names of types, for people who write YAML.
fn in_words(expected: &str) -> &str {
    match expected {
        "u32" => "a whole number, 0 or more",
        "f64" => "a number",
        "a boolean" => "true or false",
        "a string" => "text",
        "a sequence" => "a list",
        "a map" => "a mapping of keys to values",
        record if record.starts_with("struct ") => "a mapping of keys to values",
        // An enum's own sentence names its values; anything else explains itself.
        other => other,
    }
}
