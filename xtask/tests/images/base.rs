//! A base image from the host's own C library, where none can be pulled.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use xtask::cloud::clock::SystemClock;
use xtask::cloud::images::Manifest;
use xtask::cloud::registry::{Digest, Login, OCI_MANIFEST, Registry, Repository, client};
use xtask::cloud::retry::Retry;

/// A repository without a login.
pub(crate) fn registry(address: &str) -> Registry {
    let retry = Retry::new(Arc::new(SystemClock));
    let repository = Repository::parse(address).unwrap();
    Registry::new(client().unwrap(), retry, repository, Login::Anonymous)
}

/// Puts a base for these binaries into the registry; says its name there, by digest.
pub(crate) async fn publish<'p>(
    host: &str,
    binaries: impl IntoIterator<Item = &'p PathBuf>,
) -> String {
    let libraries: BTreeSet<PathBuf> = binaries.into_iter().flat_map(|one| linked(one)).collect();
    assert!(!libraries.is_empty(), "the binaries link nothing");
    let mut tar = tar::Builder::new(Vec::new());
    let inside = |path: &Path| path.strip_prefix("/").unwrap().to_owned();
    // Every folder: an engine makes missing ones so that only root can enter, and a missing
    // working directory as a layer of its own.
    let inner: Vec<PathBuf> = libraries.iter().map(|library| inside(library)).collect();
    let folders = inner.iter().flat_map(|path| path.ancestors().skip(1));
    let working = ["var", "var/task"].map(Path::new);
    let folders: BTreeSet<&Path> = folders.chain(working).collect();
    for folder in folders.into_iter().filter(|path| *path != Path::new("")) {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Directory);
        header.set_mode(0o755);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(0);
        header.set_size(0);
        tar.append_data(&mut header, folder, std::io::empty())
            .unwrap();
    }
    for library in &libraries {
        tar.append_path_with_name(library.canonicalize().unwrap(), inside(library))
            .unwrap();
    }
    let tar = tar.into_inner().unwrap();
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    std::io::Write::write_all(&mut gzip, &tar).unwrap();
    push(host, &tar, &gzip.finish().unwrap(), architecture()).await
}

/// The host's processor, as images name it.
pub(crate) fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "aarch64" => "arm64",
        _ => "amd64",
    }
}

/// An image of one layer, stored part by part.
pub(crate) async fn push(host: &str, tar: &[u8], layer: &[u8], architecture: &str) -> String {
    let address = format!("{host}/base");
    let registry = registry(&address);
    let config = json!({
        "architecture": architecture, "os": "linux", "created": "2026-01-01T00:00:00Z",
        "config": { "WorkingDir": "/var/task", "Cmd": ["handler"], "Labels": null },
        "rootfs": { "type": "layers", "diff_ids": [Digest::of(tar)] },
        "history": [{ "created": "2026-01-01T00:00:00Z", "created_by": "the host" }],
    })
    .to_string();
    let folder = tempfile::tempdir().unwrap();
    let mut put = Vec::new();
    for bytes in [config.as_bytes(), layer] {
        let digest = Digest::of(bytes);
        let file = folder.path().join(digest.hex());
        std::fs::write(&file, bytes).unwrap();
        registry.push_blob(&digest, &file).await.unwrap();
        put.push(json!({ "digest": digest, "size": bytes.len() }));
    }
    let part = |kind: &str, part: &Value| {
        let mut part = part.clone();
        part["mediaType"] = format!("application/vnd.oci.image.{kind}").into();
        part
    };
    let manifest = json!({
        "schemaVersion": 2, "mediaType": OCI_MANIFEST,
        "config": part("config.v1+json", &put[0]),
        "layers": [part("layer.v1.tar+gzip", &put[1])],
    });
    let bytes = manifest.to_string().into_bytes();
    let manifest = Manifest {
        digest: Digest::of(&bytes),
        media_type: OCI_MANIFEST.into(),
        bytes,
    };
    registry.push_image(&manifest).await.unwrap();
    format!("{address}@{}", manifest.digest)
}

/// What the dynamic linker would load for a binary, itself included.
fn linked(binary: &Path) -> Vec<PathBuf> {
    let output = Command::new("ldd").arg(binary).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let paths = text.split_whitespace().filter(|word| word.starts_with('/'));
    paths.map(PathBuf::from).collect()
}
