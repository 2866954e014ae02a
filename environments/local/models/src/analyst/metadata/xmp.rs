//! XMP: captions, keywords and places as photo programs write them.

use roxmltree::{Document, Node};

use super::{Metadata, Position, set};

const DC: &str = "http://purl.org/dc/elements/1.1/";
const PHOTOSHOP: &str = "http://ns.adobe.com/photoshop/1.0/";
const IPTC_CORE: &str = "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/";
const EXIF: &str = "http://ns.adobe.com/exif/1.0/";
const XMP: &str = "http://ns.adobe.com/xap/1.0/";
const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";

pub(super) fn read(packet: &[u8], found: &mut Metadata) {
    let text = String::from_utf8_lossy(packet);
    // The parser expands no external entities and refuses document types.
    let Ok(document) = Document::parse(text.trim_matches(['\0', '\u{feff}'])) else {
        return;
    };
    let xmp = Packet(&document);
    let mut text = |namespace, name, slot: fn(&mut Metadata) -> &mut Option<String>| {
        if let Some(value) = xmp.first(namespace, name) {
            set(slot(found), &value);
        }
    };
    text(DC, "title", |found| &mut found.title);
    text(PHOTOSHOP, "Headline", |found| &mut found.headline);
    text(DC, "description", |found| &mut found.description);
    text(XMP, "CreatorTool", |found| &mut found.software);

    for keyword in xmp.all(DC, "subject") {
        found.add_keyword(&keyword);
    }
    for (namespace, name) in [
        (IPTC_CORE, "Location"),
        (PHOTOSHOP, "City"),
        (PHOTOSHOP, "State"),
        (PHOTOSHOP, "Country"),
    ] {
        for place in xmp.all(namespace, name) {
            found.add_place(&place);
        }
    }
    found.taken = [(EXIF, "DateTimeOriginal"), (PHOTOSHOP, "DateCreated")]
        .into_iter()
        .find_map(|(namespace, name)| date(&xmp.first(namespace, name)?));
    found.position = position(&xmp);
}

/// A property stands as an attribute or as an element, alone or in a list.
struct Packet<'d>(&'d Document<'d>);

impl Packet<'_> {
    fn first(&self, namespace: &str, name: &str) -> Option<String> {
        self.all(namespace, name).into_iter().next()
    }

    fn all(&self, namespace: &str, name: &str) -> Vec<String> {
        let descriptions = self
            .0
            .descendants()
            .filter(|node| node.has_tag_name((RDF, "Description")));
        let mut values = Vec::new();
        for description in descriptions {
            values.extend(description.attribute((namespace, name)).map(str::to_owned));
            description
                .children()
                .filter(|child| child.has_tag_name((namespace, name)))
                .for_each(|property| collect(property, &mut values));
        }
        values
    }
}

fn collect(property: Node<'_, '_>, values: &mut Vec<String>) {
    let mut items = property
        .descendants()
        .filter(|node| node.has_tag_name((RDF, "li")))
        .peekable();
    if items.peek().is_none() {
        values.extend(property.text().map(str::to_owned));
    }
    values.extend(items.filter_map(|item| item.text()).map(str::to_owned));
}

/// The day of an ISO date.
fn date(value: &str) -> Option<String> {
    let day = value.trim().get(..10)?;
    let shape = day.bytes().enumerate().all(|(index, byte)| match index {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    shape.then(|| day.to_owned())
}

fn position(xmp: &Packet<'_>) -> Option<Position> {
    let latitude = degrees(&xmp.first(EXIF, "GPSLatitude")?)?;
    let longitude = degrees(&xmp.first(EXIF, "GPSLongitude")?)?;
    Position::new(latitude, longitude)
}

/// `48,51.5N` or `48,51,30N`: degrees, minutes, seconds and the side.
fn degrees(value: &str) -> Option<f64> {
    let value = value.trim();
    let (numbers, sign) = match value.chars().last()? {
        'N' | 'E' => (&value[..value.len() - 1], 1.0),
        'S' | 'W' => (&value[..value.len() - 1], -1.0),
        _ => (value, 1.0),
    };
    let mut total = 0.0;
    for (part, share) in numbers.split(',').zip([1.0, 60.0, 3600.0]) {
        total += part.trim().parse::<f64>().ok()? / share;
    }
    let signed: f64 = sign * total;
    signed.is_finite().then_some(signed)
}
