//! ir_measures, which computes figures of retrieval by `trec_eval`: a second opinion on ours, for
//! the tests. Its wheels bring `trec_eval` compiled (pytrec-eval-terrier); `pytrec_eval` itself would
//! have to be compiled here.

use std::path::{Path, PathBuf};

use super::pip;
use crate::error::Result;
use crate::event::Events;

/// Tells the test where it is.
pub const VARIABLE: &str = "COLLECTIONS_IR_MEASURES";

const VERSION: &str = "0.4.3";

/// Installs it if it is not there yet; gives the program.
pub async fn install(tools: &Path, events: &Events) -> Result<PathBuf> {
    pip::install("ir_measures", VERSION, tools, events).await
}
