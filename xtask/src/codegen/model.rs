//! What is generated for a service: resources, the records inside them and their choices.

use std::collections::BTreeMap;

use regex::Regex;
use serde_json::Value;

use super::names;
use super::schema::{Schema, properties, required};

/// Everything of one service, with names that do not collide.
#[derive(Default)]
pub(super) struct Service {
    pub(super) resources: Vec<Resource>,
    pub(super) records: BTreeMap<String, Record>,
    pub(super) choices: BTreeMap<String, Vec<String>>,
}

/// A resource type.
pub(super) struct Resource {
    pub(super) name: String,
    pub(super) type_name: String,
    pub(super) record: Record,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) create_only: Vec<String>,
    pub(super) conditional: Vec<String>,
    pub(super) write_only: Vec<String>,
    pub(super) permissions: Vec<String>,
}

/// A record: the resource itself, or something inside it.
#[derive(PartialEq)]
pub(super) struct Record {
    pub(super) required: Vec<Property>,
    pub(super) optional: Vec<Property>,
}

/// A property with its Rust type and the limits that can be checked.
#[derive(PartialEq)]
pub(super) struct Property {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) rules: Vec<String>,
}

impl Service {
    /// Adds a resource type and all it needs.
    pub(super) fn add(&mut self, schema: &Schema) {
        let read_only = schema.paths("readOnlyProperties");
        let mut builder = Builder {
            schema,
            service: self,
        };
        let mut record = builder.record(schema.resource(), schema.root());
        let settable = |property: &Property| !read_only.contains(&property.name);
        record.required.retain(settable);
        record.optional.retain(settable);
        let mut attributes: Vec<_> = read_only
            .iter()
            .flat_map(|path| builder.attribute(path))
            .collect();
        attributes.sort();
        attributes.dedup();
        self.resources.push(Resource {
            name: names::type_name(schema.resource()),
            type_name: schema.type_name().to_owned(),
            record,
            attributes,
            create_only: schema.paths("createOnlyProperties"),
            conditional: schema.paths("conditionalCreateOnlyProperties"),
            write_only: schema.paths("writeOnlyProperties"),
            permissions: schema.permissions(),
        });
    }

    fn is_taken(&self, name: &str, schema: &Schema) -> bool {
        // `Result` and the like would shadow the prelude inside the generated module.
        const PRELUDE: &[&str] = &[
            "Option", "Result", "String", "Vec", "Box", "List", "Map", "Rule",
        ];
        PRELUDE.contains(&name)
            || name == schema.resource()
            || self.resources.iter().any(|resource| resource.name == name)
    }
}

struct Builder<'a> {
    schema: &'a Schema,
    service: &'a mut Service,
}

impl Builder<'_> {
    fn record(&mut self, owner: &str, node: &Value) -> Record {
        let required_names = required(node);
        let mut record = Record {
            required: Vec::new(),
            optional: Vec::new(),
        };
        let Some(all) = properties(node) else {
            return record;
        };
        for name in &required_names {
            if let Some(property) = all.get(*name) {
                record.required.push(self.property(owner, name, property));
            }
        }
        for (name, property) in all
            .iter()
            .filter(|(name, _)| !required_names.contains(&name.as_str()))
        {
            record.optional.push(self.property(owner, name, property));
        }
        record
    }

    fn property(&mut self, owner: &str, name: &str, node: &Value) -> Property {
        let (kind, rules) = self.kind(owner, name, node);
        Property {
            name: name.to_owned(),
            kind,
            rules,
        }
    }

    /// The Rust type of a node, and its rules.
    fn kind(&mut self, owner: &str, name: &str, node: &Value) -> (String, Vec<String>) {
        let (definition, node) = self.schema.follow(node);
        if properties(node).is_some() {
            let wanted = definition.map_or_else(|| format!("{owner}{name}"), str::to_owned);
            return (self.nested(&wanted, node), Vec::new());
        }
        match type_of(node) {
            "array" => {
                let empty = Value::Null;
                let items = node.get("items").unwrap_or(&empty);
                let (kind, each) = self.kind(owner, name, items);
                let mut rules = limits(node, &[("minItems", "MinItems"), ("maxItems", "MaxItems")]);
                if node.get("uniqueItems").and_then(Value::as_bool) == Some(true) {
                    rules.push("Unique".to_owned());
                }
                if !each.is_empty() {
                    rules.push(format!("Each(&[{}])", each.join(", ")));
                }
                (format!("List<{kind}>"), rules)
            }
            "boolean" => ("bool".to_owned(), Vec::new()),
            number @ ("integer" | "number") => {
                let kind = if number == "integer" { "i64" } else { "f64" };
                let mut rules = float_limits(node);
                if let Some(allowed) = node.get("enum").filter(|_| number == "integer") {
                    rules.push(format!("OneOf(&{allowed})"));
                }
                (kind.to_owned(), rules)
            }
            "string" => self.text(owner, definition.unwrap_or(name), node),
            "object" => match single_pattern(node) {
                Some(value) => {
                    let (kind, _) = self.kind(owner, name, value);
                    (format!("Map<{kind}>"), Vec::new())
                }
                None => ("Json".to_owned(), Vec::new()),
            },
            _ => ("Json".to_owned(), Vec::new()),
        }
    }

    fn text(&mut self, owner: &str, name: &str, node: &Value) -> (String, Vec<String>) {
        let values: Vec<String> = node
            .get("enum")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|value| value.as_str().map(str::to_owned))
            .collect();
        if let Some(choice) = self.choice(owner, name, values) {
            return (choice, Vec::new());
        }
        let mut rules = limits(
            node,
            &[("minLength", "MinLength"), ("maxLength", "MaxLength")],
        );
        rules.retain(|rule| rule != "MinLength(0)");
        // Look-around and very large repetitions are left to AWS's own validator.
        let pattern = node.get("pattern").and_then(Value::as_str);
        if pattern.is_some_and(|pattern| pattern.contains(r"cron\(.+\)")) {
            // That one takes any text in the parentheses.
            rules.push("Schedule".to_owned());
        } else if let Some(pattern) = pattern.filter(|pattern| Regex::new(pattern).is_ok()) {
            rules.push(format!("Pattern({})", raw(pattern)));
        }
        ("String".to_owned(), rules)
    }

    /// An enum of these values, or `None` where they make no proper one.
    fn choice(&mut self, owner: &str, name: &str, values: Vec<String>) -> Option<String> {
        let mut variants: Vec<String> = values.iter().map(|value| names::variant(value)).collect();
        variants.sort();
        variants.dedup();
        if values.is_empty() || variants.len() != values.len() {
            return None;
        }
        let short = names::type_name(name);
        let long = names::type_name(&format!("{owner}{}", names::type_name(name)));
        let longest = names::type_name(&format!("{}{long}", self.schema.resource()));
        let free = [short, long, longest].into_iter().find(|name| {
            let known = self.service.choices.get(name);
            known == Some(&values)
                || (known.is_none()
                    && !self.service.records.contains_key(name)
                    && self
                        .schema
                        .definition(name)
                        .is_none_or(|node| properties(node).is_none())
                    && !self.service.is_taken(name, self.schema))
        })?;
        self.service.choices.insert(free.clone(), values);
        Some(free)
    }

    /// A record of its own; the same shape under the same name is shared.
    fn nested(&mut self, wanted: &str, node: &Value) -> String {
        let name = names::type_name(wanted);
        let alternative = names::type_name(&format!("{}{name}", self.schema.resource()));
        // The name is taken first, so that a record may contain itself.
        let name = if self.service.is_taken(&name, self.schema) {
            alternative.clone()
        } else {
            name
        };
        let known = self.service.records.contains_key(&name);
        if known && self.is_open(&name) {
            return name;
        }
        if !known {
            self.service.records.insert(name.clone(), Record::open());
        }
        let record = self.record(&name, node);
        match self.service.records.get(&name) {
            Some(earlier) if known && *earlier != record => {
                self.service.records.insert(alternative.clone(), record);
                alternative
            }
            _ => {
                self.service.records.insert(name.clone(), record);
                name
            }
        }
    }

    fn is_open(&self, name: &str) -> bool {
        self.service
            .records
            .get(name)
            .is_some_and(|record| *record == Record::open())
    }

    /// What `GetAtt` gives at a path: one attribute, or those of the record there.
    fn attribute(&mut self, path: &str) -> Vec<(String, String)> {
        let mut node = self.schema.root();
        for step in path.split('.') {
            let Some(next) = properties(node).and_then(|all| all.get(step)) else {
                return Vec::new();
            };
            node = self.schema.follow(next).1;
        }
        if let Some(inner) = properties(node) {
            let paths: Vec<String> = inner.keys().map(|name| format!("{path}.{name}")).collect();
            return paths.iter().flat_map(|path| self.attribute(path)).collect();
        }
        let kind = match type_of(node) {
            "integer" => "i64",
            "boolean" => "bool",
            "array" => "List<String>",
            "object" => return Vec::new(),
            _ => "String",
        };
        vec![(path.to_owned(), kind.to_owned())]
    }
}

impl Record {
    /// A record whose properties are not known yet.
    fn open() -> Self {
        Self {
            required: Vec::new(),
            optional: Vec::new(),
        }
    }
}

/// The node's type; where it may be several, the one that can express all.
fn type_of(node: &Value) -> &str {
    match node.get("type") {
        Some(Value::String(kind)) => kind,
        Some(Value::Array(kinds)) => {
            let has = |kind: &str| kinds.iter().any(|candidate| candidate == kind);
            if has("object") {
                "json"
            } else if has("string") {
                "string"
            } else {
                "json"
            }
        }
        _ if node.get("enum").is_some() => "string",
        _ => "json",
    }
}

fn single_pattern(node: &Value) -> Option<&Value> {
    node.get("patternProperties")?
        .as_object()
        .filter(|all| all.len() == 1)?
        .values()
        .next()
}

fn limits(node: &Value, keys: &[(&str, &str)]) -> Vec<String> {
    keys.iter()
        .filter_map(|(key, rule)| Some(format!("{rule}({})", node.get(key)?.as_u64()?)))
        .collect()
}

fn float_limits(node: &Value) -> Vec<String> {
    [("minimum", "Minimum"), ("maximum", "Maximum")]
        .iter()
        .filter_map(|(key, rule)| Some(format!("{rule}({:?})", node.get(key)?.as_f64()?)))
        .collect()
}

/// A raw string literal with as many hashes as it takes.
fn raw(text: &str) -> String {
    let hashes = if text.contains("\"#") { "##" } else { "#" };
    format!("r{hashes}\"{text}\"{hashes}")
}
