//! How much one instance takes on: in all, for one request, and for one user.
//!
//! In Lambda every instance counts for itself, and there are as many as the load calls for. What
//! bounds all of them together is the gateway's throttling; what is here keeps one instance whole
//! and, where the API runs as one server, one user from taking everybody's share.

pub mod guard;
pub mod rate;

use std::time::Duration;

pub use rate::{Rate, Rates};

/// The limits.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Requests in work at one time; more are turned away at once.
    pub at_once: usize,
    /// How long an answer may take to begin; the gateway waits two seconds longer.
    pub answer_within: Duration,
    /// How long a search waits for the vector of its query. Far less than an answer may take: a
    /// search by both goes on with words alone then, and finds what it can in time.
    pub embed_within: Duration,
    /// Items of one user that may wait for their images at one time.
    pub open_uploads: i64,
    /// What one user may send.
    pub per_user: Rate,
    /// For how long what `/health` found out is told again: it is open to everybody, and the
    /// database is not to feel how often somebody asks.
    pub health_holds: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            at_once: 128,
            answer_within: Duration::from_secs(28),
            embed_within: Duration::from_secs(3),
            open_uploads: 100,
            per_user: Rate {
                burst: 100,
                per_second: 20,
            },
            health_holds: Duration::from_secs(1),
        }
    }
}
