//! What each status of a stack allows: the one table that decides how a deploy goes on.

use crate::cloud::stacks::StackStatus;
use crate::error::{Error, Result};

/// What comes next for a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing stands: create it. A stack under review is an empty shell and takes it too.
    Create,
    /// It stands: update it.
    Update,
    /// Its creation failed and left a shell that takes no update: delete it, then create it.
    Recreate,
    /// CloudFormation is at work: wait.
    Wait,
    /// Its update failed and was left as it is, or its rollback failed: roll it back first.
    ContinueRollback,
    /// Its deletion failed: finish that first.
    FinishDeletion,
}

/// The table.
pub fn next(status: Option<StackStatus>) -> Next {
    use StackStatus as S;
    match status {
        None | Some(S::DeleteComplete | S::ReviewInProgress) => Next::Create,
        Some(
            S::CreateComplete
            | S::UpdateComplete
            | S::UpdateRollbackComplete
            | S::ImportComplete
            | S::ImportRollbackComplete,
        ) => Next::Update,
        Some(S::CreateFailed | S::RollbackComplete | S::RollbackFailed) => Next::Recreate,
        Some(S::UpdateFailed | S::UpdateRollbackFailed | S::ImportRollbackFailed) => {
            Next::ContinueRollback
        }
        Some(S::DeleteFailed) => Next::FinishDeletion,
        Some(
            S::CreateInProgress
            | S::RollbackInProgress
            | S::DeleteInProgress
            | S::UpdateInProgress
            | S::UpdateCleanup
            | S::UpdateRollbackInProgress
            | S::UpdateRollbackCleanup
            | S::ImportInProgress
            | S::ImportRollbackInProgress,
        ) => Next::Wait,
    }
}

/// Refuses to plan on a stack that needs a hand first; says which.
pub fn plannable(environment: &str, stack: &str, status: Option<StackStatus>) -> Result<Next> {
    let next = next(status);
    match next {
        Next::Create | Next::Update | Next::Recreate => Ok(next),
        Next::Wait => Err(
            Error::conflict(format!("{stack} is being changed by somebody else"))
                .hint("wait until it is through, then run the command again"),
        ),
        Next::ContinueRollback => Err(Error::refused(format!(
            "{stack} is stuck: its last update failed, and it is not back at what it was"
        ))
        .hint(format!(
            "go on with the rollback: cargo xtask deploy --env {environment} --continue-rollback"
        ))
        .hint("leave out what cannot be restored: --skip-resource STACK.LOGICAL_ID")),
        Next::FinishDeletion => Err(Error::refused(format!(
            "the deletion of {stack} did not finish"
        ))
        .hint(format!(
            "finish it: cargo xtask destroy --env {environment}"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_work_in_progress_waits_and_nothing_else_does() {
        for status in StackStatus::ALL {
            assert_eq!(
                next(Some(*status)) == Next::Wait,
                status.in_progress(),
                "{status}"
            );
        }
    }
}
