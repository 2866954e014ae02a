//! What this machine has of what the work needs.

mod findings;
mod install;
mod looks;

use std::path::Path;

pub use self::findings::{Finding, Findings, Need, Verdict};

use crate::error::Result;

/// Looks at everything at the same time.
pub async fn examine(root: &Path) -> Result<Findings> {
    let (python, own, arm64) = tokio::join!(looks::python(), looks::programs(), looks::arm64());
    let mut findings = own;
    findings.extend(python);
    findings.push(arm64);
    findings.push(looks::disk(root)?);
    findings.push(looks::credentials());
    Ok(Findings::new(findings))
}
