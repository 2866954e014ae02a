//! Templates that do not compile: `tests/refused/*.rs`, each with what the compiler says.

use std::path::PathBuf;

/// Every case.
pub(crate) fn cases() -> Vec<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/refused");
    let files = std::fs::read_dir(folder).expect("the folder is there");
    let files = files.map(|file| file.expect("an entry").path());
    files
        .filter(|file| file.extension().is_some_and(|ending| ending == "rs"))
        .collect()
}

#[test]
fn every_broken_source_is_refused_by_the_compiler() {
    trybuild::TestCases::new().compile_fail("tests/refused/*.rs");
}
