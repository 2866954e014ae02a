//! cfn-lint, the community's linter: a second opinion on every template, for the tests.

use std::path::{Path, PathBuf};

use super::pip;
use crate::error::Result;
use crate::event::Events;

/// Tells the tests where it is.
pub const VARIABLE: &str = "COLLECTIONS_CFN_LINT";

const VERSION: &str = "1.58.0";

/// Installs it if it is not there yet; gives the program.
pub async fn install(tools: &Path, events: &Events) -> Result<PathBuf> {
    pip::install("cfn-lint", VERSION, tools, events).await
}
