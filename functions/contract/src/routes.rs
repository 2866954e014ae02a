//! What the gateway lets through without a token. Everything else needs one.

/// Methods and paths, in the gateway's spelling.
pub const PUBLIC: &[&str] = &[
    "GET /health",
    "GET /version",
    // The console: its page and its files.
    "GET /",
    "GET /console/{file+}",
];

/// The API's description; public wherever it is served at all, which is not in production.
pub const DESCRIPTION: &[&str] = &["GET /docs", "GET /openapi.json"];
