//! The browser of whoever sits here, by the program that the system opens addresses with.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, Command};

use crate::error::{Error, Result};

/// Names the program, where somebody wants another than the system's.
const VARIABLE: &str = "BROWSER";
/// A program that cannot open an address says so at once; one that can may stay.
const AT_ONCE: Duration = Duration::from_secs(2);

/// A program that opens addresses.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Browser {
    program: String,
}

impl Browser {
    /// The one of this machine, where there is one and a display to show it on.
    pub(super) fn find() -> Option<Self> {
        Self::among(cfg!(target_os = "macos"), |name| std::env::var(name).ok())
    }

    fn among(is_mac: bool, variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let said = |name: &str| variable(name).filter(|value| !value.is_empty());
        let display = || said("DISPLAY").or_else(|| said("WAYLAND_DISPLAY"));
        let of_system = || match is_mac {
            true => Some("open".to_owned()),
            false => display().map(|_| "xdg-open".to_owned()),
        };
        let program = said(VARIABLE).or_else(of_system)?;
        Some(Self { program })
    }

    /// Starts it. It stays when this command ends.
    pub(super) fn open(&self, address: &str) -> Result<Opening> {
        let child = Command::new(&self.program)
            .arg(address)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let child = child.map_err(|error| {
            Error::machine(format!("could not start {}", self.program))
                .because(error)
                .hint(format!("name another browser: {VARIABLE}=firefox"))
                .hint("or open it yourself: --print prints the address alone")
        })?;
        Ok(Opening(Some(child)))
    }
}

/// A browser on its way, or none at all.
pub(super) struct Opening(Option<Child>);

impl Opening {
    /// There is no browser.
    pub(super) fn none() -> Self {
        Self(None)
    }

    /// Ends when it is clear that nothing was opened; else never.
    pub(super) async fn failed(self) {
        let Some(mut child) = self.0 else { return };
        if child.wait().await.is_ok_and(|status| status.success()) {
            std::future::pending::<()>().await;
        }
    }

    /// Whether it runs, or has handed the address on.
    pub(super) async fn has_begun(self) -> bool {
        tokio::time::timeout(AT_ONCE, self.failed()).await.is_err()
    }
}

#[cfg(test)]
mod tests {
    use super::Browser;

    #[test]
    fn a_browser_is_what_was_named_or_what_the_display_has() {
        let found = |is_mac, set: &[(&str, &str)]| {
            let variable = |name: &str| {
                let mut set = set.iter();
                set.find(|(known, _)| *known == name)
                    .map(|(_, value)| (*value).to_owned())
            };
            Browser::among(is_mac, variable).map(|browser| browser.program)
        };
        let some = |program: &str| Some(program.to_owned());
        assert_eq!(found(false, &[]), None);
        assert_eq!(found(false, &[("DISPLAY", "")]), None);
        assert_eq!(found(false, &[("DISPLAY", ":0")]), some("xdg-open"));
        assert_eq!(
            found(false, &[("WAYLAND_DISPLAY", "wayland-0")]),
            some("xdg-open")
        );
        assert_eq!(found(true, &[]), some("open"));
        assert_eq!(
            found(true, &[("DISPLAY", ":0"), ("BROWSER", "lynx")]),
            some("lynx")
        );
    }
}
