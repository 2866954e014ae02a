//! What the supervisor needs to know about a part to start it.

use async_trait::async_trait;

use crate::error::Result;
use crate::event::Events;
use crate::local::part::Part;
use crate::local::process::Launch;

/// A part that can be started.
#[async_trait]
pub(super) trait Service: Send + Sync {
    /// Which one.
    fn part(&self) -> Part;

    /// Makes what it needs and says how it is started.
    async fn prepare(&self, events: &Events) -> Result<Launch>;

    /// Whether what it wrote before it died says that another try soon may do.
    fn may_try_again(&self, _last_lines: &str) -> bool {
        false
    }
}
