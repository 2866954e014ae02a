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
    /// An import by hand failed, and so did its way back: only a person can say what belongs in it.
    FinishImport,
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
        Some(S::UpdateFailed | S::UpdateRollbackFailed) => Next::ContinueRollback,
        Some(S::ImportRollbackFailed) => Next::FinishImport,
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
        Next::FinishImport => Err(Error::refused(format!(
            "{stack} is stuck: an import by hand failed, and it could not be taken back"
        ))
        .hint(format!(
            "see what failed: aws cloudformation describe-stack-events --stack-name {stack}"
        ))
        .hint("finish the import in the console of CloudFormation, then deploy again")),
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
    fn each_status_has_its_row() {
        use StackStatus as S;
        let rows = [
            (S::CreateInProgress, Next::Wait),
            (S::CreateFailed, Next::Recreate),
            (S::CreateComplete, Next::Update),
            (S::RollbackInProgress, Next::Wait),
            (S::RollbackFailed, Next::Recreate),
            (S::RollbackComplete, Next::Recreate),
            (S::DeleteInProgress, Next::Wait),
            (S::DeleteFailed, Next::FinishDeletion),
            (S::DeleteComplete, Next::Create),
            (S::UpdateInProgress, Next::Wait),
            (S::UpdateCleanup, Next::Wait),
            (S::UpdateComplete, Next::Update),
            (S::UpdateFailed, Next::ContinueRollback),
            (S::UpdateRollbackInProgress, Next::Wait),
            (S::UpdateRollbackFailed, Next::ContinueRollback),
            (S::UpdateRollbackCleanup, Next::Wait),
            (S::UpdateRollbackComplete, Next::Update),
            (S::ReviewInProgress, Next::Create),
            (S::ImportInProgress, Next::Wait),
            (S::ImportComplete, Next::Update),
            (S::ImportRollbackInProgress, Next::Wait),
            (S::ImportRollbackFailed, Next::FinishImport),
            (S::ImportRollbackComplete, Next::Update),
        ];
        for status in StackStatus::ALL {
            let row = rows.iter().find(|(of, _)| of == status);
            assert_eq!(
                Some(next(Some(*status))),
                row.map(|(_, next)| *next),
                "{status}"
            );
        }
        assert_eq!(next(None), Next::Create);
    }

    /// A hint that names an option which does nothing for that status would be followed for ever.
    #[test]
    fn what_cannot_be_planned_on_is_refused_with_what_frees_it() {
        let cases = [
            (StackStatus::UpdateFailed, "--continue-rollback"),
            (StackStatus::UpdateRollbackFailed, "--continue-rollback"),
            (StackStatus::ImportRollbackFailed, "describe-stack-events"),
            (StackStatus::DeleteFailed, "destroy --env dev"),
        ];
        for (status, word) in cases {
            let error = plannable("dev", "Store-dev", Some(status)).err();
            let hints = error.map(|error| error.hints().join("\n"));
            let hints = hints.unwrap_or_default();
            assert!(hints.contains(word), "{status}: {hints}");
            let frees = word == "--continue-rollback";
            assert_eq!(hints.contains("--continue-rollback"), frees, "{status}");
        }
    }

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
