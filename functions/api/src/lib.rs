//! The HTTP API: one router, behind Lambda or on a port of its own.

pub mod app;
pub mod body;
mod console;
pub mod embedding;
pub mod identity;
pub mod observe;
pub mod openapi;
pub mod problem;
pub mod routes;

pub use app::App;
pub use routes::router;
