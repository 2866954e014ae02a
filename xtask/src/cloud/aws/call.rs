//! One way to make a call: repeat what passes, and sort SDK errors into faults.

use std::error::Error as StdError;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::cloud::retry::Retry;
use crate::cloud::{CloudError, CloudResult, Fault};

/// Makes calls.
#[derive(Clone)]
pub(super) struct Caller {
    retry: Retry,
}

impl Caller {
    pub(super) fn new(retry: Retry) -> Self {
        Self { retry }
    }

    /// What repeats its calls.
    pub(super) fn retry(&self) -> &Retry {
        &self.retry
    }

    pub(super) async fn call<T, E, F>(
        &self,
        name: &'static str,
        mut attempt: impl FnMut() -> F,
    ) -> CloudResult<T>
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
    {
        self.retry
            .run(|| {
                let sent = attempt();
                async move { sent.await.map_err(|error| sort(name, &error)) }
            })
            .await
    }
}

/// An answer that lacks what the service promises.
pub(super) fn incomplete(call: &'static str, what: &str) -> CloudError {
    CloudError::new(
        call,
        Fault::Invalid,
        "IncompleteAnswer",
        format!("the answer has no {what}"),
    )
}

fn sort<E>(call: &'static str, error: &SdkError<E, HttpResponse>) -> CloudError
where
    E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
{
    if let SdkError::ServiceError(service) = error {
        let status = service.raw().status().as_u16();
        let code = service.err().code().unwrap_or_default();
        let message = service.err().message().unwrap_or_default();
        let message = if message.is_empty() {
            format!("HTTP {status} {code}")
        } else {
            message.into()
        };
        return CloudError::new(call, fault(code, status, &message), code, message);
    }
    let no_credentials =
        causes(error).any(|cause| cause.downcast_ref::<CredentialsError>().is_some());
    let fault = match error {
        _ if no_credentials => Fault::Credentials,
        SdkError::ConstructionFailure(_) => Fault::Invalid,
        _ => Fault::Unavailable,
    };
    let words: Vec<String> = causes(error).map(ToString::to_string).collect();
    CloudError::new(call, fault, "", words.join(": "))
}

fn causes<'e>(
    error: &'e (dyn StdError + 'static),
) -> impl Iterator<Item = &'e (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}

fn fault(code: &str, status: u16, message: &str) -> Fault {
    match code {
        "Throttling"
        | "ThrottlingException"
        | "TooManyRequestsException"
        | "SlowDown"
        | "RequestLimitExceeded"
        | "ThrottledException"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "ProvisionedThroughputExceededException"
        | "TransactionInProgressException"
        | "PriorRequestNotComplete" => Fault::Throttled,
        // Limits of a number of things have this name too: those do not pass by themselves.
        "LimitExceededException" if of_rate(message) => Fault::Throttled,
        "RequestTimeout" | "RequestTimeoutException" => Fault::Unavailable,
        "ExpiredToken"
        | "ExpiredTokenException"
        | "InvalidClientTokenId"
        | "AuthFailure"
        | "UnrecognizedClientException"
        | "SignatureDoesNotMatch"
        | "InvalidAccessKeyId"
        | "MissingAuthenticationToken" => Fault::Credentials,
        "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" => Fault::Denied,
        "AlreadyExistsException"
        | "ParameterAlreadyExists"
        | "PreconditionFailed"
        | "ConditionalRequestConflict"
        | "UsernameExistsException"
        | "BucketAlreadyOwnedByYou" => Fault::Exists,
        "NoSuchKey"
        | "NoSuchBucket"
        | "NotFound"
        | "ResourceNotFoundException"
        | "UserNotFoundException"
        | "ParameterNotFound"
        | "QueueDoesNotExist"
        | "AWS.SimpleQueueService.NonExistentQueue"
        | "ChangeSetNotFound"
        | "ChangeSetNotFoundException" => Fault::NotFound,
        "ValidationError" if message.contains("does not exist") => Fault::NotFound,
        _ if status == 429 => Fault::Throttled,
        _ if status >= 500 => Fault::Unavailable,
        _ if status == 404 => Fault::NotFound,
        _ if status == 412 => Fault::Exists,
        _ => Fault::Invalid,
    }
}

/// Whether a limit is one of calls in a time.
fn of_rate(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    let mut words = message.split(|char: char| !char.is_ascii_alphanumeric());
    words.any(|word| word == "rate" || word == "requests" || word.starts_with("throttl"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_by_what_to_do_next() {
        let cases = [
            ("Throttling", 400, "Rate exceeded", Fault::Throttled),
            (
                "ExpiredToken",
                403,
                "The security token is expired",
                Fault::Credentials,
            ),
            ("AccessDenied", 403, "not authorized", Fault::Denied),
            (
                "ValidationError",
                400,
                "Stack with id x does not exist",
                Fault::NotFound,
            ),
            (
                "ValidationError",
                400,
                "Template format error",
                Fault::Invalid,
            ),
            ("PreconditionFailed", 412, "", Fault::Exists),
            ("RequestTimeout", 400, "", Fault::Unavailable),
            ("RequestTimeoutException", 408, "", Fault::Unavailable),
            ("RequestThrottledException", 400, "", Fault::Throttled),
            (
                "ProvisionedThroughputExceededException",
                400,
                "",
                Fault::Throttled,
            ),
            ("TransactionInProgressException", 400, "", Fault::Throttled),
            ("PriorRequestNotComplete", 400, "", Fault::Throttled),
            (
                "LimitExceededException",
                400,
                "Rate of requests exceeds the limit",
                Fault::Throttled,
            ),
            (
                "LimitExceededException",
                400,
                "Subscriber limit exceeded: 10 tables are being created",
                Fault::Invalid,
            ),
            ("InternalFailure", 500, "", Fault::Unavailable),
            ("", 404, "", Fault::NotFound),
        ];
        for (code, status, message, expected) in cases {
            assert_eq!(fault(code, status, message), expected, "{code} {status}");
        }
    }
}
