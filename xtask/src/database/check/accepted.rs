//! Findings in migrations that cannot say so themselves: a file that was applied is never edited.

/// A file, the rule it breaks, and why that is accepted. One that matches nothing fails a test.
pub(super) const ACCEPTED: &[(&str, &str, &str)] = &[
    (
        "0002_analysis_cost.sql",
        "lock-timeout",
        "before the first release: no database is in use",
    ),
    (
        "0003_conversation_turns.sql",
        "lock-timeout",
        "before the first release: no database is in use",
    ),
    (
        "0003_conversation_turns.sql",
        "index-concurrently",
        "before the first release: no table has rows",
    ),
];

/// Whether a finding is accepted.
pub(super) fn covers(file: &str, rule: &str) -> bool {
    ACCEPTED
        .iter()
        .any(|(name, id, _)| *name == file && *id == rule)
}
