//! Ctrl-C in two steps: the first press lets what runs come to its end and begins nothing new, the
//! second leaves.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::error::{Error, Result};

/// Shared by whoever hears the key and whoever works.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<State>);

#[derive(Debug, Default)]
struct State {
    asked: AtomicBool,
    at_work: AtomicUsize,
}

/// Work that is better seen through than cut off, for as long as this lives.
#[derive(Debug)]
pub struct AtWork(Stop);

impl Stop {
    /// The user wants an end.
    pub fn ask(&self) {
        self.0.asked.store(true, Ordering::SeqCst);
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
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.0.at_work.fetch_sub(1, Ordering::SeqCst);
    }
}
