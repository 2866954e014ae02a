//! The phases of a deploy by name, which of them a run is to do, and the ones others plug in.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::ahead::Ahead;
use crate::error::{Error, Result};

/// A phase, in the order they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Who and where: identity, region, stacks that are still being changed.
    Preflight,
    /// Compile and pack the functions.
    Build,
    /// Compare what is wanted with what stands.
    Plan,
    /// Ask.
    Approve,
    /// Upload what the functions run.
    Publish,
    /// Apply the stacks.
    Stacks,
    /// Set what an emulator leaves out of the stacks.
    Repair,
    /// Fill Parameter Store.
    Parameters,
    /// Migrate the database.
    Migrate,
    /// Load data.
    Seed,
    /// Prove the result.
    Verify,
    /// Write the outputs.
    Outputs,
}

impl Phase {
    /// All, in order.
    pub const ALL: [Self; 12] = [
        Self::Preflight,
        Self::Build,
        Self::Plan,
        Self::Approve,
        Self::Publish,
        Self::Stacks,
        Self::Repair,
        Self::Parameters,
        Self::Migrate,
        Self::Seed,
        Self::Verify,
        Self::Outputs,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Preflight => "preflight",
            Self::Build => "build",
            Self::Plan => "plan",
            Self::Approve => "approve",
            Self::Publish => "publish",
            Self::Stacks => "stacks",
            Self::Repair => "repair",
            Self::Parameters => "parameters",
            Self::Migrate => "migrate",
            Self::Seed => "seed",
            Self::Verify => "verify",
            Self::Outputs => "outputs",
        }
    }

    /// Looking and asking cannot be left out; what is done can.
    fn may_be_left_out(self) -> bool {
        !matches!(self, Self::Preflight | Self::Plan | Self::Approve)
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Phase {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|phase| phase.name() == text)
            .ok_or_else(|| {
                let names: Vec<&str> = Self::ALL.iter().map(|phase| phase.name()).collect();
                format!("no phase is named {text}; there are {}", names.join(", "))
            })
    }
}

/// Where a run begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// With this phase.
    Phase(Phase),
    /// With this stack: code is built and published, stacks before it are left as they are.
    Stack(String),
}

impl FromStr for Start {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let phase = Phase::from_str(text).map(Self::Phase);
        Ok(phase.unwrap_or_else(|_| Self::Stack(text.to_owned())))
    }
}

/// Which phases and stacks a run does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Begin here.
    pub from: Option<Start>,
    /// Only these phases or stacks; empty means all.
    pub only: BTreeSet<String>,
    /// Not these phases or stacks.
    pub skip: BTreeSet<String>,
}

impl Selection {
    /// Refuses names that are neither a phase nor one of these stacks.
    pub fn check(&self, stacks: &[&str]) -> Result<()> {
        let from = self.from.iter().filter_map(|from| match from {
            Start::Phase(_) => None,
            Start::Stack(id) => Some(id),
        });
        for name in self.only.iter().chain(&self.skip).chain(from) {
            if Phase::from_str(name).is_err() && !stacks.contains(&name.as_str()) {
                return Err(
                    Error::input(format!("{name} is neither a phase nor a stack"))
                        .hint(format!(
                            "phases: {}",
                            Phase::ALL.map(Phase::name).join(", ")
                        ))
                        .hint(format!("stacks: {}", stacks.join(", "))),
                );
            }
        }
        Ok(())
    }

    /// Whether the run does this phase.
    pub fn phase(&self, phase: Phase) -> bool {
        if !phase.may_be_left_out() {
            return true;
        }
        let names_phases = self.only.iter().any(|name| Phase::from_str(name).is_ok());
        let chosen = !names_phases || self.only.contains(phase.name());
        let begun = match &self.from {
            Some(Start::Phase(from)) => *from <= phase,
            Some(Start::Stack(_)) | None => true,
        };
        chosen && !self.skip.contains(phase.name()) && begun
    }

    /// Whether the run touches this stack; `ids` are all, each after those it needs.
    pub fn stack(&self, id: &str, ids: &[&str]) -> bool {
        let names_stacks = self.only.iter().any(|name| Phase::from_str(name).is_err());
        let chosen = (!names_stacks || self.only.contains(id)) && !self.skip.contains(id);
        let place = |wanted: &str| ids.iter().position(|id| *id == wanted);
        match &self.from {
            Some(Start::Stack(from)) => chosen && place(from) <= place(id),
            Some(Start::Phase(_)) | None => chosen,
        }
    }
}

/// What a deploy has brought about, for the phases after the stacks.
#[derive(Clone, Debug, PartialEq)]
pub struct Deployed {
    /// The environment.
    pub environment: String,
    /// Outputs by stack and name.
    pub outputs: BTreeMap<String, BTreeMap<String, String>>,
}

/// What a phase would do that a person has to agree to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Foreseen {
    /// In words, one line for each thing; without any secret.
    pub lines: Vec<String>,
    /// What is there with another value, and would be lost.
    pub overwrites: Vec<String>,
}

/// A phase after the stacks, written elsewhere and plugged in.
#[async_trait]
pub trait Extra: Send + Sync {
    /// Which one it is.
    fn phase(&self) -> Phase;
    /// Why there is nothing to do, if so. Asking changes nothing.
    async fn is_done(&self, deployed: &Deployed) -> Result<Option<String>>;
    /// What it would do that the plan of the stacks does not show. Asking changes nothing.
    async fn foresee(&self, _deployed: &Deployed) -> Result<Foreseen> {
        Ok(Foreseen::default())
    }
    /// Does it; says what came of it.
    async fn run(&self, deployed: &Deployed) -> Result<String>;
    /// The function whose new code can do it before traffic follows that code, if there is one.
    fn ahead_by(&self) -> Option<&'static str> {
        None
    }
    /// Does it with that new code; says what came of it. `run` still follows once the stacks stand.
    async fn run_ahead(&self, _ahead: &Ahead<'_>) -> Result<String> {
        Ok("nothing".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(of: &[&str]) -> BTreeSet<String> {
        of.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_runbook_says_for_every_phase_where_to_look_when_it_fails() {
        let runbook = include_str!("../../../docs/RUNBOOK.md");
        for phase in Phase::ALL {
            let row = format!("| `{phase}` | ");
            assert!(runbook.contains(&row), "no row for {phase}");
        }
    }

    #[test]
    fn only_a_phase_leaves_out_the_others_but_not_looking_and_asking() {
        let selection = Selection {
            only: names(&["migrate"]),
            ..Selection::default()
        };
        let done: Vec<&str> = Phase::ALL
            .into_iter()
            .filter(|phase| selection.phase(*phase))
            .map(Phase::name)
            .collect();
        assert_eq!(done, ["preflight", "plan", "approve", "migrate"]);
        assert!(selection.stack("storage", &["storage"]));
    }

    #[test]
    fn from_a_phase_leaves_out_what_comes_before_it() {
        let selection = Selection {
            from: "migrate".parse().ok(),
            ..Selection::default()
        };
        assert!(selection.phase(Phase::Migrate) && selection.phase(Phase::Verify));
        assert!(!selection.phase(Phase::Stacks));
    }

    #[test]
    fn from_a_stack_leaves_out_the_stacks_before_it_and_no_phase() {
        let selection = Selection {
            from: "compute".parse().ok(),
            ..Selection::default()
        };
        let ids = ["storage", "compute", "api"];
        let touched: Vec<_> = ids.iter().filter(|id| selection.stack(id, &ids)).collect();
        assert_eq!(touched, [&"compute", &"api"]);
        assert!(Phase::ALL.into_iter().all(|phase| selection.phase(phase)));
        assert!(selection.check(&ids).is_ok());
        assert!(selection.check(&["storage"]).is_err());
    }

    #[test]
    fn only_a_stack_leaves_out_the_other_stacks() {
        let selection = Selection {
            only: names(&["storage"]),
            ..Selection::default()
        };
        let touches = |id| selection.stack(id, &["storage", "compute"]);
        assert!(touches("storage") && !touches("compute"));
        assert!(selection.phase(Phase::Build));
        assert!(selection.check(&["storage", "compute"]).is_ok());
        assert!(selection.check(&["compute"]).is_err());
    }
}
