//! `clean`: what builds, deploys and tests left on this machine. Never data, keys or outputs.

use std::fmt;
use std::path::Path;

use serde::Serialize;

use crate::context::Context;
use crate::error::{Doing as _, Kind, Result};
use crate::report::Outcome;

/// What is removed, and what it is. The local environment's data has `local reset`, builds have
/// `cargo clean`; `.env` and `.outputs` are nobody's leftovers.
const LEFTOVERS: &[(&str, &str)] = &[
    (".local/artifacts", "packed functions"),
    (".local/validated", "notes of templates that passed"),
    ("reports", "reports"),
    ("cdk.out", "what the old tool left"),
    (".cdk.staging", "what the old tool left"),
];

/// Options of `clean`.
#[derive(clap::Args)]
pub struct Args {
    /// Show what would be removed and change nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Serialize)]
struct Leftover {
    path: &'static str,
    what: &'static str,
    bytes: u64,
}

#[derive(Serialize)]
struct Cleaned {
    dry_run: bool,
    removed: Vec<Leftover>,
}

/// Removes; a later deploy packs and validates anew.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let mut removed = Vec::new();
    for (path, what) in LEFTOVERS {
        let folder = ctx.path(path);
        if !folder.is_dir() {
            continue;
        }
        removed.push(Leftover {
            path,
            what,
            bytes: size(&folder),
        });
        if !args.dry_run {
            std::fs::remove_dir_all(&folder).doing_as(Kind::Machine, format!("remove {path}"))?;
        }
    }
    Outcome::of(&Cleaned {
        dry_run: args.dry_run,
        removed,
    })
}

/// Bytes below a folder; links are not followed.
fn size(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(found) if found.is_dir() => size(&entry.path()),
            Ok(found) => found.len(),
            Err(_) => 0,
        })
        .sum()
}

impl fmt::Display for Cleaned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.removed.is_empty() {
            return writeln!(f, "nothing to remove");
        }
        let verb = if self.dry_run {
            "would remove"
        } else {
            "removed"
        };
        for leftover in &self.removed {
            let Leftover { path, what, bytes } = leftover;
            let size = *bytes as f64 / 1_048_576.0;
            writeln!(f, "{verb} {path}: {what}, {size:.1} MiB")?;
        }
        writeln!(
            f,
            "builds: cargo clean; local data: cargo xtask local reset"
        )
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::size;

    #[test]
    fn a_folder_is_as_large_as_its_files() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("deep")).unwrap();
        std::fs::write(folder.path().join("deep/a"), "12345").unwrap();
        std::fs::write(folder.path().join("b"), "123").unwrap();
        std::os::unix::fs::symlink("/", folder.path().join("link")).unwrap();
        let link = folder.path().join("link").symlink_metadata().unwrap().len();
        assert_eq!(size(folder.path()), 8 + link);
    }
}
