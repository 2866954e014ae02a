//! The plugged-in phases, before traffic moves and after the stacks, and what they mean for traffic.

use super::{Deploy, Looked};
use crate::engine::ahead::Ahead;
use crate::engine::journal::Journal;
use crate::engine::phases::{Deployed, Extra, Foreseen, Phase};
use crate::engine::plan::{Plan, StackAction};
use crate::engine::traffic::Traffic;
use crate::error::Result;

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

    pub(super) async fn extras(&self, deployed: &Deployed, journal: &mut Journal) -> Result<()> {
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
            step.finish_with(extra.run(deployed).await?);
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

    /// Whether this run says of new code that it works. One that leaves that out leaves it to the
    /// next.
    pub(super) fn proves(&self) -> bool {
        self.options.selection.phase(Phase::Verify)
    }

    /// Whether an earlier run moved traffic and came to no proof.
    pub(super) async fn to_prove(&self, looked: &Looked) -> Result<bool> {
        if !self.proves() || looked.live.functions.is_empty() {
            return Ok(false);
        }
        let traffic = Traffic::read(self.cloud, &looked.bucket, self.desired).await?;
        let functions = self.desired.functions.iter().filter_map(|function| {
            let at = looked.live.functions.get(&function.name)?;
            Some((function.function_name.clone(), at.version.clone()))
        });
        Ok(!traffic.unproved(&functions.collect()).is_empty())
    }

    /// Whether a plan can move the traffic of a function.
    pub(super) fn moves_traffic(&self, plan: &Plan) -> bool {
        let changes = |stack: &str| {
            let plan = plan.stack(stack);
            plan.is_some_and(|plan| {
                !matches!(plan.action, StackAction::None | StackAction::Protect)
            })
        };
        let mut functions = self.desired.functions.iter();
        !plan.functions.is_empty() || functions.any(|function| changes(&function.stack))
    }
}
