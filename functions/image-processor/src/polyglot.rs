//! Files that are an image and something else as well: served under another type, the other half
//! would come alive. Trailing data as such is common (motion photos, gain maps) and harmless.

/// An archive's end record and the most that may follow it.
const ZIP_END: &[u8] = b"PK\x05\x06";
const ZIP_TAIL: usize = 22 + 65_535;

/// Where a PDF's header must be to be found by readers.
const PDF_HEADER: &[u8] = b"%PDF-";
const PDF_WITHIN: usize = 1024;

/// What makes a browser or a server take a file for a page or a program.
const SCRIPTS: [&[u8]; 5] = [b"<script", b"<html", b"<!doctype", b"<?php", b"<svg"];
/// What ends its name, and how much text follows at least, or the file's end. Compressed pixels
/// hold four given letters now and then, but not with text behind them.
const ENDS: &[u8] = b" \t\r\n\x0c>/";
const TEXT: usize = 6;

/// What else the file is.
pub fn second_nature(bytes: &[u8]) -> Option<&'static str> {
    if is_zip(bytes) {
        return Some("a ZIP archive");
    }
    if find(&bytes[..bytes.len().min(PDF_WITHIN)], PDF_HEADER) {
        return Some("a PDF document");
    }
    has_script(bytes).then_some("a web page or script")
}

fn is_zip(bytes: &[u8]) -> bool {
    let tail = &bytes[bytes.len().saturating_sub(ZIP_TAIL)..];
    (0..tail.len()).rev().any(|at| {
        // The record ends with the length of a comment, which must reach the end of the file.
        tail[at..].starts_with(ZIP_END)
            && tail.get(at + 20..at + 22).is_some_and(|length| {
                at + 22 + usize::from(u16::from_le_bytes([length[0], length[1]])) <= tail.len()
            })
    })
}

fn has_script(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == b'<') {
        rest = &rest[at..];
        let begins = |word: &&[u8]| {
            let (start, after) = rest.split_at(word.len().min(rest.len()));
            start.eq_ignore_ascii_case(word)
                && after.first().is_none_or(|byte| ENDS.contains(byte))
                && after.iter().skip(1).take(TEXT).all(is_text)
        };
        if SCRIPTS.iter().any(begins) {
            return true;
        }
        rest = &rest[1..];
    }
    false
}

fn is_text(byte: &u8) -> bool {
    byte.is_ascii_graphic() || byte.is_ascii_whitespace()
}

fn find(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_and_programs_are_seen_wherever_they_lie() {
        for text in [
            "<svg/onload=alert(1)>",
            "<SVG xmlns='http://www.w3.org/2000/svg'>",
            "<html><body>",
            "<?PHP system('x'); ?>",
            "<!doctype html><p>",
            "<script>x</script>",
        ] {
            let file = [b"\x89PNG\0\xff", text.as_bytes(), b"\0\x01\xfe"].concat();
            assert!(second_nature(&file).is_some(), "{text}");
        }
        assert!(second_nature(b"\xff\xd8\xff<html>").is_some(), "at the end");
    }

    /// In four megabytes of compressed pixels these letters are found once in 130 times.
    #[test]
    fn letters_that_pixels_happen_to_have_are_no_page() {
        for word in ["<svg", "<sVG", "<html", "<?php"] {
            let pixels = [
                b"\xff\xd8\xff\x91",
                word.as_bytes(),
                b" \x8e\x11\xd4\x07\x9c",
            ]
            .concat();
            assert_eq!(second_nature(&pixels), None, "{word}");
        }
    }
}
