//! The console's files, named by their content and compressed, made once per process.

use std::io::Write;
use std::sync::LazyLock;

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use super::bundle::bundle;

const HASH: usize = 16;

/// The modules, each after those it imports.
const MODULES: &[(&str, &str)] = &[
    ("dom.js", include_str!("../../web/dom.js")),
    ("citations.js", include_str!("../../web/citations.js")),
    ("stages.js", include_str!("../../web/stages.js")),
    ("notices.js", include_str!("../../web/notices.js")),
    ("session.js", include_str!("../../web/session.js")),
    ("api.js", include_str!("../../web/api.js")),
    ("sign_in.js", include_str!("../../web/sign_in.js")),
    ("deletion.js", include_str!("../../web/deletion.js")),
    ("uploads.js", include_str!("../../web/uploads.js")),
    ("item.js", include_str!("../../web/item.js")),
    ("gallery.js", include_str!("../../web/gallery.js")),
    ("search.js", include_str!("../../web/search.js")),
    ("chat.js", include_str!("../../web/chat.js")),
    ("status.js", include_str!("../../web/status.js")),
    ("main.js", include_str!("../../web/main.js")),
];
const STYLE: &str = include_str!("../../web/style.css");
const ICON: &str = include_str!("../../web/icon.svg");
const PAGE: &str = include_str!("../../web/index.html");
/// Where the page holds its settings.
const SETTINGS: &str = "{{settings}}";

/// A file as it is served.
#[derive(Debug)]
pub(super) struct Asset {
    /// The name it stands under in `web/`.
    source: &'static str,
    /// The name it is served under, `main-0123456789abcdef.js`.
    name: String,
    /// Its content type.
    pub(super) content_type: &'static str,
    /// The text.
    pub(super) plain: String,
    /// The text, compressed.
    pub(super) compressed: Vec<u8>,
}

static FILES: LazyLock<[Asset; 3]> = LazyLock::new(|| {
    [
        Asset::new("icon.svg", "image/svg+xml", ICON.to_owned()),
        Asset::new("style.css", "text/css; charset=utf-8", STYLE.to_owned()),
        Asset::new("main.js", "text/javascript; charset=utf-8", bundle(MODULES)),
    ]
});

/// The page, with what it must know before anybody signed in.
pub(super) fn page(settings: &str) -> Asset {
    let page = FILES.iter().fold(PAGE.to_owned(), |page, file| {
        let (from, to) = (file.source, &file.name);
        page.replace(&format!("\"console/{from}\""), &format!("\"console/{to}\""))
    });
    let page = page.replace(SETTINGS, &escape(settings));
    Asset::new("index.html", "text/html; charset=utf-8", page)
}

/// A file by the name it is served under.
pub(super) fn named(name: &str) -> Option<&'static Asset> {
    FILES.iter().find(|asset| asset.name == name)
}

fn escape(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('"', "&quot;");
    text.replace('<', "&lt;").replace('>', "&gt;")
}

impl Asset {
    fn new(source: &'static str, content_type: &'static str, plain: String) -> Self {
        let hash = hex::encode(Sha256::digest(&plain));
        let hash = &hash[..HASH];
        let (stem, extension) = source.rsplit_once('.').unwrap_or((source, ""));
        Self {
            source,
            name: format!("{stem}-{hash}.{extension}"),
            content_type,
            compressed: compress(&plain),
            plain,
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
    use super::{FILES, MODULES, page};

    /// What the first view may weigh, compressed.
    const FIRST_VIEW: usize = 60_000;

    #[test]
    fn every_module_stands_after_those_it_imports() {
        for (at, (name, text)) in MODULES.iter().enumerate() {
            for line in text.lines().filter(|line| line.starts_with("import ")) {
                let from = line
                    .rsplit_once("\"./")
                    .and_then(|(_, file)| file.strip_suffix("\";"));
                let from = from.unwrap_or_else(|| panic!("{name}: {line}"));
                let before = MODULES[..at].iter().any(|(other, _)| *other == from);
                assert!(before, "{name} stands before {from}");
            }
        }
        let script = &FILES[2].plain;
        for word in ["import ", "export "] {
            assert!(
                !script.lines().any(|line| line.starts_with(word)),
                "{word} is left"
            );
        }
    }

    #[test]
    fn every_file_of_the_folder_is_served() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("web");
        for entry in folder.read_dir().expect("the folder is there") {
            let name = entry.expect("readable").file_name();
            let name = name.to_string_lossy();
            let served = ["index.html", "icon.svg", "style.css"].contains(&&*name)
                || MODULES.iter().any(|(file, _)| *file == name);
            assert!(served, "{name} is in no list");
        }
    }

    #[test]
    fn the_page_names_files_by_their_content_and_keeps_settings_in_their_place() {
        let page = page("{\"a\":\"<b>\"}").plain;
        for file in FILES.iter() {
            assert!(
                page.contains(&format!("\"console/{}\"", file.name)),
                "{}",
                file.name
            );
        }
        assert!(
            page.contains("content=\"{&quot;a&quot;:&quot;&lt;b&gt;&quot;}\""),
            "{page}"
        );
    }

    #[test]
    fn the_first_view_is_small() {
        let files: usize = FILES.iter().map(|asset| asset.compressed.len()).sum();
        let all = files + page("{}").compressed.len();
        assert!(all < FIRST_VIEW, "{all} bytes");
    }
}
