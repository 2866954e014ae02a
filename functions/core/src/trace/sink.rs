//! Where finished spans wait to be sent.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::span::Finished;

/// More than this is not kept: what LangSmith does not take for a while must not fill the memory.
const MOST: usize = 500;

/// The finished spans of one process; clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct Sink(Arc<Mutex<VecDeque<Finished>>>);

impl Sink {
    /// Adds one; the oldest goes where there are too many.
    pub(super) fn push(&self, span: Finished) {
        self.with(|spans| {
            spans.push_back(span);
            if spans.len() > MOST {
                spans.pop_front();
            }
        });
    }

    /// Takes at most so many, oldest first.
    pub(super) fn take(&self, most: usize) -> Vec<Finished> {
        self.with(|spans| {
            let most = most.min(spans.len());
            spans.drain(..most).collect()
        })
    }

    /// Puts back what could not be sent.
    pub(super) fn give_back(&self, unsent: Vec<Finished>) {
        self.with(|spans| {
            for span in unsent.into_iter().rev() {
                if spans.len() < MOST {
                    spans.push_front(span);
                }
            }
        });
    }

    pub(super) fn clear(&self) {
        self.with(VecDeque::clear);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.with(|spans| spans.is_empty())
    }

    fn with<T>(&self, act: impl FnOnce(&mut VecDeque<Finished>) -> T) -> T {
        // A panic elsewhere leaves the queue whole.
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
