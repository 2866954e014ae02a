//! How a registry lets one in: a token sent with each request, or one that is asked for first.

use reqwest::header::HeaderMap;
use serde::Deserialize;

use crate::secret::Secret;

/// What a registry is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Login {
    /// Nothing; registries of public images give a token for it.
    Anonymous,
    /// User and password, encoded as the header wants them.
    Basic(Secret),
}

/// Where and for what a registry wants a token asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Challenge {
    pub(super) realm: String,
    pub(super) service: Option<String>,
    pub(super) scope: Option<String>,
}

/// What the place answers.
#[derive(Deserialize)]
pub(super) struct Granted {
    token: Option<String>,
    access_token: Option<String>,
}

impl Granted {
    pub(super) fn token(self) -> Option<Secret> {
        self.token.or(self.access_token).map(Secret::new)
    }
}

impl Challenge {
    /// Reads `WWW-Authenticate: Bearer realm="…",service="…",scope="…"`, if the answer has it.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let said = headers
            .get(reqwest::header::WWW_AUTHENTICATE)?
            .to_str()
            .ok()?;
        let (scheme, rest) = said.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let value = |wanted: &str| parameters(rest).find(|(name, _)| *name == wanted);
        let value = |wanted: &str| value(wanted).map(|(_, value)| value.to_owned());
        Some(Self {
            realm: value("realm")?,
            service: value("service"),
            scope: value("scope"),
        })
    }

    /// Whether the token is asked for over TLS, or on this machine.
    pub(super) fn is_safe(&self, on_loopback: bool) -> bool {
        self.realm.starts_with("https://") || (on_loopback && self.realm.starts_with("http://"))
    }
}

/// `name="value"` pairs; a value in quotes may hold commas.
fn parameters(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (name, after) = rest.trim_start_matches([',', ' ']).split_once('=')?;
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => after.split_once(',').unwrap_or((after, "")),
        };
        rest = next;
        Some((name.trim(), value))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use reqwest::header::{HeaderMap, HeaderValue, WWW_AUTHENTICATE};

    use super::Challenge;

    fn of(said: &'static str) -> Option<Challenge> {
        let mut headers = HeaderMap::new();
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static(said));
        Challenge::of(&headers)
    }

    #[test]
    fn a_challenge_says_where_and_for_what() {
        let said = r#"Bearer realm="https://a.example/token",service="a.example",scope="repository:x:pull,push""#;
        let challenge = of(said).unwrap();
        assert_eq!(challenge.realm, "https://a.example/token");
        assert_eq!(challenge.service.as_deref(), Some("a.example"));
        assert_eq!(challenge.scope.as_deref(), Some("repository:x:pull,push"));
        assert_eq!(of(r#"Basic realm="x""#), None);
    }

    #[test]
    fn a_token_is_not_asked_for_in_the_clear() {
        let challenge = of(r#"Bearer realm="http://a.example/token""#).unwrap();
        assert!(!challenge.is_safe(false));
        assert!(challenge.is_safe(true));
    }
}
