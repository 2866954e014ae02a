//! AWS in memory: stateful, on a clock of its own, able to fail where a test says. The engine's
//! tests run every promise against it.

mod account;
mod clock;
mod deployment;
mod evaluate;
mod expiry;
mod functions;
mod images;
mod logs;
mod media;
mod metrics;
mod migrations;
mod objects;
mod parameters;
mod queues;
mod resources;
mod rotation;
mod spending;
mod stacks;
mod tables;
mod users;
mod world;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

pub(crate) use clock::FakeClock;
pub(crate) use queues::FakeQueue;
pub(crate) use resources::{conditional, create_only};
pub(crate) use rotation::FakeRotation;
pub(crate) use world::World;

use super::identity::{Caller, Identity};
use super::retry::Retry;
use super::{Cloud, CloudError, CloudResult, Fault};

/// What goes wrong at a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The process dies before the call reaches AWS.
    CrashBefore,
    /// The process dies after AWS did it and before the answer arrives.
    CrashAfter,
    /// AWS throttles the call.
    Throttle,
    /// AWS does it and answers 500.
    LostAnswer,
}

/// A call that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) name: &'static str,
    pub(crate) mutating: bool,
    /// What it is about: a stack, a function, an object, a path; empty where it is about nothing
    /// of its own.
    pub(crate) on: String,
}

#[derive(Default)]
struct State {
    world: World,
    calls: Vec<Call>,
    troubles: BTreeMap<usize, Trouble>,
    named: BTreeMap<&'static str, Trouble>,
    dead: bool,
}

/// The fake account.
#[derive(Clone)]
pub(crate) struct Fake {
    state: Arc<Mutex<State>>,
    clock: Arc<FakeClock>,
    retry: Retry,
}

impl Fake {
    pub(crate) fn new() -> Self {
        let clock = Arc::new(FakeClock::default());
        Self {
            state: Arc::default(),
            retry: Retry::new(clock.clone()),
            clock,
        }
    }

    /// The seam on this account.
    pub(crate) fn cloud(&self) -> Cloud {
        let me = Arc::new(self.clone());
        Cloud {
            stacks: me.clone(),
            functions: me.clone(),
            objects: me.clone(),
            images: me.clone(),
            parameters: me.clone(),
            rotation: me.clone(),
            media: me.clone(),
            logs: me.clone(),
            metrics: me.clone(),
            spending: me.clone(),
            expiry: me.clone(),
            account: me.clone(),
            settling: me.clone(),
            tables: me.clone(),
            users: me.clone(),
            queues: me.clone(),
            identity: me,
            clock: self.clock.clone(),
            region: "us-east-1".into(),
            endpoint: None,
        }
    }

    /// Something goes wrong at the call of this number.
    pub(crate) fn trouble(&self, call: usize, trouble: Trouble) {
        self.state().troubles.insert(call, trouble);
    }

    /// Something goes wrong at the first call of this name.
    pub(crate) fn trouble_at(&self, name: &'static str, trouble: Trouble) {
        self.state().named.insert(name, trouble);
    }

    /// The process that died is started again: calls work, counting starts anew.
    pub(crate) fn restart(&self) {
        let mut state = self.state();
        state.dead = false;
        state.troubles.clear();
        state.named.clear();
        state.calls.clear();
    }

    /// The calls since the start.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.state().calls.clone()
    }

    /// The names of the calls that changed something.
    pub(crate) fn mutations(&self) -> Vec<&'static str> {
        self.calls()
            .iter()
            .filter(|call| call.mutating)
            .map(|call| call.name)
            .collect()
    }

    /// Whether a planned crash has happened.
    pub(crate) fn crashed(&self) -> bool {
        self.state().dead
    }

    /// Time spent so far.
    pub(crate) fn elapsed(&self) -> std::time::Duration {
        self.clock.elapsed()
    }

    /// Looks at, or changes, the account behind the API's back.
    pub(crate) fn with<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        look(&mut self.state().world)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn read<T>(
        &self,
        name: &'static str,
        act: impl FnMut(&mut World) -> CloudResult<T>,
    ) -> CloudResult<T> {
        self.call(name, "", false, act).await
    }

    async fn read_on<T>(
        &self,
        name: &'static str,
        on: &str,
        act: impl FnMut(&mut World) -> CloudResult<T>,
    ) -> CloudResult<T> {
        self.call(name, on, false, act).await
    }

    async fn write<T>(
        &self,
        name: &'static str,
        act: impl FnMut(&mut World) -> CloudResult<T>,
    ) -> CloudResult<T> {
        self.call(name, "", true, act).await
    }

    async fn write_on<T>(
        &self,
        name: &'static str,
        on: &str,
        act: impl FnMut(&mut World) -> CloudResult<T>,
    ) -> CloudResult<T> {
        self.call(name, on, true, act).await
    }

    async fn call<T>(
        &self,
        name: &'static str,
        on: &str,
        mutating: bool,
        mut act: impl FnMut(&mut World) -> CloudResult<T>,
    ) -> CloudResult<T> {
        // Other work under way gets its turn, as it would while waiting for the network.
        tokio::task::yield_now().await;
        self.retry
            .run(|| std::future::ready(self.attempt(name, on, mutating, &mut act)))
            .await
    }

    fn attempt<T>(
        &self,
        name: &'static str,
        on: &str,
        mutating: bool,
        act: &mut impl FnMut(&mut World) -> CloudResult<T>,
    ) -> CloudResult<T> {
        let error = |fault| {
            Err(CloudError::new(
                name,
                fault,
                "Injected",
                "the test wants it so",
            ))
        };
        let now = self.clock.elapsed();
        let mut state = self.state();
        if state.dead {
            return error(Fault::Stopped);
        }
        let number = state.calls.len();
        state.calls.push(Call {
            name,
            mutating,
            on: on.to_owned(),
        });
        let named = state.named.remove(name);
        let trouble = state.troubles.get(&number).copied().or(named);
        match trouble {
            Some(Trouble::CrashBefore) => {
                state.dead = true;
                return error(Fault::Stopped);
            }
            Some(Trouble::Throttle) => return error(Fault::Throttled),
            _ => {}
        }
        state.world.advance(now);
        let answer = act(&mut state.world);
        match trouble {
            Some(Trouble::CrashAfter) => {
                state.dead = true;
                error(Fault::Stopped)
            }
            Some(Trouble::LostAnswer) => error(Fault::Unavailable),
            _ => answer,
        }
    }
}

#[async_trait]
impl Identity for Fake {
    async fn caller(&self) -> CloudResult<Caller> {
        let account = "000000000000".to_owned();
        let arn = format!("arn:aws:iam::{account}:user/tester");
        self.read("sts:GetCallerIdentity", |_| {
            Ok(Caller {
                account: account.clone(),
                arn: arn.clone(),
            })
        })
        .await
    }
}
