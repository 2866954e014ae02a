//! The issuer's public keys. A known one is answered at once from what is at hand; a set that is
//! old is fetched again beside the requests; only who shows an unknown key waits, for one attempt.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use collections_core::clock::Clock;
use collections_core::providers::http::Http;
use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::{JwkSet, KeyAlgorithm};
use time::OffsetDateTime;
use tokio::sync::watch;
use tracing::Instrument;

/// Unknown keys make the set be fetched again, at most this often: tokens cost an attacker nothing.
const AT_MOST_EVERY: Duration = Duration::from_secs(30);
/// From this age on a set is fetched again. Until that has worked, its keys hold.
const LIFETIME: Duration = Duration::from_secs(3600);
/// How long one attempt may take.
const PATIENCE: Duration = Duration::from_millis(2500);

type KeySet = HashMap<String, Arc<DecodingKey>>;

/// Times are those of the wall: others may stand still while Lambda keeps an instance frozen.
#[derive(Default)]
struct State {
    keys: KeySet,
    fetched: Option<OffsetDateTime>,
    tried: Option<OffsetDateTime>,
    /// Closed when the attempt ends.
    attempt: Option<watch::Receiver<()>>,
}

/// The keys at one address.
#[derive(Debug)]
pub(super) struct Keys(Arc<Source>);

struct Source {
    http: Http,
    url: String,
    clock: Arc<dyn Clock>,
    /// Held for a look or a change, never while anybody waits.
    state: Mutex<State>,
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

impl Keys {
    pub(super) fn new(http: Http, url: &str, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Source {
            http,
            url: url.to_owned(),
            clock,
            state: Mutex::default(),
        }))
    }

    /// The key of an id. If the set cannot be fetched, the last good one is used; only without any
    /// is that an error.
    pub(super) async fn find(&self, kid: &str) -> Result<Option<Arc<DecodingKey>>> {
        let attempt = self.0.attempt(kid);
        if let Some(key) = self.0.state().keys.get(kid) {
            return Ok(Some(Arc::clone(key)));
        }
        if let Some(mut attempt) = attempt {
            // Nothing is ever sent; that it closes is the news.
            let _ = attempt.changed().await;
        }
        let state = self.0.state();
        ensure!(
            state.fetched.is_some(),
            "no keys of the token issuer are at hand"
        );
        Ok(state.keys.get(kid).cloned())
    }
}

impl Source {
    fn state(&self) -> MutexGuard<'_, State> {
        // The lock cannot be poisoned by what is done under it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The attempt to fetch the set that this id gives reason for: the one under way, or one that
    /// begins, if it may. It goes on whether or not anybody waits for it.
    fn attempt(self: &Arc<Self>, kid: &str) -> Option<watch::Receiver<()>> {
        let mut state = self.state();
        let now = self.clock.now();
        let past =
            |at: Option<OffsetDateTime>, age| at.is_none_or(|at| (now - at).unsigned_abs() > age);
        if state.keys.contains_key(kid) && !past(state.fetched, LIFETIME) {
            return None;
        }
        if let Some(attempt) = &state.attempt
            && attempt.has_changed().is_ok()
        {
            return Some(attempt.clone());
        }
        if state.fetched.is_some() && !past(state.tried, AT_MOST_EVERY) {
            return None;
        }
        state.tried = Some(now);
        let (under_way, attempt) = watch::channel(());
        state.attempt = Some(attempt.clone());
        let source = Arc::clone(self);
        let work = async move {
            source.refresh(now).await;
            drop(under_way);
        };
        tokio::spawn(work.in_current_span());
        Some(attempt)
    }

    async fn refresh(&self, began: OffsetDateTime) {
        match self.fetch().await {
            Ok(keys) => {
                let mut state = self.state();
                state.keys = keys;
                state.fetched = Some(began);
            }
            Err(error) => {
                tracing::warn!(error = format!("{error:#}"), "keeping the last good keys");
            }
        }
    }

    async fn fetch(&self) -> Result<KeySet> {
        let request = self.http.get(&self.url);
        let body = self.http.once("the token issuer", request, PATIENCE).await;
        let body = body.context("fetch the issuer's keys")?;
        let set: JwkSet = serde_json::from_slice(&body).context("read the issuer's keys")?;
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
