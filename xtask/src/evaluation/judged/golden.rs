//! The golden set, or one half of its queries.

use super::{Judged, Query};
use crate::dataset::{DataSet, QueryType, Split};
use crate::error::Result;

/// Which queries of a set with halves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Halves {
    /// Those that search may be tuned on
    Tune,
    /// Those that no tuning has seen
    HeldOut,
    /// Both
    All,
}

impl Halves {
    fn has(self, split: Split) -> bool {
        match self {
            Self::Tune => split == Split::Tune,
            Self::HeldOut => split == Split::HeldOut,
            Self::All => true,
        }
    }

    /// As it is written in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tune => "tune",
            Self::HeldOut => "held_out",
            Self::All => "all",
        }
    }
}

/// The queries of a collection in a folder.
pub fn golden(name: &str, set: &DataSet, halves: Halves) -> Result<Judged> {
    let queries = set.queries.iter().filter(|query| halves.has(query.split));
    let queries = queries.map(|query| {
        let expected = query.expected_items.iter();
        Query {
            id: query.query_id.clone(),
            text: query.query_text.clone(),
            kind: kind(query.query_type).to_owned(),
            split: Some(split(query.split).to_owned()),
            grades: expected
                .map(|item| (item.item_id.to_string(), i64::from(item.relevance)))
                .collect(),
        }
    });
    Judged {
        name: name.to_owned(),
        documents: set
            .items
            .iter()
            .map(|item| item.item_id.to_string())
            .collect(),
        queries: queries.collect(),
    }
    .checked()
}

fn kind(kind: QueryType) -> &'static str {
    match kind {
        QueryType::SingleItem => "single_item",
        QueryType::MultiItem => "multi_item",
        QueryType::Semantic => "semantic",
        QueryType::NoResult => "no_result",
    }
}

fn split(split: Split) -> &'static str {
    match split {
        Split::Tune => Halves::Tune.name(),
        Split::HeldOut => Halves::HeldOut.name(),
    }
}
