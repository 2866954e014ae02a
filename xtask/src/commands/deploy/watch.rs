//! `--watch`: work that is done again whenever somebody saves a file it depends on.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::engine::stop::Stop;
use crate::error::{Kind, Result};
use crate::event::Events;

/// What functions are built from: their sources, pages and migrations are compiled in.
const SOURCES: [&str; 4] = ["functions", "migrations", "Cargo.toml", "Cargo.lock"];
const OFTEN: Duration = Duration::from_millis(200);

/// What is watched.
pub(super) struct Watched(Vec<PathBuf>);

/// When each file was written, and its size.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct State(BTreeMap<PathBuf, (Option<SystemTime>, u64)>);

impl Watched {
    /// The sources of the project in this folder.
    pub(super) fn new(root: &Path) -> Self {
        Self(SOURCES.iter().map(|name| root.join(name)).collect())
    }

    /// How they are now.
    pub(super) fn state(&self) -> State {
        let mut found = BTreeMap::new();
        self.0.iter().for_each(|path| look(path, &mut found));
        State(found)
    }
}

/// Until Ctrl-C: a save since `seen` does the work again.
pub(super) async fn again_on_save<F: Future<Output = Result<()>>>(
    watched: &Watched,
    mut seen: State,
    events: &Events,
    stop: &Stop,
    work: impl Fn() -> F,
) -> Result<()> {
    loop {
        stop.here("waiting for a save")?;
        events.skip("watch", "waiting for a save");
        seen = changed(watched, &seen).await;
        match work().await {
            Err(error) if error.kind() == Kind::Interrupted => return Err(error),
            Err(error) => {
                // A mistake in the source is the usual reason; the next save is the way out.
                events.warn(error.to_string());
                error.hints().iter().for_each(|hint| events.warn(hint));
            }
            Ok(()) => {}
        }
    }
}

/// Comes back with another state than `seen`.
async fn changed(watched: &Watched, seen: &State) -> State {
    loop {
        let now = watched.state();
        if now != *seen {
            return now;
        }
        tokio::time::sleep(OFTEN).await;
    }
}

fn look(path: &Path, found: &mut BTreeMap<PathBuf, (Option<SystemTime>, u64)>) {
    let Ok(about) = path.metadata() else {
        return;
    };
    if !about.is_dir() {
        found.insert(path.to_owned(), (about.modified().ok(), about.len()));
        return;
    }
    let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| !is_of_an_editor(&entry.file_name().to_string_lossy())) {
        look(&entry.path(), found);
    }
}

/// Copies that editors keep beside what is edited.
fn is_of_an_editor(name: &str) -> bool {
    name.starts_with('.') || name.starts_with('#') || name.ends_with('~')
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::event::Recorder;

    fn project() -> (tempfile::TempDir, Watched) {
        let folder = tempfile::tempdir().unwrap();
        for name in ["functions/api/src", "functions/api/web", "migrations"] {
            std::fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        std::fs::write(
            folder.path().join("functions/api/src/main.rs"),
            "fn main() {}",
        )
        .unwrap();
        let watched = Watched::new(folder.path());
        (folder, watched)
    }

    #[test]
    fn whatever_is_compiled_in_is_watched_and_what_is_not_is_not() {
        let (folder, watched) = project();
        let mut seen = watched.state();
        let mut saved = |name: &str| {
            std::fs::write(folder.path().join(name), name).unwrap();
            let now = watched.state();
            let differs = now != seen;
            seen = now;
            differs
        };
        for name in [
            "functions/api/src/main.rs",
            "functions/api/web/console.css",
            "migrations/0002_more.sql",
            "Cargo.toml",
            "Cargo.lock",
        ] {
            assert!(saved(name), "{name}");
        }
        for name in [
            "functions/api/src/.main.rs.swp",
            "functions/api/src/main.rs~",
            "README.md",
        ] {
            assert!(!saved(name), "{name}");
        }
    }

    #[test]
    fn a_file_that_goes_or_comes_with_an_old_time_is_a_change() {
        let (folder, watched) = project();
        let source = folder.path().join("functions/api/src/main.rs");
        let other = folder.path().join("other.rs");
        std::fs::write(&other, "fn main() { }").unwrap();
        let file = std::fs::File::options().write(true).open(&other).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        let seen = watched.state();
        std::fs::rename(&other, &source).unwrap();
        let moved = watched.state();
        assert_ne!(moved, seen);
        std::fs::remove_file(&source).unwrap();
        assert_ne!(watched.state(), moved);
    }

    #[tokio::test]
    async fn a_save_while_the_work_runs_does_it_once_more() {
        let (folder, watched) = project();
        let source = folder.path().join("functions/api/src/main.rs");
        let (stop, runs) = (Stop::default(), Arc::new(AtomicUsize::new(0)));
        let seen = watched.state();
        std::fs::write(&source, "fn main() { first() }").unwrap();
        let work = || async {
            if runs.fetch_add(1, Ordering::SeqCst) == 0 {
                std::fs::write(&source, "fn main() { second() }").unwrap();
            } else {
                stop.ask();
            }
            Ok(())
        };
        let (_, events) = Recorder::pair();
        let ended = again_on_save(&watched, seen, &events, &stop, work);
        let ended = tokio::time::timeout(Duration::from_secs(10), ended).await;
        assert_eq!(ended.unwrap().unwrap_err().kind(), Kind::Interrupted);
        assert_eq!(runs.load(Ordering::SeqCst), 2);
    }
}
