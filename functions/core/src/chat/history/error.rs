//! What a store of conversations may answer instead.

use std::error::Error as StdError;

use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use thiserror::Error;

use super::Backend;

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

impl Error {
    /// What anybody may know of it. The rest is logged: `/health` answers everybody.
    pub(super) fn told(&self, backend: Backend) -> String {
        tracing::error!(error = %self, %backend, "chat history does not work");
        match self {
            Self::Unavailable(_) => format!("{backend} cannot be reached"),
            Self::Denied(_) => format!("{backend} may not be used"),
            Self::TooLarge { .. } | Self::Other(_) => {
                format!("{backend} does not work; the log says why")
            }
        }
    }
}

/// What a service of AWS says when it refuses whoever asks.
const DENIED: [&str; 6] = [
    "AccessDeniedException",
    "ExpiredTokenException",
    "ForbiddenException",
    "InvalidSecretException",
    "SecretsErrorException",
    "UnrecognizedClientException",
];

/// What it says when it may do better later.
const LATER: [&str; 9] = [
    "DatabaseResumingException",
    "DatabaseUnavailableException",
    "InternalServerError",
    "InternalServerErrorException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ServiceUnavailableError",
    "StatementTimeoutException",
    "ThrottlingException",
];

/// An SDK's error as one of ours.
pub(super) fn of_sdk<E, R>(purpose: &'static str, error: SdkError<E, R>) -> Error
where
    E: StdError + ProvideErrorMetadata + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    let answered = error.as_service_error().map(|error| {
        let code = error.code().unwrap_or_default();
        (DENIED.contains(&code), LATER.contains(&code))
    });
    let error = anyhow::Error::new(error).context(purpose);
    match answered {
        Some((true, _)) => Error::Denied(error),
        // Without an answer of the service: no connection, or none in time.
        Some((_, true)) | None => Error::Unavailable(error),
        Some(_) => Error::Other(error),
    }
}
