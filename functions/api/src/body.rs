//! Extractors whose refusals have the one shape of errors.

use std::fmt;
use std::marker::PhantomData;

use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::problem::Problem;

const MAX_CATEGORY: usize = 200;

/// A JSON body, which is an object.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let read = axum::Json::<Object<T>>::from_request(request, state).await;
        let axum::Json(Object(body)) = read?;
        Ok(Self(body))
    }
}

/// A structure by the names of its fields; one by their places, `[1, 2]`, is nothing we describe.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ByName(PhantomData)).map(Self)
    }
}

struct ByName<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ByName<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
}

/// The query string.
#[derive(Debug, FromRequestParts)]
#[from_request(via(axum::extract::Query), rejection(Problem))]
pub struct Query<T>(pub T);

/// The parameters in the path; what is no identifier names nothing.
#[derive(Debug, FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Problem))]
pub struct Path<T>(pub T);

/// Checks a category to filter by: what no category can be is a mistake.
pub fn check_category(category: Option<&str>) -> Result<(), Problem> {
    let possible = |text: &str| text.chars().count() <= MAX_CATEGORY && !text.contains('\0');
    if category.is_none_or(possible) {
        return Ok(());
    }
    let detail = format!("a category has at most {MAX_CATEGORY} characters, and NUL is none");
    Err(Problem::bad_request(detail))
}

/// A whole number, as JSON has it: `12.0` is one.
pub fn whole<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let number = serde_json::Number::deserialize(deserializer)?;
    let exact = |number: f64| (number.fract() == 0.0 && number.abs() < 1e15).then_some(number);
    let rounded = || number.as_f64().and_then(exact).map(|number| number as i64);
    let value = number.as_i64().or_else(rounded);
    value.ok_or_else(|| D::Error::custom("it must be a whole number"))
}

impl From<JsonRejection> for Problem {
    fn from(rejection: JsonRejection) -> Self {
        let status = match rejection.status() {
            // What cannot be read and what does not fit are one mistake: the request's.
            StatusCode::UNPROCESSABLE_ENTITY => StatusCode::BAD_REQUEST,
            status => status,
        };
        Self::because(status, rejection.body_text())
    }
}

impl From<QueryRejection> for Problem {
    fn from(rejection: QueryRejection) -> Self {
        Self::because(rejection.status(), rejection.body_text())
    }
}

impl From<PathRejection> for Problem {
    fn from(_: PathRejection) -> Self {
        Self::not_found()
    }
}
