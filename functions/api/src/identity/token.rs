//! What makes a token valid.

use collections_core::domain::UserId;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;

/// Clocks may differ by so many seconds.
const LEEWAY: u64 = 30;
/// Cognito's tokens are under two kilobytes.
const MAX_LENGTH: usize = 8192;

#[derive(Deserialize)]
struct Claims {
    sub: String,
    token_use: String,
    /// Of an ID token.
    aud: Option<String>,
    /// Of an access token.
    client_id: Option<String>,
}

/// The key a token claims to be signed with.
pub(super) fn key_id(token: &str) -> Result<String, String> {
    if token.len() > MAX_LENGTH {
        return Err("it is too long".to_owned());
    }
    let header = decode_header(token).map_err(|error| error.to_string())?;
    if header.alg != Algorithm::RS256 {
        return Err("it is not signed with RS256".to_owned());
    }
    header.kid.ok_or_else(|| "it names no key".to_owned())
}

/// Verifies signature, issuer, times, use and client of a token.
pub(super) fn verify(
    token: &str,
    key: &DecodingKey,
    issuer: &str,
    client: &str,
) -> Result<UserId, String> {
    let mut rules = Validation::new(Algorithm::RS256);
    rules.set_issuer(&[issuer]);
    rules.set_required_spec_claims(&["exp", "iss", "sub"]);
    rules.leeway = LEEWAY;
    rules.validate_nbf = true;
    // Which claim names the client depends on the token's use, see below.
    rules.validate_aud = false;
    let claims: Claims = decode(token, key, &rules)
        .map_err(|error| error.to_string())?
        .claims;
    let made_for = match claims.token_use.as_str() {
        "id" => claims.aud,
        "access" => claims.client_id,
        _ => return Err("it is neither an ID nor an access token".to_owned()),
    };
    if made_for.as_deref() != Some(client) {
        return Err("it was made for another client".to_owned());
    }
    UserId::try_from(claims.sub).map_err(|error| error.to_string())
}
