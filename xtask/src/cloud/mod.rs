//! The one seam to AWS: small traits by concern. `aws` speaks to the real thing (or to any
//! endpoint that speaks its language), `fake` is a stateful one in memory for tests.

pub mod account;
pub mod aws;
pub mod clock;
pub mod error;
pub mod expiry;
#[cfg(test)]
pub(crate) mod fake;
pub mod functions;
pub mod identity;
pub mod images;
pub mod objects;
pub mod parameters;
pub mod queues;
pub mod registry;
pub mod retry;
pub mod settling;
pub mod stacks;
pub mod template;

use std::sync::Arc;

pub use account::Account;
pub use clock::Clock;
pub use error::{CloudError, CloudResult, Fault};
pub use expiry::Expiry;
pub use functions::Functions;
pub use identity::Identity;
pub use images::Images;
pub use objects::Objects;
pub use parameters::Parameters;
pub use queues::Queues;
pub use settling::Settling;
pub use stacks::Stacks;

/// Every concern of one account in one region.
#[derive(Clone)]
pub struct Cloud {
    /// Stacks and change sets.
    pub stacks: Arc<dyn Stacks>,
    /// Functions, their versions and aliases.
    pub functions: Arc<dyn Functions>,
    /// Buckets and objects.
    pub objects: Arc<dyn Objects>,
    /// Repositories of images.
    pub images: Arc<dyn Images>,
    /// Parameters and secrets.
    pub parameters: Arc<dyn Parameters>,
    /// Expiry of what is stored.
    pub expiry: Arc<dyn Expiry>,
    /// Room and names.
    pub account: Arc<dyn Account>,
    /// Which resources serve yet.
    pub settling: Arc<dyn Settling>,
    /// Queues and what waits in them.
    pub queues: Arc<dyn Queues>,
    /// Who is calling.
    pub identity: Arc<dyn Identity>,
    /// Time, so that tests need not wait for it.
    pub clock: Arc<dyn Clock>,
    /// The region every call goes to.
    pub region: String,
    /// The endpoint when it is not AWS itself.
    pub endpoint: Option<String>,
}
