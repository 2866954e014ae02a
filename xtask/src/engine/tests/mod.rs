//! The engine against the fake cloud: what users may rely on, one file per kind of promise.

#![allow(clippy::unwrap_used)]

mod account;
mod asking;
mod ci;
mod consents;
mod crash;
mod express;
pub(super) mod fixture;
mod following;
mod functions;
mod gaps;
mod images;
mod leaving;
mod locks;
mod migrating;
mod move_history;
mod promises;
mod proof;
mod queues;
mod rollback;
mod secrets;
mod stopping;
mod stuck;
mod traffic;
mod unwanted;
mod whole;
mod words;
