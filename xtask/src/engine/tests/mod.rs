//! The engine against the fake cloud: what users may rely on, one file per kind of promise.

#![allow(clippy::unwrap_used)]

mod crash;
mod fixture;
mod functions;
mod gaps;
mod images;
mod leaving;
mod move_history;
mod promises;
mod queues;
mod secrets;
mod stuck;
mod words;
