//! What a function declares about itself, and the macro that makes a type of it.

use crate::access::Permission;
use crate::environment::EnvKey;
use crate::events::EventType;
use crate::objects;
use crate::parameters::ParameterSpec;

/// A function as a type. `function!` makes them, `functions.rs` lists them.
pub trait Function: Send + Sync + 'static {
    /// Its name: the crate, the binary, and the end of the Lambda function's name.
    const NAME: &'static str;

    /// All it says about itself.
    fn declaration() -> Declaration;
}

/// A function as data, for the stack.
#[derive(Clone, Debug)]
pub struct Declaration {
    /// Its name, `image-processor`.
    pub name: &'static str,
    /// One sentence on what it is for.
    pub purpose: &'static str,
    /// Memory.
    pub memory: Memory,
    /// Timeout in seconds.
    pub timeout: u32,
    /// What starts it.
    pub triggers: Vec<Trigger>,
    /// Environment keys beyond those that come with grants.
    pub environment: &'static [EnvKey],
    /// What it may do.
    pub permissions: Vec<Permission>,
}

impl Declaration {
    /// Every environment key the function reads, sorted: common ones, declared ones, and those
    /// of its grants.
    pub fn environment_keys(&self) -> Vec<EnvKey> {
        let granted = self
            .permissions
            .iter()
            .flat_map(|permission| permission.environment);
        let keys: std::collections::BTreeSet<EnvKey> = EnvKey::COMMON
            .iter()
            .chain(self.environment)
            .chain(granted)
            .copied()
            .collect();
        keys.into_iter().collect()
    }

    /// The parameters it reads.
    pub fn parameters(&self) -> impl Iterator<Item = ParameterSpec> {
        self.permissions
            .iter()
            .filter_map(|permission| permission.parameter)
    }

    /// The events it emits.
    pub fn emits(&self) -> impl Iterator<Item = EventType> {
        self.permissions
            .iter()
            .filter_map(|permission| permission.event)
    }
}

/// Memory in MB; CPU comes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// In every environment but production.
    pub standard: u32,
    /// In production.
    pub production: u32,
}

/// What starts a function.
#[derive(Clone, Debug, PartialEq)]
pub enum Trigger {
    /// The HTTP API.
    Http,
    /// Events, through a queue with a dead letter queue.
    Events {
        /// Any of these.
        patterns: Vec<Pattern>,
        /// How the queue in between behaves.
        queue: Queue,
    },
    /// The clock.
    Schedule {
        /// A schedule expression.
        expression: &'static str,
    },
    /// Direct invocation by the tool.
    Invoke,
}

/// Events that match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// S3 stored an object of this kind.
    ObjectCreated(objects::Kind),
    /// One of our own.
    Event(EventType),
}

/// The queue between the bus and a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queue {
    /// Records in one invocation, at most.
    pub batch_size: u32,
    /// Invocations at one time, at most. Lambda's floor is 2.
    pub max_concurrency: u32,
    /// Deliveries before a record goes to the dead letter queue.
    pub max_receives: u32,
}

/// Makes a function type with its declaration and one `Grants<_>` per grant.
macro_rules! function {
    (
        #[doc = $purpose:literal]
        $identifier:ident = $name:literal {
            memory: $standard:literal or $production:literal in production,
            timeout: $timeout:literal,
            triggers: [$($trigger:expr),* $(,)?],
            environment: [$($key:ident),* $(,)?],
            grants: [$($grant:ty),* $(,)?],
        }
    ) => {
        #[doc = $purpose]
        #[derive(Debug)]
        pub enum $identifier {}

        impl $crate::function::Function for $identifier {
            const NAME: &'static str = $name;

            fn declaration() -> $crate::function::Declaration {
                $crate::function::Declaration {
                    name: $name,
                    purpose: $purpose.trim_ascii(),
                    memory: $crate::function::Memory {
                        standard: $standard,
                        production: $production,
                    },
                    timeout: $timeout,
                    triggers: vec![$($trigger),*],
                    environment: &[$($crate::environment::EnvKey::$key),*],
                    permissions: vec![$(<$grant as $crate::access::Grant>::permission()),*],
                }
            }
        }

        $(impl $crate::access::Grants<$grant> for $identifier {})*
    };
}

pub(crate) use function;
