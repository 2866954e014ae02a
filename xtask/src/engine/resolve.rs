//! The value of each parameter: from outputs of other stacks, from built code, from what stands.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::desired::{ArtifactPart, Desired, DesiredFunction, DesiredStack, Input};
use super::hotswap::code_part;
use super::live::Live;
use crate::artifacts::{Artifacts, hash_in};
use crate::cloud::template::{digest, is_secret, resources, substitute};
use crate::error::{Error, Result};

/// Properties of a function that its versions do not have: where nothing else changes, Lambda
/// publishes no other version, and CloudFormation fails for want of one.
const OF_NO_VERSION: [&str; 2] = ["ReservedConcurrentExecutions", "Tags"];

/// A value, or whose work it waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// It is known.
    Value(String),
    /// It is an output that another stack will have.
    After(String),
}

/// Parameters of one stack by name.
pub type Parameters = BTreeMap<String, Known>;

/// Outputs by stack and name, as far as they are known.
pub type Outputs = BTreeMap<String, BTreeMap<String, Known>>;

/// What values are resolved from.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// What is wanted.
    pub desired: &'a Desired,
    /// What stands.
    pub live: &'a Live,
    /// What was built; without a build the code that is deployed stays.
    pub artifacts: Option<&'a Artifacts>,
    /// The artifact bucket.
    pub bucket: &'a str,
}

impl Known {
    /// As JSON for a comparison; what is not known yet differs from everything.
    pub fn as_json(&self) -> Value {
        match self {
            Self::Value(value) => Value::String(value.clone()),
            Self::After(stack) => json!({ "known after": stack }),
        }
    }

    fn value(&self) -> Option<&str> {
        match self {
            Self::Value(value) => Some(value),
            Self::After(_) => None,
        }
    }
}

impl Sources<'_> {
    /// Every parameter of the stack.
    pub fn parameters(&self, stack: &DesiredStack, outputs: &Outputs) -> Result<Parameters> {
        let mut found = Parameters::new();
        for (name, input) in &stack.inputs {
            if let Some(known) = self.plain(stack, input, outputs)? {
                found.insert(name.clone(), known);
            }
        }
        let revisions = self.revisions(stack, &found)?;
        for (name, input) in &stack.inputs {
            let Input::Artifact { function, part } = input else {
                continue;
            };
            if *part == ArtifactPart::Revision
                && let Some(revision) = revisions.get(function)
            {
                found.insert(name.clone(), revision.clone());
            }
        }
        self.keep_what_runs(stack, &revisions, &mut found);
        Ok(found)
    }

    /// The revision each function in the stack is to run at, by short name.
    pub fn revisions(
        &self,
        stack: &DesiredStack,
        parameters: &Parameters,
    ) -> Result<BTreeMap<String, Known>> {
        let mut found = BTreeMap::new();
        for input in stack.inputs.values() {
            let Input::Artifact {
                function,
                part: ArtifactPart::Revision,
            } = input
            else {
                continue;
            };
            let wanted = self.desired.function(function)?;
            found.insert(function.clone(), self.revision(stack, wanted, parameters)?);
        }
        Ok(found)
    }

    /// Changes with the code, and with everything the template says about the function.
    fn revision(
        &self,
        stack: &DesiredStack,
        function: &DesiredFunction,
        parameters: &Parameters,
    ) -> Result<Known> {
        let built = self
            .artifacts
            .and_then(|built| built.get(&function.name))
            .map(|artifact| artifact.sha256.as_str());
        let Some(code) = built.or_else(|| self.code_that_stands(stack, function)) else {
            return self.standing(stack, &function.name, ArtifactPart::Revision);
        };
        let template = resources(&stack.template);
        let resource = template.get(function.logical_id.as_str()).ok_or_else(|| {
            Error::input(format!(
                "the stack {} has no {}",
                stack.id, function.logical_id
            ))
        })?;
        let used = crate::cloud::template::references(resource);
        let waits = parameters.iter().find_map(|(name, known)| match known {
            Known::After(stack) if used.contains(name) => Some(stack.clone()),
            _ => None,
        });
        if let Some(stack) = waits {
            return Ok(Known::After(stack));
        }
        let values = shown(&stack.template, parameters);
        let configuration = configuration(stack, resource, values);
        Ok(Known::Value(digest(&json!([code, configuration]))))
    }

    /// Whether the function that stands is configured as its template says now: what is published
    /// of it past CloudFormation has that configuration.
    pub fn configured_as_wanted(&self, function: &DesiredFunction) -> Result<bool> {
        let stack = self.desired.stack(&function.stack)?;
        let Some(standing) = self.live.stacks.get(&stack.id) else {
            return Ok(true);
        };
        let given = standing.stack.parameters.iter();
        let given = given.map(|(name, value)| (name.clone(), Known::Value(value.clone())));
        let wanted = self.parameters(stack, &self.live.known_outputs())?;
        let configured = |template: &Value, parameters: &Parameters| {
            let resources = resources(template);
            let resource = resources.get(function.logical_id.as_str())?;
            let values = shown(template, parameters);
            Some(configuration(stack, resource, values))
        };
        let stands = configured(&standing.template, &given.collect());
        Ok(stands == configured(&stack.template, &wanted))
    }

    /// The hash of the code that runs, so that a new setting is published without a build. Of code
    /// that the hot path put there the stack knows none.
    fn code_that_stands(&self, stack: &DesiredStack, function: &DesiredFunction) -> Option<&str> {
        let given = &self.live.stacks.get(&stack.id)?.stack.parameters;
        let part = |part| given.get(parameter_of(stack, &function.name, part)?);
        let runs = &self.live.functions.get(&function.name)?.revision;
        let by_the_stack = part(ArtifactPart::Revision) == Some(runs);
        part(code_part(function))
            .filter(|_| by_the_stack)
            .and_then(|name| hash_in(name))
    }

    fn plain(
        &self,
        stack: &DesiredStack,
        input: &Input,
        outputs: &Outputs,
    ) -> Result<Option<Known>> {
        Ok(Some(match input {
            Input::Literal(value) => Known::Value(value.clone()),
            Input::Output {
                stack: from,
                output,
            } => outputs
                .get(from)
                .and_then(|outputs| outputs.get(output))
                .cloned()
                .ok_or_else(|| {
                    Error::input(format!("{} needs the output {output} of {from}", stack.id))
                        .hint(format!("the template of {from} has no output {output}"))
                })?,
            Input::Artifact {
                part: ArtifactPart::Bucket,
                ..
            } => Known::Value(self.bucket.to_owned()),
            Input::Artifact {
                part: ArtifactPart::Revision,
                ..
            } => return Ok(None),
            Input::Artifact {
                function,
                part: part @ (ArtifactPart::Key | ArtifactPart::ImageDigest),
            } => match self.artifacts.and_then(|built| built.get(function)) {
                Some(artifact) => Known::Value(artifact.name().to_owned()),
                None => self.standing(stack, function, *part)?,
            },
        }))
    }

    /// What the stack that stands was given.
    fn standing(&self, stack: &DesiredStack, function: &str, part: ArtifactPart) -> Result<Known> {
        let live = self
            .live
            .stacks
            .get(&stack.id)
            .map(|standing| &standing.stack.parameters);
        let name = parameter_of(stack, function, part);
        let value = live.and_then(|live| live.get(name?)).cloned();
        value.map(Known::Value).ok_or_else(|| {
            Error::input(format!(
                "the code of {function} was neither built nor deployed before"
            ))
            .hint("deploy without leaving out the build")
        })
    }

    /// A function that runs at the wanted revision already, put there by the hot path, needs no
    /// work: CloudFormation keeps the values it has.
    fn keep_what_runs(
        &self,
        stack: &DesiredStack,
        revisions: &BTreeMap<String, Known>,
        found: &mut Parameters,
    ) {
        let Some(standing) = self.live.stacks.get(&stack.id) else {
            return;
        };
        for (function, revision) in revisions {
            let runs = self
                .live
                .functions
                .get(function)
                .map(|at| at.revision.as_str());
            if runs.is_none() || runs != revision.value() {
                continue;
            }
            let parts = [
                ArtifactPart::Key,
                ArtifactPart::ImageDigest,
                ArtifactPart::Revision,
            ];
            for part in parts {
                let name = parameter_of(stack, function, part);
                let kept = name.and_then(|name| Some((name, standing.stack.parameters.get(name)?)));
                if let Some((name, value)) = kept {
                    found.insert(name.to_owned(), Known::Value(value.clone()));
                }
            }
        }
    }
}

/// What a template says about a function but its code: the hash of the code stands for that, and
/// key and revision would only repeat it.
fn configuration(
    stack: &DesiredStack,
    resource: &Value,
    mut values: BTreeMap<String, Value>,
) -> Value {
    let is_of_code = |name: &String| {
        matches!(
            stack.inputs.get(name),
            Some(Input::Artifact {
                part: ArtifactPart::Key | ArtifactPart::ImageDigest | ArtifactPart::Revision,
                ..
            })
        )
    };
    values.retain(|name, _| !is_of_code(name));
    let mut configuration = substitute(resource, &values);
    if let Some(properties) = configuration.get_mut("Properties")
        && let Some(properties) = properties.as_object_mut()
    {
        properties.retain(|name, _| !OF_NO_VERSION.contains(&name.as_str()));
    }
    configuration
}

/// What may be shown and compared: secret values are masked as CloudFormation masks them.
pub fn shown(template: &Value, parameters: &Parameters) -> BTreeMap<String, Value> {
    let shown = parameters.iter().map(|(name, known)| {
        let secret = is_secret(template, name);
        let value = if secret {
            Value::from("****")
        } else {
            known.as_json()
        };
        (name.clone(), value)
    });
    shown.collect()
}

/// The name of the parameter that carries this part of a function.
pub fn parameter_of<'s>(
    stack: &'s DesiredStack,
    function: &str,
    part: ArtifactPart,
) -> Option<&'s str> {
    let wanted = Input::Artifact {
        function: function.to_owned(),
        part,
    };
    stack
        .inputs
        .iter()
        .find_map(|(name, input)| (*input == wanted).then_some(name.as_str()))
}
