//! The words by which a caption is put into a category.

/// A category and the words that speak for it. The order breaks ties.
struct Category {
    name: &'static str,
    words: &'static [&'static str],
}

const CATEGORIES: &[Category] = &[
    Category {
        name: "Travel",
        words: &[
            "airport",
            "beach",
            "boat",
            "bridge",
            "camping",
            "canal",
            "castle",
            "cathedral",
            "coast",
            "cruise",
            "desert",
            "ferry",
            "harbor",
            "harbour",
            "hiking",
            "hostel",
            "hotel",
            "island",
            "itinerary",
            "journey",
            "landmark",
            "luggage",
            "market",
            "mountain",
            "old town",
            "passport",
            "ruins",
            "safari",
            "temple",
            "tour",
            "tourist",
            "train",
            "travel",
            "trip",
            "vacation",
            "viewpoint",
        ],
    },
    Category {
        name: "Food",
        words: &[
            "bakery",
            "bread",
            "breakfast",
            "cake",
            "cheese",
            "chef",
            "coffee",
            "cook",
            "cooking",
            "cuisine",
            "curry",
            "dessert",
            "dinner",
            "dish",
            "food",
            "fruit",
            "lunch",
            "meal",
            "menu",
            "noodles",
            "pasta",
            "pizza",
            "ramen",
            "recipe",
            "restaurant",
            "salad",
            "soup",
            "sushi",
            "tea",
            "vegetable",
            "wine",
        ],
    },
    Category {
        name: "Nature",
        words: &[
            "animal",
            "bird",
            "cat",
            "cloud",
            "dog",
            "field",
            "flower",
            "forest",
            "garden",
            "lake",
            "leaf",
            "meadow",
            "moss",
            "nature",
            "ocean",
            "plant",
            "river",
            "sea",
            "snow",
            "sunrise",
            "sunset",
            "tree",
            "valley",
            "waterfall",
            "wildlife",
        ],
    },
    Category {
        name: "Places",
        words: &[
            "architecture",
            "avenue",
            "bookshop",
            "building",
            "cafe",
            "city",
            "downtown",
            "facade",
            "house",
            "library",
            "museum",
            "neighborhood",
            "park",
            "place",
            "plaza",
            "shop",
            "skyline",
            "square",
            "station",
            "street",
            "tower",
            "town",
            "village",
        ],
    },
    Category {
        name: "Notes",
        words: &[
            "agenda",
            "checklist",
            "diagram",
            "document",
            "form",
            "handwritten",
            "invoice",
            "letter",
            "list",
            "meeting",
            "memo",
            "note",
            "receipt",
            "reminder",
            "screenshot",
            "ticket",
            "todo",
            "whiteboard",
        ],
    },
    Category {
        name: "Art",
        words: &[
            "abstract",
            "art",
            "canvas",
            "drawing",
            "exhibition",
            "gallery",
            "illustration",
            "mosaic",
            "mural",
            "painting",
            "poster",
            "print",
            "sculpture",
            "sketch",
            "statue",
            "watercolor",
            "watercolour",
        ],
    },
    Category {
        name: "Home",
        words: &[
            "armchair",
            "bedroom",
            "chair",
            "decor",
            "desk",
            "furniture",
            "interior",
            "kitchen",
            "lamp",
            "room",
            "rug",
            "shelf",
            "sofa",
            "table",
            "vintage",
            "wallpaper",
        ],
    },
    Category {
        name: "Fashion",
        words: &[
            "beauty",
            "clothes",
            "coat",
            "dress",
            "fashion",
            "hairstyle",
            "jacket",
            "jewelry",
            "makeup",
            "nails",
            "outfit",
            "shoe",
            "skirt",
            "sneaker",
        ],
    },
    Category {
        name: "Sports",
        words: &[
            "bicycle", "bike", "climbing", "football", "gym", "race", "running", "skate", "skiing",
            "soccer", "sport", "stadium", "surfing", "swimming", "tennis", "workout", "yoga",
        ],
    },
    Category {
        name: "Technology",
        words: &[
            "app",
            "code",
            "computer",
            "device",
            "electronics",
            "gadget",
            "keyboard",
            "laptop",
            "phone",
            "robot",
            "screen",
            "software",
        ],
    },
];

/// What nothing speaks for.
pub(super) const UNKNOWN: &str = "Other";

/// A category and the words found for it, in the order they stand in the text.
#[derive(Debug, PartialEq)]
pub(super) struct Match {
    pub(super) category: &'static str,
    pub(super) words: Vec<&'static str>,
}

/// The categories the text has words of, strongest first.
pub(super) fn categorise(text: &str) -> Vec<Match> {
    let said = words(text);
    let mut matches: Vec<Match> = CATEGORIES
        .iter()
        .filter_map(|category| {
            let mut found: Vec<(usize, &str)> = category
                .words
                .iter()
                .filter_map(|word| Some((position(&said, word)?, *word)))
                .collect();
            found.sort_unstable();
            let words: Vec<_> = found.into_iter().map(|(_, word)| word).collect();
            (!words.is_empty()).then_some(Match {
                category: category.name,
                words,
            })
        })
        .collect();
    matches.sort_by_key(|found| std::cmp::Reverse(found.words.len()));
    matches
}

/// Lower-case words of letters and digits, in order.
fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Where a word (or a term of several words) stands, in singular or plural.
fn position(said: &[String], term: &str) -> Option<usize> {
    let parts: Vec<&str> = term.split(' ').collect();
    said.windows(parts.len()).position(|window| {
        window
            .iter()
            .zip(&parts)
            .all(|(word, part)| is_form_of(word, part))
    })
}

fn is_form_of(word: &str, singular: &str) -> bool {
    match word.strip_prefix(singular) {
        Some(ending) => matches!(ending, "" | "s" | "es"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_category_with_most_words_wins() {
        let matches = categorise("Two bowls of ramen in a small restaurant near the station");
        assert_eq!(matches[0].category, "Food");
        assert_eq!(matches[0].words, ["ramen", "restaurant"]);
        assert_eq!(matches[1].category, "Places");
    }

    #[test]
    fn words_count_whole_and_in_plural() {
        assert_eq!(categorise("beaches")[0].words, ["beach"]);
        assert!(
            categorise("the cartoon scatter").is_empty(),
            "no parts of words"
        );
        assert_eq!(categorise("The Old Town at night")[0].category, "Travel");
    }

    #[test]
    fn nothing_known_gives_nothing() {
        assert!(categorise("IMG 2041").is_empty());
    }
}
