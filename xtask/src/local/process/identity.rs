//! Who a process is. A pid alone is not enough: it is handed out again after its process ends.

use serde::{Deserialize, Serialize};

use super::table;

/// A process id and the moment the system started it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    /// The process id.
    pub pid: u32,
    /// When it started, in the system's own words; only ever compared.
    pub started: String,
}

impl Identity {
    /// The process that has this pid now.
    pub(crate) fn of(pid: u32) -> Option<Self> {
        table::started(pid).map(|started| Self { pid, started })
    }

    /// Whether this very process still runs. One that ended and waits to be reaped does not.
    pub(crate) fn is_alive(&self) -> bool {
        table::started(self.pid).is_some_and(|started| started == self.started)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_pid_with_another_start_is_another_process() {
        let me = Identity::of(std::process::id()).unwrap();
        assert!(me.is_alive());
        let reused = Identity {
            started: format!("{}0", me.started),
            ..me
        };
        assert!(!reused.is_alive());
    }

    #[test]
    fn a_process_that_waits_to_be_reaped_is_dead() {
        let mut child = std::process::Command::new("sleep")
            .arg("60")
            .spawn()
            .unwrap();
        let identity = Identity::of(child.id()).unwrap();
        assert!(identity.is_alive());
        child.kill().unwrap();
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(5);
        while identity.is_alive() && std::time::Instant::now() < deadline {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        // Not waited for yet: the pid still exists.
        assert!(!identity.is_alive());
        child.wait().unwrap();
        assert_eq!(Identity::of(child.id()), None);
    }
}
