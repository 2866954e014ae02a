//! The way a check goes: each hop with its verdict and its time, and what to clean up at the end.

use std::fmt::Display;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use futures::future::BoxFuture;

use super::report::{Hop, Verdict, millis};
use crate::error::{Error, Result};

/// A hop failed and is recorded; the check ends here.
#[derive(Debug)]
pub struct Stop;

/// What a check has done so far. It is kept outside of the check, so that it survives a time limit.
#[derive(Default)]
pub struct Trail {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    hops: Vec<Hop>,
    under_way: Option<UnderWay>,
    cleaning: Vec<(String, BoxFuture<'static, Result<()>>)>,
    fix: Vec<String>,
}

struct UnderWay {
    name: String,
    fix: String,
    since: Instant,
}

impl Trail {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does one hop. `fix` says what to do when it fails.
    pub async fn hop<T>(
        &self,
        name: &str,
        fix: impl Into<String>,
        work: impl Future<Output = Result<T>>,
    ) -> Result<T, Stop> {
        self.state().under_way = Some(UnderWay {
            name: name.to_owned(),
            fix: fix.into(),
            since: Instant::now(),
        });
        match work.await {
            Ok(value) => {
                self.end(Verdict::Passed, "", &[]);
                Ok(value)
            }
            Err(error) => {
                self.failed(&error);
                Err(Stop)
            }
        }
    }

    /// A hop that only compares what is known by now.
    pub async fn expect(
        &self,
        name: &str,
        fix: impl Into<String>,
        holds: bool,
        otherwise: impl Display,
    ) -> Result<(), Stop> {
        let work = async {
            match holds {
                true => Ok(()),
                false => Err(Error::failed(otherwise.to_string())),
            }
        };
        self.hop(name, fix, work).await
    }

    /// Adds what was found to the hop that just passed.
    pub fn note(&self, detail: impl Display) {
        if let Some(hop) = self.state().hops.last_mut() {
            hop.detail = detail.to_string();
        }
    }

    /// Done at the end, whatever happened; the last one first.
    pub fn clean_up(
        &self,
        what: impl Into<String>,
        work: impl Future<Output = Result<()>> + Send + 'static,
    ) {
        let entry = (what.into(), Box::pin(work) as BoxFuture<'static, _>);
        self.state().cleaning.push(entry);
    }

    /// The hop that is under way fails.
    pub(super) fn failed(&self, error: &Error) {
        self.end(Verdict::Failed, &error.to_string(), error.hints());
    }

    fn end(&self, verdict: Verdict, detail: &str, hints: &[String]) {
        let mut state = self.state();
        let Some(hop) = state.under_way.take() else {
            return;
        };
        if verdict == Verdict::Failed {
            let hints = std::iter::once(hop.fix).chain(hints.iter().cloned());
            state.fix = hints.filter(|hint| !hint.is_empty()).collect();
        }
        let line = detail.replace(char::is_control, " ");
        state.hops.push(Hop {
            name: hop.name,
            verdict,
            detail: line,
            millis: millis(hop.since.elapsed()),
        });
    }

    /// What is left to clean up, the last first.
    pub(super) fn take_cleaning(&self) -> Vec<(String, BoxFuture<'static, Result<()>>)> {
        let mut cleaning = std::mem::take(&mut self.state().cleaning);
        cleaning.reverse();
        cleaning
    }

    /// A hop of the end.
    pub(super) fn add(&self, hop: Hop, fix: Option<String>) {
        let mut state = self.state();
        state.fix.extend(fix);
        state.hops.push(hop);
    }

    /// All hops, and what to do.
    pub(super) fn told(&self) -> (Vec<Hop>, Vec<String>) {
        let state = self.state();
        (state.hops.clone(), state.fix.clone())
    }
}
