//! The whole app in one environment: every stack, in an order in which each follows those it
//! takes values from.

use std::collections::{BTreeMap, BTreeSet};

use contract::functions;
use serde_json::Value as Json;

use crate::cfn::{Input, Output, Problem, Template};
use crate::environment::Environment;
use crate::naming;
use crate::stacks::registry::Registry;
use crate::stacks::{api, auth, compute, database, network, observability, registry, storage};

/// The app in one environment, under construction no more.
#[derive(Debug)]
pub struct App {
    /// In an order in which each follows those it takes values from.
    pub stacks: Vec<Stack>,
    /// What is built and deployed into `compute`.
    pub functions: Vec<DeployedFunction>,
}

/// One rendered stack.
#[derive(Clone, Debug)]
pub struct Stack {
    /// The short id, `storage`.
    pub id: &'static str,
    /// The name in the account, `CollectionsStorage-dev`.
    pub name: String,
    /// The template.
    pub template: Json,
    /// Where the values of its parameters come from.
    pub inputs: BTreeMap<String, Input>,
    /// On the stack and, through it, on every resource.
    pub tags: BTreeMap<String, String>,
    /// The account refuses to delete it.
    pub termination_protection: bool,
}

/// A function as it is deployed.
#[derive(Clone, Debug)]
pub struct DeployedFunction {
    /// `image-processor`; also its package and binary.
    pub name: &'static str,
    /// What it is for, in a sentence.
    pub purpose: &'static str,
    /// Its name in the account.
    pub function_name: String,
    /// The part of logical ids that names it, `ImageProcessor`.
    pub logical: String,
    /// Where its image's repository comes from, when it is packaged as an image.
    pub repository: Option<Output>,
}

impl Stack {
    /// The stacks it takes values from.
    pub fn depends_on(&self) -> BTreeSet<&'static str> {
        let stacks = self.inputs.values().filter_map(|input| match input {
            Input::Output { stack, .. } => Some(*stack),
            Input::Artifact { .. } | Input::Setting(_) => None,
        });
        stacks.collect()
    }
}

impl App {
    /// Builds and renders every stack; all problems of all stacks come at once.
    pub fn render(environment: &Environment) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut stacks = Vec::new();
        let (templates, registry) = templates(environment);
        for template in templates {
            match template.render() {
                Ok(rendered) => stacks.push(Stack {
                    id: template.stack(),
                    name: template.full_name().to_owned(),
                    template: rendered,
                    inputs: template.inputs().clone(),
                    tags: tags(environment, template.stack()),
                    termination_protection: environment.protection.deletion,
                }),
                Err(mut found) => problems.append(&mut found),
            }
        }
        if problems.is_empty() {
            Ok(Self {
                stacks,
                functions: deployed(environment, registry.as_ref()),
            })
        } else {
            Err(problems)
        }
    }

    /// A stack by its short id.
    pub fn stack(&self, id: &str) -> Option<&Stack> {
        self.stacks.iter().find(|stack| stack.id == id)
    }
}

fn templates(environment: &Environment) -> (Vec<Template>, Option<Registry>) {
    let mut templates = Vec::new();
    let mut keep = |template| templates.push(template);

    let network = network::build(environment).map(|(template, network)| {
        keep(template);
        network
    });
    let (template, storage) = storage::build(environment);
    keep(template);
    let (template, database) = database::build(environment, network.as_ref());
    keep(template);
    let (template, auth) = auth::build(environment);
    keep(template);
    let registry = registry::build(environment).map(|(template, registry)| {
        keep(template);
        registry
    });
    let below = compute::Below {
        network: network.as_ref(),
        storage: &storage,
        database: &database,
        auth: &auth,
        registry: registry.as_ref(),
    };
    let (template, compute) = compute::build(environment, &below);
    keep(template);
    if let Some(function) = compute.functions.get("api") {
        let (template, api) = api::build(environment, &auth, function);
        keep(template);
        let below = observability::Below {
            compute: &compute,
            database: &database,
            api: &api,
        };
        if let Some(template) = observability::build(environment, &below) {
            keep(template);
        }
    }
    (templates, registry)
}

fn deployed(environment: &Environment, registry: Option<&Registry>) -> Vec<DeployedFunction> {
    let functions = functions::all()
        .into_iter()
        .map(|declaration| DeployedFunction {
            name: declaration.name,
            purpose: declaration.purpose,
            function_name: naming::function(environment, declaration.name),
            logical: naming::logical(declaration.name),
            repository: registry.and_then(|registry| registry.get(declaration.name).cloned()),
        });
    functions.collect()
}

fn tags(environment: &Environment, stack: &str) -> BTreeMap<String, String> {
    let tags = [
        ("Application", "collections"),
        ("Environment", environment.name.as_str()),
        ("Stack", stack),
        ("ManagedBy", "cargo xtask"),
    ];
    tags.into_iter()
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}
