//! The words of a text that carry its meaning, for telling which items speak of a question.

/// Too common to tell anything apart, and the words people ask with.
const COMMON: &[&str] = &[
    "a",
    "about",
    "all",
    "an",
    "and",
    "any",
    "are",
    "as",
    "at",
    "be",
    "by",
    "can",
    "collection",
    "did",
    "do",
    "does",
    "find",
    "for",
    "from",
    "give",
    "had",
    "has",
    "have",
    "how",
    "i",
    "image",
    "in",
    "is",
    "it",
    "item",
    "like",
    "list",
    "look",
    "looking",
    "many",
    "me",
    "my",
    "of",
    "on",
    "or",
    "our",
    "photo",
    "picture",
    "please",
    "saved",
    "search",
    "show",
    "some",
    "tell",
    "that",
    "the",
    "their",
    "them",
    "there",
    "these",
    "they",
    "thing",
    "this",
    "to",
    "was",
    "we",
    "were",
    "what",
    "when",
    "where",
    "which",
    "who",
    "with",
    "you",
    "your",
];

/// Lower-case stems, each once, in order.
pub(super) fn of(text: &str) -> Vec<String> {
    let mut terms: Vec<String> = Vec::new();
    for word in text.to_lowercase().split(|c: char| !c.is_alphanumeric()) {
        let term = stem(word);
        if term.len() > 1
            && !COMMON.contains(&word)
            && !COMMON.contains(&term)
            && !terms.iter().any(|known| known == term)
        {
            terms.push(term.to_owned());
        }
    }
    terms
}

/// Takes off the endings that most often hide that two words are one.
fn stem(word: &str) -> &str {
    for ending in ["ies", "ing", "es", "ed", "s", "y", "e"] {
        if let Some(stem) = word.strip_suffix(ending)
            && stem.len() >= 3
            && !(ending == "s" && stem.ends_with('s'))
        {
            return stem;
        }
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_a_word_are_one_term() {
        assert_eq!(of("beach beaches"), ["beach"]);
        assert_eq!(of("hiking hikes hiked"), ["hik"]);
        assert_eq!(of("city cities"), ["cit"]);
        assert_eq!(of("glass"), ["glass"]);
    }

    #[test]
    fn asking_is_no_content() {
        assert!(of("Show me all the photos in my collection, please").is_empty());
    }
}
