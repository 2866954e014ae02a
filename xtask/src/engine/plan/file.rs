//! A plan in a file: written by `--plan-out`, applied exactly or refused by `--plan`.

use std::path::Path;

use super::Plan;
use crate::error::{Doing as _, Error, Kind, Result};

impl Plan {
    /// Writes the plan.
    pub fn save(&self, path: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self).doing("write the plan as JSON")?;
        std::fs::write(path, text + "\n").doing(format!("write {}", path.display()))
    }

    /// Reads a plan that was written.
    pub fn load(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path)
            .doing_as(Kind::Input, format!("read the plan {}", path.display()))?;
        serde_json::from_str(&text).doing_as(
            Kind::Input,
            format!("understand the plan {}", path.display()),
        )
    }

    /// Refuses unless this saved plan is what would be planned now.
    pub fn still_holds(&self, now: &Plan) -> Result<()> {
        let moved = if self.environment != now.environment {
            format!(
                "the plan is for {}, not for {}",
                self.environment, now.environment
            )
        } else if self.wanted != now.wanted {
            "the source changed since the plan was made".into()
        } else if self.world != now.world {
            "the environment changed since the plan was made".into()
        } else if self != now {
            "the same comparison gives another plan now".into()
        } else {
            return Ok(());
        };
        Err(Error::conflict(moved).hint(format!(
            "make a new one: cargo xtask deploy --env {} --plan-out FILE",
            now.environment
        )))
    }
}
