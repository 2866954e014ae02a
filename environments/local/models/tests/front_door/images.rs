//! Images with known content, made on the spot.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use exif::experimental::Writer;
use exif::{Field, In, Rational, Tag, Value as ExifValue};
use image::codecs::jpeg::JpegEncoder;
use image::{ImageEncoder as _, Rgb, RgbImage};
use serde_json::{Value, json};

const BLUE: [u8; 3] = [40, 90, 210];

/// Three quarters blue, one quarter white.
fn pixels(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| {
        Rgb(if x * 4 < width * 3 { BLUE } else { [255; 3] })
    })
}

pub(crate) fn png(texts: &[(&str, &str)]) -> Vec<u8> {
    let pixels = pixels(120, 80);
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, 120, 80);
    encoder.set_color(png::ColorType::Rgb);
    for (index, (keyword, text)) in texts.iter().enumerate() {
        let (keyword, text) = ((*keyword).to_owned(), (*text).to_owned());
        match index % 3 {
            0 => encoder.add_itxt_chunk(keyword, text).unwrap(),
            1 => encoder.add_text_chunk(keyword, text).unwrap(),
            _ => encoder.add_ztxt_chunk(keyword, text).unwrap(),
        }
    }
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&pixels).unwrap();
    writer.finish().unwrap();
    bytes
}

pub(crate) fn gif() -> Vec<u8> {
    encoded(image::ImageFormat::Gif)
}

pub(crate) fn webp() -> Vec<u8> {
    encoded(image::ImageFormat::WebP)
}

fn encoded(format: image::ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    pixels(40, 40).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// Stored lying, displayed upright: 80 × 120. Taken in Lisbon.
pub(crate) fn jpeg_with_exif() -> Vec<u8> {
    let text = |tag, text: &str| (tag, ExifValue::Ascii(vec![text.into()]));
    let angle = |parts: [u32; 3]| {
        let rational = |num| Rational { num, denom: 1 };
        ExifValue::Rational(parts.map(rational).to_vec())
    };
    let fields: Vec<Field> = [
        text(
            Tag::ImageDescription,
            "Ferry in the harbor. Waiting for the tide #lisbon @ana",
        ),
        text(Tag::Make, "Fujifilm"),
        text(Tag::Model, "X100V"),
        text(Tag::DateTimeOriginal, "2024:05:17 18:30:00"),
        (Tag::Orientation, ExifValue::Short(vec![6])),
        (Tag::GPSLatitude, angle([38, 42, 27])),
        text(Tag::GPSLatitudeRef, "N"),
        (Tag::GPSLongitude, angle([9, 8, 6])),
        text(Tag::GPSLongitudeRef, "W"),
    ]
    .into_iter()
    .map(|(tag, value)| Field {
        tag,
        ifd_num: In::PRIMARY,
        value,
    })
    .collect();
    let mut writer = Writer::new();
    fields.iter().for_each(|field| writer.push_field(field));
    let mut block = std::io::Cursor::new(Vec::new());
    writer.write(&mut block, false).unwrap();

    let pixels = pixels(120, 80);
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new(&mut bytes);
    encoder.set_exif_metadata(block.into_inner()).unwrap();
    encoder
        .write_image(&pixels, 120, 80, image::ExtendedColorType::Rgb8)
        .unwrap();
    bytes
}

pub(crate) fn jpeg_with_xmp() -> Vec<u8> {
    let packet = r#"<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
        xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
      <rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/"
          xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
          xmlns:exif="http://ns.adobe.com/exif/1.0/"
          photoshop:City="Kyoto" photoshop:Headline="Ramen at the counter"
          exif:GPSLatitude="35,0.7N" exif:GPSLongitude="135,46.1E">
        <dc:description><rdf:Alt><rdf:li xml:lang="x-default">A bowl of ramen with egg</rdf:li></rdf:Alt></dc:description>
        <dc:subject><rdf:Bag><rdf:li>noodles</rdf:li><rdf:li>lunch</rdf:li></rdf:Bag></dc:subject>
      </rdf:Description></rdf:RDF></x:xmpmeta>"#;
    let mut segment = b"http://ns.adobe.com/xap/1.0/\0".to_vec();
    segment.extend_from_slice(packet.as_bytes());
    jpeg_with_segment(0xe1, &segment)
}

pub(crate) fn jpeg_with_iptc() -> Vec<u8> {
    let mut records = Vec::new();
    for (dataset, text) in [
        (105, "Mural in the old town"),
        (25, "street"),
        (90, "Porto"),
    ] {
        records.extend_from_slice(&[0x1c, 2, dataset, 0, u8::try_from(text.len()).unwrap()]);
        records.extend_from_slice(text.as_bytes());
    }
    let mut segment = b"Photoshop 3.0\08BIM\x04\x04\0\0\0\0\0".to_vec();
    segment.push(u8::try_from(records.len()).unwrap());
    segment.extend_from_slice(&records);
    jpeg_with_segment(0xed, &segment)
}

fn jpeg_with_segment(marker: u8, content: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    let pixels = pixels(120, 80);
    JpegEncoder::new(&mut plain).encode_image(&pixels).unwrap();
    let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
    let mut bytes = plain[..2].to_vec();
    bytes.extend_from_slice(&[0xff, marker, length[0], length[1]]);
    bytes.extend_from_slice(content);
    bytes.extend_from_slice(&plain[2..]);
    bytes
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// A block of Anthropic's format.
pub(crate) fn block(media_type: &str, bytes: &[u8]) -> Value {
    let source = json!({"type": "base64", "media_type": media_type, "data": base64(bytes)});
    json!({"type": "image", "source": source})
}
