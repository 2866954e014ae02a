//! What went wrong, for a person: a kind that fixes the exit code, the chain of causes, and hints.

use std::fmt;

/// The kinds of failure. Each has an exit code of its own, listed in the README.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something that was started did not succeed.
    Failed,
    /// A file, key or value that the user wrote is wrong.
    Input,
    /// The machine or the account is not ready: a missing tool, no credentials, no network.
    Machine,
    /// Consent was not given, or a protection forbids it.
    Refused,
    /// The world moved since the plan was made, or somebody else holds the lock.
    Conflict,
    /// Ctrl-C.
    Interrupted,
}

impl Kind {
    /// The process exit code. 2 is not here: it says "there are changes" and is no error.
    pub fn exit_code(self) -> u8 {
        match self {
            Kind::Failed => 1,
            Kind::Input => 3,
            Kind::Machine => 4,
            Kind::Refused => 5,
            Kind::Conflict => 6,
            Kind::Interrupted => 130,
        }
    }
}

/// An error on its way to the user.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    message: String,
    cause: Option<anyhow::Error>,
    hints: Vec<String>,
    code: Option<u8>,
}

/// The result of everything in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error of the given kind; the message says what was being done and what happened.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            cause: None,
            hints: Vec::new(),
            code: None,
        }
    }

    /// Something that was started did not succeed.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::new(Kind::Failed, message)
    }

    /// What the user wrote is wrong.
    pub fn input(message: impl Into<String>) -> Self {
        Self::new(Kind::Input, message)
    }

    /// The machine or the account is not ready.
    pub fn machine(message: impl Into<String>) -> Self {
        Self::new(Kind::Machine, message)
    }

    /// Consent was not given, or a protection forbids it.
    pub fn refused(message: impl Into<String>) -> Self {
        Self::new(Kind::Refused, message)
    }

    /// The world moved, or somebody else holds the lock.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(Kind::Conflict, message)
    }

    /// Ctrl-C; the message says how to resume.
    pub fn interrupted(message: impl Into<String>) -> Self {
        Self::new(Kind::Interrupted, message)
    }

    /// Attach what caused it.
    #[must_use]
    pub fn because(mut self, cause: impl Into<anyhow::Error>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// Attach what to do next, as a sentence or a command.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// For commands whose exit code answers a question: whatever went wrong, the code is the one
    /// of a failure. Ctrl-C keeps its own.
    #[must_use]
    pub fn no_answer(mut self) -> Self {
        if self.kind != Kind::Interrupted {
            self.code = Some(Kind::Failed.exit_code());
        }
        self
    }

    /// The process exit code.
    pub fn exit_code(&self) -> u8 {
        self.code.unwrap_or_else(|| self.kind.exit_code())
    }

    /// The kind of failure.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What happened, without its causes.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The chain of causes, outermost first.
    pub fn causes(&self) -> Vec<String> {
        self.cause
            .iter()
            .flat_map(|cause| cause.chain().map(ToString::to_string))
            .collect()
    }

    /// What it is by type underneath, for a caller that decides by it.
    pub fn caused_by<E: std::error::Error + Send + Sync + 'static>(&self) -> Option<&E> {
        self.cause.as_ref()?.downcast_ref()
    }

    /// What to do next.
    pub fn hints(&self) -> &[String] {
        &self.hints
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.causes()
            .iter()
            .try_for_each(|cause| write!(f, ": {cause}"))
    }
}

impl std::error::Error for Error {}

impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Self {
        let message = error.to_string();
        let rest: Vec<String> = error.chain().skip(1).map(ToString::to_string).collect();
        let mut wrapped = Self::failed(message);
        wrapped.cause = rest.into_iter().rev().fold(None, |inner, text| {
            Some(match inner {
                None => anyhow::Error::msg(text),
                Some(inner) => anyhow::Error::context(inner, text),
            })
        });
        wrapped
    }
}

/// Adds what was being done to an error from below.
pub trait Doing<T> {
    /// The verb phrase becomes the message, the error its cause, the kind `Failed`.
    fn doing(self, what: impl Into<String>) -> Result<T>;
    /// The same with a kind of its own.
    fn doing_as(self, kind: Kind, what: impl Into<String>) -> Result<T>;
}

impl<T, E: Into<anyhow::Error>> Doing<T> for std::result::Result<T, E> {
    fn doing(self, what: impl Into<String>) -> Result<T> {
        self.doing_as(Kind::Failed, what)
    }

    fn doing_as(self, kind: Kind, what: impl Into<String>) -> Result<T> {
        self.map_err(|cause| Error::new(kind, format!("could not {}", what.into())).because(cause))
    }
}
