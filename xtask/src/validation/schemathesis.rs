//! schemathesis, which reads an API's description and tries to prove it wrong, for the tests.

use std::path::{Path, PathBuf};

use super::pip;
use crate::error::Result;
use crate::event::Events;

/// Tells the test where it is.
pub const VARIABLE: &str = "COLLECTIONS_SCHEMATHESIS";

const VERSION: &str = "4.32.5";

/// Installs it if it is not there yet; gives the program.
pub async fn install(tools: &Path, events: &Events) -> Result<PathBuf> {
    pip::install("schemathesis", VERSION, tools, events).await
}
