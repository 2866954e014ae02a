//! What can go wrong with a request, before a provider puts it into its own words.

use crate::analyst::Unreadable;

#[derive(Debug)]
pub(crate) enum Trouble {
    BadRequest(String),
    Unauthorized,
    TooLarge,
    RateLimited { retry_after: u64 },
    Internal,
    Overloaded,
}

impl Trouble {
    pub(crate) fn bad(message: impl Into<String>) -> Self {
        Self::BadRequest(message.into())
    }

    /// For those providers that have no wording of their own to imitate.
    pub(crate) fn message(&self) -> &str {
        match self {
            Self::BadRequest(message) => message,
            Self::Unauthorized => "missing or invalid API key",
            Self::TooLarge => "request exceeds the maximum size",
            Self::RateLimited { .. } => "rate limit exceeded",
            Self::Internal => "internal server error",
            Self::Overloaded => "overloaded",
        }
    }
}

impl From<Unreadable> for Trouble {
    fn from(_: Unreadable) -> Self {
        Self::bad("Could not process image")
    }
}
