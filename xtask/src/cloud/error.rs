//! What a call to the cloud can answer instead of a result, sorted by what the caller may do.

use crate::error::Error;

/// A refused or failed call.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("{call}: {message}")]
pub struct CloudError {
    /// The call, for example `cloudformation:CreateChangeSet`.
    pub call: &'static str,
    /// What the caller may do about it.
    pub fault: Fault,
    /// AWS's own code.
    pub code: String,
    /// AWS's own words.
    pub message: String,
}

/// The result of a call to the cloud.
pub type CloudResult<T> = Result<T, CloudError>;

/// Failures by what to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Too many calls: wait and repeat.
    Throttled,
    /// The service or the way to it failed: wait and repeat.
    Unavailable,
    /// What was named is not there.
    NotFound,
    /// It is there already, or a condition on it does not hold.
    Exists,
    /// This identity may not.
    Denied,
    /// No credentials, or credentials that are not accepted.
    Credentials,
    /// The call itself is wrong.
    Invalid,
    /// This process is ending; nothing is to be repeated.
    Stopped,
}

impl CloudError {
    /// An error with AWS's code and words.
    pub fn new(
        call: &'static str,
        fault: Fault,
        code: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            call,
            fault,
            code: code.into(),
            message: message.into(),
        }
    }

    /// Whether the same call may succeed a little later.
    pub fn passes(&self) -> bool {
        matches!(self.fault, Fault::Throttled | Fault::Unavailable)
    }
}

/// `None` for what is not there; other failures stay failures.
pub fn optional<T>(result: CloudResult<T>) -> CloudResult<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.fault == Fault::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

impl From<CloudError> for Error {
    fn from(error: CloudError) -> Self {
        match error.fault {
            Fault::Credentials => Error::machine("AWS does not accept this machine's credentials")
                .because(error)
                .hint("sign in again (aws sso login), or name a profile: AWS_PROFILE=name"),
            Fault::Denied => Error::refused("AWS denies this identity a call that is needed")
                .because(error)
                .hint("see who is calling: aws sts get-caller-identity"),
            Fault::Unavailable => Error::machine("AWS cannot be reached")
                .because(error)
                .hint("check the network, the region, and AWS_ENDPOINT_URL if it is set"),
            Fault::Throttled => Error::failed("AWS kept throttling this account")
                .because(error)
                .hint("wait a minute and run the same command again: it resumes"),
            Fault::Stopped => Error::interrupted("stopped").because(error),
            Fault::Exists => Error::conflict("something else got there first").because(error),
            Fault::NotFound | Fault::Invalid => Error::failed("AWS refused a call").because(error),
        }
    }
}
