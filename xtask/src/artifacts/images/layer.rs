//! A layer: a tar that depends on nothing but the files in it, compressed the same way every time.

use std::collections::BTreeMap;
use std::io::{Read, Write as _};
use std::path::{Component, Path, PathBuf};

use flate2::{Compression, GzBuilder};
use tar::{Archive, Builder, EntryType, Header};

use crate::error::{Doing as _, Error, Result};

/// gzip's own default: a layer is compressed once and read many times.
const EFFORT: u32 = 6;
const FOLDER_MODE: u32 = 0o755;

/// The files of a layer, by path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Layer(BTreeMap<PathBuf, Entry>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    kind: EntryType,
    mode: u32,
    owner: (u64, u64),
    link: Option<PathBuf>,
    bytes: Vec<u8>,
}

impl Layer {
    /// Puts a file in, and the folders above it.
    pub(super) fn add(&mut self, path: &str, bytes: &[u8], mode: u32) -> Result<()> {
        let entry = Entry {
            kind: EntryType::Regular,
            mode,
            owner: (0, 0),
            link: None,
            bytes: bytes.to_owned(),
        };
        self.0.insert(inside(Path::new(path))?, entry);
        self.add_folders();
        Ok(())
    }

    /// Reads a layer that an engine made. Times are not read: they say when it was built.
    pub(super) fn read(tar: impl Read) -> Result<Self> {
        const WHAT: &str = "read a layer of the engine";
        let mut layer = Self::default();
        for entry in Archive::new(tar).entries().doing(WHAT)? {
            let mut entry = entry.doing(WHAT)?;
            let path = inside(&entry.path().doing(WHAT)?)?;
            let header = entry.header();
            let kind = header.entry_type();
            let known = [
                EntryType::Regular,
                EntryType::Directory,
                EntryType::Symlink,
                EntryType::Link,
            ];
            if !known.contains(&kind) {
                return Err(Error::failed(format!(
                    "{} in the image is neither file, folder nor link",
                    path.display()
                )));
            }
            let mode = header.mode().doing(WHAT)? & 0o7777;
            let owner = (header.uid().doing(WHAT)?, header.gid().doing(WHAT)?);
            let link = entry.link_name().doing(WHAT)?.map(|link| link.into_owned());
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).doing(WHAT)?;
            if path.as_os_str().is_empty() {
                continue;
            }
            layer.0.insert(
                path,
                Entry {
                    kind,
                    mode,
                    owner,
                    link,
                    bytes,
                },
            );
        }
        layer.add_folders();
        Ok(layer)
    }

    /// Engines differ in which folders above a file they write down, and unpack missing ones so
    /// that only root can enter: all of them are there.
    fn add_folders(&mut self) {
        let paths: Vec<PathBuf> = self.0.keys().cloned().collect();
        for above in paths.iter().flat_map(|path| path.ancestors().skip(1)) {
            if above.as_os_str().is_empty() {
                continue;
            }
            let folder = Entry {
                kind: EntryType::Directory,
                mode: FOLDER_MODE,
                owner: (0, 0),
                link: None,
                bytes: Vec::new(),
            };
            self.0.entry(above.to_owned()).or_insert(folder);
        }
    }

    /// The tar.
    pub(super) fn tar(&self) -> Result<Vec<u8>> {
        const WHAT: &str = "write a layer";
        let mut builder = Builder::new(Vec::new());
        for (path, entry) in &self.0 {
            let mut header = Header::new_gnu();
            header.set_entry_type(entry.kind);
            header.set_mode(entry.mode);
            header.set_uid(entry.owner.0);
            header.set_gid(entry.owner.1);
            header.set_mtime(0);
            header.set_size(entry.bytes.len() as u64);
            match &entry.link {
                Some(link) => builder.append_link(&mut header, path, link),
                None => builder.append_data(&mut header, path, entry.bytes.as_slice()),
            }
            .doing(WHAT)?;
        }
        builder.into_inner().doing(WHAT)
    }
}

/// The bytes, compressed, with neither a time nor a system in the header.
pub(super) fn compress(bytes: &[u8]) -> Result<Vec<u8>> {
    const UNKNOWN_SYSTEM: u8 = 255;
    let mut gzip = GzBuilder::new()
        .mtime(0)
        .operating_system(UNKNOWN_SYSTEM)
        .write(Vec::new(), Compression::new(EFFORT));
    gzip.write_all(bytes).doing("compress a layer")?;
    gzip.finish().doing("compress a layer")
}

/// A path inside an image: relative, without a way out.
fn inside(path: &Path) -> Result<PathBuf> {
    let mut clean = PathBuf::new();
    for component in path.components() {
        match component {
            Component::Normal(name) => clean.push(name),
            Component::RootDir | Component::CurDir => {}
            Component::ParentDir | Component::Prefix(_) => {
                return Err(Error::input(format!(
                    "{} leads out of the image",
                    path.display()
                )));
            }
        }
    }
    Ok(clean)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{Layer, compress};

    fn layer(files: &[(&str, &[u8])]) -> Layer {
        let mut layer = Layer::default();
        for (path, bytes) in files {
            layer.add(path, bytes, 0o755).unwrap();
        }
        layer
    }

    #[test]
    fn the_same_files_in_any_order_are_the_same_bytes() {
        let one = layer(&[("/a/b", b"1"), ("/a/c", b"2")]).tar().unwrap();
        let two = layer(&[("a/c", b"2"), ("./a/b", b"1")]).tar().unwrap();
        assert_eq!(one, two);
        assert_eq!(compress(&one).unwrap(), compress(&two).unwrap());
        assert_ne!(one, layer(&[("/a/b", b"1"), ("/a/c", b"3")]).tar().unwrap());
    }

    #[test]
    fn what_an_engine_writes_is_read_without_its_times_and_with_all_folders() {
        let mut builder = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_mode(0o755);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(1_700_000_000);
        header.set_size(1);
        builder
            .append_data(&mut header, "var/runtime/bootstrap", &b"x"[..])
            .unwrap();
        let tar = builder.into_inner().unwrap();
        let expected = layer(&[("/var/runtime/bootstrap", b"x")]);
        assert_eq!(Layer::read(tar.as_slice()).unwrap(), expected);
        let names: Vec<String> = expected
            .0
            .keys()
            .map(|path| path.display().to_string())
            .collect();
        assert_eq!(names, ["var", "var/runtime", "var/runtime/bootstrap"]);
    }

    #[test]
    fn a_layer_survives_being_written_and_read() {
        let written = layer(&[("/bin/run", b"code"), ("/etc/long", &[7; 1000])]);
        assert_eq!(
            Layer::read(written.tar().unwrap().as_slice()).unwrap(),
            written
        );
    }

    #[test]
    fn a_path_that_leads_out_is_refused() {
        let mut layer = Layer::default();
        assert!(layer.add("/var/../../etc/passwd", b"", 0o644).is_err());
    }
}
