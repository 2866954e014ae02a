//! From text to `Environment`, with errors that name key, finding and what is allowed.

use super::{Environment, EnvironmentError};

/// Reads YAML; a wrong type, an unknown key and a missing one are told apart.
pub(super) fn parse(file: &str, text: &str) -> Result<Environment, EnvironmentError> {
    let error = |key: String, found: String, allowed: String| EnvironmentError {
        file: file.to_owned(),
        key,
        found,
        allowed,
    };
    let document: yaml_serde::Value = yaml_serde::from_str(text).map_err(|source| {
        error(
            String::new(),
            source.to_string(),
            "a YAML document".to_owned(),
        )
    })?;
    if !document.is_mapping() {
        let found = if text.trim().is_empty() {
            "nothing"
        } else {
            "something else"
        };
        return Err(error(
            String::new(),
            found.to_owned(),
            "a mapping of keys".to_owned(),
        ));
    }
    serde_path_to_error::deserialize(document).map_err(|source| {
        let key = source.path().to_string();
        let (found, allowed) = explain(&source.into_inner().to_string());
        let key = match found.strip_prefix("unknown key ") {
            // The path ends at the unknown key already, or at the mapping that holds it.
            Some(_) | None if key == "." => String::new(),
            _ => key,
        };
        error(key, found, allowed)
    })
}

/// Splits serde's sentence into what was found and what is allowed.
fn explain(message: &str) -> (String, String) {
    let unquote = |text: &str| text.replace('`', "");
    if let Some(rest) = message.strip_prefix("unknown field ") {
        let (name, allowed) = rest
            .split_once(", expected ")
            .unwrap_or((rest, "no key here"));
        return (format!("unknown key {}", unquote(name)), unquote(allowed));
    }
    if let Some(rest) = message.strip_prefix("unknown variant ") {
        let (name, allowed) = rest.split_once(", expected ").unwrap_or((rest, "nothing"));
        return (unquote(name), unquote(allowed));
    }
    if let Some(name) = message.strip_prefix("missing field ") {
        return (
            format!("no key {}", unquote(name)),
            "a value for it".to_owned(),
        );
    }
    match message
        .strip_prefix("invalid ")
        .and_then(|rest| rest.split_once(", expected "))
    {
        Some((found, allowed)) => {
            let found = found.split_once(": ").map_or(found, |(_, found)| found);
            (unquote(found), unquote(allowed))
        }
        None => (message.to_owned(), "a value of the key's type".to_owned()),
    }
}
