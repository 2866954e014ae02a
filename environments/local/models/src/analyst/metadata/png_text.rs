//! The text chunks of a PNG, before and after its pixels.

use std::io::Cursor;

use super::{Metadata, set};

/// Text may be compressed; this bounds what it unpacks to.
const LARGEST_TEXT: usize = 64 * 1024;

pub(super) fn read(bytes: &[u8], found: &mut Metadata) {
    let limits = png::Limits {
        bytes: 32 * 1024 * 1024,
    };
    let decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
    let Ok(mut reader) = decoder.read_info() else {
        return;
    };
    // What stands before the pixels counts even if the file ends too early.
    let _ends_early = reader.finish();
    let info = reader.info();
    for chunk in &info.uncompressed_latin1_text {
        keep(&chunk.keyword, &chunk.text, found);
    }
    for chunk in &info.compressed_latin1_text {
        let mut chunk = chunk.clone();
        if chunk.decompress_text_with_limit(LARGEST_TEXT).is_ok()
            && let Ok(text) = chunk.get_text()
        {
            keep(&chunk.keyword, &text, found);
        }
    }
    for chunk in &info.utf8_text {
        let mut chunk = chunk.clone();
        if chunk.decompress_text_with_limit(LARGEST_TEXT).is_ok()
            && let Ok(text) = chunk.get_text()
        {
            keep(&chunk.keyword, &text, found);
        }
    }
}

fn keep(keyword: &str, text: &str, found: &mut Metadata) {
    match keyword.to_ascii_lowercase().as_str() {
        "title" => set(&mut found.title, text),
        "headline" | "subject" => set(&mut found.headline, text),
        "description" | "caption" => set(&mut found.description, text),
        "comment" => set(&mut found.comment, text),
        "software" => set(&mut found.software, text),
        "location" | "city" | "country" => found.add_place(text),
        "keywords" | "tags" => text
            .split([',', ';'])
            .for_each(|keyword| found.add_keyword(keyword)),
        _ => {}
    }
}
