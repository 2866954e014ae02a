//! check-jsonschema, which brings the schemas that GitHub and GitLab publish of their workflows: a
//! second opinion on those that `ci-files` writes, for the tests. Nothing is downloaded when it runs.

use std::path::{Path, PathBuf};

use super::pip;
use crate::error::Result;
use crate::event::Events;

/// Tells the test where it is.
pub const VARIABLE: &str = "COLLECTIONS_CHECK_JSONSCHEMA";

const VERSION: &str = "0.39.0";

/// Installs it if it is not there yet; gives the program.
pub async fn install(tools: &Path, events: &Events) -> Result<PathBuf> {
    pip::install("check-jsonschema", VERSION, tools, events).await
}
