//! The TLS front of PostgreSQL: the build that we bring has no TLS of its own.

mod certificates;
pub mod front;
mod greeting;
mod part;

pub(super) use certificates::ca_file;
pub(super) use part::{TlsFront, probe};
