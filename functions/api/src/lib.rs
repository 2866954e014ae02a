//! The HTTP API: one router, behind Lambda or on a port of its own.

pub mod app;
pub mod body;
pub mod caching;
mod console;
pub mod embedding;
pub mod failures;
pub mod identity;
pub mod limits;
pub mod observe;
pub mod openapi;
pub mod problem;
pub mod routes;
pub mod server;
pub mod standing;
pub mod talk;

pub use app::App;
pub use routes::router;
