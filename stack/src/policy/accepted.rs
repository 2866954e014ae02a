//! Findings that are accepted, each with its reason. Empty is how it should be.

use super::site::Found;

/// One accepted finding.
pub(super) struct Accepted {
    pub(super) rule: &'static str,
    pub(super) stack: &'static str,
    pub(super) logical_id: &'static str,
    pub(super) reason: &'static str,
}

/// Every accepted finding.
pub(super) const ACCEPTED: &[Accepted] = &[];

impl Accepted {
    /// Whether it speaks of this finding.
    pub(super) fn covers(&self, rule: &str, found: &Found) -> bool {
        self.rule == rule && self.stack == found.stack && self.logical_id == found.logical_id
    }
}
