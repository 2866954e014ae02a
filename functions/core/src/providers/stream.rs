//! Answers that come line by line: server-sent events, and JSON documents one a line.

use reqwest::RequestBuilder;
use serde_json::Value;

use super::ProviderError;
use super::http::Http;

/// No event of any provider comes near this.
const MAX_LINE: usize = 1024 * 1024;
const MAX_STREAM: usize = 16 * 1024 * 1024;

/// Gets the lines of an answer; an error ends the reading.
pub(super) type OnLine<'a> = dyn FnMut(&str) -> Result<(), ProviderError> + Send + 'a;

impl Http {
    /// Sends a request until it is answered or refused, and gives every line of the answer to
    /// `on_line`. Once an answer has begun it is not asked for again.
    pub(super) async fn lines(
        &self,
        provider: &'static str,
        request: &RequestBuilder,
        on_line: &mut OnLine<'_>,
    ) -> Result<(), ProviderError> {
        let mut response = self.open(provider, request).await?;
        let mut rest: Vec<u8> = Vec::new();
        let mut read = 0;
        loop {
            let chunk = match response.chunk().await {
                Ok(Some(chunk)) => chunk,
                Ok(None) => break,
                Err(error) => {
                    tracing::warn!(provider, error = %error.without_url(), "the answer broke off");
                    return Err(ProviderError::Cut { provider });
                }
            };
            read += chunk.len();
            rest.extend_from_slice(&chunk);
            while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = rest.drain(..=end).collect();
                on_line(String::from_utf8_lossy(&line).trim_end())?;
            }
            if rest.len() > MAX_LINE || read > MAX_STREAM {
                return Err(ProviderError::TooLong { provider });
            }
        }
        match on_line(&String::from_utf8_lossy(&rest)) {
            // Half a line is what a connection leaves behind that broke off.
            Err(ProviderError::Shape { .. }) => Err(ProviderError::Cut { provider }),
            read => read,
        }
    }
}

/// The data of a server-sent event, if the line carries any. Every event of the providers fits a
/// line and says within its data what it is.
pub(super) fn event(line: &str) -> Option<&str> {
    line.strip_prefix("data:").map(str::trim)
}

/// A line's JSON.
pub(super) fn parse(provider: &'static str, text: &str) -> Result<Value, ProviderError> {
    serde_json::from_str(text).map_err(|error| ProviderError::Shape {
        provider,
        reason: format!("a line of its stream is no JSON: {error}"),
    })
}
