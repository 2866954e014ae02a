//! How a provider fails.

use std::time::Duration;

use thiserror::Error;

/// Why a provider gave no answer.
#[derive(Debug, Error)]
pub enum ProviderError {
    /// It cannot be reached, or not in time.
    #[error("{provider} cannot be reached: {reason}")]
    Unreachable {
        /// Whose API.
        provider: &'static str,
        /// What happened; without the address, which may carry a key.
        reason: String,
    },
    /// It is overloaded, or asks to come back later.
    #[error("{provider} answered {status}: {message}")]
    Busy {
        /// Whose API.
        provider: &'static str,
        /// The HTTP status.
        status: u16,
        /// What it said.
        message: String,
        /// When it wants to be asked again.
        retry_after: Option<Duration>,
    },
    /// It will not answer this request, however often it is sent.
    #[error("{provider} refused the request with {status}: {message}")]
    Refused {
        /// Whose API.
        provider: &'static str,
        /// The HTTP status.
        status: u16,
        /// What it said.
        message: String,
    },
    /// Its answer does not have the documented shape.
    #[error("{provider} answered in an unknown shape: {reason}")]
    Shape {
        /// Whose API.
        provider: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// Its answer broke off before its end.
    #[error("the answer of {provider} broke off")]
    Cut {
        /// Whose API.
        provider: &'static str,
    },
    /// Its answer is longer than any sound one.
    #[error("the answer of {provider} has no end")]
    TooLong {
        /// Whose API.
        provider: &'static str,
    },
    /// The model will not answer this, for reasons of its own.
    #[error("the model of {provider} declined: {reason}")]
    Declined {
        /// Whose API.
        provider: &'static str,
        /// What it said.
        reason: String,
    },
    /// The request would go where none may go.
    #[error("a request for {provider} was stopped: {reason}")]
    Forbidden {
        /// Whose API.
        provider: &'static str,
        /// Where it would have gone.
        reason: String,
    },
    /// There is no such provider, or no key for it.
    #[error("the provider {name} is not configured: {hint}")]
    NotConfigured {
        /// What was asked for.
        name: String,
        /// What would configure it.
        hint: String,
    },
    /// Reading the key failed.
    #[error("{0:#}")]
    Key(anyhow::Error),
}

impl ProviderError {
    /// Whether the image is the reason, and not the account, the model or the request around it.
    /// Providers say so in words alone.
    pub fn is_about_the_image(&self) -> bool {
        match self {
            Self::Refused {
                status: 413 | 422, ..
            } => true,
            Self::Refused {
                status: 400,
                message,
                ..
            } => {
                let said = message.to_lowercase();
                let of_model = said.contains("model") && said.contains("support");
                said.contains("image") && !of_model
            }
            _ => false,
        }
    }

    /// Whether the provider or the model that was asked for is the reason, and asking again would
    /// not help.
    pub fn is_about_the_choice(&self) -> bool {
        matches!(
            self,
            Self::NotConfigured { .. }
                | Self::Refused {
                    status: 400 | 404,
                    ..
                }
        )
    }

    /// Whether sending the same request again may help.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. } | Self::Busy { .. } | Self::Cut { .. }
        )
    }

    /// When the provider wants to be asked again, if it said so.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Busy { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}
