//! IPTC-IIM: the captions of press photos, in the application record of the block.

use super::{Metadata, set};

/// Every dataset begins with this byte, then its record, its number and its length.
const MARK: u8 = 0x1c;
const APPLICATION_RECORD: u8 = 2;
/// A length with the top bit set is of the extended kind, for data no caption has.
const EXTENDED: u16 = 0x8000;

pub(super) fn read(block: &[u8], found: &mut Metadata) {
    // The datasets lie within a Photoshop resource; they begin at the first mark of the record.
    let begins = |pair: &[u8]| pair == [MARK, APPLICATION_RECORD];
    let Some(start) = block.windows(2).position(begins) else {
        return;
    };
    let mut rest = &block[start..];
    while let Some((dataset, value, after)) = next(rest) {
        let text = String::from_utf8_lossy(value);
        match dataset {
            5 => set(&mut found.title, &text),
            25 => found.add_keyword(&text),
            26 | 90 | 92 | 95 | 101 => found.add_place(&text),
            105 => set(&mut found.headline, &text),
            120 => set(&mut found.description, &text),
            _ => {}
        }
        rest = after;
    }
}

fn next(block: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let [MARK, APPLICATION_RECORD, dataset, high, low, rest @ ..] = block else {
        return None;
    };
    let length = u16::from_be_bytes([*high, *low]);
    if length & EXTENDED != 0 {
        return None;
    }
    let (value, after) = rest.split_at_checked(usize::from(length))?;
    Some((*dataset, value, after))
}
