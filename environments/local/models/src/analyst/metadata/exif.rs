//! EXIF: when, with what and where a photo was taken, and the captions cameras and Windows write.

use exif::{Context, Exif, Field, In, Reader, Tag, Value};

use super::{Metadata, Position, set};

/// Written by Windows, in UTF-16; not part of the standard.
const XP_TITLE: Tag = Tag(Context::Tiff, 0x9c9b);
const XP_COMMENT: Tag = Tag(Context::Tiff, 0x9c9c);
const XP_KEYWORDS: Tag = Tag(Context::Tiff, 0x9c9e);
const XP_SUBJECT: Tag = Tag(Context::Tiff, 0x9c9f);

pub(super) fn read(block: Vec<u8>, found: &mut Metadata) {
    // JPEG decoders hand over the block with or without its mark.
    let block = match block.strip_prefix(b"Exif\0\0") {
        Some(bare) => bare.to_vec(),
        None => block,
    };
    let Ok(exif) = Reader::new().read_raw(block) else {
        return;
    };
    let mut text = |tag, slot: fn(&mut Metadata) -> &mut Option<String>| {
        if let Some(value) = field(&exif, tag).and_then(text_of) {
            set(slot(found), &value);
        }
    };
    text(Tag::ImageDescription, |found| &mut found.description);
    text(Tag::UserComment, |found| &mut found.comment);
    text(Tag::Software, |found| &mut found.software);
    text(XP_TITLE, |found| &mut found.title);
    text(XP_SUBJECT, |found| &mut found.headline);
    text(XP_COMMENT, |found| &mut found.comment);

    if let Some(keywords) = field(&exif, XP_KEYWORDS).and_then(text_of) {
        keywords
            .split(';')
            .for_each(|keyword| found.add_keyword(keyword));
    }
    if found.taken.is_none() {
        found.taken = field(&exif, Tag::DateTimeOriginal)
            .or_else(|| field(&exif, Tag::DateTime))
            .and_then(taken);
    }
    if let Some(camera) = camera(&exif) {
        set(&mut found.camera, &camera);
    }
    found.position = found.position.or_else(|| position(&exif));
}

fn field(exif: &Exif, tag: Tag) -> Option<&Field> {
    exif.get_field(tag, In::PRIMARY)
}

fn text_of(field: &Field) -> Option<String> {
    match &field.value {
        Value::Ascii(parts) => Some(String::from_utf8_lossy(parts.first()?).into_owned()),
        Value::Byte(bytes) => Some(utf16(bytes, u16::from_le_bytes)),
        // A comment names its character set in its first eight bytes.
        Value::Undefined(bytes, _) => match bytes.split_at_checked(8)? {
            (b"ASCII\0\0\0" | b"\0\0\0\0\0\0\0\0", text) => {
                Some(String::from_utf8_lossy(text).into_owned())
            }
            (b"UNICODE\0", text) => Some(utf16(text, u16::from_be_bytes)),
            _ => None,
        },
        _ => None,
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units: Vec<u16> = bytes
        .chunks_exact(2)
        .map(|pair| unit([pair[0], pair[1]]))
        .collect();
    String::from_utf16_lossy(&units)
}

fn taken(field: &Field) -> Option<String> {
    let Value::Ascii(parts) = &field.value else {
        return None;
    };
    let date = exif::DateTime::from_ascii(parts.first()?).ok()?;
    (date.month != 0).then(|| format!("{:04}-{:02}-{:02}", date.year, date.month, date.day))
}

fn camera(exif: &Exif) -> Option<String> {
    let make = field(exif, Tag::Make).and_then(text_of).unwrap_or_default();
    let model = field(exif, Tag::Model).and_then(text_of)?;
    let (make, model) = (make.trim(), model.trim());
    // Many models begin with their make.
    let named = model.to_lowercase().starts_with(&make.to_lowercase());
    Some(if named {
        model.to_owned()
    } else {
        format!("{make} {model}")
    })
}

fn position(exif: &Exif) -> Option<Position> {
    let latitude = degrees(exif, Tag::GPSLatitude, Tag::GPSLatitudeRef, b'S')?;
    let longitude = degrees(exif, Tag::GPSLongitude, Tag::GPSLongitudeRef, b'W')?;
    Position::new(latitude, longitude)
}

fn degrees(exif: &Exif, tag: Tag, side: Tag, negative: u8) -> Option<f64> {
    let Value::Rational(parts) = &field(exif, tag)?.value else {
        return None;
    };
    let [degrees, minutes, seconds] = parts.as_slice() else {
        return None;
    };
    let value = degrees.to_f64() + minutes.to_f64() / 60.0 + seconds.to_f64() / 3600.0;
    let Value::Ascii(side) = &field(exif, side)?.value else {
        return None;
    };
    let signed = if side.first()?.first() == Some(&negative) {
        -value
    } else {
        value
    };
    signed.is_finite().then_some(signed)
}
