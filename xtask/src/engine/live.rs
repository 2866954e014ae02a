//! What stands: every stack with its template, and the version each function's traffic follows.

use std::collections::BTreeMap;

use futures::future::try_join_all;
use serde_json::{Value, json};

use super::desired::Desired;
use super::resolve::{Known, Outputs};
use crate::cloud::Cloud;
use crate::cloud::functions::FunctionVersion;
use crate::cloud::stacks::{LiveStack, StackStatus};
use crate::cloud::template::digest;
use crate::error::Result;

/// The alias that traffic follows.
pub const ALIAS: &str = "live";

/// A stack and its template.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The stack.
    pub stack: LiveStack,
    /// The template it was last given; null while it has none.
    pub template: Value,
}

/// What stands of one environment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Live {
    /// Stacks by short id.
    pub stacks: BTreeMap<String, Standing>,
    /// Stacks that are not wanted any more, by short id.
    pub unwanted: BTreeMap<String, Standing>,
    /// The version behind the alias, by the function's short name.
    pub functions: BTreeMap<String, FunctionVersion>,
    /// What CloudFormation's own parameters stand for: `AWS::AccountId`, `AWS::Region`.
    pub pseudo: BTreeMap<String, Value>,
    /// Resources outside of any stack that a new stack takes in: their names, by the stack's short
    /// id and the logical id.
    pub left: BTreeMap<(String, String), String>,
}

impl Standing {
    /// A word that changes when anything about the stack does.
    pub fn digest(&self) -> String {
        digest(&json!({
            "id": self.stack.stack_id,
            "status": self.stack.status.as_str(),
            "template": self.template,
            "parameters": self.stack.parameters,
            "tags": self.stack.tags,
            "protected": self.stack.protected,
        }))
    }
}

impl Live {
    /// The outputs of a stack, where it stands.
    pub fn outputs(&self, id: &str) -> Option<&BTreeMap<String, String>> {
        self.stacks.get(id).map(|standing| &standing.stack.outputs)
    }

    /// All outputs, by stack and name.
    pub fn all_outputs(&self) -> BTreeMap<String, BTreeMap<String, String>> {
        let stacks = self.stacks.iter();
        stacks
            .map(|(id, standing)| (id.clone(), standing.stack.outputs.clone()))
            .collect()
    }

    /// All outputs, as values that are known.
    pub fn known_outputs(&self) -> Outputs {
        let stacks = self.stacks.iter().map(|(id, standing)| {
            let outputs = standing.stack.outputs.iter();
            let known = outputs.map(|(name, value)| (name.clone(), Known::Value(value.clone())));
            (id.clone(), known.collect())
        });
        stacks.collect()
    }

    /// A word that changes when anything a plan rests on does.
    pub fn digest(&self) -> String {
        let stacks: BTreeMap<&str, String> = self
            .stacks
            .iter()
            .chain(&self.unwanted)
            .map(|(id, standing)| (id.as_str(), standing.digest()))
            .collect();
        let functions: BTreeMap<&str, (&str, &str)> = self
            .functions
            .iter()
            .map(|(name, at)| (name.as_str(), (at.version.as_str(), at.revision.as_str())))
            .collect();
        digest(&json!({ "stacks": stacks, "functions": functions }))
    }
}

/// Reads what stands, and what was left of what stood before. Nothing is changed.
pub async fn read_all(desired: &Desired, cloud: &Cloud, account: &str) -> Result<Live> {
    let mut live = read(desired, cloud).await?;
    live.pseudo = BTreeMap::from([
        ("AWS::AccountId".to_owned(), account.into()),
        ("AWS::Region".to_owned(), cloud.region.as_str().into()),
    ]);
    super::left::look(desired, cloud, &mut live).await?;
    Ok(live)
}

/// Reads what stands. Nothing is changed.
pub async fn read(desired: &Desired, cloud: &Cloud) -> Result<Live> {
    let stacks = try_join_all(desired.stacks.iter().map(|wanted| async {
        let standing = standing(cloud, &wanted.name).await?;
        Ok::<_, crate::error::Error>(standing.map(|standing| (wanted.id.clone(), standing)))
    }));
    let unwanted = try_join_all(desired.unwanted.iter().map(|unwanted| async {
        let standing = standing(cloud, &unwanted.name).await?;
        Ok::<_, crate::error::Error>(standing.map(|standing| (unwanted.id.clone(), standing)))
    }));
    let functions = try_join_all(desired.functions.iter().map(|wanted| async {
        let at = cloud
            .functions
            .aliased(&wanted.function_name, ALIAS)
            .await?;
        Ok::<_, crate::error::Error>(at.map(|at| (wanted.name.clone(), at)))
    }));
    let (stacks, unwanted, functions) = tokio::try_join!(stacks, unwanted, functions)?;
    Ok(Live {
        stacks: stacks.into_iter().flatten().collect(),
        unwanted: unwanted.into_iter().flatten().collect(),
        functions: functions.into_iter().flatten().collect(),
        ..Live::default()
    })
}

/// Reads one stack.
pub async fn standing(cloud: &Cloud, name: &str) -> Result<Option<Standing>> {
    let Some(stack) = cloud.stacks.stack(name).await? else {
        return Ok(None);
    };
    let template = match stack.status {
        StackStatus::ReviewInProgress => Value::Null,
        _ => cloud.stacks.template(name).await?,
    };
    Ok(Some(Standing { stack, template }))
}
