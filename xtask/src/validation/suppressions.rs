//! Findings that are accepted, each with its reason. A suppression that matches nothing is a
//! defect: a test notices.

use stack::environment::Environment;

use super::Finding;

/// One accepted kind of finding.
pub(super) struct Suppression {
    rule: &'static str,
    stack: &'static str,
    /// How the logical id ends; empty for all.
    logical_id: &'static str,
    reason: &'static str,
}

/// Every suppression.
pub(super) const SUPPRESSIONS: &[Suppression] = &[];

/// Why a finding is accepted, if it is.
pub(super) fn reason(finding: &Finding, _environment: &Environment) -> Option<&'static str> {
    let id = finding.logical_id.as_deref().unwrap_or_default();
    SUPPRESSIONS
        .iter()
        .find(|suppression| {
            suppression.rule == finding.rule
                && suppression.stack == finding.stack
                && id.ends_with(suppression.logical_id)
        })
        .map(|suppression| suppression.reason)
}
