//! A template under construction, and its rendering with every check that needs no network.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map as JsonMap, Value as Json, json};

use crate::cfn::node::Node;
use crate::cfn::resource::{Handle, Properties, Resource};
use crate::cfn::rules::Problem;
use crate::cfn::value::Value;

/// What becomes of a resource that leaves the template or is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deletion {
    /// It stays in the account.
    Retain,
    /// A last snapshot stays.
    Snapshot,
}

/// Where the value of a template's parameter comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Input {
    /// An output of another stack; the arrow of the deploy graph.
    Output {
        /// The other stack, by its short id.
        stack: &'static str,
        /// The output's name.
        output: String,
    },
    /// Something only the machine or the operator knows.
    Setting(Setting),
    /// Something the build made for a function.
    Artifact {
        /// The function.
        function: &'static str,
        /// Which part.
        part: ArtifactPart,
    },
}

/// What a template cannot know because it lies outside the account: where an external database
/// is, and on `local` the addresses of the machine's own servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Setting {
    /// The host of an external database.
    DatabaseHost,
    /// Its port.
    DatabasePort,
    /// Its name.
    DatabaseName,
    /// A file with the authorities that signed its certificate; empty for the usual ones.
    DatabaseCaFile,
    /// The folder of conversations in files, on `local`.
    ConversationsFolder,
    /// Where Cognito answers, on `local`.
    CognitoEndpoint,
    /// Where Anthropic's API answers, on `local`; likewise below.
    AnthropicBaseUrl,
    /// OpenAI.
    OpenaiBaseUrl,
    /// Ollama.
    OllamaBaseUrl,
    /// Voyage.
    VoyageBaseUrl,
    /// Tavily.
    TavilyBaseUrl,
    /// LangSmith.
    LangsmithEndpoint,
}

/// What a template needs to know of a built function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ArtifactPart {
    /// The bucket of the zips.
    Bucket,
    /// The zip's key.
    Key,
    /// The image's digest, where the function is packaged as one.
    ImageDigest,
    /// Names code and configuration together; a new one publishes a new version.
    Revision,
}

/// An output of a finished stack, to be taken into another by `Template::import`.
#[derive(Clone, Debug)]
pub struct Output {
    stack: &'static str,
    name: String,
}

/// A template under construction.
#[derive(Debug)]
pub struct Template {
    stack: &'static str,
    full_name: String,
    description: String,
    resources: BTreeMap<String, Entry>,
    parameters: BTreeMap<String, Input>,
    outputs: BTreeMap<String, Node>,
    problems: Vec<Problem>,
}

#[derive(Debug)]
struct Entry {
    kind: &'static str,
    properties: Properties,
    after: BTreeSet<String>,
    deletion: Option<Deletion>,
}

impl Output {
    /// Where its value comes from.
    pub fn input(&self) -> Input {
        Input::Output {
            stack: self.stack,
            output: self.name.clone(),
        }
    }
}

impl Template {
    /// An empty template of the stack with this short id and full name.
    pub fn new(stack: &'static str, full_name: String, description: &str) -> Self {
        Self {
            stack,
            full_name,
            description: description.to_owned(),
            resources: BTreeMap::new(),
            parameters: BTreeMap::new(),
            outputs: BTreeMap::new(),
            problems: Vec::new(),
        }
    }

    /// The short id.
    pub fn stack(&self) -> &'static str {
        self.stack
    }

    /// The stack's name in the account.
    pub fn full_name(&self) -> &str {
        &self.full_name
    }

    /// Where the parameters' values come from.
    pub fn inputs(&self) -> &BTreeMap<String, Input> {
        &self.parameters
    }

    /// Puts a resource in.
    pub fn add<R: Resource>(&mut self, id: impl AsRef<str>, resource: R) -> Handle<R> {
        let id = id.as_ref();
        let entry = Entry {
            kind: R::TYPE,
            properties: resource.into(),
            after: BTreeSet::new(),
            deletion: None,
        };
        if let Some(earlier) = self.resources.insert(id.to_owned(), entry) {
            self.problem(
                id,
                "",
                &format!("a second resource of this name, after {}", earlier.kind),
                "one resource per logical id",
            );
        }
        Handle::new(id)
    }

    /// Says that one resource must stand before another although nothing in it refers to it.
    pub fn after<A, B>(&mut self, later: &Handle<A>, earlier: &Handle<B>) {
        if let Some(entry) = self.resources.get_mut(later.logical_id()) {
            entry.after.insert(earlier.logical_id().to_owned());
        }
    }

    /// Says what becomes of a resource that leaves the template or is replaced.
    pub fn keep<R>(&mut self, handle: &Handle<R>, deletion: Deletion) {
        if let Some(entry) = self.resources.get_mut(handle.logical_id()) {
            entry.deletion = Some(deletion);
        }
    }

    /// Declares an output for other stacks and for people.
    pub fn output(&mut self, name: impl Into<String>, value: impl Into<Value<String>>) -> Output {
        let name = name.into();
        if self
            .outputs
            .insert(name.clone(), value.into().into_node())
            .is_some()
        {
            self.problem(
                &name,
                "",
                "a second output of this name",
                "one output per name",
            );
        }
        Output {
            stack: self.stack,
            name,
        }
    }

    /// Takes another stack's output in, as a parameter.
    pub fn import(&mut self, output: &Output) -> Value<String> {
        self.parameter(output.name.clone(), output.input())
    }

    /// Takes in what only the machine or the operator knows, as a parameter.
    pub fn setting(&mut self, setting: Setting) -> Value<String> {
        self.parameter(format!("{setting:?}"), Input::Setting(setting))
    }

    /// Takes something the build made in, as a parameter.
    pub fn artifact(
        &mut self,
        name: impl Into<String>,
        function: &'static str,
        part: ArtifactPart,
    ) -> Value<String> {
        self.parameter(name.into(), Input::Artifact { function, part })
    }

    fn parameter(&mut self, name: String, input: Input) -> Value<String> {
        let value = Value::reference(&name);
        match self.parameters.get(&name) {
            Some(earlier) if *earlier != input => {
                self.problem(
                    &name,
                    "",
                    "two inputs of this name",
                    "one input per parameter",
                );
            }
            _ => {
                self.parameters.insert(name, input);
            }
        }
        value
    }

    fn problem(&mut self, logical_id: &str, property: &str, found: &str, rule: &str) {
        self.problems.push(Problem {
            stack: self.full_name.clone(),
            logical_id: logical_id.to_owned(),
            property: property.to_owned(),
            found: found.to_owned(),
            rule: rule.to_owned(),
        });
    }

    /// Checks everything and gives the template, or all that is wrong with it.
    pub fn render(&self) -> Result<Json, Vec<Problem>> {
        let mut check = Check {
            template: self,
            problems: self.problems.clone(),
        };
        check.names();
        for (id, entry) in &self.resources {
            check.properties(id, "", &entry.properties);
            entry
                .properties
                .iter()
                .for_each(|property| check.references(id, &property.node));
        }
        for (name, node) in &self.outputs {
            check.references(name, node);
        }
        if check.problems.is_empty() {
            Ok(self.to_json())
        } else {
            Err(check.problems)
        }
    }

    fn to_json(&self) -> Json {
        // Inserted in alphabetical order, like everything below: see `Properties::to_json`.
        let mut root = JsonMap::new();
        root.insert("AWSTemplateFormatVersion".to_owned(), json!("2010-09-09"));
        root.insert("Description".to_owned(), json!(self.description));
        let mut section = |name: &str, entries: JsonMap<String, Json>| {
            if !entries.is_empty() {
                root.insert(name.to_owned(), Json::Object(entries));
            }
        };
        let outputs = self
            .outputs
            .iter()
            .map(|(name, node)| (name.clone(), json!({"Value": node.to_json()})));
        section("Outputs", outputs.collect());
        let parameters = self
            .parameters
            .keys()
            .map(|name| (name.clone(), json!({"Type": "String"})));
        section("Parameters", parameters.collect());
        let resources = self
            .resources
            .iter()
            .map(|(id, entry)| (id.clone(), entry.to_json()));
        section("Resources", resources.collect());
        Json::Object(root)
    }
}

impl Entry {
    fn to_json(&self) -> Json {
        let mut entry = BTreeMap::from([("Type", json!(self.kind))]);
        if !self.after.is_empty() {
            entry.insert("DependsOn", json!(self.after));
        }
        if let Some(deletion) = self.deletion {
            let word = match deletion {
                Deletion::Retain => "Retain",
                Deletion::Snapshot => "Snapshot",
            };
            entry.insert("DeletionPolicy", json!(word));
            entry.insert("UpdateReplacePolicy", json!(word));
        }
        if self.properties.iter().next().is_some() {
            entry.insert("Properties", self.properties.to_json());
        }
        entry
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect()
    }
}

/// One pass over a template.
struct Check<'a> {
    template: &'a Template,
    problems: Vec<Problem>,
}

impl Check<'_> {
    fn problem(&mut self, id: &str, property: &str, found: String, rule: &str) {
        self.problems.push(Problem {
            stack: self.template.full_name.clone(),
            logical_id: id.to_owned(),
            property: property.to_owned(),
            found,
            rule: rule.to_owned(),
        });
    }

    fn names(&mut self) {
        let template = self.template;
        let names = template.resources.keys().chain(template.parameters.keys());
        for name in names.chain(template.outputs.keys()) {
            let fits = name.bytes().all(|byte| byte.is_ascii_alphanumeric());
            if !fits || name.is_empty() || name.len() > 255 {
                self.problem(name, "", format!("{name:?}"), "1 to 255 letters and digits");
            }
        }
        for name in template
            .parameters
            .keys()
            .filter(|name| template.resources.contains_key(*name))
        {
            self.problem(
                name,
                "",
                "a resource and a parameter of one name".into(),
                "one of them",
            );
        }
    }

    fn properties(&mut self, id: &str, path: &str, properties: &Properties) {
        for property in properties.iter() {
            let path = match path {
                "" => property.name.to_owned(),
                _ => format!("{path}.{}", property.name),
            };
            for rule in property
                .rules
                .iter()
                .filter(|rule| rule.broken_by(&property.node))
            {
                self.problem(
                    id,
                    &path,
                    property.node.to_json().to_string(),
                    &rule.to_string(),
                );
            }
            self.below(id, &path, &property.node);
        }
    }

    fn below(&mut self, id: &str, path: &str, node: &Node) {
        match node {
            Node::Record(properties) => self.properties(id, path, properties),
            Node::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.below(id, &format!("{path}.{index}"), item);
                }
            }
            Node::Map(entries) => {
                for (key, value) in entries {
                    self.below(id, &format!("{path}.{key}"), value);
                }
            }
            _ => {}
        }
    }

    fn references(&mut self, id: &str, node: &Node) {
        let template = self.template;
        let mut dangling = BTreeSet::new();
        node.references(&mut |name| {
            let known = name.starts_with("AWS::")
                || template.resources.contains_key(name)
                || template.parameters.contains_key(name);
            if !known {
                dangling.insert(name.to_owned());
            }
        });
        for name in dangling {
            self.problem(
                id,
                "",
                format!("a reference to {name}"),
                "something of this template",
            );
        }
    }
}
