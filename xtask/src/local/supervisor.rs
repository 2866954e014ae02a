//! Finds what is not healthy and has it started; remembers what runs; stops it in the reverse
//! order.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::process::Signal;
use time::OffsetDateTime;

use crate::error::Result;
use crate::event::Events;
use crate::local::care::Care;
use crate::local::health::Doctor;
use crate::local::layout::Layout;
use crate::local::part::Part;
use crate::local::process::{Ending, Started, stop};
use crate::local::state::{Running, State};
use crate::local::tools::Tools;
use crate::local::{files, ports};
use crate::secret::Secret;

/// Logs, state and what the parts write at once.
const NEEDED: u64 = 50 << 20;

/// Keeps the parts of one environment. Its lock is held by whoever uses it.
pub(super) struct Supervisor<'a> {
    pub(super) layout: &'a Layout,
    pub(super) events: &'a Events,
    pub(super) state: Mutex<State>,
}

impl Supervisor<'_> {
    /// Starts every part that is not healthy. The database and its front, the emulator and the
    /// model server do not wait for each other.
    pub(super) async fn up(&self, password: &Secret) -> Result<()> {
        let doctor = Doctor {
            layout: self.layout,
            password: Some(password),
        };
        let ill = self.ill(&doctor).await;
        if ill.is_empty() {
            return Ok(());
        }
        files::ensure_free(&self.layout.home(), NEEDED)?;
        let tools = Tools::install(self.layout, self.events).await?;
        self.tell_what_was_lost(&ill);
        for part in ill.iter().rev() {
            // Alive but not answering, or answering no more: nothing to build on.
            self.stop(*part).await?;
        }
        let care = Care {
            supervisor: self,
            ill: &ill,
            tools: &tools,
            password,
            doctor: &doctor,
        };
        // One that fails does not keep the others from starting.
        let (database, emulator, models) = tokio::join!(
            care.start(&[Part::Postgres, Part::Tls]),
            care.start(&[Part::Emulator]),
            care.start(&[Part::Models]),
        );
        database.and(emulator).and(models)
    }

    /// Stops every part; data stays.
    pub(super) async fn down(&self) -> Result<()> {
        for part in Part::ALL.into_iter().rev() {
            self.stop(part).await?;
        }
        Ok(())
    }

    /// Stops what was started since `before`.
    pub(super) async fn back_to(&self, before: &State) -> Result<()> {
        for part in Part::ALL.into_iter().rev() {
            let now = self.state().processes.get(&part).cloned();
            if now.as_ref() != before.processes.get(&part) {
                self.stop(part).await?;
            }
        }
        Ok(())
    }

    /// A copy of what is remembered.
    pub(super) fn state(&self) -> State {
        self.state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    async fn ill(&self, doctor: &Doctor<'_>) -> Vec<Part> {
        let state = &self.state();
        let look = |part| async move { (part, doctor.examine(state, part).await.is_err()) };
        let looks = futures::future::join_all(Part::ALL.map(look)).await;
        looks
            .into_iter()
            .filter_map(|(part, ill)| ill.then_some(part))
            .collect()
    }

    /// `down` forgets the processes that it ends. One that is remembered and gone ended by itself.
    fn tell_what_was_lost(&self, ill: &[Part]) {
        let state = self.state();
        let crashed = |part: Part| {
            ill.contains(&part)
                && state.processes.contains_key(&part)
                && state.living(part).is_none()
        };
        for part in Part::ALL.into_iter().filter(|part| crashed(*part)) {
            let lost = match part {
                Part::Emulator => {
                    "; what it had not written is lost, only objects in S3 are as they were: \
                     deploy again, or `cargo xtask local reset` for a clean start"
                }
                _ => "; nothing is lost",
            };
            self.events
                .warn(format!("{part} ended by itself since it was started{lost}"));
        }
    }

    pub(super) fn remember(&self, part: Part, started: &Started) -> Result<()> {
        let running = Running {
            process: started.identity().clone(),
            since: OffsetDateTime::now_utc(),
        };
        self.change(|state| {
            state.processes.insert(part, running);
        })
    }

    /// The remembered port of a part, or a new one when there is none or somebody else has it.
    pub(super) fn port(&self, part: Part) -> Result<u16> {
        let state = self.state();
        let remembered = state.ports.get(&part).copied();
        if let Some(port) = remembered.filter(|port| ports::is_free(*port)) {
            return Ok(port);
        }
        let taken: Vec<u16> = state.ports.values().copied().collect();
        let port = ports::choose(self.layout.root(), &taken)?;
        if let Some(old) = remembered {
            self.events.warn(format!(
                "port {old} of {part} is taken by another program; {part} now listens on {port}"
            ));
        }
        self.change(|state| {
            state.ports.insert(part, port);
        })?;
        Ok(port)
    }

    pub(super) async fn stop(&self, part: Part) -> Result<()> {
        let Some(running) = self.state().processes.get(&part).cloned() else {
            return Ok(());
        };
        if running.process.is_alive() {
            let step = self.events.start(format!("stop {part}"));
            let (signal, patience) = manner(part);
            match stop(&running.process, signal, patience).await? {
                Ending::Killed => step.finish_with("killed, it did not end when asked"),
                Ending::Asked | Ending::Gone => step.finish(),
            }
        }
        self.change(|state| {
            state.processes.remove(&part);
        })
    }

    fn change(&self, change: impl FnOnce(&mut State)) -> Result<()> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut state);
        state.save(&self.layout.state())
    }
}

/// How a part is asked to end, and how long that may take.
fn manner(part: Part) -> (Signal, Duration) {
    match part {
        // The fast shutdown: sessions end, everything is written.
        Part::Postgres => (Signal::INT, Duration::from_secs(30)),
        Part::Tls | Part::Models => (Signal::TERM, Duration::from_secs(5)),
        // It writes its state.
        Part::Emulator => (Signal::TERM, Duration::from_secs(20)),
    }
}
