//! The plan: desired against live as a value. Pure to make; its `Display` is the diff; `apply` is
//! its only consumer.

mod consent;
mod cost;
mod diff;
mod display;
mod file;
mod iam;
mod outputs;
mod unwanted;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use consent::Consent;
pub use cost::{Cost, Prices};
pub use display::Summary;

use super::desired::{Desired, DesiredStack};
use super::resolve::{Known, Outputs, Parameters, Sources};
use super::states::{self, Next};
use crate::cloud::template::digest;
use crate::error::Result;

/// What the schemas of resources say about changing them.
pub trait Schemas: Send + Sync {
    /// The properties, dotted, whose change puts a new resource in place of the old one.
    fn create_only(&self, resource_type: &str) -> Vec<String>;
    /// The properties, dotted, whose change may do so, depending on what is there.
    fn conditional(&self, resource_type: &str) -> Vec<String>;
    /// The properties that cannot be read back.
    fn write_only(&self, resource_type: &str) -> Vec<String>;
}

/// What a deploy would do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The environment.
    pub environment: String,
    /// Every stack, in the order of their needs.
    pub stacks: Vec<StackPlan>,
    /// Functions whose traffic does not follow what CloudFormation set.
    pub functions: Vec<FunctionMove>,
    /// What it does to the bill, where that can be worked out.
    pub cost: Option<Cost>,
    /// A word for what stands.
    pub world: String,
    /// A word for what is wanted.
    pub wanted: String,
}

/// What happens to one stack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StackPlan {
    /// Its short id.
    pub id: String,
    /// Its name in CloudFormation.
    pub name: String,
    /// What happens to it.
    pub action: StackAction,
    /// What happens to its resources.
    pub resources: Vec<ResourceChange>,
    /// What else changes: outputs, tags, protection, parameters nobody reads.
    pub others: Vec<String>,
    /// A word for the stack as it stands, if it does.
    pub base: Option<String>,
}

/// What happens to a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StackAction {
    /// Nothing.
    None,
    /// It is created.
    Create,
    /// The shell a failed creation left is deleted, then it is created.
    Recreate,
    /// It is updated.
    Update,
    /// Only its protection is set.
    Protect,
    /// Nobody wants it any more: it is deleted, after all others.
    Delete,
}

/// What happens to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResourceAction {
    /// It is created.
    Create,
    /// It is changed where it stands.
    Update,
    /// A new one takes its place.
    Replace,
    /// It is deleted, or let go of where it is to be retained.
    Delete,
}

/// A change of a resource.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResourceChange {
    /// Its logical id.
    pub logical_id: String,
    /// Its type.
    pub resource_type: String,
    /// What happens to it.
    pub action: ResourceAction,
    /// Whether it holds data that goes with it.
    pub stateful: bool,
    /// Whether the old one is kept, unmanaged.
    pub retained: bool,
    /// Its properties that change.
    pub properties: Vec<PropertyChange>,
    /// What may be done after and not before.
    pub widens: Vec<String>,
    /// Whether it stands already, outside of any stack, and is taken in as it is.
    pub adopted: bool,
}

/// A change of a property.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PropertyChange {
    /// Where it is in the resource.
    pub path: String,
    /// Its value now.
    pub before: Option<Value>,
    /// Its value then.
    pub after: Option<Value>,
    /// Whether it is the reason for a replacement.
    pub replaces: bool,
    /// Whether it may be the reason for one.
    pub may_replace: bool,
}

impl ResourceChange {
    /// Whether CloudFormation may put a new resource in the place of this one.
    pub fn may_replace(&self) -> bool {
        self.properties.iter().any(|change| change.may_replace)
    }

    /// Whether this property, or anything in it, changes.
    pub fn changes(&self, property: &str) -> bool {
        let first = |path: &str| path.split('.').next() == Some(property);
        self.properties.iter().any(|change| first(&change.path))
    }
}

/// The alias of a function is put at the wanted revision without CloudFormation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionMove {
    /// The function's short name.
    pub function: String,
    /// The revision its traffic follows now.
    pub from: String,
    /// The revision it is to follow.
    pub to: String,
}

impl Plan {
    /// Compares what is wanted with what stands.
    pub fn make(sources: &Sources<'_>, schemas: &dyn Schemas) -> Result<Self> {
        let desired = sources.desired;
        let mut known = Outputs::new();
        let mut stacks = Vec::new();
        let mut wanted = Vec::new();
        let mut functions = Vec::new();
        for stack in desired.ordered()? {
            let parameters = sources.parameters(stack, &known)?;
            let plan = stack_plan(desired, stack, sources, &parameters, schemas)?;
            wanted.push(wanted_digest(stack, &parameters));
            functions.extend(moves(stack, sources, &parameters, &plan)?);
            known.insert(
                stack.id.clone(),
                outputs::foresee(stack, sources.live, &plan),
            );
            stacks.push(plan);
        }
        stacks.extend(unwanted::plans(desired, sources.live));
        Ok(Self {
            environment: desired.environment.clone(),
            stacks,
            functions,
            cost: None,
            world: sources.live.digest(),
            wanted: digest(&wanted.into()),
        })
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.functions.is_empty()
            && self
                .stacks
                .iter()
                .all(|stack| stack.action == StackAction::None)
    }

    /// The plan of a stack.
    pub fn stack(&self, id: &str) -> Option<&StackPlan> {
        self.stacks.iter().find(|stack| stack.id == id)
    }

    /// The plan without the stacks that are left out, and without the traffic of their functions.
    #[must_use]
    pub fn only(mut self, desired: &Desired, keep: impl Fn(&str) -> bool) -> Self {
        let functions = &desired.functions;
        self.functions.retain(|moved| {
            let mut functions = functions.iter();
            functions.any(|function| function.name == moved.function && keep(&function.stack))
        });
        for stack in self.stacks.iter_mut().filter(|stack| !keep(&stack.id)) {
            stack.action = StackAction::None;
            stack.resources.clear();
            stack.others.clear();
        }
        self
    }
}

impl StackPlan {
    /// The change of a resource.
    pub fn resource(&self, logical_id: &str) -> Option<&ResourceChange> {
        self.resources
            .iter()
            .find(|resource| resource.logical_id == logical_id)
    }
}

fn stack_plan(
    desired: &Desired,
    stack: &DesiredStack,
    sources: &Sources<'_>,
    parameters: &Parameters,
    schemas: &dyn Schemas,
) -> Result<StackPlan> {
    let standing = sources.live.stacks.get(&stack.id);
    let status = standing.map(|standing| standing.stack.status);
    let mut plan = StackPlan {
        id: stack.id.clone(),
        name: stack.name.clone(),
        action: StackAction::None,
        resources: Vec::new(),
        others: Vec::new(),
        base: standing.map(super::live::Standing::digest),
    };
    match (
        states::plannable(&desired.environment, &stack.name, status)?,
        standing,
    ) {
        (Next::Update, Some(standing)) => {
            (plan.resources, plan.others) =
                diff::update(stack, standing, parameters, sources.live, schemas);
            let unprotected = standing.stack.protected != stack.termination_protection;
            if !plan.resources.is_empty() || !plan.others.is_empty() {
                plan.action = StackAction::Update;
            } else if unprotected {
                plan.action = StackAction::Protect;
            }
            if unprotected {
                plan.others.push("termination protection".into());
            }
        }
        (next, _) => {
            let recreate = next == Next::Recreate;
            plan.action = if recreate {
                StackAction::Recreate
            } else {
                StackAction::Create
            };
            plan.resources = diff::create(stack, parameters, sources.live);
        }
    }
    Ok(plan)
}

fn wanted_digest(stack: &DesiredStack, parameters: &Parameters) -> Value {
    let values = super::resolve::shown(&stack.template, parameters);
    serde_json::json!([
        stack.name,
        stack.template,
        values,
        stack.tags,
        stack.termination_protection
    ])
}

/// Functions whose alias is elsewhere although CloudFormation will have nothing to change.
fn moves(
    stack: &DesiredStack,
    sources: &Sources<'_>,
    parameters: &Parameters,
    plan: &StackPlan,
) -> Result<Vec<FunctionMove>> {
    use super::desired::ArtifactPart::Revision;
    let mut found = Vec::new();
    if matches!(plan.action, StackAction::Create | StackAction::Recreate) {
        return Ok(found);
    }
    for (function, revision) in sources.revisions(stack, parameters)? {
        let Known::Value(to) = revision else { continue };
        let Some(at) = sources.live.functions.get(&function) else {
            continue;
        };
        let name = super::resolve::parameter_of(stack, &function, Revision);
        let set = sources.live.stacks.get(&stack.id).zip(name);
        let set = set.and_then(|(standing, name)| standing.stack.parameters.get(name));
        if at.revision != to && set == Some(&to) {
            found.push(FunctionMove {
                function,
                from: at.revision.clone(),
                to,
            });
        }
    }
    Ok(found)
}
