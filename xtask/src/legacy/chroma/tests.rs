//! A directory that Chroma 0.5 itself wrote: 24 vectors, of which some are in the index and some
//! in the queue; one was removed, two were replaced, one came again.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::io::{Cursor, Write as _};
use std::path::Path;

use collections_core::domain::ItemId;

use super::Chroma;
use super::pickle::labels;
use crate::legacy::{Ids, Source as _};

const DIRECTORY: &[u8] = include_bytes!("fixture.zip");

fn ids() -> Ids {
    Ids {
        user: "owner".parse().unwrap(),
        anew: false,
    }
}

fn unpacked() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(DIRECTORY)).unwrap();
    archive.extract(folder.path()).unwrap();
    folder
}

/// The folder of the index that has been written to.
fn index(folder: &Path) -> std::path::PathBuf {
    let inside = folder.read_dir().unwrap().flatten();
    let mut inside = inside.map(|entry| entry.path());
    inside
        .find(|path| path.join("index_metadata.pickle").is_file())
        .unwrap()
}

/// The numbers that the vectors of the directory were made of.
fn made(number: u32, change: u32) -> Vec<f32> {
    let whole = (0..1024u32).map(|at| (at * (number + 3 + change)) % 17);
    whole.map(|x| (x as f32 - 8.0) / 8.0).collect()
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

fn vectors(path: &Path, collection: Option<&str>) -> (BTreeMap<String, Vec<f32>>, Vec<String>) {
    let mut chroma = Chroma::open(path, collection, "voyage-3.5-lite", ids()).unwrap();
    let survey = chroma.survey().unwrap();
    let mut found = BTreeMap::new();
    chroma
        .vectors(&survey, &mut |item: &ItemId, vector: &[f32]| {
            found.insert(item.to_string(), vector.to_vec());
        })
        .unwrap();
    let refused = survey.refused.iter();
    let refused = refused.map(|one| format!("{}: {}", one.id, one.reason));
    (found, refused.collect())
}

#[test]
fn vectors_of_the_index_and_of_the_queue_are_read() {
    let folder = unpacked();
    let (found, refused) = vectors(folder.path(), Some("prod"));
    assert_eq!(refused, Vec::<String>::new());
    assert_eq!(found.len(), 23);
    assert!(!found.contains_key("item-3"), "it was removed");
    for number in (0..24).filter(|number| *number != 3) {
        let change = match number {
            // Replaced before the index was written, and after; removed and added again.
            1 | 22 => 100,
            5 => 200,
            _ => 0,
        };
        let found = &found[&format!("item-{number}")];
        let near = cosine(found, &made(number, change));
        assert!(near > 0.999_99, "item-{number}: {near}");
    }
}

#[test]
fn a_collection_too_small_for_an_index_is_in_the_queue_alone() {
    let folder = unpacked();
    let (found, refused) = vectors(folder.path(), Some("golden"));
    assert_eq!((found.len(), refused.len()), (3, 0));
    let error = Chroma::open(folder.path(), None, "m", ids()).err().unwrap();
    assert!(error.message().contains("2 collections"), "{error}");
    assert!(error.hints()[0].contains("golden, prod"), "{error:?}");
}

#[test]
fn a_damaged_index_is_an_error_and_never_a_wrong_vector() {
    let folder = unpacked();
    let segment = index(folder.path());
    for (name, bytes) in [
        ("header.bin", vec![0; 100]),
        ("data_level0.bin", vec![0; 100]),
        (
            "index_metadata.pickle",
            b"\x80\x05cos\nsystem\n(X\x02\x00\x00\x00idtR.".to_vec(),
        ),
    ] {
        let path = segment.join(name);
        let before = std::fs::read(&path).unwrap();
        std::fs::write(&path, bytes).unwrap();
        let error = Chroma::open(folder.path(), Some("prod"), "m", ids())
            .err()
            .unwrap();
        assert!(
            error.message().contains("no index of Chroma"),
            "{name}: {error}"
        );
        std::fs::write(&path, before).unwrap();
    }
}

#[test]
fn no_cut_of_a_pickle_is_read_as_a_whole_and_none_panics() {
    let folder = unpacked();
    let segment = index(folder.path());
    let whole = std::fs::read(segment.join("index_metadata.pickle")).unwrap();
    assert!(labels(&whole).unwrap().len() >= 20);
    for cut in 0..whole.len() {
        assert!(labels(&whole[..cut]).is_err(), "{cut}");
        let mut spoiled = whole.clone();
        spoiled[cut] ^= 0x5a;
        let _any = labels(&spoiled);
    }
    let deep = [vec![0x80, 4], vec![b'('; 1000], vec![b'.']].concat();
    assert!(labels(&deep).unwrap_err().contains("too deep"));
}

#[test]
fn an_export_is_read_line_by_line_and_bad_lines_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("export.jsonl");
    let mut file = std::fs::File::create(&path).unwrap();
    let line = |id: &str, item: &str, vector: &[f32]| {
        serde_json::json!({
            "id": id, "embedding": vector, "document": "d", "metadata": { "item_id": item },
        })
    };
    writeln!(file, "{}", line("a", "item-a", &made(1, 0))).unwrap();
    writeln!(file, "{}", line("b", "item-b", &[1.0, 2.0])).unwrap();
    writeln!(file, "{{\"id\": \"c\"").unwrap();
    writeln!(file, "{{\"id\": \"d\", \"embedding\": null}}").unwrap();
    writeln!(file, "{}", line("e", "item-a", &made(2, 0))).unwrap();
    drop(file);
    let (found, refused) = vectors(&path, None);
    assert_eq!(found.keys().collect::<Vec<_>>(), ["item-a"]);
    assert_eq!(found["item-a"], made(2, 0));
    assert_eq!(
        refused,
        [
            "a: item item-a has a later embedding",
            "b: the vector has 2 dimensions, not 1024",
            "d: it has no vector",
            "line 3: the line is no record in JSON",
        ]
    );
}
