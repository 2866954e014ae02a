//! What the fake account holds.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, SystemTime};

use contract::parameters::ParameterKind;
use serde_json::Value;

use super::migrations::Database;
use super::queues::FakeQueue;
use super::rotation::FakeRotation;
use super::users::FakeUser;
use crate::cloud::account::FunctionRoom;
use crate::cloud::expiry::ExpiryRule;
use crate::cloud::functions::{Answer, FunctionVersion};
use crate::cloud::logs::LogEvent;
use crate::cloud::metrics::{MetricQuery, Series};
use crate::cloud::spending::Spent;
use crate::cloud::stacks::{Problem, ResourceAnswer, StackEvent, StackStatus};
use crate::cloud::tables::Item;
use crate::secret::Secret;

pub(crate) struct World {
    pub(crate) now: Duration,
    pub(crate) stacks: BTreeMap<String, FakeStack>,
    pub(crate) gone: BTreeMap<String, FakeStack>,
    pub(crate) buckets: BTreeMap<String, BTreeMap<String, Vec<u8>>>,
    pub(crate) functions: BTreeMap<String, FakeFunction>,
    pub(crate) repositories: BTreeMap<String, FakeRepository>,
    pub(crate) parameters: BTreeMap<String, (ParameterKind, Secret)>,
    /// When parameters were last put, by name.
    pub(crate) parameters_changed: BTreeMap<String, SystemTime>,
    pub(crate) secrets: BTreeMap<String, Secret>,
    pub(crate) rotations: BTreeMap<String, FakeRotation>,
    pub(crate) logs: BTreeMap<String, Vec<LogEvent>>,
    pub(crate) metrics: Vec<(MetricQuery, Series)>,
    pub(crate) spending: BTreeMap<String, Vec<Spent>>,
    /// Objects that were stored without a checksum.
    pub(crate) without_checksum: BTreeSet<String>,
    /// Objects that arrive with a bit turned.
    pub(crate) damaged: BTreeSet<String>,
    pub(crate) users: BTreeMap<String, FakeUser>,
    pub(crate) tables: BTreeMap<String, BTreeMap<String, Item>>,
    /// Buckets that tell nobody of what is stored in them.
    pub(crate) silent: BTreeSet<String>,
    /// What functions answer, by function and request.
    pub(crate) answers: BTreeMap<(String, String), Answer>,
    pub(crate) queues: BTreeMap<String, FakeQueue>,
    /// Whether the service can move messages itself.
    pub(crate) moves_messages: bool,
    pub(crate) table_expiry: BTreeMap<String, String>,
    pub(crate) bucket_expiry: BTreeMap<String, Vec<ExpiryRule>>,
    /// Other resources by physical id: their type and properties.
    pub(crate) things: BTreeMap<String, (String, Value)>,
    /// Resources that fail, by stack and logical id, with the reason.
    pub(crate) failing: BTreeMap<(String, String), String>,
    /// Resources that cannot be rolled back.
    pub(crate) stuck: BTreeSet<(String, String)>,
    /// How often a new version is looked at before it can run.
    pub(crate) slow_versions: usize,
    /// Versions that cannot run yet, and how often they are looked at until then.
    pub(crate) pending: BTreeMap<(String, String), usize>,
    /// Functions whose alias does not move, and why.
    pub(crate) stubborn: BTreeMap<String, String>,
    /// What functions were asked.
    pub(crate) asked: Vec<Value>,
    /// What functions answer next.
    pub(crate) next_answers: VecDeque<Answer>,
    pub(crate) counter: u64,
    pub(crate) database: Database,
    /// What moved or migrated, in order.
    pub(crate) history: Vec<String>,
    pub(crate) function_room: FunctionRoom,
    pub(crate) stack_limit: usize,
    /// Names that another account has.
    pub(crate) foreign: BTreeSet<String>,
    /// When resources begin to serve, by physical id.
    pub(crate) serves_from: BTreeMap<String, Duration>,
    /// Whether the status of a stack is told one question late.
    pub(crate) lags: bool,
    /// Whether change sets list every resource when the tags of a stack change.
    pub(crate) lists_tags: bool,
    /// Whether operations tell of their events.
    pub(crate) tells_events: bool,
    /// What the next operation on a stack finds wrong before it begins, by the stack's name.
    pub(crate) problems: BTreeMap<String, Problem>,
}

impl Default for World {
    fn default() -> Self {
        let function_room = FunctionRoom {
            concurrency: 1000,
            unreserved: 1000,
            code_bytes: 80_530_636_800,
            code_bytes_used: 0,
            unpacked_bytes: 262_144_000,
        };
        Self {
            now: Duration::ZERO,
            stacks: BTreeMap::new(),
            gone: BTreeMap::new(),
            buckets: BTreeMap::new(),
            functions: BTreeMap::new(),
            parameters: BTreeMap::new(),
            parameters_changed: BTreeMap::new(),
            secrets: BTreeMap::new(),
            repositories: BTreeMap::new(),
            table_expiry: BTreeMap::new(),
            bucket_expiry: BTreeMap::new(),
            things: BTreeMap::new(),
            failing: BTreeMap::new(),
            stuck: BTreeSet::new(),
            slow_versions: 0,
            pending: BTreeMap::new(),
            stubborn: BTreeMap::new(),
            counter: 0,
            database: Database::default(),
            history: Vec::new(),
            function_room,
            stack_limit: 2000,
            foreign: BTreeSet::new(),
            serves_from: BTreeMap::new(),
            lags: false,
            lists_tags: false,
            tells_events: true,
            problems: BTreeMap::new(),
            rotations: BTreeMap::new(),
            logs: BTreeMap::new(),
            metrics: Vec::new(),
            spending: BTreeMap::new(),
            without_checksum: BTreeSet::new(),
            damaged: BTreeSet::new(),
            users: BTreeMap::new(),
            tables: BTreeMap::new(),
            silent: BTreeSet::new(),
            answers: BTreeMap::new(),
            asked: Vec::new(),
            next_answers: VecDeque::new(),
            queues: BTreeMap::new(),
            moves_messages: false,
        }
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct FakeFunction {
    pub(crate) code_sha256: String,
    pub(crate) configuration: Value,
    pub(crate) versions: Vec<(FunctionVersion, Value)>,
    pub(crate) published: u64,
    pub(crate) aliases: BTreeMap<String, String>,
}

/// An image repository.
#[derive(Clone, Debug, Default)]
pub(crate) struct FakeRepository {
    /// Digests of blobs.
    pub(crate) blobs: BTreeSet<String>,
    /// Digests of images.
    pub(crate) images: BTreeSet<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct FakeStack {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) status: StackStatus,
    /// What was told of it last.
    pub(crate) told: StackStatus,
    pub(crate) protected: bool,
    pub(crate) config: Config,
    pub(crate) resources: BTreeMap<String, FakeResource>,
    pub(crate) outputs: BTreeMap<String, String>,
    pub(crate) events: Vec<(String, StackEvent)>,
    pub(crate) change_sets: BTreeMap<String, FakeChangeSet>,
    pub(crate) operation: Option<Operation>,
    /// A way back that got stuck.
    pub(crate) gone_back: Option<Operation>,
    pub(crate) generation: u64,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Config {
    pub(crate) template: Value,
    pub(crate) parameters: BTreeMap<String, String>,
    pub(crate) tags: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FakeResource {
    pub(crate) resource_type: String,
    pub(crate) physical: String,
    pub(crate) properties: Value,
    /// What somebody changed behind CloudFormation's back.
    pub(crate) drifted: BTreeMap<String, Value>,
}

#[derive(Clone, Debug)]
pub(crate) struct FakeChangeSet {
    pub(crate) token: String,
    pub(crate) config: Config,
    pub(crate) answers: Vec<ResourceAnswer>,
    pub(crate) empty: bool,
    pub(crate) generation: u64,
    pub(crate) adopts: bool,
    pub(crate) express: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub(crate) token: String,
    pub(crate) due: Duration,
    pub(crate) steps: VecDeque<Step>,
    pub(crate) before: Config,
    pub(crate) old: BTreeMap<String, FakeResource>,
    pub(crate) touched: Vec<String>,
    pub(crate) keep: BTreeSet<String>,
    pub(crate) creates: bool,
    /// Takes over what stands already.
    pub(crate) adopts: bool,
    /// Leaves a failure as it is.
    pub(crate) express: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Apply(String),
    Remove(String),
    Finish,
    Restore(String),
    Restored,
    Deleted,
}

impl World {
    pub(crate) fn time(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + self.now
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    /// Everything that stands, in words that two accounts can be compared by.
    pub(crate) fn inventory(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for stack in self.stacks.values() {
            found.insert(format!("stack {} {}", stack.name, stack.protected));
            found.extend(
                stack
                    .change_sets
                    .keys()
                    .map(|name| format!("change set of {}: {name}", stack.name)),
            );
            let resources = stack.resources.iter();
            found.extend(resources.map(|(id, r)| format!("{}.{id} {}", stack.name, r.properties)));
        }
        for (name, objects) in &self.buckets {
            found.extend(objects.keys().map(|key| format!("object {name}/{key}")));
        }
        for (name, repository) in &self.repositories {
            let images = repository.images.iter();
            found.extend(images.map(|digest| format!("image {name}@{digest}")));
        }
        for (name, function) in &self.functions {
            found.insert(format!(
                "function {name} {} {:?}",
                function.code_sha256, function.aliases
            ));
            found.extend(
                function
                    .versions
                    .iter()
                    .map(|(v, _)| format!("version {name} {} {}", v.version, v.revision)),
            );
        }
        let applied = self.database.applied.iter();
        found.extend(applied.map(|migration| format!("migrated {migration}")));
        for (name, (kind, value)) in &self.parameters {
            found.insert(format!("parameter {name} {kind:?} {}", value.expose()));
        }
        let mut kinds = BTreeMap::<&str, usize>::new();
        self.things
            .values()
            .for_each(|(kind, _)| *kinds.entry(kind).or_default() += 1);
        found.extend(
            kinds
                .into_iter()
                .map(|(kind, count)| format!("{count} × {kind}")),
        );
        found
    }
}
