//! How far two searches find the same, whether it is right or not.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// Means over the queries that were asked of both.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// How often the first result is the same one.
    pub rank_1: f64,
    /// What the first three have in common, by what is in either.
    pub jaccard_3: f64,
    /// The same of the first five.
    pub jaccard_5: f64,
}

impl Agreement {
    /// Of pairs of rankings. Two that are empty agree.
    pub fn of(pairs: &[(&[String], &[String])]) -> Self {
        let mean = |of: &dyn Fn(&[String], &[String]) -> f64| {
            let sum: f64 = pairs.iter().map(|(a, b)| of(a, b)).sum();
            sum / pairs.len().max(1) as f64
        };
        Self {
            rank_1: mean(&|a, b| f64::from(u8::from(a.first() == b.first()))),
            jaccard_3: mean(&|a, b| jaccard(a, b, 3)),
            jaccard_5: mean(&|a, b| jaccard(a, b, 5)),
        }
    }
}

fn jaccard(a: &[String], b: &[String], cut: usize) -> f64 {
    let first = |ids: &[String]| -> BTreeSet<String> { ids.iter().take(cut).cloned().collect() };
    let (a, b) = (first(a), first(b));
    match a.union(&b).count() {
        0 => 1.0,
        all => a.intersection(&b).count() as f64 / all as f64,
    }
}

#[cfg(test)]
mod tests {
    use super::Agreement;

    #[test]
    fn agreement_is_what_both_found_by_what_either_did() {
        let ids = |text: &str| text.chars().map(String::from).collect::<Vec<_>>();
        let (a, b, none) = (ids("abcd"), ids("acxyz"), ids(""));
        let found = Agreement::of(&[(&a, &b), (&none, &none), (&a, &none)]);
        let third = |sum: f64| sum / 3.0;
        assert_eq!(found.rank_1, third(2.0));
        assert_eq!(found.jaccard_3, third(0.5 + 1.0));
        assert_eq!(found.jaccard_5, third(2.0 / 7.0 + 1.0));
    }
}
