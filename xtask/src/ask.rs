//! Questions to the user. The terminal answers them in `ui`; tests script the answers.

use crate::error::Result;

/// Somebody who can be asked. Without a terminal every question is refused with a hint that
/// names the flag which answers it.
pub trait Ask: Send + Sync {
    /// Whether anybody can answer. A command that can do without asks first.
    fn is_there(&self) -> bool;
    /// A yes/no question; `flag` is what answers it without a terminal, for example `--yes`.
    fn confirm(&self, question: &str, flag: &str) -> Result<bool>;
    /// The user types `expected` to go on.
    fn typed(&self, question: &str, expected: &str, flag: &str) -> Result<bool>;
    /// Hidden input; `None` when it is skipped, which only an optional value may be.
    fn secret(&self, question: &str, optional: bool, flag: &str) -> Result<Option<String>>;
}
