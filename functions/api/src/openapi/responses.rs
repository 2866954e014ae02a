//! The ways in which a request can fail, each described once.

use axum::http::StatusCode;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{Ref, RefOr, Response, ResponseBuilder};

use super::takes;

/// When a failure can happen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    /// Always.
    Always,
    /// Where a token is required.
    SignedIn,
    /// Where something can be written wrongly.
    Input,
    /// Where a path names something.
    Named,
    /// Where there is a body.
    Body,
}

const FAILURES: &[(u16, &str, &str, When)] = &[
    (
        400,
        "BadRequest",
        "The request is not as described",
        When::Input,
    ),
    (
        401,
        "Unauthorized",
        "There is no valid token",
        When::SignedIn,
    ),
    (
        404,
        "NotFound",
        "It does not exist, or it belongs to another user",
        When::Named,
    ),
    (
        413,
        "TooLarge",
        "The body is larger than allowed",
        When::Body,
    ),
    (
        415,
        "UnsupportedMediaType",
        "The body is of another type than described",
        When::Body,
    ),
    (
        429,
        "TooManyRequests",
        "The user sends more requests than allowed, or has too much under way",
        When::SignedIn,
    ),
    (
        500,
        "Failed",
        "Something went wrong inside; the request id leads to it",
        When::Always,
    ),
    (
        503,
        "Unavailable",
        "Something this needs is not there now",
        When::Always,
    ),
];

/// The descriptions, by name.
pub(super) fn components() -> impl Iterator<Item = (String, RefOr<Response>)> {
    let failures = FAILURES.iter();
    failures.map(|(status, name, text, _)| ((*name).to_owned(), response(*status, text).into()))
}

fn response(status: u16, description: &str) -> Response {
    let schema = Ref::from_schema_name("Problem");
    let content = ContentBuilder::new().schema(Some(schema)).build();
    let mut response = ResponseBuilder::new()
        .description(description)
        .content("application/problem+json", content);
    if matches!(status, 429 | 503) {
        let seconds = ObjectBuilder::new().schema_type(Type::Integer);
        let header = HeaderBuilder::new()
            .schema(Some(seconds))
            .description(Some("Seconds after which to try again"));
        response = response.header("Retry-After", header.build());
    }
    response.build()
}

/// Adds to an operation the failures that its shape allows.
pub(super) fn complete(operation: &mut Operation, open: bool) {
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            let status = status.parse().ok().map(StatusCode::from_u16);
            let reason = status.and_then(|it| it.ok()?.canonical_reason());
            response.description = reason.unwrap_or("Success").to_owned();
        }
    }
    let named = takes(operation, &ParameterIn::Path);
    let body = operation.request_body.is_some();
    let input = body || takes(operation, &ParameterIn::Query);
    for (status, name, _, when) in FAILURES {
        let possible = match when {
            When::Always => true,
            When::SignedIn => !open,
            When::Input => input,
            When::Named => named,
            When::Body => body,
        };
        if possible {
            let responses = &mut operation.responses.responses;
            let reference = || Ref::from_response_name(*name).into();
            responses
                .entry(status.to_string())
                .or_insert_with(reference);
        }
    }
}
