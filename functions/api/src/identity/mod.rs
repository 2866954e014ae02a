//! Who is calling: the verified `sub` of a Cognito token.

mod keys;
mod token;

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use collections_core::clock::Clock;
use collections_core::domain::UserId;
use collections_core::providers::http::Http;

use crate::app::App;
use crate::problem::Problem;
use keys::Keys;

/// The caller. A route that takes one cannot be reached without a valid token, nor more often than
/// one user may.
#[derive(Clone, Debug)]
pub struct Caller(pub UserId);

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let header = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let (scheme, token) = header
            .and_then(|value| value.split_once(' '))
            .ok_or_else(Problem::unauthorized)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Problem::unauthorized());
        }
        let user = app.verifier.verify(token.trim()).await?;
        tracing::Span::current().record("user_id", user.as_str());
        app.rates.take(&user).map_err(|wait| {
            tracing::info!("the user sends too many requests");
            Problem::too_many(wait)
        })?;
        Ok(Self(user))
    }
}

/// Verifies tokens of one user pool and one app client.
#[derive(Debug)]
pub struct Verifier {
    keys: Keys,
    issuer: String,
    client: String,
}

impl Verifier {
    /// For tokens of an issuer, made for a client, signed with the keys at an address.
    pub fn new(http: Http, keys: &str, issuer: &str, client: &str, clock: Arc<dyn Clock>) -> Self {
        Self {
            keys: Keys::new(http, keys, clock),
            issuer: issuer.to_owned(),
            client: client.to_owned(),
        }
    }

    /// The user a token belongs to.
    pub async fn verify(&self, token: &str) -> Result<UserId, Problem> {
        let refuse = |reason: &str| {
            tracing::info!(reason, "the token is refused");
            Problem::unauthorized()
        };
        let kid = token::key_id(token).map_err(|reason| refuse(&reason))?;
        let key = self
            .keys
            .find(&kid)
            .await
            .map_err(|error| Problem::unavailable(&error))?;
        let key = key.ok_or_else(|| refuse("it is signed with an unknown key"))?;
        token::verify(token, &key, &self.issuer, &self.client).map_err(|reason| refuse(&reason))
    }
}
