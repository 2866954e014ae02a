//! How tools are installed: through pip from whatever index is configured, checked, whole or not
//! at all, and once.

#![allow(clippy::unwrap_used, missing_docs, dead_code)]

#[path = "local/checkout.rs"]
mod checkout;
#[path = "local/index.rs"]
mod index;
#[path = "local/toys.rs"]
mod toys;

use toys::{Toys, WHEEL, installed};

#[test]
fn a_wrong_hash_names_the_file_and_installs_nothing() {
    let toys = Toys::new();
    let wrong = "00".repeat(32);
    let up = toys.up(&wrong);
    assert_eq!(up.code, 1, "{up:?}");
    for word in [WHEEL, &wrong, &toys.sha256, "nothing was installed"] {
        assert!(
            up.stderr.contains(word),
            "{word} is missing in {}",
            up.stderr
        );
    }
    let installed = installed(&toys.path("tools"));
    assert!(!installed.contains(&"toy-1.0".to_owned()), "{installed:?}");
}

#[test]
fn a_broken_download_is_resumed_and_a_second_run_asks_for_nothing() {
    let toys = Toys::new();
    let first = toys.up(&toys.sha256);
    // Toys do not start; they are installed before that shows.
    assert_eq!(first.code, 4, "{first:?}");
    assert_eq!(
        installed(&toys.path("tools")),
        ["doll-1.0", "toy-1.0", "toys-1"]
    );
    let ranges = toys.index.ranges(WHEEL);
    let resumed = |range: &Option<usize>| range.is_some_and(|from| from > 100_000);
    assert!(ranges.iter().any(resumed), "{ranges:?}");
    assert!(toys.path("tools/toy-1.0/toy/data").is_file());

    let before = toys.index.requests();
    let second = toys.up(&toys.sha256);
    assert!(!second.stderr.contains("install toy"), "{}", second.stderr);
    assert_eq!(toys.index.requests(), before);
}
