//! What a deploy would do is shown, and asked for.

use super::{Deploy, Looked};
use crate::engine::phases::Foreseen;
use crate::engine::plan::Plan;
use crate::error::{Error, Result};
use crate::event::Event;

impl Deploy<'_> {
    /// Shows the plan of the stacks, where it is to be applied, and what the phases after would do.
    pub(super) fn show(&self, plan: Option<&Plan>, foreseen: &Foreseen) {
        let mut text = plan.map(ToString::to_string).unwrap_or_default();
        // After what needs consent of its own, which a block of lines ends.
        if !text.is_empty() && !foreseen.lines.is_empty() {
            text.push('\n');
        }
        for line in &foreseen.lines {
            text.push_str(line);
            text.push('\n');
        }
        if !foreseen.overwrites.is_empty() {
            text.push_str("\n! VALUES THAT ARE THERE ARE OVERWRITTEN, needs --allow-overwrite:\n");
            for name in &foreseen.overwrites {
                text.push_str(&format!("!   {name}\n"));
            }
        }
        if !text.is_empty() {
            self.events.emit(Event::Planned { plan: text });
        }
    }

    /// Asks, or takes what was said on the command line.
    pub(super) fn approve(
        &self,
        looked: &Looked,
        by_hand: &[String],
        foreseen: &Foreseen,
    ) -> Result<()> {
        if self.options.yes || self.options.plan.is_some() {
            self.allow_overwrites(by_hand)?;
            return self.allow_values(&foreseen.overwrites);
        }
        let mut lost = String::new();
        if !by_hand.is_empty() {
            let ids = by_hand.join(", ");
            lost.push_str(&format!(" and overwrite what was changed by hand ({ids})"));
        }
        if !foreseen.overwrites.is_empty() {
            let names = foreseen.overwrites.join(", ");
            lost.push_str(&format!(" and overwrite the values of {names}"));
        }
        let question = format!(
            "Apply this to {} in account {}, {}{lost}?",
            self.desired.environment, looked.caller.account, self.cloud.region
        );
        if self.ask.confirm(&question, "--yes")? {
            return Ok(());
        }
        Err(Error::refused(
            "nothing was changed: the plan was not approved",
        ))
    }

    /// Keys that somebody set are not lost to whatever this machine has, unless that is said.
    fn allow_values(&self, overwritten: &[String]) -> Result<()> {
        if overwritten.is_empty() || self.options.consent.drift {
            return Ok(());
        }
        let name = &self.desired.environment;
        Err(Error::refused(format!(
            "the deploy would overwrite values that are there: {}",
            overwritten.join(", ")
        ))
        .hint(format!(
            "see both sides: cargo xtask secrets diff --env {name}"
        ))
        .hint("if what is said here is right, say so: --allow-overwrite")
        .hint("if what is there is right, take it out of .env, or leave the phase out: --skip parameters"))
    }
}
