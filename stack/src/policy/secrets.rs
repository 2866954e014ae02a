//! Secrets stay out of templates and out of the functions' environment.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value as Json;

use super::Rule;
use super::site::{Found, Item, Site};

/// Names of variables that would hold a secret; one that ends in `_ARN` says only where it is.
const SECRET_WORDS: &[&str] = &[
    "PASSWORD",
    "PASSWD",
    "SECRET",
    "API_KEY",
    "APIKEY",
    "TOKEN",
    "PRIVATE_KEY",
    "CREDENTIAL",
];

/// What keys and passwords look like: provider keys, AWS access keys, private keys, a password in
/// an address, and references that CloudFormation would resolve into one.
static SECRET: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let forms = [
        r"\b(sk|pk|pa|lsv2|tvly|xox[abp])[-_][A-Za-z0-9_-]{16,}",
        r"\b(AKIA|ASIA)[A-Z0-9]{16}\b",
        r"-----BEGIN [A-Z ]*PRIVATE KEY",
        r"://[^/@:\s$]+:[^/@\s$]+@",
        r"\{\{resolve:(secretsmanager|ssm-secure):",
    ];
    Regex::new(&forms.join("|")).ok()
});

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "no-secret-in-environment",
        demands: "no variable of a function holds a secret; functions fetch secrets when they run",
        reason: "whoever may describe a function reads its variables",
        check: in_environment,
    },
    Rule {
        id: "no-secret-in-template",
        demands: "no literal in a template is a key or a password",
        reason: "templates are kept in the project, in the account and in logs",
        check: in_templates,
    },
];

fn in_environment(site: &Site<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for function in site.of("AWS::Lambda::Function") {
        let variables = function.get("Environment.Variables").as_object();
        for (name, value) in variables.into_iter().flatten() {
            if has_secret_name(name) {
                found.push(function.found(format!("the variable {name}")));
            } else if any_text(value, &looks_secret) {
                // The value itself is not repeated: this finding goes into logs.
                found.push(function.found(format!("something like a key in {name}")));
            }
        }
    }
    found
}

fn has_secret_name(name: &str) -> bool {
    !name.ends_with("_ARN") && SECRET_WORDS.iter().any(|word| name.contains(word))
}

fn in_templates(site: &Site<'_>) -> Vec<Found> {
    let elsewhere = site.items().filter_map(|item| {
        let place = secret_place(item)?;
        Some(item.found(format!("something like a key in {place}")))
    });
    elsewhere.collect()
}

/// The first property, but for variables of functions, that holds something like a secret.
fn secret_place(item: Item<'_>) -> Option<&str> {
    let properties = item.body["Properties"].as_object()?;
    properties
        .iter()
        .filter(|(name, _)| item.kind() != "AWS::Lambda::Function" || *name != "Environment")
        .find(|(_, value)| any_text(value, &looks_secret))
        .map(|(name, _)| name.as_str())
}

fn looks_secret(text: &str) -> bool {
    SECRET.as_ref().is_some_and(|form| form.is_match(text))
}

fn any_text(value: &Json, holds: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Json::String(text) => holds(text),
        Json::Array(items) => items.iter().any(|item| any_text(item, holds)),
        Json::Object(entries) => entries.values().any(|entry| any_text(entry, holds)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{has_secret_name, looks_secret};

    #[test]
    fn secrets_are_told_from_addresses_and_names() {
        for secret in [
            "sk-ant-api03-abcdefghijklmnop",
            "AKIAIOSFODNN7EXAMPLE",
            "postgres://postgres:hunter2@db:5432/collections",
            "{{resolve:secretsmanager:database:SecretString:password}}",
            "-----BEGIN RSA PRIVATE KEY-----",
        ] {
            assert!(looks_secret(secret), "{secret}");
        }
        for plain in [
            "https://api.anthropic.com",
            "https://cognito-idp.${AWS::Region}.amazonaws.com/${Users}",
            "/collections/prod/anthropic/api_key",
            "voyage-3.5-lite",
            "collections-app-initial",
        ] {
            assert!(!looks_secret(plain), "{plain}");
        }
        assert!(has_secret_name("DB_PASSWORD") && has_secret_name("VOYAGE_API_KEY"));
        assert!(!has_secret_name("DB_SECRET_ARN") && !has_secret_name("COGNITO_ISSUER"));
    }
}
