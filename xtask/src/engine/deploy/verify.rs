//! The phases after the stacks, and the way back when the proof fails.

use super::Deploy;
use crate::engine::hotswap::{self, Moved};
use crate::engine::journal::Journal;
use crate::engine::phases::{Deployed, Extra, Phase};
use crate::error::{Error, Result};

impl Deploy<'_> {
    /// Whether every plugged-in phase has nothing to do.
    pub(super) async fn nothing_left(&self, deployed: &Deployed) -> Result<bool> {
        for extra in self.chosen() {
            if extra.is_done(deployed).await?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    pub(super) async fn extras(
        &self,
        deployed: &Deployed,
        moved: &[Moved],
        journal: &mut Journal,
    ) -> Result<()> {
        for extra in self.chosen() {
            let phase = extra.phase();
            if journal.resumed() && journal.finished(phase) {
                self.events
                    .skip(phase.name(), "done before the interruption");
                continue;
            }
            if let Some(reason) = extra.is_done(deployed).await? {
                self.events.skip(phase.name(), reason);
                continue;
            }
            let step = self.events.start(phase.name());
            match extra.run(deployed).await {
                Ok(detail) => step.finish_with(detail),
                Err(error) if phase == Phase::Verify => return Err(self.undo(error, moved).await),
                Err(error) => return Err(error),
            }
            journal.finish(phase)?;
        }
        Ok(())
    }

    fn chosen(&self) -> impl Iterator<Item = &dyn Extra> {
        let chosen = self
            .extras
            .iter()
            .filter(|extra| self.options.selection.phase(extra.phase()));
        let mut chosen: Vec<&dyn Extra> = chosen.map(AsRef::as_ref).collect();
        chosen.sort_by_key(|extra| extra.phase());
        chosen.into_iter()
    }

    /// New code that does not prove itself gives its traffic back to the version before.
    async fn undo(&self, error: Error, moved: &[Moved]) -> Error {
        if moved.is_empty() {
            return error;
        }
        match hotswap::move_back(self.cloud, self.events, moved).await {
            Ok(()) => error.hint("traffic is back at the versions from before this deploy"),
            Err(worse) => error.hint(format!("moving traffic back failed too: {worse}")),
        }
    }
}
