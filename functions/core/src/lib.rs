//! What the functions share: the domain, the database, the object store, the event bus, secrets,
//! model providers and retrieval. A client is handed out for a function `F` and has only the
//! methods that the grants of `F` in `contract` allow.

pub mod agent;
pub mod aws;
pub mod chat;
pub mod checkpoints;
pub mod clock;
pub mod cloud;
pub mod db;
pub mod domain;
pub mod events;
mod grants;
pub mod lambda;
pub mod objects;
pub mod providers;
pub mod queue;
pub mod retrieval;
pub mod secret;
pub mod secrets;
pub mod settings;
pub mod telemetry;
pub mod trace;
pub mod upload;

pub use cloud::Cloud;
pub use contract;
pub use secret::Secret;
pub use settings::Settings;
