//! How good a ranking is, by graded judgments: what `trec_eval` computes, query by query.
//!
//! A grade above 0 is relevant. Gains are the grades themselves, discounted by log2(rank + 1). What
//! was not judged counts as not relevant. Something found twice counts where it is found first; its
//! repetition takes a place and gains nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Grades by document.
pub type Grades = BTreeMap<String, i64>;

/// How far down rankings are looked at.
pub(super) const CUTS: [usize; 4] = [1, 3, 5, 10];

/// A figure of one query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Metric {
    /// Gains of the first results, by the gains of the best order there is.
    Ndcg(usize),
    /// One by the rank of the first relevant result; its mean is MRR.
    ReciprocalRank,
    /// The share of the first results that is relevant. Fewer results than asked for count as misses.
    Precision(usize),
    /// The share of what is relevant that is among the first results.
    Recall(usize),
    /// Of a query that nothing answers: whether nothing was found.
    LeftEmpty,
}

impl Metric {
    /// Every metric, in the order people read them.
    pub fn all() -> impl Iterator<Item = Self> {
        let at = |metric: fn(usize) -> Self| CUTS.into_iter().map(metric);
        (at(Self::Ndcg).chain([Self::ReciprocalRank]))
            .chain(at(Self::Precision))
            .chain(at(Self::Recall))
            .chain([Self::LeftEmpty])
    }

    /// The figures that a verdict rests on.
    pub const MAIN: [Self; 5] = [
        Self::Ndcg(10),
        Self::ReciprocalRank,
        Self::Precision(10),
        Self::Recall(10),
        Self::LeftEmpty,
    ];

    /// The figure of one query; none where it says nothing: a query that nothing answers has only
    /// [`Metric::LeftEmpty`], and only such a query has it.
    pub fn of(self, ranking: &[String], grades: &Grades) -> Option<f64> {
        let relevant = grades.values().filter(|grade| **grade > 0).count();
        if self == Self::LeftEmpty {
            return (relevant == 0).then(|| f64::from(u8::from(ranking.is_empty())));
        }
        if relevant == 0 {
            return None;
        }
        let gains = gains(ranking, grades);
        let hits = |cut: usize| gains.iter().take(cut).filter(|gain| **gain > 0).count() as f64;
        Some(match self {
            Self::Precision(cut) => hits(cut) / cut as f64,
            Self::Recall(cut) => hits(cut) / relevant as f64,
            Self::Ndcg(cut) => {
                let mut best: Vec<i64> = grades.values().copied().collect();
                best.sort_unstable_by(|a, b| b.cmp(a));
                discounted(&gains, cut) / discounted(&best, cut)
            }
            _ => {
                let first = gains.iter().position(|gain| *gain > 0);
                first.map_or(0.0, |at| 1.0 / (at + 1) as f64)
            }
        })
    }
}

/// What each place of a ranking gains.
fn gains(ranking: &[String], grades: &Grades) -> Vec<i64> {
    let mut seen = BTreeSet::new();
    let gain = |id: &String| match seen.insert(id.clone()) {
        true => grades.get(id).copied().unwrap_or(0),
        false => 0,
    };
    ranking.iter().map(gain).collect()
}

fn discounted(gains: &[i64], cut: usize) -> f64 {
    let places = gains.iter().take(cut).zip(2_u32..);
    places
        .map(|(gain, place)| (*gain).max(0) as f64 / f64::from(place).log2())
        .sum()
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Precision(cut) => write!(f, "precision@{cut}"),
            Self::Recall(cut) => write!(f, "recall@{cut}"),
            Self::Ndcg(cut) => write!(f, "ndcg@{cut}"),
            Self::ReciprocalRank => f.write_str("mrr"),
            Self::LeftEmpty => f.write_str("left_empty"),
        }
    }
}

impl From<Metric> for String {
    fn from(metric: Metric) -> Self {
        metric.to_string()
    }
}

impl FromStr for Metric {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::all().find(|metric| metric.to_string() == text);
        known.ok_or_else(|| format!("{text} is no metric"))
    }
}

impl TryFrom<String> for Metric {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::{Grades, Metric};

    fn grades(of: &[(&str, i64)]) -> Grades {
        of.iter()
            .map(|(id, grade)| ((*id).to_owned(), *grade))
            .collect()
    }

    fn ranking(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    fn near(found: Option<f64>, expected: f64) {
        let found = found.unwrap();
        assert!(
            (found - expected).abs() < 1e-12,
            "{found} is not {expected}"
        );
    }

    #[test]
    fn figures_are_those_computed_by_hand() {
        let grades = grades(&[("a", 3), ("b", 2), ("c", 1), ("no", 0)]);
        let found = ranking(&["x", "b", "no", "a"]);
        near(Metric::Precision(1).of(&found, &grades), 0.0);
        near(Metric::Precision(3).of(&found, &grades), 1.0 / 3.0);
        near(Metric::Precision(10).of(&found, &grades), 0.2);
        near(Metric::Recall(3).of(&found, &grades), 1.0 / 3.0);
        near(Metric::Recall(5).of(&found, &grades), 2.0 / 3.0);
        near(Metric::ReciprocalRank.of(&found, &grades), 0.5);
        let gained = 2.0 / 3_f64.log2() + 3.0 / 5_f64.log2();
        let best = 3.0 + 2.0 / 3_f64.log2() + 0.5;
        near(Metric::Ndcg(5).of(&found, &grades), gained / best);
        assert_eq!(Metric::LeftEmpty.of(&found, &grades), None);
    }

    #[test]
    fn a_query_that_nothing_answers_is_judged_by_what_was_left_out_alone() {
        for grades in [Grades::new(), grades(&[("a", 0), ("b", -1)])] {
            near(Metric::LeftEmpty.of(&[], &grades), 1.0);
            near(Metric::LeftEmpty.of(&ranking(&["a"]), &grades), 0.0);
            let others = Metric::all().filter(|metric| *metric != Metric::LeftEmpty);
            for metric in others {
                assert_eq!(metric.of(&ranking(&["a"]), &grades), None, "{metric}");
            }
        }
    }

    #[test]
    fn names_are_read_back() {
        for metric in Metric::all() {
            assert_eq!(metric.to_string().parse(), Ok(metric));
        }
        assert!("ndcg@7".parse::<Metric>().is_err());
    }

    fn some_grades() -> impl Strategy<Value = Grades> {
        proptest::collection::btree_map("[a-h]", -1_i64..4, 1..8)
            .prop_filter("one is relevant", |grades| {
                grades.values().any(|grade| *grade > 0)
            })
    }

    fn some_ranking() -> impl Strategy<Value = Vec<String>> {
        proptest::collection::vec("[a-p]", 0..14)
    }

    proptest! {
        #[test]
        fn every_figure_lies_between_nothing_and_all(
            grades in some_grades(), found in some_ranking(),
        ) {
            for metric in Metric::all().filter(|metric| *metric != Metric::LeftEmpty) {
                let value = metric.of(&found, &grades).unwrap();
                prop_assert!((0.0..=1.0 + 1e-12).contains(&value), "{metric} {value}");
            }
        }

        #[test]
        fn the_best_order_is_worth_one_and_nothing_found_nothing(grades in some_grades()) {
            let mut best: Vec<_> = grades.iter().collect();
            best.sort_by_key(|(_, grade)| std::cmp::Reverse(**grade));
            let best: Vec<String> = best.into_iter().map(|(id, _)| id.clone()).collect();
            for cut in super::CUTS {
                near(Metric::Ndcg(cut).of(&best, &grades), 1.0);
                near(Metric::Ndcg(cut).of(&[], &grades), 0.0);
            }
            near(Metric::ReciprocalRank.of(&best, &grades), 1.0);
        }

        #[test]
        fn what_comes_again_gains_nothing_again(
            grades in some_grades(), found in some_ranking(),
        ) {
            // A repetition is worth what something unjudged in its place is.
            let mut seen = std::collections::BTreeSet::new();
            let unjudged = |id: &String| if seen.insert(id.clone()) { id.clone() } else { "?".into() };
            let without: Vec<String> = found.iter().map(unjudged).collect();
            for metric in Metric::all() {
                prop_assert_eq!(metric.of(&found, &grades), metric.of(&without, &grades));
            }
        }

        #[test]
        fn moving_what_is_better_up_never_costs(grades in some_grades(), found in some_ranking()) {
            let mut sorted: Vec<String> = Vec::new();
            for id in &found {
                if !sorted.contains(id) {
                    sorted.push(id.clone());
                }
            }
            let before = sorted.clone();
            sorted.sort_by_key(|id| std::cmp::Reverse(grades.get(id).copied().unwrap_or(0).max(0)));
            for metric in Metric::all().filter(|metric| *metric != Metric::LeftEmpty) {
                let (was, is) = (metric.of(&before, &grades), metric.of(&sorted, &grades));
                prop_assert!(is.unwrap() >= was.unwrap() - 1e-12, "{metric}");
            }
        }

        #[test]
        fn recall_grows_with_the_cut(grades in some_grades(), found in some_ranking()) {
            let at = super::CUTS.map(|cut| Metric::Recall(cut).of(&found, &grades).unwrap());
            prop_assert!(at.windows(2).all(|pair| pair[0] <= pair[1]));
        }
    }
}
