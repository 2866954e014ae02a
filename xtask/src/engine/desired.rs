//! What is wanted: rendered stacks, where their inputs come from, and the functions inside.
//! Pure values; the crate `stack` fills them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::error::{Error, Result};

/// Everything one environment is to have.
#[derive(Clone, Debug, PartialEq)]
pub struct Desired {
    /// The environment's name.
    pub environment: String,
    /// Its stacks, in any order.
    pub stacks: Vec<DesiredStack>,
    /// The functions in those stacks.
    pub functions: Vec<DesiredFunction>,
    /// Stacks it could have and is not to have, in the order of their needs.
    pub unwanted: Vec<Unwanted>,
    /// Whether `destroy` must not touch it.
    pub protected: bool,
    /// Whether CloudFormation ends before resources serve, and leaves failures as they are.
    pub express: bool,
}

/// A stack that other settings of the environment would make: where it stands, it was wanted once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unwanted {
    /// The short id: `network`.
    pub id: String,
    /// The name in CloudFormation.
    pub name: String,
}

/// One stack, rendered.
#[derive(Clone, Debug, PartialEq)]
pub struct DesiredStack {
    /// The short id that inputs, options and reports use: `storage`.
    pub id: String,
    /// The name in CloudFormation: `CollectionsStorage-dev`.
    pub name: String,
    /// The template; its JSON bytes are what is sent.
    pub template: Value,
    /// Where the value of each parameter comes from.
    pub inputs: BTreeMap<String, Input>,
    /// Tags of the stack and everything in it.
    pub tags: BTreeMap<String, String>,
    /// Whether CloudFormation is told to refuse its deletion.
    pub termination_protection: bool,
}

/// Where the value of a parameter comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// An output of another stack: this is what orders the stacks.
    Output {
        /// The other stack's short id.
        stack: String,
        /// The output's name.
        output: String,
    },
    /// A fixed value.
    Literal(String),
    /// Something about the built code of a function.
    Artifact {
        /// The function's short name.
        function: String,
        /// What about it.
        part: ArtifactPart,
    },
}

/// What a stack may ask about a built function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArtifactPart {
    /// The bucket that holds it.
    Bucket,
    /// Its key there.
    Key,
    /// The digest of its image, where it is packaged as one.
    ImageDigest,
    /// A word that changes when the code or the function's configuration does.
    Revision,
}

/// A function whose code this tool builds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DesiredFunction {
    /// Short name: `image-processor`.
    pub name: String,
    /// The short id of the stack it is in.
    pub stack: String,
    /// Its logical id there.
    pub logical_id: String,
    /// What it is for, in a sentence.
    pub purpose: String,
    /// The cargo package whose binary it is.
    pub package: String,
    /// Its name in Lambda: `collections-dev-image-processor`.
    pub function_name: String,
    /// The processor it runs on.
    pub architecture: Architecture,
    /// How its code reaches Lambda.
    pub packaging: Packaging,
}

/// How a function's code reaches Lambda.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Packaging {
    /// As a zip in the artifact bucket.
    Zip,
    /// As an image in a repository of its own.
    Image {
        /// The short id of the stack that makes the repository.
        stack: String,
        /// The output that is the repository's address.
        output: String,
    },
}

/// Processors that Lambda has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Architecture {
    /// x86-64.
    X86_64,
    /// arm64.
    Arm64,
}

impl DesiredStack {
    /// The short ids of the stacks whose outputs this one takes.
    pub fn needs(&self) -> BTreeSet<&str> {
        let outputs = self.inputs.values().filter_map(|input| match input {
            Input::Output { stack, .. } => Some(stack.as_str()),
            Input::Literal(_) | Input::Artifact { .. } => None,
        });
        outputs.collect()
    }

    /// The bytes that are sent.
    pub fn body(&self) -> String {
        self.template.to_string()
    }
}

impl Desired {
    /// The names of all stacks that may stand, those that are not wanted last.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let wanted = self.stacks.iter().map(|stack| stack.name.as_str());
        wanted.chain(self.unwanted.iter().map(|stack| stack.name.as_str()))
    }

    /// The short ids of the same.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        let wanted = self.stacks.iter().map(|stack| stack.id.as_str());
        wanted.chain(self.unwanted.iter().map(|stack| stack.id.as_str()))
    }

    /// A stack by its short id.
    pub fn stack(&self, id: &str) -> Result<&DesiredStack> {
        self.stacks
            .iter()
            .find(|stack| stack.id == id)
            .ok_or_else(|| {
                let known: Vec<&str> = self.stacks.iter().map(|stack| stack.id.as_str()).collect();
                Error::input(format!("{} has no stack {id}", self.environment))
                    .hint(format!("its stacks are {}", known.join(", ")))
            })
    }

    /// A function by its short name.
    pub fn function(&self, name: &str) -> Result<&DesiredFunction> {
        self.functions
            .iter()
            .find(|function| function.name == name)
            .ok_or_else(|| {
                let known: Vec<&str> = self
                    .functions
                    .iter()
                    .map(|function| function.name.as_str())
                    .collect();
                Error::input(format!("{} has no function {name}", self.environment))
                    .hint(format!("its functions are {}", known.join(", ")))
            })
    }

    /// The stacks, each after those it needs. Refuses circles and inputs from nowhere.
    pub fn ordered(&self) -> Result<Vec<&DesiredStack>> {
        let mut done: Vec<&DesiredStack> = Vec::new();
        let mut left: Vec<&DesiredStack> = self.stacks.iter().collect();
        for stack in &self.stacks {
            for need in stack.needs() {
                self.stack(need)?;
            }
        }
        while !left.is_empty() {
            let is_done = |id: &str| done.iter().any(|stack| stack.id == id);
            let (ready, waiting): (Vec<&DesiredStack>, Vec<&DesiredStack>) = left
                .iter()
                .partition(|stack| stack.needs().into_iter().all(is_done));
            if ready.is_empty() {
                let ids: Vec<&str> = waiting.iter().map(|stack| stack.id.as_str()).collect();
                return Err(Error::input(format!(
                    "stacks need each other: {}",
                    ids.join(", ")
                )));
            }
            done.extend(ready);
            left = waiting;
        }
        Ok(done)
    }
}
