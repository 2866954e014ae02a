//! axe-core, the accessibility checker, for the tests of the console.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use sha2::{Digest as _, Sha256};
use tokio::process::Command;

use crate::error::{Doing as _, Error, Kind, Result};
use crate::event::Events;

/// Tells the tests where it is.
pub(super) const VARIABLE: &str = "COLLECTIONS_AXE";

const VERSION: &str = "4.14.1";
const SHA256: &str = "e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745";
const FILE: &str = "package/axe.min.js";

/// Fetches it through npm, if it is not there yet; nothing where there is no npm. The tests then
/// say what they did not check.
pub(super) async fn install(tools: &Path, events: &Events) -> Result<Option<PathBuf>> {
    let script = tools.join(format!("axe-core-{VERSION}.min.js"));
    if script.is_file() {
        return Ok(Some(script));
    }
    let folder = tempfile::tempdir().doing("make a temporary folder")?;
    let step = events.start("install axe-core");
    let packed = Command::new("npm")
        .args(["pack", "--silent", &format!("axe-core@{VERSION}")])
        .current_dir(folder.path())
        .kill_on_drop(true)
        .output()
        .await;
    let Ok(packed) = packed else {
        step.finish();
        return Ok(None);
    };
    if !packed.status.success() {
        let said = String::from_utf8_lossy(&packed.stderr).trim().to_owned();
        return Err(
            Error::machine(format!("npm could not fetch axe-core: {said}"))
                .hint("look at the network, and at npm's registry: npm config get registry"),
        );
    }
    let package = folder.path().join(format!("axe-core-{VERSION}.tgz"));
    let package = std::fs::read(&package).doing_as(Kind::Machine, "read what npm fetched")?;
    let hash = hex::encode(Sha256::digest(&package));
    if hash != SHA256 {
        return Err(Error::machine(format!(
            "axe-core {VERSION} has the hash {hash}, which is not the pinned one"
        )));
    }
    let text = extract(&package).doing_as(Kind::Machine, "unpack axe-core")?;
    let unfinished = script.with_extension("part");
    std::fs::write(&unfinished, text).doing("write axe-core")?;
    std::fs::rename(&unfinished, &script).doing("write axe-core")?;
    step.finish();
    Ok(Some(script))
}

fn extract(package: &[u8]) -> std::io::Result<String> {
    let mut archive = tar::Archive::new(GzDecoder::new(package));
    for entry in archive.entries()? {
        let mut entry = entry?;
        if entry.path()?.as_ref() == Path::new(FILE) {
            let mut text = String::new();
            entry.read_to_string(&mut text)?;
            return Ok(text);
        }
    }
    Err(std::io::Error::other(format!("the package has no {FILE}")))
}
