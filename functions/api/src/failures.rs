//! Failures of models, agents, searches and histories, as a caller sees them. What was said inside
//! is logged, not told.

use axum::http::StatusCode;
use collections_core::agent::AgentError;
use collections_core::chat::{ChatError, history};
use collections_core::providers::ProviderError;
use collections_core::retrieval::search::SearchError;

use crate::problem::Problem;

impl From<ProviderError> for Problem {
    fn from(error: ProviderError) -> Self {
        tracing::error!(%error, "no answer of the model");
        match error {
            ProviderError::Declined { .. } => Self::because(
                StatusCode::UNPROCESSABLE_ENTITY,
                "the model declines to answer this",
            ),
            ProviderError::NotConfigured { .. } => {
                Self::try_again("no model is configured for this; nothing was kept", None)
            }
            error if error.is_transient() => Self::try_again(
                "the model does not answer now; nothing was kept, so it can be sent again",
                error.retry_after(),
            ),
            ProviderError::Key(_) => Self::try_again("the model cannot be asked now", None),
            _ => Self::because(StatusCode::BAD_GATEWAY, "the model gave no usable answer"),
        }
    }
}

impl From<AgentError> for Problem {
    fn from(error: AgentError) -> Self {
        match error {
            AgentError::Provider(error) => error.into(),
            AgentError::OutOfTime(_) | AgentError::NoAnswer(_) => {
                tracing::error!(%error, "no answer");
                Self::try_again(
                    "there was no answer in time; nothing was kept, so it can be sent again",
                    None,
                )
            }
        }
    }
}

impl From<SearchError> for Problem {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::Unavailable(error) => Self::unavailable(&error),
            SearchError::Failed(error) => error.into(),
        }
    }
}

impl From<history::Error> for Problem {
    fn from(error: history::Error) -> Self {
        match error {
            history::Error::Unavailable(error) | history::Error::Denied(error) => {
                Self::unavailable(&error)
            }
            history::Error::TooLarge { .. } => {
                Self::because(StatusCode::PAYLOAD_TOO_LARGE, error.to_string())
            }
            history::Error::Other(error) => error.into(),
        }
    }
}

impl From<ChatError> for Problem {
    fn from(error: ChatError) -> Self {
        match error {
            ChatError::Agent(error) => error.into(),
            ChatError::History(error) => error.into(),
        }
    }
}
