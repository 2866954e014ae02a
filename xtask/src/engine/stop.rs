//! Ctrl-C in two steps: the first press lets what runs come to its end and begins nothing new, the
//! second leaves.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::sync::Notify;

use crate::error::{Error, Result};

/// Shared by whoever hears the key and whoever works.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<State>);

#[derive(Debug, Default)]
struct State {
    asked: AtomicBool,
    at_work: AtomicUsize,
    wanted: Notify,
}

/// Work that is better seen through than cut off, for as long as this lives.
#[derive(Debug)]
pub struct AtWork(Stop);

impl Stop {
    /// The user wants an end.
    pub fn ask(&self) {
        self.0.asked.store(true, Ordering::SeqCst);
        self.0.wanted.notify_waiters();
    }

    /// Whether the user wants an end.
    pub fn asked(&self) -> bool {
        self.0.asked.load(Ordering::SeqCst)
    }

    /// Begins work that is better seen through.
    pub fn enter(&self) -> AtWork {
        self.0.at_work.fetch_add(1, Ordering::SeqCst);
        AtWork(self.clone())
    }

    /// Whether such work is under way.
    pub fn at_work(&self) -> bool {
        self.0.at_work.load(Ordering::SeqCst) > 0
    }

    /// Ends here if the user wants it; `next` is what is not begun.
    pub fn here(&self, next: &str) -> Result<()> {
        if !self.asked() {
            return Ok(());
        }
        Err(Error::interrupted(format!("stopped before: {next}")))
    }

    /// Work that may be cut off anywhere, since doing it again goes on: it ends with the wish.
    pub async fn cuts<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let mut wanted = std::pin::pin!(self.0.wanted.notified());
        wanted.as_mut().enable();
        if self.asked() {
            return Err(Error::interrupted("stopped half way"));
        }
        tokio::select! {
            outcome = work => outcome,
            () = wanted => Err(Error::interrupted("stopped half way")),
        }
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.0.at_work.fetch_sub(1, Ordering::SeqCst);
    }
}
