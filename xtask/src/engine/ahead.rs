//! New code before traffic follows it. A migration is run by the code that carries it while the
//! functions of before still serve, so new code never meets the old schema.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tokio::sync::Mutex;

use super::desired::DesiredFunction;
use super::hotswap::{code_at, code_part, ready};
use super::plan::{Plan, ResourceChange, StackAction};
use super::resolve::{Sources, parameter_of};
use crate::cloud::Cloud;
use crate::cloud::functions::{Answer, CodeAt, LATEST};
use crate::error::{Error, Result};

/// The functions whose new code can be called although nothing is deployed yet.
pub struct Ahead<'a> {
    cloud: &'a Cloud,
    new: BTreeMap<String, New>,
    /// Functions that hold their new code, with no traffic on it.
    placed: Mutex<BTreeSet<String>>,
}

/// Where new code is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum New {
    /// In the bucket or the repository; the function has the code of `before`.
    Uploaded {
        function_name: String,
        code: CodeAt,
        before: CodeAt,
    },
    /// Published, with no traffic.
    Published {
        function_name: String,
        version: String,
    },
}

impl<'a> Ahead<'a> {
    /// Looks which functions get new code under the configuration they have. Where the plan also
    /// changes the configuration, new code may need what is not there yet, and is left out.
    pub async fn look(cloud: &'a Cloud, sources: &Sources<'a>, plan: &Plan) -> Result<Ahead<'a>> {
        let mut new = BTreeMap::new();
        for function in &sources.desired.functions {
            let found = match plan.functions.iter().find(|m| m.function == function.name) {
                Some(wanted) => published(cloud, function, &wanted.to).await?,
                None => None,
            };
            let found = match found {
                Some(found) => Some(found),
                None => uploaded(sources, plan, function)?,
            };
            if let Some(found) = found {
                new.insert(function.name.clone(), found);
            }
        }
        Ok(Self {
            cloud,
            new,
            placed: Mutex::default(),
        })
    }

    /// Whether a function has new code that can run.
    pub fn has(&self, function: &str) -> bool {
        self.new.contains_key(function)
    }

    /// Calls the new code of a function. Code that fails is taken back: what the function holds is
    /// again what CloudFormation set.
    pub async fn call(&self, function: &str, payload: &Value) -> Result<Answer> {
        let functions = &self.cloud.functions;
        match self.new.get(function) {
            None => Err(Error::failed(format!("{function} has no new code to call"))),
            Some(New::Published {
                function_name,
                version,
            }) => Ok(functions.invoke(function_name, version, payload).await?),
            Some(New::Uploaded {
                function_name,
                code,
                before,
            }) => {
                let mut placed = self.placed.lock().await;
                if !placed.contains(function) {
                    self.put(function_name, code).await?;
                    placed.insert(function.to_owned());
                }
                let answer = functions.invoke(function_name, LATEST, payload).await;
                if !matches!(answer, Ok(Answer::Value(_))) {
                    self.put(function_name, before).await?;
                    placed.remove(function);
                }
                Ok(answer?)
            }
        }
    }

    async fn put(&self, function_name: &str, code: &CodeAt) -> Result<()> {
        ready(self.cloud, function_name, LATEST).await?;
        let functions = &self.cloud.functions;
        functions.update_code(function_name, code).await?;
        ready(self.cloud, function_name, LATEST).await
    }
}

async fn published(
    cloud: &Cloud,
    function: &DesiredFunction,
    revision: &str,
) -> Result<Option<New>> {
    let function_name = function.function_name.clone();
    let versions = cloud.functions.versions(&function_name).await?;
    let mut newest_first = versions.into_iter().rev();
    let known = newest_first.find(|version| version.revision == revision);
    Ok(known.map(|known| New::Published {
        function_name,
        version: known.version,
    }))
}

fn uploaded(sources: &Sources<'_>, plan: &Plan, function: &DesiredFunction) -> Result<Option<New>> {
    let updated = plan
        .stack(&function.stack)
        .filter(|stack| stack.action == StackAction::Update);
    let standing = sources.live.stacks.get(&function.stack);
    let artifact = sources
        .artifacts
        .and_then(|built| built.get(&function.name));
    let (Some(updated), Some(standing), Some(artifact)) = (updated, standing, artifact) else {
        return Ok(None);
    };
    let stack = sources.desired.stack(&function.stack)?;
    let before = parameter_of(stack, &function.name, code_part(function))
        .and_then(|name| standing.stack.parameters.get(name));
    let runs = sources.live.functions.contains_key(&function.name);
    let Some(before) = before.filter(|before| {
        let is_new = *before != artifact.name();
        runs && is_new && only_code(updated.resource(&function.logical_id))
    }) else {
        return Ok(None);
    };
    Ok(Some(New::Uploaded {
        function_name: function.function_name.clone(),
        code: code_at(sources, function, artifact.name())?,
        before: code_at(sources, function, before)?,
    }))
}

fn only_code(change: Option<&ResourceChange>) -> bool {
    change.is_none_or(|change| {
        let mut changes = change.properties.iter();
        changes.all(|property| property.path == "Code" || property.path.starts_with("Code."))
    })
}
