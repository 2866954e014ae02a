//! The text of an item that is embedded: the fields of its description, in a fixed order.

use super::description::Description;

/// The document of a description.
pub fn document(description: &Description) -> String {
    let details = &description.image_details;
    let media = &description.media_metadata;
    let fields = [
        description.summary.clone(),
        description.headline.clone(),
        description.category.clone(),
        description.subcategories.join(", "),
        details.extracted_text.join(" "),
        details.key_interest.clone(),
        details.themes.join(", "),
        details.objects.join(", "),
        details.emotions.join(", "),
        details.vibes.join(", "),
        media.location_tags.join(", "),
        media.hashtags.join(", "),
    ];
    let filled: Vec<_> = fields
        .into_iter()
        .filter(|field| !field.is_empty())
        .collect();
    filled.join("\n")
}

#[cfg(test)]
mod tests {
    use super::{Description, document};

    #[test]
    fn fields_come_in_order_and_empty_ones_are_left_out() {
        let description = Description::parse(
            r##"{"category":"Travel","headline":"H","summary":"S","subcategories":["a","b"],
                "media_metadata":{"hashtags":["#sea"],"location_tags":["Nice"]},
                "image_details":{"objects":["palm"],"extracted_text":["x","y"],"vibes":[]}}"##,
        )
        .unwrap_or_default();
        assert_eq!(
            document(&description),
            "S\nH\nTravel\na, b\nx y\npalm\nNice\n#sea"
        );
    }
}
