//! Every rule finds its bad twin and leaves its good one alone; our own migrations break none.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::Path;

use super::accepted::ACCEPTED;
use super::{MigrationFile, RULES, check, check_folder, refuse};

/// A rule, what breaks it, and what does the same without.
const TWINS: &[(&str, &str, &str)] = &[
    (
        "readable",
        "MAKE items BETTER;",
        "COMMENT ON TABLE items IS 'better';",
    ),
    (
        "drop-in-contract",
        "DROP TABLE items;",
        "-- contract: nothing reads it since the release before\nSET LOCAL lock_timeout = '5s';\nDROP TABLE items;",
    ),
    (
        "drop-in-contract",
        "SET LOCAL lock_timeout = '5s'; ALTER TABLE items DROP COLUMN width;",
        "-- contract: unread since 1.4\nSET LOCAL lock_timeout = '5s'; ALTER TABLE items DROP COLUMN width;",
    ),
    (
        "drop-in-contract",
        "DROP FUNCTION words_of(jsonb);",
        "DROP INDEX IF EXISTS idx_items_user_id;",
    ),
    (
        "no-rename",
        "SET lock_timeout = 1; ALTER TABLE items RENAME COLUMN width TO breadth;",
        "SET lock_timeout = 1; ALTER TABLE items ADD COLUMN breadth INTEGER;",
    ),
    (
        "no-rename",
        "SET lock_timeout = 1; ALTER TABLE items RENAME TO things;",
        "CREATE TABLE things (id TEXT); ALTER TABLE things RENAME TO stuff;",
    ),
    (
        "no-rewrite",
        "SET lock_timeout = 1; ALTER TABLE items ALTER COLUMN width TYPE BIGINT;",
        "SET lock_timeout = 1; ALTER TABLE items ADD COLUMN wide BIGINT;",
    ),
    (
        "no-rewrite",
        "SET lock_timeout = 1; ALTER TABLE items ADD COLUMN mark UUID DEFAULT gen_random_uuid();",
        "SET lock_timeout = 1; ALTER TABLE items ADD COLUMN seen TIMESTAMPTZ DEFAULT now();",
    ),
    (
        "no-rewrite",
        "SET lock_timeout = 1; ALTER TABLE items ADD COLUMN area INTEGER GENERATED ALWAYS AS (width * height) STORED;",
        "SET lock_timeout = 1; ALTER TABLE items ADD COLUMN area INTEGER;",
    ),
    (
        "not-null-has-default",
        "SET lock_timeout = 1; ALTER TABLE items ADD COLUMN tag TEXT NOT NULL;",
        "SET lock_timeout = 1; ALTER TABLE items ADD COLUMN tag TEXT NOT NULL DEFAULT '';",
    ),
    (
        "no-set-not-null",
        "SET lock_timeout = 1; ALTER TABLE items ALTER COLUMN width SET NOT NULL;",
        "SET lock_timeout = 1; ALTER TABLE items ALTER COLUMN width DROP NOT NULL;",
    ),
    (
        "index-concurrently",
        "CREATE INDEX i ON items (width);",
        "-- no-transaction\nCREATE INDEX CONCURRENTLY i ON items (width);",
    ),
    (
        "index-concurrently",
        "CREATE UNIQUE INDEX i ON public.items (width);",
        "CREATE TABLE tags (id TEXT); CREATE INDEX i ON tags (id);",
    ),
    (
        "concurrently-alone",
        "CREATE INDEX CONCURRENTLY i ON items (width);",
        "-- no-transaction\nDROP INDEX CONCURRENTLY i;",
    ),
    (
        "no-transaction-alone",
        "-- no-transaction\nCREATE TABLE a (id TEXT); CREATE TABLE b (id TEXT);",
        "CREATE TABLE a (id TEXT); CREATE TABLE b (id TEXT);",
    ),
    (
        "constraint-not-valid",
        "SET lock_timeout = 1; ALTER TABLE items ADD CONSTRAINT c CHECK (width > 0);",
        "SET lock_timeout = 1; ALTER TABLE items ADD CONSTRAINT c CHECK (width > 0) NOT VALID;",
    ),
    (
        "constraint-not-valid",
        "SET lock_timeout = 1; ALTER TABLE items ADD CONSTRAINT c FOREIGN KEY (id) REFERENCES analyses (id);",
        "SET lock_timeout = 1; ALTER TABLE items ADD CONSTRAINT c FOREIGN KEY (id) REFERENCES analyses (id) NOT VALID;",
    ),
    (
        "unique-using-index",
        "SET lock_timeout = 1; ALTER TABLE items ADD CONSTRAINT u UNIQUE (filename);",
        "SET lock_timeout = 1; ALTER TABLE items ADD CONSTRAINT u UNIQUE USING INDEX i;",
    ),
    (
        "lock-timeout",
        "ALTER TABLE items ADD COLUMN tag TEXT;",
        "SET LOCAL lock_timeout = '5s';\nALTER TABLE items ADD COLUMN tag TEXT;",
    ),
    (
        "lock-timeout",
        "ALTER TABLE items ALTER COLUMN tag SET STORAGE PLAIN;",
        "SET LOCAL lock_timeout = '5s';\nALTER TABLE items ALTER COLUMN tag SET STORAGE PLAIN;",
    ),
    (
        "bounded-backfill",
        "UPDATE items SET width = 0;",
        "UPDATE items SET width = 0 WHERE width IS NULL AND id < 'm';",
    ),
    (
        "bounded-backfill",
        "DELETE FROM work_claims;",
        "DELETE FROM work_claims WHERE finished_at < now();",
    ),
    (
        "no-table-lock",
        "TRUNCATE items;",
        "CREATE TABLE copies (id TEXT); TRUNCATE copies;",
    ),
    ("no-table-lock", "VACUUM FULL items;", "ANALYZE items;"),
    (
        "no-table-lock",
        "LOCK TABLE items IN EXCLUSIVE MODE;",
        "SELECT 1;",
    ),
    (
        "no-table-lock",
        "REINDEX TABLE items;",
        "-- no-transaction\nREINDEX TABLE CONCURRENTLY items;",
    ),
];

fn rules_of(text: &str) -> BTreeSet<&'static str> {
    let file = MigrationFile::parse("0002_test.sql", text).unwrap();
    check(&file).iter().map(|finding| finding.rule).collect()
}

#[test]
fn each_rule_finds_its_bad_twin_and_no_rule_its_good_one() {
    for (rule, bad, good) in TWINS {
        assert!(
            rules_of(bad).contains(rule),
            "{rule}: {bad}: {:?}",
            rules_of(bad)
        );
        assert_eq!(rules_of(good), BTreeSet::new(), "{rule}: {good}");
    }
    for rule in RULES {
        let twins = TWINS.iter().filter(|(id, ..)| *id == rule.id).count();
        assert!(twins > 0, "{} has no twin", rule.id);
    }
}

#[test]
fn a_statement_that_is_meant_says_so_with_a_reason() {
    let with = |comment: &str| rules_of(&format!("{comment}\nTRUNCATE items;"));
    assert!(with("-- allow no-table-lock: nobody uses it yet").is_empty());
    for not in [
        "-- allow no-table-lock:",
        "-- allow no-table-lock",
        "-- allow no-rename: it is meant",
    ] {
        assert_eq!(with(not), BTreeSet::from(["no-table-lock"]), "{not}");
    }
}

#[test]
fn a_finding_names_file_line_rule_and_what_to_do_instead() {
    let text = "-- begins\nSELECT 1;\n\n-- why\nTRUNCATE items;\n";
    let file = MigrationFile::parse("0007_x.sql", text).unwrap();
    let error = refuse(&check(&file)).unwrap_err();
    assert!(
        error.message().contains(
            "0007_x.sql:5: no-table-lock: TRUNCATE ITEMS; instead: leave it to the server"
        ),
        "{error}"
    );
    assert!(MigrationFile::parse("tags.sql", "").is_err());
}

#[test]
fn what_is_accepted_is_found_and_says_why() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations");
    for (name, rule, reason) in ACCEPTED {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        let file = MigrationFile::parse(name, &text).unwrap();
        let rule = RULES.iter().find(|known| known.id == *rule).unwrap();
        let mut statements = file.statements.iter();
        let found = statements.any(|statement| (rule.check)(&file, statement).is_some());
        assert!(found && !reason.is_empty(), "{name}: {} is idle", rule.id);
    }
}

#[test]
fn our_own_migrations_break_no_rule() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations");
    let findings = check_folder(&folder).unwrap();
    assert!(
        refuse(&findings).is_ok(),
        "{}",
        refuse(&findings).unwrap_err()
    );
}
