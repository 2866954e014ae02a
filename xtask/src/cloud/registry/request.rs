//! One request: logged in, asked again when a token is wanted, sorted when it fails.

use std::sync::PoisonError;

use reqwest::{RequestBuilder, Response, StatusCode, Url};
use serde::Deserialize;

use super::login::{Challenge, Granted};
use super::{Login, Registry};
use crate::cloud::{CloudError, CloudResult, Fault};
use crate::secret::Secret;

/// Errors are short; what is longer is not read.
const ERROR_BYTES: usize = 64 << 10;

#[derive(Deserialize)]
struct Errors {
    errors: Vec<Problem>,
}

#[derive(Deserialize)]
struct Problem {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

impl Registry {
    /// The address of something in the repository.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.repository.url())
    }

    /// Sends a request, with a token where the registry asks for one, and gives any answer that
    /// is no failure. `None` says that there is no such thing.
    pub(super) async fn ask(
        &self,
        call: &'static str,
        request: impl Fn(&reqwest::Client) -> RequestBuilder,
    ) -> CloudResult<Option<Response>> {
        let mut answer = self.send(call, &request).await?;
        if answer.status() == StatusCode::UNAUTHORIZED
            && let Some(challenge) = Challenge::of(answer.headers())
        {
            self.be_granted(call, &challenge).await?;
            answer = self.send(call, &request).await?;
        }
        match answer.status() {
            status if status.is_success() => Ok(Some(answer)),
            StatusCode::NOT_FOUND => Ok(None),
            _ => Err(self.failure(call, answer).await),
        }
    }

    /// The same for what must be there.
    pub(super) async fn demand(
        &self,
        call: &'static str,
        request: impl Fn(&reqwest::Client) -> RequestBuilder,
    ) -> CloudResult<Response> {
        self.ask(call, request).await?.ok_or_else(|| {
            let words = format!("{}: no such repository or image", self.repository);
            CloudError::new(call, Fault::NotFound, "NAME_UNKNOWN", words)
        })
    }

    async fn send(
        &self,
        call: &'static str,
        request: &impl Fn(&reqwest::Client) -> RequestBuilder,
    ) -> CloudResult<Response> {
        let granted = self.granted().clone();
        let request = match (granted, &self.login) {
            (Some(token), _) => request(&self.http).bearer_auth(token.expose()),
            (None, login) => basic(request(&self.http), login),
        };
        request
            .send()
            .await
            .map_err(|error| self.broken(call, &error))
    }

    fn granted(&self) -> std::sync::MutexGuard<'_, Option<Secret>> {
        self.granted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks for a token where the registry says.
    async fn be_granted(&self, call: &'static str, challenge: &Challenge) -> CloudResult<()> {
        let refused = |words: String| {
            let words = format!("{}: {words}", self.repository.host);
            CloudError::new(call, Fault::Denied, "UNAUTHORIZED", words)
        };
        let realm = Url::parse(&challenge.realm);
        let mut url = realm.map_err(|_| refused("it names no place to ask for a token".into()))?;
        if !challenge.is_safe(self.repository.is_on_loopback()) {
            return Err(refused(format!("it wants a token asked for at {url}")));
        }
        for (name, value) in [("service", &challenge.service), ("scope", &challenge.scope)] {
            if let Some(value) = value {
                url.query_pairs_mut().append_pair(name, value);
            }
        }
        let answer = basic(self.http.get(url), &self.login).send().await;
        let answer = answer.map_err(|error| self.broken(call, &error))?;
        if !answer.status().is_success() {
            return Err(self.failure(call, answer).await);
        }
        let granted: Option<Granted> = answer.json().await.ok();
        let token = granted.and_then(Granted::token);
        *self.granted() = Some(token.ok_or_else(|| refused("it gave no token".into()))?);
        Ok(())
    }

    /// A request that got no answer.
    pub(super) fn broken(&self, call: &'static str, error: &reqwest::Error) -> CloudError {
        let causes = std::iter::successors(std::error::Error::source(error), |e| e.source());
        let words: Vec<String> = causes.map(ToString::to_string).collect();
        let words = format!("{}: {}", self.repository.host, words.join(": "));
        CloudError::new(call, Fault::Unavailable, "", words)
    }

    async fn failure(&self, call: &'static str, answer: Response) -> CloudError {
        let status = answer.status();
        let (code, said) = problem(answer).await;
        let fault = match status {
            StatusCode::UNAUTHORIZED => Fault::Credentials,
            StatusCode::FORBIDDEN => Fault::Denied,
            StatusCode::NOT_FOUND => Fault::NotFound,
            StatusCode::TOO_MANY_REQUESTS => Fault::Throttled,
            _ if status.is_server_error() => Fault::Unavailable,
            _ => Fault::Invalid,
        };
        let words = [code.as_str(), said.as_str()].join(" ");
        let words = format!(
            "{}: HTTP {} {}",
            self.repository,
            status.as_u16(),
            words.trim()
        );
        CloudError::new(call, fault, code, words.trim_end())
    }
}

fn basic(request: RequestBuilder, login: &Login) -> RequestBuilder {
    match login {
        Login::Anonymous => request,
        Login::Basic(token) => {
            let mut value =
                reqwest::header::HeaderValue::try_from(format!("Basic {}", token.expose()))
                    .unwrap_or_else(|_| reqwest::header::HeaderValue::from_static(""));
            value.set_sensitive(true);
            request.header(reqwest::header::AUTHORIZATION, value)
        }
    }
}

/// The first of a registry's errors: its code and its words.
async fn problem(mut answer: Response) -> (String, String) {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = answer.chunk().await {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > ERROR_BYTES {
            break;
        }
    }
    let errors = serde_json::from_slice::<Errors>(&bytes).map(|said| said.errors);
    let first = errors.unwrap_or_default().into_iter().next();
    first.map_or_else(Default::default, |problem| (problem.code, problem.message))
}
