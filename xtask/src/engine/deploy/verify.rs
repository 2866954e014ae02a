//! The plugged-in phases, before traffic moves and after the stacks, and the way back when one fails.

use super::{Deploy, Looked};
use crate::engine::ahead::Ahead;
use crate::engine::hotswap::{self, Moved};
use crate::engine::journal::Journal;
use crate::engine::phases::{Deployed, Extra, Foreseen, Phase};
use crate::error::{Error, Kind, Result};

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

    /// What the plugged-in phases would do that the plan of the stacks does not show.
    pub async fn foreseen(&self, deployed: &Deployed) -> Result<Foreseen> {
        let mut found = Foreseen::default();
        for extra in self.chosen() {
            let Foreseen { lines, overwrites } = extra.foresee(deployed).await?;
            found.lines.extend(lines);
            found.overwrites.extend(overwrites);
        }
        Ok(found)
    }

    /// What can be done with the new code while traffic is still on the code of before.
    pub(super) async fn before_traffic(&self, looked: &Looked) -> Result<()> {
        let sources = self.sources(&looked.live, &looked.bucket);
        let ahead = Ahead::look(self.cloud, &sources, &looked.plan).await?;
        for extra in self.chosen() {
            if extra.ahead_by().is_some_and(|function| ahead.has(function)) {
                let name = format!("{} before traffic moves", extra.phase());
                let step = self.events.start(name);
                step.finish_with(extra.run_ahead(&ahead).await?);
            }
        }
        Ok(())
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
            // To look whether a proof holds is to give it.
            let is_proof = phase == Phase::Verify;
            if !is_proof && let Some(reason) = extra.is_done(deployed).await? {
                self.events.skip(phase.name(), reason);
                continue;
            }
            self.stop.here(phase.name())?;
            let step = self.events.start(phase.name());
            match extra.run(deployed).await {
                Ok(detail) => step.finish_with(detail),
                // Whatever is missing, the code of before did without it.
                Err(error) if phase <= Phase::Verify && error.kind() != Kind::Interrupted => {
                    return Err(self.undo(error, moved).await);
                }
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

    /// Traffic goes back to the versions before.
    async fn undo(&self, error: Error, moved: &[Moved]) -> Error {
        hotswap::undo(self.cloud, self.events, error, moved).await
    }
}
