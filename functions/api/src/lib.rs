//! The HTTP API: one router, behind Lambda or on a port of its own.

pub mod app;
pub mod body;
pub mod caching;
mod console;
pub mod embedding;
pub mod identity;
pub mod limits;
pub mod observe;
pub mod openapi;
pub mod problem;
pub mod routes;
pub mod server;

pub use app::App;
pub use routes::router;
