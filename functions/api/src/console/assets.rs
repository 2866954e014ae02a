//! The console's files, named by their content and compressed, made once per process.
//!
//! A module names the modules it imports, so its own name depends on theirs: files are listed
//! after what they import.

use std::io::Write;
use std::sync::LazyLock;

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const HASH: usize = 16;

/// A file as it is served.
#[derive(Debug)]
pub(super) struct Asset {
    /// The name it is served under, `api-0123456789abcdef.js`.
    name: String,
    /// Its content type.
    pub(super) content_type: &'static str,
    /// The text.
    pub(super) plain: String,
    /// The text, compressed.
    pub(super) compressed: Vec<u8>,
    /// Its entity tag.
    pub(super) tag: String,
}

/// Names and texts, each after what it names.
const FILES: &[(&str, &str, &str)] = &[
    (
        "icon.svg",
        "image/svg+xml",
        include_str!("../../web/icon.svg"),
    ),
    (
        "style.css",
        "text/css; charset=utf-8",
        include_str!("../../web/style.css"),
    ),
    ("dom.js", JAVASCRIPT, include_str!("../../web/dom.js")),
    (
        "citations.js",
        JAVASCRIPT,
        include_str!("../../web/citations.js"),
    ),
    ("stages.js", JAVASCRIPT, include_str!("../../web/stages.js")),
    (
        "notices.js",
        JAVASCRIPT,
        include_str!("../../web/notices.js"),
    ),
    (
        "session.js",
        JAVASCRIPT,
        include_str!("../../web/session.js"),
    ),
    ("api.js", JAVASCRIPT, include_str!("../../web/api.js")),
    (
        "sign_in.js",
        JAVASCRIPT,
        include_str!("../../web/sign_in.js"),
    ),
    (
        "uploads.js",
        JAVASCRIPT,
        include_str!("../../web/uploads.js"),
    ),
    ("item.js", JAVASCRIPT, include_str!("../../web/item.js")),
    (
        "gallery.js",
        JAVASCRIPT,
        include_str!("../../web/gallery.js"),
    ),
    ("search.js", JAVASCRIPT, include_str!("../../web/search.js")),
    ("chat.js", JAVASCRIPT, include_str!("../../web/chat.js")),
    ("status.js", JAVASCRIPT, include_str!("../../web/status.js")),
    ("main.js", JAVASCRIPT, include_str!("../../web/main.js")),
];

const PAGE: &str = include_str!("../../web/index.html");

struct Site {
    page: Asset,
    files: Vec<Asset>,
}

static SITE: LazyLock<Site> = LazyLock::new(build);

/// The page.
pub(super) fn page() -> &'static Asset {
    &SITE.page
}

/// A file by the name it is served under.
pub(super) fn named(name: &str) -> Option<&'static Asset> {
    SITE.files.iter().find(|asset| asset.name == name)
}

fn build() -> Site {
    let mut renamed: Vec<(&str, String)> = Vec::new();
    let mut files = Vec::new();
    for (name, content_type, text) in FILES {
        let text = rename(text, "./", &renamed);
        let asset = Asset::new(name, content_type, text);
        renamed.push((name, asset.name.clone()));
        files.push(asset);
    }
    let page = rename(&with_preloads(&renamed), "console/", &renamed);
    let page = Asset::new("index.html", "text/html; charset=utf-8", page);
    Site { page, files }
}

/// Has the browser fetch all modules at once instead of one import after the other.
fn with_preloads(names: &[(&str, String)]) -> String {
    let links: String = names
        .iter()
        .filter(|(name, _)| name.ends_with(".js"))
        .map(|(name, _)| format!("<link rel=\"modulepreload\" href=\"console/{name}\">\n"))
        .collect();
    PAGE.replacen("</head>", &format!("{links}</head>"), 1)
}

fn rename(text: &str, folder: &str, names: &[(&str, String)]) -> String {
    names.iter().fold(text.to_owned(), |text, (from, to)| {
        text.replace(&format!("\"{folder}{from}\""), &format!("\"{folder}{to}\""))
    })
}

impl Asset {
    fn new(name: &str, content_type: &'static str, plain: String) -> Self {
        let hash = hex::encode(Sha256::digest(&plain));
        let hash = &hash[..HASH];
        let name = match name.rsplit_once('.') {
            Some((stem, extension)) => format!("{stem}-{hash}.{extension}"),
            None => format!("{name}-{hash}"),
        };
        Self {
            name,
            content_type,
            compressed: compress(&plain),
            plain,
            tag: format!("\"{hash}\""),
        }
    }
}

/// Writing to memory does not fail.
fn compress(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let written = encoder.write_all(text.as_bytes());
    written.and_then(|()| encoder.finish()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{FILES, SITE};

    /// What the first view may weigh, compressed.
    const FIRST_VIEW: usize = 60_000;

    #[test]
    fn every_import_is_to_a_file_that_is_served() {
        let site = &*SITE;
        for asset in site.files.iter().chain([&site.page]) {
            for (name, ..) in FILES {
                for unhashed in [format!("\"./{name}\""), format!("\"console/{name}\"")] {
                    assert!(
                        !asset.plain.contains(&unhashed),
                        "{} names {unhashed} before it is listed in FILES",
                        asset.name
                    );
                }
            }
        }
    }

    #[test]
    fn every_file_of_the_folder_is_served() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("web");
        for entry in folder.read_dir().expect("the folder is there") {
            let name = entry.expect("readable").file_name();
            let name = name.to_string_lossy();
            let served = name == "index.html" || FILES.iter().any(|(file, ..)| *file == name);
            assert!(served, "{name} is in no list");
        }
    }

    #[test]
    fn the_first_view_is_small() {
        let site = &*SITE;
        let all: usize = site.files.iter().map(|asset| asset.compressed.len()).sum();
        let all = all + site.page.compressed.len();
        assert!(all < FIRST_VIEW, "{all} bytes");
    }
}
