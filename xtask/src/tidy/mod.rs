//! The conventions of the house as checks. Each says what is wrong, where, and how to mend it.

mod dependencies;
mod floors;
mod layers;
mod regions;
mod runbook;
pub(crate) mod sources;
mod templates;

use std::path::Path;

use crate::codegen;
use crate::error::Result;

/// Everything that breaks a convention, one line each.
pub fn check(root: &Path) -> Result<Vec<String>> {
    let workspace = layers::Workspace::read(root)?;
    let mut problems = workspace.forbidden_arrows();
    let sources = sources::all(root)?;
    problems.extend(sources::problems(&sources));
    problems.extend(floors::problems(&sources));
    problems.extend(regions::unknown(root)?);
    problems.extend(dependencies::unused(&workspace, &sources));
    problems.extend(runbook::problems(root, &sources)?);
    problems.extend(templates::unlisted(root)?);
    let stale = codegen::stale(root)?;
    problems.extend(stale.iter().map(|file| {
        format!("stack/src/aws/{file} is not what stack/schemas gives: run cargo xtask codegen")
    }));
    Ok(problems)
}
