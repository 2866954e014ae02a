//! The corpus of broken templates: each is refused, by the compiler, by the rendering or by the
//! policy rules, before anything is called.

#[path = "../common/mod.rs"]
mod common;
mod twins;
mod world;
