//! The issuer's public keys, kept until one is missing.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use collections_core::providers::http::Http;
use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{JwkSet, KeyAlgorithm};
use tokio::sync::Mutex;

/// Unknown keys make the set be fetched again, at most this often: tokens cost an attacker nothing.
const AT_MOST_EVERY: Duration = Duration::from_secs(30);
/// A key that was withdrawn is trusted no longer than this.
const LIFETIME: Duration = Duration::from_secs(3600);

type KeySet = HashMap<String, Arc<DecodingKey>>;

#[derive(Default)]
struct State {
    keys: KeySet,
    fetched: Option<Instant>,
    tried: Option<Instant>,
}

/// The keys at one address.
pub(super) struct Keys {
    http: Http,
    url: String,
    state: Mutex<State>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

impl Keys {
    pub(super) fn new(http: Http, url: &str) -> Self {
        Self {
            http,
            url: url.to_owned(),
            state: Mutex::default(),
        }
    }

    /// The key of an id. If the set cannot be fetched, the last good one is used; only without any
    /// is that an error.
    pub(super) async fn find(&self, kid: &str) -> Result<Option<Arc<DecodingKey>>> {
        let mut state = self.state.lock().await;
        let old = state.fetched.is_none_or(|at| at.elapsed() > LIFETIME);
        let may_fetch = state.tried.is_none_or(|at| at.elapsed() > AT_MOST_EVERY);
        if (old || !state.keys.contains_key(kid)) && (may_fetch || state.fetched.is_none()) {
            state.tried = Some(Instant::now());
            match self.fetch().await {
                Ok(keys) => {
                    state.keys = keys;
                    state.fetched = state.tried;
                }
                Err(error) if state.fetched.is_none() => return Err(error),
                Err(error) => {
                    tracing::warn!(error = format!("{error:#}"), "keeping the last good keys");
                }
            }
        }
        Ok(state.keys.get(kid).cloned())
    }

    async fn fetch(&self) -> Result<KeySet> {
        let set: JwkSet = self
            .http
            .json("the token issuer", self.http.get(&self.url))
            .await
            .context("fetch the issuer's keys")?;
        let keys = set.keys.iter().filter(|jwk| {
            jwk.common
                .key_algorithm
                .is_none_or(|algorithm| algorithm == KeyAlgorithm::RS256)
        });
        Ok(keys
            .filter_map(|jwk| {
                let key = DecodingKey::from_jwk(jwk).ok()?;
                Some((jwk.common.key_id.clone()?, Arc::new(key)))
            })
            .collect())
    }
}
