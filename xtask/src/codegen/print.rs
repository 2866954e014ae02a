//! Prints a service as Rust, in the three forms of `stack::cfn::macros`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::model::{Property, Record, Resource, Service};
use super::names;

const HEADER: &str = "Generated from `stack/schemas` by `cargo xtask codegen`; not for editing.";

/// One service's file.
pub(super) fn service(name: &str, service: &Service) -> String {
    let mut body = String::new();
    for resource in &service.resources {
        body.push_str(&self::resource(resource));
    }
    for (name, record) in &service.records {
        let _ = write!(
            body,
            "\nrecord! {{\n    /// The record `{name}`.\n    {name}\n{}}}\n",
            fields(record)
        );
    }
    for (name, values) in &service.choices {
        let _ = write!(
            body,
            "\nchoice! {{\n    /// The choice `{name}`.\n    {name} {{\n"
        );
        for value in values {
            let _ = writeln!(body, "        {} = {value:?},", names::variant(value));
        }
        body.push_str("    }\n}\n");
    }
    format!("//! AWS::{name}. {HEADER}\n\n{}{body}", imports(&body))
}

fn imports(body: &str) -> String {
    let mut lines = String::new();
    if body.contains("Json") {
        lines.push_str("use serde_json::Value as Json;\n\n");
    }
    let macros: Vec<&str> = ["choice", "record", "resource"]
        .into_iter()
        .filter(|name| body.contains(&format!("{name}! {{")))
        .collect();
    let macros = match macros.as_slice() {
        [one] => format!("use crate::cfn::macros::{one};\n"),
        many => format!("use crate::cfn::macros::{{{}}};\n", many.join(", ")),
    };
    lines.push_str(&macros);
    const RULES: [&str; 11] = [
        "Each",
        "MaxItems",
        "MaxLength",
        "Maximum",
        "MinItems",
        "MinLength",
        "Minimum",
        "OneOf",
        "Pattern",
        "Schedule",
        "Unique",
    ];
    let used = |rule: &&str| body.contains(&format!("{rule}(")) || stands_alone(body, rule);
    let rules: Vec<&str> = RULES.into_iter().filter(used).collect();
    match rules.as_slice() {
        [] => {}
        [one] => {
            let _ = writeln!(lines, "use crate::cfn::rules::Rule::{one};");
        }
        many => {
            let _ = writeln!(
                lines,
                "use crate::cfn::rules::Rule::{{{}}};",
                many.join(", ")
            );
        }
    }
    let kinds: Vec<&str> = ["List", "Map"]
        .into_iter()
        .filter(|kind| body.contains(&format!("{kind}<")))
        .collect();
    match kinds.as_slice() {
        [] => {}
        [one] => {
            let _ = writeln!(lines, "use crate::cfn::value::{one};");
        }
        many => {
            let _ = writeln!(lines, "use crate::cfn::value::{{{}}};", many.join(", "));
        }
    }
    lines
}

/// Whether a rule without a limit of its own is used.
fn stands_alone(body: &str, rule: &str) -> bool {
    matches!(rule, "Schedule" | "Unique")
        && [format!("[{rule}"), format!(", {rule}")]
            .iter()
            .any(|form| body.contains(form))
}

fn resource(resource: &Resource) -> String {
    let Resource {
        name,
        type_name,
        record,
        attributes,
        create_only,
        ..
    } = resource;
    let mut text = format!(
        "\nresource! {{\n    /// The resource type `{type_name}`.\n    {name} = {type_name:?}\n{}",
        fields(record)
    );
    let attributes = attributes
        .iter()
        .map(|(path, kind)| format!("        {}: {path:?} => {kind};\n", names::field(path)));
    text.push_str(&block("attributes", &attributes.collect::<String>()));
    match create_only.as_slice() {
        [] => text.push_str("    create_only []\n"),
        all => {
            text.push_str("    create_only [\n");
            all.iter().for_each(|path| {
                let _ = writeln!(text, "        {path:?},");
            });
            text.push_str("    ]\n");
        }
    }
    text.push_str("}\n");
    text
}

fn fields(record: &Record) -> String {
    let lines = |properties: &[Property]| properties.iter().map(property).collect::<String>();
    block("required", &lines(&record.required)) + &block("optional", &lines(&record.optional))
}

fn block(name: &str, lines: &str) -> String {
    if lines.is_empty() {
        format!("    {name} {{}}\n")
    } else {
        format!("    {name} {{\n{lines}    }}\n")
    }
}

fn property(property: &Property) -> String {
    let Property { name, kind, rules } = property;
    let rules = if rules.is_empty() {
        String::new()
    } else {
        format!(" [{}]", rules.join(", "))
    };
    format!(
        "        {}: {name:?} => {kind}{rules};\n",
        names::field(name)
    )
}

/// The module that lists the services, and what the engine asks about types.
pub(super) fn index(services: &BTreeMap<String, Service>) -> String {
    let mut text = format!("//! Typed resources, one file per service. {HEADER}\n\n");
    for name in services.keys() {
        let _ = writeln!(text, "pub mod {};", names::module(name));
    }
    text.push_str(
        "\nuse crate::cfn::resource::TypeInfo;\n\n/// What the schemas say of each type, sorted by name.\npub const TYPES: &[TypeInfo] = &[\n",
    );
    let mut resources: Vec<&Resource> = services
        .values()
        .flat_map(|service| &service.resources)
        .collect();
    resources.sort_by(|a, b| a.type_name.cmp(&b.type_name));
    for resource in resources {
        let _ = write!(
            text,
            "    TypeInfo {{\n        name: {:?},\n        create_only: {},\n        conditional: {},\n        write_only: {},\n        permissions: {},\n    }},\n",
            resource.type_name,
            list(&resource.create_only),
            list(&resource.conditional),
            list(&resource.write_only),
            list(&resource.permissions),
        );
    }
    text.push_str("];\n");
    text
}

fn list(paths: &[String]) -> String {
    if paths.is_empty() {
        return "&[]".to_owned();
    }
    let lines: String = paths
        .iter()
        .map(|path| format!("            {path:?},\n"))
        .collect();
    format!("&[\n{lines}        ]")
}
