//! One HTTPS client for all providers: pooled, with timeouts, retries and no key in any error.

use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{RequestBuilder, Response, StatusCode};
use rustls::{ClientConfig, RootCertStore};
use serde::de::DeserializeOwned;

use super::outbound::Outbound;
use super::{ProviderError, jitter};

const ATTEMPTS: u32 = 4;
const MAX_MESSAGE: usize = 300;
const MAX_ANSWER: usize = 8 * 1024 * 1024;

/// When and how long to wait.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// For a connection.
    pub connect: Duration,
    /// For a whole answer.
    pub answer: Duration,
    /// Before the second attempt, on average half of it; doubled for every further one.
    pub backoff: Duration,
    /// A provider that asks for a longer pause is given up for now.
    pub longest_pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            answer: Duration::from_secs(40),
            backoff: Duration::from_millis(500),
            longest_pause: Duration::from_secs(10),
        }
    }
}

/// The client. Clones share one connection pool.
#[derive(Clone, Debug)]
pub struct Http {
    client: reqwest::Client,
    patience: Patience,
    outbound: Option<Outbound>,
}

impl Http {
    /// Goes anywhere it is sent. Trusts Mozilla's roots, which are built in: reading the host's
    /// costs start-up time.
    pub fn new(patience: Patience) -> Result<Self> {
        Self::over(patience, None)
    }

    /// Goes where it may and nowhere else, whatever a name resolves to.
    pub fn guarded(patience: Patience, outbound: Outbound) -> Result<Self> {
        Self::over(patience, Some(outbound))
    }

    fn over(patience: Patience, outbound: Option<Outbound>) -> Result<Self> {
        let roots = RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        };
        let provider = std::sync::Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .context("choose TLS versions")?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .connect_timeout(patience.connect)
            .timeout(patience.answer)
            // A key must not follow a redirect to another host.
            .redirect(reqwest::redirect::Policy::none());
        if let Some(outbound) = &outbound {
            // A proxy would resolve names itself.
            client = client.dns_resolver(outbound.resolver()).no_proxy();
        }
        let client = client.build().context("build the HTTPS client")?;
        Ok(Self {
            client,
            patience,
            outbound,
        })
    }

    /// A request to make.
    pub fn post(&self, url: &str) -> RequestBuilder {
        self.client.post(url)
    }

    /// A request to make.
    pub fn get(&self, url: &str) -> RequestBuilder {
        self.client.get(url)
    }

    /// Sends a request until it is answered or refused, and reads the JSON of the answer. Only an
    /// unreachable or busy provider is asked again.
    pub async fn json<T: DeserializeOwned>(
        &self,
        provider: &'static str,
        request: RequestBuilder,
    ) -> Result<T, ProviderError> {
        let mut attempt = 0;
        loop {
            let error = match self.whole(provider, &request).await {
                Ok(body) => return parse(provider, &body),
                Err(error) => error,
            };
            attempt += 1;
            self.wait(provider, error, attempt).await?;
        }
    }

    /// Sends a request until an answer to it begins or it is refused.
    pub(super) async fn open(
        &self,
        provider: &'static str,
        request: &RequestBuilder,
    ) -> Result<Response, ProviderError> {
        let mut attempt = 0;
        loop {
            let error = match self.send(provider, request).await {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            attempt += 1;
            self.wait(provider, error, attempt).await?;
        }
    }

    /// Waits until a failed request may be sent again, if it shall be.
    async fn wait(
        &self,
        provider: &'static str,
        error: ProviderError,
        attempt: u32,
    ) -> Result<(), ProviderError> {
        let Some(pause) = self.pause(&error, attempt) else {
            return Err(error);
        };
        tracing::warn!(provider, attempt, %error, pause_ms = pause.as_millis(), "asking again");
        tokio::time::sleep(pause).await;
        Ok(())
    }

    async fn whole(
        &self,
        provider: &'static str,
        request: &RequestBuilder,
    ) -> Result<Vec<u8>, ProviderError> {
        read(provider, self.send(provider, request).await?).await
    }

    /// Sends a request one time; what is no success is an error.
    async fn send(
        &self,
        provider: &'static str,
        request: &RequestBuilder,
    ) -> Result<Response, ProviderError> {
        let again = request.try_clone().ok_or(ProviderError::Shape {
            provider,
            reason: "the request cannot be sent twice".to_owned(),
        })?;
        let request = again
            .build()
            .map_err(|error| unreachable(provider, error))?;
        if let Some(outbound) = &self.outbound {
            let forbidden = |reason| ProviderError::Forbidden { provider, reason };
            outbound.check(request.url()).map_err(forbidden)?;
        }
        let sent = self.client.execute(request).await;
        let response = sent.map_err(|error| unreachable(provider, error))?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let retry_after = retry_after(response.headers(), SystemTime::now());
        let body = read(provider, response).await?;
        Err(refusal(provider, status, retry_after, &body))
    }

    /// Sends a request one time and waits no longer than that: for what is not worth more.
    pub async fn once(
        &self,
        provider: &'static str,
        request: RequestBuilder,
        patience: Duration,
    ) -> Result<Vec<u8>, ProviderError> {
        self.whole(provider, &request.timeout(patience)).await
    }

    /// How long to wait before the next attempt; `None` if there shall be none.
    fn pause(&self, error: &ProviderError, attempt: u32) -> Option<Duration> {
        if attempt >= ATTEMPTS || !error.is_transient() {
            return None;
        }
        let wished = match error {
            ProviderError::Busy { retry_after, .. } => *retry_after,
            _ => None,
        };
        let pause = wished.unwrap_or_default() + jitter(self.patience.backoff, attempt - 1);
        (wished.unwrap_or_default() <= self.patience.longest_pause).then_some(pause)
    }
}

async fn read(provider: &'static str, response: Response) -> Result<Vec<u8>, ProviderError> {
    bounded(response)
        .await
        .map_err(|error| unreachable(provider, error))
}

fn unreachable(provider: &'static str, error: reqwest::Error) -> ProviderError {
    ProviderError::Unreachable {
        provider,
        reason: chain(&error.without_url()),
    }
}

/// Why an answer is none.
fn refusal(
    provider: &'static str,
    status: StatusCode,
    retry_after: Option<Duration>,
    body: &[u8],
) -> ProviderError {
    let message = message(body);
    // 529 is how Anthropic says that it is overloaded.
    let busy = status.is_server_error()
        || matches!(
            status,
            StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT
        );
    let status = status.as_u16();
    if busy {
        ProviderError::Busy {
            provider,
            status,
            message,
            retry_after,
        }
    } else {
        ProviderError::Refused {
            provider,
            status,
            message,
        }
    }
}

async fn bounded(mut response: Response) -> Result<Vec<u8>, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_ANSWER {
            // Cut off, it will be refused as not JSON.
            break;
        }
    }
    Ok(body)
}

fn parse<T: DeserializeOwned>(provider: &'static str, body: &[u8]) -> Result<T, ProviderError> {
    serde_json::from_slice(body).map_err(|error| ProviderError::Shape {
        provider,
        reason: error.to_string(),
    })
}

/// The pause that is asked for, in seconds or as the time of its end. One that is over is none.
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let end = httpdate::parse_http_date(text).ok()?;
    Some(end.duration_since(now).unwrap_or_default())
}

/// What the provider says went wrong, however it wraps it.
fn message(body: &[u8]) -> String {
    let value: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    let text = ["/error/message", "/error", "/detail", "/message"]
        .into_iter()
        .find_map(|at| Some(value.as_ref()?.pointer(at)?.as_str()?.to_owned()));
    let text = text.unwrap_or_else(|| String::from_utf8_lossy(body).into_owned());
    text.chars().take(MAX_MESSAGE).collect()
}

fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}
