//! The description of the API, made from the code: every handler says what is its own, and what
//! holds for all of them (tokens, problems) is said once, here.

mod page;
mod responses;

use std::sync::Arc;

use anyhow::{Context, Result};
use collections_core::contract::routes;
use utoipa::OpenApi;
use utoipa::openapi::RefOr;
use utoipa::openapi::path::{Operation, ParameterIn, PathItem};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};

pub use page::{POLICY, page};

use crate::problem::Problem;

/// The name of the one way to show who is calling.
const BEARER: &str = "bearer";

/// The frame that the routes fill.
#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "Collections",
        description = "A collection of images: add them, have them described, find them again.\n\n\
            Every error is a problem as of RFC 9457. What belongs to another user looks exactly \
            like what does not exist. Every answer carries `x-request-id`, which its log lines \
            carry too.",
    ),
    components(schemas(Problem)),
    tags(
        (name = "about", description = "Whether it runs, what it is, and this description"),
        (name = "items", description = "Images and what is known of them"),
        (name = "analyses", description = "What models said of images"),
        (name = "search", description = "Finding items, and answers from them"),
        (name = "chat", description = "Talking about the collection, and what was said"),
        (name = "conversations", description = "What was said, by conversation"),
        (name = "vector-index", description = "The embeddings that search by meaning compares"),
    )
)]
pub struct Frame;

/// The finished description, as the routes that serve it get it.
#[derive(Clone)]
pub struct Description(Arc<utoipa::openapi::OpenApi>);

impl Description {
    /// Of a router's collected operations.
    pub fn of(mut document: utoipa::openapi::OpenApi) -> Self {
        complete(&mut document);
        Self(Arc::new(document))
    }

    /// As JSON.
    pub fn json(&self) -> Result<serde_json::Value> {
        serde_json::to_value(&*self.0).context("write the description of the API")
    }
}

/// Adds to every operation what follows from its place: who may call it, and how it may fail.
fn complete(document: &mut utoipa::openapi::OpenApi) {
    let components = document.components.get_or_insert_default();
    let mut token = Http::new(HttpAuthScheme::Bearer);
    token.bearer_format = Some("JWT".to_owned());
    token.description = Some("An ID or access token of the environment's user pool".to_owned());
    components.add_security_scheme(BEARER, SecurityScheme::Http(token));
    components.responses.extend(responses::components());
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            let open = is_public(method, path);
            let required = SecurityRequirement::new::<_, [&str; 0], _>(BEARER, []);
            operation.security = Some(if open { vec![] } else { vec![required] });
            responses::complete(operation, open);
        }
    }
}

/// Whether the gateway lets a request through without a token.
fn is_public(method: &str, path: &str) -> bool {
    let key = format!("{method} {path}");
    let mut public = routes::PUBLIC.iter().chain(routes::DESCRIPTION);
    public.any(|route| *route == key)
}

/// The operations of a path, by method.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let operations = [
        ("GET", &mut item.get),
        ("PUT", &mut item.put),
        ("POST", &mut item.post),
        ("PATCH", &mut item.patch),
        ("DELETE", &mut item.delete),
    ];
    operations
        .into_iter()
        .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// Whether an operation takes a parameter of this kind.
fn takes(operation: &Operation, kind: &ParameterIn) -> bool {
    let mut parameters = operation.parameters.iter().flatten();
    parameters.any(|parameter| matches!(parameter, RefOr::T(it) if it.parameter_in == *kind))
}
