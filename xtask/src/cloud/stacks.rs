//! CloudFormation as the engine needs it: stacks, change sets, events.

mod status;

use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::CloudResult;
pub use status::StackStatus;

/// A stack as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveStack {
    /// Its ARN, which outlives its deletion.
    pub stack_id: String,
    /// Where it is in its life.
    pub status: StackStatus,
    /// Why it is there, in CloudFormation's words.
    pub reason: Option<String>,
    /// Values of its parameters; secret ones are masked.
    pub parameters: BTreeMap<String, String>,
    /// Values of its outputs.
    pub outputs: BTreeMap<String, String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Whether deletion is forbidden.
    pub protected: bool,
}

/// Where a template is read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateSource {
    /// Sent with the call: at most 51,200 bytes.
    Body(String),
    /// Read from the artifact bucket.
    Url(String),
}

/// What a change set is to contain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeSetRequest {
    /// The stack's name.
    pub stack: String,
    /// The change set's name.
    pub name: String,
    /// Whether the stack is to be created.
    pub creates: bool,
    /// The template.
    pub template: TemplateSource,
    /// Every parameter.
    pub parameters: BTreeMap<String, String>,
    /// Every tag.
    pub tags: BTreeMap<String, String>,
    /// Resources with names of their own that stand already are taken into the stack.
    pub adopts: bool,
    /// End when the configuration is applied, before resources serve; and leave a failure as it is.
    pub express: bool,
    /// The same token makes a repeated call the same call.
    pub token: String,
}

/// Whether a change puts a new resource in the place of the old one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Replacement {
    /// It does.
    Yes,
    /// It may; it depends on values that are not known yet.
    Maybe,
    /// It does not.
    No,
}

/// What is done to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It is created.
    Add,
    /// It is changed.
    Modify,
    /// It is deleted.
    Remove,
    /// Anything else (import, dynamic).
    Other,
}

/// CloudFormation's own word on one resource of a change set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceAnswer {
    /// The resource's logical id.
    pub logical_id: String,
    /// Its type.
    pub resource_type: String,
    /// What is done to it.
    pub action: Action,
    /// Whether it is replaced.
    pub replacement: Replacement,
    /// The properties that are the reason for a replacement, where one is sure or possible.
    pub conditions: Vec<String>,
    /// Whether nothing but tags changes.
    pub only_tags: bool,
    /// Whether that is sure already; else it hangs on a value that may come out as it was.
    pub certain: bool,
}

/// How far a change set is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeSet {
    /// Still being worked out.
    Pending,
    /// There is nothing to change.
    Empty,
    /// Ready to be executed.
    Ready(Vec<ResourceAnswer>),
    /// It cannot be made, for this reason.
    Failed(String),
}

/// One event of a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackEvent {
    /// Unique in the stack.
    pub id: String,
    /// When.
    pub time: SystemTime,
    /// The resource, or the stack's own name.
    pub logical_id: String,
    /// Its type.
    pub resource_type: String,
    /// CloudFormation's status, for example `CREATE_FAILED`.
    pub status: String,
    /// Why.
    pub reason: Option<String>,
}

/// A resource of a stack as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackResource {
    /// Its logical id.
    pub logical_id: String,
    /// Its type.
    pub resource_type: String,
    /// Its name outside the stack.
    pub physical_id: Option<String>,
    /// CloudFormation's status.
    pub status: String,
}

/// A resource that is no longer what its stack made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Drift {
    /// Its logical id.
    pub logical_id: String,
    /// Its type.
    pub resource_type: String,
    /// What differs: path, the stack's value, the value found. Empty when it is gone.
    pub differences: Vec<(String, String, String)>,
}

/// Something wrong with a stack, found before any resource was touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where in the template.
    pub path: String,
    /// The resource's type, where CloudFormation says it.
    pub resource_type: String,
    /// CloudFormation's words.
    pub reason: String,
}

/// Reads and changes stacks.
#[async_trait]
pub trait Stacks: Send + Sync {
    /// A stack by name or ARN, if it is there.
    async fn stack(&self, name: &str) -> CloudResult<Option<LiveStack>>;
    /// The template the stack was last given.
    async fn template(&self, name: &str) -> CloudResult<serde_json::Value>;
    /// The resources of a stack.
    async fn resources(&self, name: &str) -> CloudResult<Vec<StackResource>>;
    /// The events of the operation that carries this token, oldest first.
    async fn events(&self, stack: &str, token: &str) -> CloudResult<Vec<StackEvent>>;
    /// Begins to work out a change set.
    async fn create_change_set(&self, request: &ChangeSetRequest) -> CloudResult<()>;
    /// How far a change set is.
    async fn change_set(&self, stack: &str, name: &str) -> CloudResult<ChangeSet>;
    /// The names of the change sets a stack has.
    async fn change_sets(&self, stack: &str) -> CloudResult<Vec<String>>;
    /// Throws a change set away.
    async fn delete_change_set(&self, stack: &str, name: &str) -> CloudResult<()>;
    /// Begins to apply a change set.
    async fn execute(&self, stack: &str, change_set: &str, token: &str) -> CloudResult<()>;
    /// Begins to delete a stack, keeping the resources named.
    async fn delete(&self, stack: &str, keep: &BTreeSet<String>, token: &str) -> CloudResult<()>;
    /// Goes on with a rollback that failed, leaving out the resources named.
    async fn continue_rollback(
        &self,
        stack: &str,
        skip: &BTreeSet<String>,
        token: &str,
    ) -> CloudResult<()>;
    /// Begins to roll back an update that failed and was left as it is.
    async fn roll_back(&self, stack: &str, token: &str) -> CloudResult<()>;
    /// What CloudFormation found wrong before it touched any resource, in its last operation.
    async fn problems(&self, stack: &str) -> CloudResult<Vec<Problem>>;
    /// Forbids or allows the stack's deletion.
    async fn protect(&self, stack: &str, protected: bool) -> CloudResult<()>;
    /// Starts to look for drift; says an id to ask with.
    async fn detect_drift(&self, stack: &str) -> CloudResult<String>;
    /// What drifted, once the detection is through.
    async fn drift(&self, stack: &str, detection: &str) -> CloudResult<Option<Vec<Drift>>>;
}
