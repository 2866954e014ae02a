//! What a store of conversations may answer instead.

use thiserror::Error;

/// The result of a call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call did not do its work. Nothing of it was kept.
#[derive(Debug, Error)]
pub enum Error {
    /// The back end does not answer now; later it may.
    #[error("chat history cannot be reached: {0:#}")]
    Unavailable(anyhow::Error),
    /// The back end refuses us; waiting does not help.
    #[error("chat history may not be used: {0:#}")]
    Denied(anyhow::Error),
    /// More than the back end takes at one time.
    #[error("{what} has {bytes} bytes, and {limit} are allowed")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// How large it is.
        bytes: usize,
        /// How large it may be.
        limit: usize,
    },
    /// Anything else.
    #[error("{0:#}")]
    Other(#[from] anyhow::Error),
}
