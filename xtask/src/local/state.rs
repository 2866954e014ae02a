//! What an environment remembers between commands: ports and processes. No secrets.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::error::{Doing as _, Error, Kind, Result};
use crate::event::Events;
use crate::local::files;
use crate::local::part::Part;
use crate::local::process::Identity;

/// The remembered facts, as they stand in `.local/state.json`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct State {
    /// Where each part listens.
    #[serde(default)]
    pub ports: BTreeMap<Part, u16>,
    /// Which process each part was started as.
    #[serde(default)]
    pub processes: BTreeMap<Part, Running>,
}

/// A part that was started.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Running {
    /// The process.
    pub process: Identity,
    /// When it was started.
    #[serde(with = "time::serde::rfc3339")]
    pub since: OffsetDateTime,
}

impl State {
    /// Reads the state; a file that cannot be understood is put aside and said so.
    pub(super) fn load(path: &Path, events: &Events) -> Result<Self> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(error) => {
                return Err(error).doing_as(Kind::Machine, format!("read {}", path.display()));
            }
        };
        match serde_json::from_str(&text) {
            Ok(state) => Ok(state),
            Err(error) => {
                let aside = aside(path);
                events.warn(format!(
                    "{} is not readable ({error}); it is now {}",
                    path.display(),
                    aside.display()
                ));
                std::fs::rename(path, &aside)
                    .doing_as(Kind::Machine, format!("put {} aside", path.display()))?;
                Ok(Self::default())
            }
        }
    }

    /// Writes the state, whole or not at all.
    pub(super) fn save(&self, path: &Path) -> Result<()> {
        let json = serde_json::to_vec_pretty(self)
            .map_err(|source| Error::failed("could not write the state as JSON").because(source))?;
        files::write(path, &json, 0o600)
    }

    /// The process of a part, if it still lives.
    pub(super) fn living(&self, part: Part) -> Option<&Running> {
        self.processes
            .get(&part)
            .filter(|running| running.process.is_alive())
    }
}

fn aside(path: &Path) -> PathBuf {
    path.with_extension("json.broken")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::event::{Event, Recorder};
    use proptest::prelude::*;

    fn identity() -> impl Strategy<Value = Identity> {
        (1_u32..4_000_000, "[a-z0-9 :]{1,20}").prop_map(|(pid, started)| Identity { pid, started })
    }

    proptest! {
        #[test]
        fn what_is_saved_is_what_is_loaded(port in 1_u16.., process in identity(), at in 0_i64..4_000_000_000) {
            let since = OffsetDateTime::from_unix_timestamp(at).unwrap();
            let state = State {
                ports: BTreeMap::from([(Part::Tls, port)]),
                processes: BTreeMap::from([(Part::Postgres, Running { process, since })]),
            };
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("state.json");
            state.save(&path).unwrap();
            let (_, events) = Recorder::pair();
            prop_assert_eq!(State::load(&path, &events).unwrap(), state);
        }
    }

    #[test]
    fn a_broken_state_is_put_aside_and_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.json");
        std::fs::write(&path, "{\"ports\": ").unwrap();
        let (recorder, events) = Recorder::pair();
        assert_eq!(State::load(&path, &events).unwrap(), State::default());
        assert!(folder.path().join("state.json.broken").is_file());
        assert!(matches!(&recorder.events()[..], [Event::Warning { .. }]));
    }
}
