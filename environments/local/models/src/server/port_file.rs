//! Tells the parent process which address was chosen.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context as _, Result};

/// Writes the address, so that a reader sees all of it or no file.
pub fn write(path: &Path, address: SocketAddr) -> Result<()> {
    replace(path, address).with_context(|| format!("write the address to {}", path.display()))
}

fn replace(path: &Path, address: SocketAddr) -> std::io::Result<()> {
    // Beside the file itself: only within one file system is a rename atomic.
    let mut partial = path.as_os_str().to_owned();
    partial.push(format!(".{}.partial", std::process::id()));
    let mut file = std::fs::File::create(&partial)?;
    writeln!(file, "{address}")?;
    std::fs::rename(&partial, path)
}
