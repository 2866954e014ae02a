//! The engine against the fake cloud: what users may rely on, one file per kind of promise.

mod crash;
mod emulator;
mod fixture;
mod functions;
mod promises;
mod stuck;
