//! The corpus of broken templates: each is refused, by the compiler, by the rendering or by the
//! policy rules, before anything is called.

#[path = "../common/mod.rs"]
mod common;
mod compiled;
mod rendered;
mod twins;
mod world;

/// How large the corpus must be at least.
const LEAST: usize = 40;

#[test]
#[allow(
    clippy::print_stderr,
    reason = "what each layer refuses is for people to see"
)]
fn the_corpus_is_as_large_as_promised() {
    let compiled = compiled::cases().len();
    let rendered = rendered::REFUSALS.len();
    let policy = twins::all().count();
    let all = compiled + rendered + policy;
    // Shown with `--nocapture`.
    eprintln!(
        "{all} broken templates: {compiled} refused by the compiler, {rendered} by the rendering, \
         {policy} by the policy rules"
    );
    assert!(all >= LEAST, "{all}");
    assert!(compiled >= 20 && rendered >= 20 && policy >= 20);
}
