//! What the gateway lets through without a token. Everything else needs one.

/// Methods and paths, in the gateway's spelling.
pub const PUBLIC: &[&str] = &[
    "GET /health",
    "GET /version",
    // The console's page, its files and the public settings it signs in with.
    "GET /",
    "GET /console/{file+}",
];

/// The API's description; public wherever it is served at all, which is not in production.
pub const DESCRIPTION: &[&str] = &["GET /docs", "GET /openapi.json"];
