//! What the page may load and whom it may talk to. Nothing inline, nothing from elsewhere, no text
//! that becomes code.

use anyhow::{Context, Result};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use collections_core::contract::EnvKey;

use crate::app::App;

const NOSNIFF: (HeaderName, &str) = (header::X_CONTENT_TYPE_OPTIONS, "nosniff");

/// The headers of the page.
pub(super) fn apply(headers: &mut HeaderMap, app: &App) -> Result<()> {
    let store = app.objects.origin();
    let users = origin(app.settings.require(EnvKey::CognitoEndpoint)?);
    let policy = [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        &format!("img-src 'self' blob: {store}"),
        &format!("connect-src 'self' {users} {store}"),
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]
    .join("; ");
    let policy = HeaderValue::from_str(&policy).context("write the content security policy")?;
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    for (name, value) in [
        NOSNIFF,
        (header::REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), microphone=(), geolocation=()",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Ok(())
}

/// The headers of a file that is no page.
pub(super) fn inert(headers: &mut HeaderMap) {
    headers.insert(NOSNIFF.0, HeaderValue::from_static(NOSNIFF.1));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; sandbox"),
    );
}

/// Scheme, host and port of an address.
fn origin(address: &str) -> &str {
    let host = address.find("://").map_or(0, |at| at + 3);
    let end = address[host..]
        .find('/')
        .map_or(address.len(), |at| host + at);
    &address[..end]
}

#[cfg(test)]
mod tests {
    use super::origin;

    #[test]
    fn an_origin_has_no_path() {
        assert_eq!(origin("http://127.0.0.1:4566/a/b"), "http://127.0.0.1:4566");
        assert_eq!(origin("https://users.example"), "https://users.example");
    }
}
