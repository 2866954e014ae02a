//! Every status a stack can have.

use std::fmt;
use std::str::FromStr;

macro_rules! statuses {
    ($($variant:ident = $text:literal),+ $(,)?) => {
        /// Where a stack is in its life.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[allow(missing_docs, reason = "CloudFormation's own words")]
        pub enum StackStatus { $($variant),+ }

        impl StackStatus {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// CloudFormation's spelling.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }
    };
}

statuses! {
    CreateInProgress = "CREATE_IN_PROGRESS",
    CreateFailed = "CREATE_FAILED",
    CreateComplete = "CREATE_COMPLETE",
    RollbackInProgress = "ROLLBACK_IN_PROGRESS",
    RollbackFailed = "ROLLBACK_FAILED",
    RollbackComplete = "ROLLBACK_COMPLETE",
    DeleteInProgress = "DELETE_IN_PROGRESS",
    DeleteFailed = "DELETE_FAILED",
    DeleteComplete = "DELETE_COMPLETE",
    UpdateInProgress = "UPDATE_IN_PROGRESS",
    UpdateCleanup = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
    UpdateComplete = "UPDATE_COMPLETE",
    UpdateFailed = "UPDATE_FAILED",
    UpdateRollbackInProgress = "UPDATE_ROLLBACK_IN_PROGRESS",
    UpdateRollbackFailed = "UPDATE_ROLLBACK_FAILED",
    UpdateRollbackCleanup = "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
    UpdateRollbackComplete = "UPDATE_ROLLBACK_COMPLETE",
    ReviewInProgress = "REVIEW_IN_PROGRESS",
    ImportInProgress = "IMPORT_IN_PROGRESS",
    ImportComplete = "IMPORT_COMPLETE",
    ImportRollbackInProgress = "IMPORT_ROLLBACK_IN_PROGRESS",
    ImportRollbackFailed = "IMPORT_ROLLBACK_FAILED",
    ImportRollbackComplete = "IMPORT_ROLLBACK_COMPLETE",
}

impl StackStatus {
    /// Whether CloudFormation is at work. A stack under review waits for somebody instead.
    pub fn in_progress(self) -> bool {
        self != Self::ReviewInProgress && self.as_str().ends_with("_IN_PROGRESS")
    }

    /// Whether the last operation did what it was asked to.
    pub fn succeeded(self) -> bool {
        use StackStatus::{CreateComplete, DeleteComplete, ImportComplete, UpdateComplete};
        matches!(
            self,
            CreateComplete | UpdateComplete | ImportComplete | DeleteComplete
        )
    }
}

impl fmt::Display for StackStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for StackStatus {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.iter().find(|status| status.as_str() == text);
        known
            .copied()
            .ok_or_else(|| format!("CloudFormation answers an unknown status: {text}"))
    }
}
