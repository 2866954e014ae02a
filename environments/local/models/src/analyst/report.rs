//! Writes down what was seen, in the JSON shape that analyses are stored in.

use serde::Serialize;

use super::image_facts::ImageFacts;
use super::words::{self, Match};

const LONGEST_HEADLINE: usize = 140;

/// The `raw_response` of an analysis.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    category: &'static str,
    subcategories: Vec<String>,
    headline: String,
    summary: String,
    media_metadata: MediaMetadata,
    image_details: ImageDetails,
}

#[derive(Debug, Serialize)]
struct MediaMetadata {
    /// No image file tells who posted it, or what sounds with it.
    original_poster: Option<String>,
    audio_source: Option<String>,
    tagged_accounts: Vec<String>,
    location_tags: Vec<String>,
    hashtags: Vec<String>,
}

#[derive(Debug, Serialize)]
struct ImageDetails {
    extracted_text: Vec<String>,
    objects: Vec<String>,
    themes: Vec<String>,
    /// Always empty: only a real vision model could see them.
    emotions: Vec<String>,
    vibes: Vec<String>,
    likely_source: String,
    key_interest: String,
    visual_hierarchy: Vec<String>,
}

impl Report {
    /// As JSON, in the order of its fields.
    pub(crate) fn to_text(&self) -> String {
        // Strings and lists of strings always serialise.
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

pub(super) fn write(facts: &ImageFacts) -> Report {
    let texts = facts.metadata.texts();
    let said = texts.join(" ") + " " + &facts.metadata.keywords.join(" ");
    let matches = words::categorise(&said);
    let headline = headline(facts);
    Report {
        category: matches.first().map_or(words::UNKNOWN, |best| best.category),
        subcategories: subcategories(facts, &matches),
        summary: summary(facts),
        media_metadata: MediaMetadata {
            original_poster: None,
            audio_source: None,
            tagged_accounts: marked(&said, '@'),
            location_tags: location_tags(facts),
            hashtags: marked(&said, '#'),
        },
        image_details: ImageDetails {
            extracted_text: texts.iter().map(|text| (*text).to_owned()).collect(),
            objects: objects(facts, &matches),
            themes: themes(facts, &matches),
            emotions: Vec::new(),
            vibes: Vec::new(),
            likely_source: likely_source(facts),
            key_interest: headline.clone(),
            visual_hierarchy: shares(facts),
        },
        headline,
    }
}

/// The image's own title or caption; else what it looks like.
fn headline(facts: &ImageFacts) -> String {
    let metadata = &facts.metadata;
    let written = [&metadata.headline, &metadata.title, &metadata.description]
        .into_iter()
        .flatten()
        .next();
    let text = match written {
        Some(text) => first_sentence(text).to_owned(),
        None => appearance(facts),
    };
    shortened(&text, LONGEST_HEADLINE)
}

/// Two or three sentences: what is written, what is seen, where and when it was taken.
fn summary(facts: &ImageFacts) -> String {
    let metadata = &facts.metadata;
    let mut sentences = Vec::new();
    match metadata.description.as_ref().or(metadata.title.as_ref()) {
        Some(text) => sentences.push(ended(first_sentence(text))),
        None => sentences.push("The image carries no caption.".to_owned()),
    }
    sentences.push(format!("{}.", appearance(facts)));
    sentences.extend(taken(facts));
    sentences.join(" ")
}

/// Such as "Landscape JPEG image of 1200 × 800 pixels, mostly blue and white".
fn appearance(facts: &ImageFacts) -> String {
    let mut shape = facts.shape().to_owned();
    shape[..1].make_ascii_uppercase();
    let colours = match facts.colours.as_slice() {
        [] => "in many colours".to_owned(),
        [one] => format!("mostly {}", one.name),
        [first, second, ..] => format!("mostly {} and {}", first.name, second.name),
    };
    format!(
        "{shape} {} image of {} × {} pixels, {colours}",
        facts.format.name(),
        facts.width,
        facts.height,
    )
}

fn taken(facts: &ImageFacts) -> Option<String> {
    let metadata = &facts.metadata;
    let mut parts = Vec::new();
    parts.extend(metadata.taken.as_ref().map(|date| format!("on {date}")));
    parts.extend(
        metadata
            .camera
            .as_ref()
            .map(|camera| format!("with a {camera}")),
    );
    if metadata.places.is_empty() {
        parts.extend(metadata.position.map(|position| format!("at {position}")));
    } else {
        parts.push(format!("in {}", metadata.places.join(", ")));
    }
    (!parts.is_empty()).then(|| format!("Taken {}.", parts.join(" ")))
}

/// Two or three: the words found, filled up with what is seen.
fn subcategories(facts: &ImageFacts, matches: &[Match]) -> Vec<String> {
    let words = matches.iter().flat_map(|found| &found.words);
    let mut names: Vec<String> = words.take(3).map(|word| capitalised(word)).collect();
    let seen = [
        tones(facts),
        capitalised(&format!("{} format", facts.shape())),
    ];
    for name in seen {
        if names.len() < 2 {
            names.push(name);
        }
    }
    names
}

/// The words a caption names, then the keywords someone gave.
fn objects(facts: &ImageFacts, matches: &[Match]) -> Vec<String> {
    let mut objects: Vec<String> = Vec::new();
    let named = matches
        .iter()
        .flat_map(|found| found.words.iter().map(|word| (*word).to_owned()));
    for object in named.chain(facts.metadata.keywords.iter().cloned()) {
        if !objects
            .iter()
            .any(|known| known.eq_ignore_ascii_case(&object))
        {
            objects.push(object);
        }
    }
    objects
}

fn themes(facts: &ImageFacts, matches: &[Match]) -> Vec<String> {
    let mut themes: Vec<String> = matches
        .iter()
        .map(|found| found.category.to_lowercase())
        .collect();
    themes.push(tones(facts).to_lowercase());
    themes
}

fn tones(facts: &ImageFacts) -> String {
    facts.colours.first().map_or_else(
        || "Many colours".to_owned(),
        |colour| capitalised(&format!("{} tones", colour.name)),
    )
}

fn location_tags(facts: &ImageFacts) -> Vec<String> {
    let mut tags = facts.metadata.places.clone();
    tags.extend(facts.metadata.position.map(|position| position.to_string()));
    tags
}

fn likely_source(facts: &ImageFacts) -> String {
    let metadata = &facts.metadata;
    match (&metadata.camera, &metadata.software) {
        (Some(camera), _) => format!("camera ({camera})"),
        (None, Some(software)) => format!("software ({software})"),
        (None, None) => "unknown".to_owned(),
    }
}

fn shares(facts: &ImageFacts) -> Vec<String> {
    let share = |colour: &super::colours::Colour| format!("{} {}%", colour.name, colour.percent);
    facts.colours.iter().map(share).collect()
}

/// The words that begin with a mark, such as hashtags, without repetition.
fn marked(text: &str, mark: char) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let Some(tail) = word.strip_prefix(mark) else {
            continue;
        };
        let name: String = tail
            .chars()
            .take_while(|character| character.is_alphanumeric() || *character == '_')
            .collect();
        let tag = format!("{mark}{name}");
        if !name.is_empty() && !found.contains(&tag) {
            found.push(tag);
        }
    }
    found
}

fn first_sentence(text: &str) -> &str {
    let end = text
        .match_indices(['.', '!', '?'])
        .map(|(at, mark)| at + mark.len())
        .find(|&end| text[end..].starts_with(' '));
    &text[..end.unwrap_or(text.len())]
}

fn ended(sentence: &str) -> String {
    if sentence.ends_with(['.', '!', '?']) {
        sentence.to_owned()
    } else {
        format!("{sentence}.")
    }
}

/// At most so many characters, cut between words.
fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most - 1).collect();
    let whole = kept
        .rsplit_once(' ')
        .map_or(kept.as_str(), |(words, _)| words);
    format!("{whole}…")
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_headline_is_cut_between_words() {
        let cut = shortened(&"word ".repeat(60), LONGEST_HEADLINE);
        assert!(cut.chars().count() <= LONGEST_HEADLINE);
        assert!(cut.ends_with("word…"));
        assert_eq!(shortened("short", LONGEST_HEADLINE), "short");
    }

    #[test]
    fn tags_end_where_their_word_ends() {
        assert_eq!(
            marked("At #Lisbon, with @ana_r! #Lisbon #", '#'),
            ["#Lisbon"]
        );
        assert_eq!(
            marked("At #Lisbon, with @ana_r! mail@x.org", '@'),
            ["@ana_r"]
        );
    }

    #[test]
    fn a_sentence_ends_at_its_mark() {
        assert_eq!(first_sentence("One. Two."), "One.");
        assert_eq!(first_sentence("Version 1.5 of it"), "Version 1.5 of it");
    }
}
