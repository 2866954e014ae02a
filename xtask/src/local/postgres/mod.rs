//! PostgreSQL with pgvector: listens on a Unix socket alone; the TLS front is the way in.

mod account;
mod cluster;
mod home;
mod remains;
mod server;

pub(super) use server::{Postgres, password, probe, remove, socket};

/// The database of the app.
pub(super) const DATABASE: &str = "collections";
/// Its owner.
pub(super) const USER: &str = "postgres";
