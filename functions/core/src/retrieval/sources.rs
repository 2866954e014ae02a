//! What an answer may rest on: numbered items and web pages, and the citations that name them.
//!
//! A number means the same item for as long as these sources live; in a conversation they are
//! taken up again with every turn.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::citing::{self, Cited};
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

/// What is there.
#[derive(Debug, Default)]
pub(super) struct Inner {
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

    /// Notes what an answer has to do without.
    pub fn degrade(&self, why: &'static str) {
        self.lock().degraded.get_or_insert(why);
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
        self.lock().links.extend(citing::links(text));
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

    /// The text of a model as it may be shown, and what it cites.
    pub fn resolve(&self, text: &str) -> Cited {
        citing::resolve(&self.lock(), text)
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

impl Inner {
    /// Whether a link may stand in an answer.
    pub(super) fn has_given(&self, link: &str) -> bool {
        self.links.contains(link) || self.web.iter().any(|(_, page)| page.url == link)
    }

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

    pub(super) fn citation(&self, number: usize) -> Option<Citation> {
        let seen = self.seen.iter().find(|seen| seen.number == number);
        let known = self.known.iter().find(|known| known.number == number);
        seen.map(citation).or_else(|| known.cloned())
    }

    pub(super) fn web_citation(&self, number: usize) -> Option<WebCitation> {
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
