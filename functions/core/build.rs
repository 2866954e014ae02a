//! A new file among the migrations has to be embedded, though no Rust source changes with it.

#![allow(clippy::print_stdout)]

fn main() {
    println!("cargo::rerun-if-changed=../../migrations");
}
