//! Starting the parts that are not healthy, each until it answers.

use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::local::emulator::Emulator;
use crate::local::health::Doctor;
use crate::local::models::Models;
use crate::local::part::Part;
use crate::local::postgres::Postgres;
use crate::local::process::{Launch, Log};
use crate::local::service::Service;
use crate::local::supervisor::Supervisor;
use crate::local::tls::TlsFront;
use crate::local::tools::Tools;
use crate::secret::Secret;

/// How long a part that may be started again soon is given for that.
const TRY_AGAIN_FOR: Duration = Duration::from_secs(20);
const BETWEEN_TRIES: Duration = Duration::from_millis(200);

/// What it takes to start a part.
pub(super) struct Care<'a> {
    pub(super) supervisor: &'a Supervisor<'a>,
    pub(super) ill: &'a [Part],
    pub(super) tools: &'a Tools,
    pub(super) password: &'a Secret,
    pub(super) doctor: &'a Doctor<'a>,
}

/// A start that did not succeed, and what the part wrote last.
struct Failure {
    error: Error,
    last_lines: String,
}

impl Care<'_> {
    /// Starts those of the parts that are ill, one after the other.
    pub(super) async fn start(&self, parts: &[Part]) -> Result<()> {
        for part in parts.iter().filter(|part| self.ill.contains(part)) {
            self.start_one(&*self.service(*part)?).await?;
        }
        Ok(())
    }

    fn service(&self, part: Part) -> Result<Box<dyn Service>> {
        let (layout, tools) = (self.supervisor.layout, self.tools.clone());
        let port = || self.supervisor.port(part);
        Ok(match part {
            Part::Postgres => Box::new(Postgres::new(
                layout,
                tools.postgresql,
                self.password.clone(),
            )),
            Part::Tls => Box::new(TlsFront::new(layout, port()?)),
            Part::Emulator => Box::new(Emulator::new(layout, tools.emulator_python, port()?)),
            Part::Models => Box::new(Models::new(layout, tools.sentence_model, port()?)),
        })
    }

    async fn start_one(&self, service: &dyn Service) -> Result<()> {
        let part = service.part();
        let events = self.supervisor.events;
        let mut launch = service.prepare(events).await?;
        let step = events.start(format!("start {part}"));
        let deadline = Instant::now() + TRY_AGAIN_FOR;
        while let Err(Failure { error, last_lines }) = self.attempt(part, launch).await {
            self.supervisor.stop(part).await?;
            if !service.may_try_again(&last_lines) || Instant::now() >= deadline {
                return Err(error);
            }
            tokio::time::sleep(BETWEEN_TRIES).await;
            launch = service.prepare(events).await?;
        }
        step.finish();
        Ok(())
    }

    async fn attempt(&self, part: Part, launch: Launch) -> Result<(), Failure> {
        let silent = |error| Failure {
            error,
            last_lines: String::new(),
        };
        let log = Log::open(&self.supervisor.layout.log(part)).map_err(silent)?;
        let mut started = launch.start(part, log).map_err(silent)?;
        self.supervisor.remember(part, &started).map_err(silent)?;
        started.begin();
        let port = self.supervisor.state().ports.get(&part).copied();
        let healthy = started.until_healthy(|| self.doctor.ask(part, port)).await;
        healthy.map_err(|error| Failure {
            error,
            last_lines: started.tail(),
        })
    }
}
