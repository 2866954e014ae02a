//! The closed enum of everything that can happen while a command works. Work emits events, the
//! ui prints them, tests record them. The ground floor: every module may use it.

use std::sync::Arc;
use std::time::SystemTime;

use serde::Serialize;

/// One thing that happened. On `--output json` each is one line on stderr.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A step of the work began.
    Started {
        /// What it is, as a noun phrase: "install PostgreSQL".
        step: String,
    },
    /// A step ended well.
    Finished {
        /// The same words as in `Started`.
        step: String,
        /// What came of it, if that is worth a word.
        detail: Option<String>,
        /// How long it took.
        millis: u64,
    },
    /// A step had nothing to do.
    Skipped {
        /// The step.
        step: String,
        /// Why there was nothing to do.
        reason: String,
    },
    /// Bytes of a transfer; `done` grows to `total`.
    Progress {
        /// The step it belongs to.
        step: String,
        /// Units done.
        done: u64,
        /// Units in all, where known.
        total: Option<u64>,
        /// What is counted.
        unit: Unit,
    },
    /// A line of output from something that was started (a compiler, a log).
    Line {
        /// Who wrote it.
        source: String,
        /// The line, without its newline and without control characters.
        text: String,
    },
    /// A line of the result itself, when a command gives it bit by bit.
    Output {
        /// Who wrote it, where that is not clear anyway.
        source: Option<String>,
        /// The line, without its newline and without control characters.
        text: String,
    },
    /// What is about to be done, in words.
    Planned {
        /// The diff.
        plan: String,
    },
    /// A stack entered another status.
    Stack {
        /// The stack's name.
        stack: String,
        /// CloudFormation's status.
        status: String,
        /// When, by CloudFormation's clock, in milliseconds of the epoch.
        at: u64,
    },
    /// A resource of a stack entered another status.
    Resource {
        /// The stack's name.
        stack: String,
        /// The resource's logical id.
        logical_id: String,
        /// Its type.
        resource_type: String,
        /// CloudFormation's status.
        status: String,
        /// Why, where CloudFormation says so.
        reason: Option<String>,
        /// When, by CloudFormation's clock, in milliseconds of the epoch.
        at: u64,
    },
    /// Something the user should know; the work goes on.
    Warning {
        /// What it is.
        message: String,
    },
}

/// What a progress counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Bytes of a transfer.
    Bytes,
    /// Things, such as rows or files.
    Items,
}

/// Where events go.
pub trait Sink: Send + Sync {
    /// Takes one event. It must not block for long.
    fn take(&self, event: Event);
}

/// A cheap handle that work carries around to emit events.
#[derive(Clone)]
pub struct Events(Arc<dyn Sink>);

impl Events {
    /// Events that go to this sink.
    pub fn new(sink: Arc<dyn Sink>) -> Self {
        Self(sink)
    }

    /// Something happened.
    pub fn emit(&self, event: Event) {
        self.0.take(event);
    }

    /// Something the user should know.
    pub fn warn(&self, message: impl Into<String>) {
        self.emit(Event::Warning {
            message: message.into(),
        });
    }

    /// A step begins; finish the returned value when it ends well.
    pub fn start(&self, step: impl Into<String>) -> Step {
        let step = step.into();
        self.emit(Event::Started { step: step.clone() });
        Step {
            events: self.clone(),
            name: step,
            since: std::time::Instant::now(),
        }
    }

    /// A step has nothing to do.
    pub fn skip(&self, step: impl Into<String>, reason: impl Into<String>) {
        self.emit(Event::Skipped {
            step: step.into(),
            reason: reason.into(),
        });
    }
}

/// A step that is under way. Dropped without `finish`, it failed: the error tells the rest.
pub struct Step {
    events: Events,
    name: String,
    since: std::time::Instant,
}

impl Step {
    /// So much is done.
    pub fn progress(&self, done: u64, total: Option<u64>, unit: Unit) {
        self.events.emit(Event::Progress {
            step: self.name.clone(),
            done,
            total,
            unit,
        });
    }

    /// It ended well.
    pub fn finish(self) {
        self.end(None);
    }

    /// It ended well, and this came of it.
    pub fn finish_with(self, detail: impl Into<String>) {
        self.end(Some(detail.into()));
    }

    fn end(self, detail: Option<String>) {
        let millis = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.events.emit(Event::Finished {
            step: self.name,
            detail,
            millis,
        });
    }
}

/// Hands events on and keeps them with the time they came at, for a report at the end.
pub struct Log {
    to: Events,
    kept: std::sync::Mutex<Vec<(SystemTime, Event)>>,
}

impl Log {
    /// A log and the handle that feeds it.
    pub fn pair(to: Events) -> (Arc<Self>, Events) {
        let kept = std::sync::Mutex::default();
        let log = Arc::new(Self { to, kept });
        (log.clone(), Events::new(log))
    }

    /// What was kept so far.
    pub fn kept(&self) -> Vec<(SystemTime, Event)> {
        self.kept
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }
}

impl Sink for Log {
    fn take(&self, event: Event) {
        // Output of compilers and bytes of transfers are for watching only.
        if !matches!(event, Event::Line { .. } | Event::Progress { .. }) {
            self.kept
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
                .push((SystemTime::now(), event.clone()));
        }
        self.to.emit(event);
    }
}

/// Records events, for tests.
#[derive(Default)]
pub struct Recorder(std::sync::Mutex<Vec<Event>>);

impl Recorder {
    /// A recorder and the handle that feeds it.
    pub fn pair() -> (Arc<Self>, Events) {
        let recorder = Arc::new(Self::default());
        (recorder.clone(), Events::new(recorder))
    }

    /// What was recorded so far.
    pub fn events(&self) -> Vec<Event> {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }
}

impl Sink for Recorder {
    fn take(&self, event: Event) {
        self.0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .push(event);
    }
}
