//! Findings that are accepted, each with its reason and the condition it holds under. One that
//! matches nothing is a defect; a test notices.

use stack::environment::{Environment, Network};

use super::Finding;

/// One accepted kind of finding.
#[derive(Debug)]
pub struct Suppression {
    /// The rule.
    pub rule: &'static str,
    /// The stack.
    pub stack: &'static str,
    /// The resource or parameter.
    pub logical_id: &'static str,
    /// Where it is accepted.
    pub holds: fn(&Environment) -> bool,
    /// Why.
    pub reason: &'static str,
}

/// Every suppression.
pub const SUPPRESSIONS: &[Suppression] = &[
    Suppression {
        rule: "W2509",
        stack: "compute",
        logical_id: "DatabaseSecretArn",
        holds: |_| true,
        reason: "the secret's ARN, not its value; functions read the value at run time",
    },
    Suppression {
        rule: "W2508",
        stack: "network",
        logical_id: "DatabaseGroup",
        holds: acknowledged,
        reason: "the environment file says why with `acknowledge`; policy refuses it otherwise",
    },
    Suppression {
        rule: "W9011",
        stack: "database",
        logical_id: "Instance",
        holds: |environment| environment.network == Network::Public,
        reason: "`network: public` means just this, and is refused in prod",
    },
];

fn acknowledged(environment: &Environment) -> bool {
    environment.network == Network::Public && environment.acknowledge.is_some()
}

/// Why a finding is accepted, if it is.
pub(super) fn reason(finding: &Finding, environment: &Environment) -> Option<&'static str> {
    let id = finding.logical_id.as_deref().unwrap_or_default();
    SUPPRESSIONS
        .iter()
        .find(|suppression| {
            suppression.rule == finding.rule
                && suppression.stack == finding.stack
                && suppression.logical_id == id
                && (suppression.holds)(environment)
        })
        .map(|suppression| suppression.reason)
}
