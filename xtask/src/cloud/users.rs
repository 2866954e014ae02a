//! The users of a pool, and signing in as one of them.

use std::time::SystemTime;

use async_trait::async_trait;
use serde::Serialize;

use super::CloudResult;
use crate::secret::Secret;

/// A user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct User {
    /// The `sub` of the user's tokens.
    pub id: String,
    /// The address the user signs in with.
    pub email: String,
    /// Cognito's word for how far the user has come, such as `CONFIRMED`.
    pub status: String,
    /// When the user was made, where that is told.
    #[serde(skip)]
    pub made: Option<SystemTime>,
}

/// What signing in gives.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// Says who the user is; what the API takes.
    pub id: Secret,
    /// Gets new ones, for a month. A refresh does not renew it.
    pub refresh: Option<Secret>,
    /// How long the first one is taken.
    pub seconds: u64,
}

/// Makes, finds and removes users, and signs in.
#[async_trait]
pub trait Users: Send + Sync {
    /// A user of a pool, by address.
    async fn user(&self, pool: &str, email: &str) -> CloudResult<Option<User>>;
    /// Every user of a pool.
    async fn users(&self, pool: &str) -> CloudResult<Vec<User>>;
    /// Makes a user; no mail is sent, the address counts as verified.
    async fn create(&self, pool: &str, email: &str) -> CloudResult<User>;
    /// Gives a user a password for good, which confirms the user.
    async fn set_password(&self, pool: &str, email: &str, password: &Secret) -> CloudResult<()>;
    /// Signs in through an app client; nothing, if the password is not taken.
    async fn sign_in(
        &self,
        client: &str,
        email: &str,
        password: &Secret,
    ) -> CloudResult<Option<Tokens>>;
    /// New tokens; nothing, if the refresh token is not taken (any more).
    async fn refresh(&self, client: &str, refresh: &Secret) -> CloudResult<Option<Tokens>>;
    /// Removes a user; one that is not there is removed already.
    async fn remove(&self, pool: &str, email: &str) -> CloudResult<()>;
}
