//! Whether two searches differ, from the same queries asked of both. If they did not, each query's
//! difference could as well have the other sign: so many of all changes of signs give a mean as far
//! from zero as the one that was found (the randomisation test). It assumes nothing of how figures
//! are spread.

use serde::Serialize;

use super::chance::Chance;
use super::estimate::{Estimate, mean};

/// A difference this improbable by chance alone is called one.
pub(super) const LEVEL: f64 = 0.05;
/// Up to so many queries that differ, every change of signs is tried.
const EXACT_UP_TO: usize = 14;
/// Above, so many are drawn.
const DRAWN: usize = 20_000;
const SEED: u64 = 0x51_6e5;

/// What counts as further from zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Better or worse.
    Both,
    /// Worse alone.
    Below,
}

/// A metric of two searches, over the queries that both have it for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// The mean of the first.
    pub a: f64,
    /// The mean of the second.
    pub b: f64,
    /// How much the second is above the first, with its interval.
    pub difference: Estimate,
    /// How probable a difference as large is by chance; corrected for how many were looked at.
    pub p: f64,
}

impl Difference {
    /// Of pairs of values, one pair a query. None of none.
    pub fn of(pairs: &[(f64, f64)], side: Side) -> Option<Self> {
        let differences: Vec<f64> = pairs.iter().map(|(a, b)| b - a).collect();
        let (a, b): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
        Some(Self {
            a: mean(&a),
            b: mean(&b),
            difference: Estimate::of(&differences)?,
            p: probability(&differences, side),
        })
    }

    /// Whether chance is no explanation.
    pub fn is_one(&self) -> bool {
        self.p < LEVEL
    }
}

fn probability(differences: &[f64], side: Side) -> f64 {
    let changed: Vec<f64> = differences.iter().copied().filter(|d| *d != 0.0).collect();
    if changed.is_empty() {
        return 1.0;
    }
    let found: f64 = changed.iter().sum();
    // Sums in another order differ in their last digits.
    let as_far = |sum: f64| match side {
        Side::Both => sum.abs() >= found.abs() - 1e-12,
        Side::Below => sum <= found + 1e-12,
    };
    let flipped = |signs: &dyn Fn(usize) -> bool| -> f64 {
        let signed = changed.iter().enumerate();
        signed.map(|(at, d)| if signs(at) { -d } else { *d }).sum()
    };
    if changed.len() <= EXACT_UP_TO {
        let all = 1_usize << changed.len();
        let far = (0..all).filter(|signs| as_far(flipped(&|at| (signs >> at) & 1 == 1)));
        return far.count() as f64 / all as f64;
    }
    let mut chance = Chance::new(SEED);
    let far = (0..DRAWN).filter(|_| {
        let signs: Vec<u64> = (0..changed.len().div_ceil(64))
            .map(|_| chance.next())
            .collect();
        as_far(flipped(&|at| (signs[at / 64] >> (at % 64)) & 1 == 1))
    });
    // The signs as they were found are one of the draws.
    (far.count() + 1) as f64 / (DRAWN + 1) as f64
}

/// Corrects probabilities for their number (Holm): of many looked at, some are small by chance.
pub(super) fn correct(differences: &mut [&mut Difference]) {
    differences.sort_by(|a, b| a.p.total_cmp(&b.p));
    let many = differences.len();
    let mut least = 0.0_f64;
    for (at, difference) in differences.iter_mut().enumerate() {
        least = least.max((difference.p * (many - at) as f64).min(1.0));
        difference.p = least;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::chance::Chance;
    use super::{Difference, Side, correct, probability};

    #[test]
    fn small_cases_are_those_counted_by_hand() {
        // Of eight changes of signs, all and none are as far out as all positive.
        assert_eq!(probability(&[1.0, 1.0, 1.0], Side::Both), 0.25);
        assert_eq!(probability(&[-1.0, -1.0, -1.0], Side::Below), 0.125);
        assert_eq!(probability(&[1.0, 1.0, 1.0], Side::Below), 1.0);
        assert_eq!(probability(&[0.0; 40], Side::Both), 1.0);
        // Queries that do not differ say nothing.
        let many = [[-0.5; 6].as_slice(), &[0.0; 30]].concat();
        assert_eq!(probability(&many, Side::Below), 1.0 / 64.0);
    }

    #[test]
    fn drawing_agrees_with_counting() {
        let differences: Vec<f64> = (0..14).map(|at| f64::from(at % 5) - 1.5).collect();
        let counted = probability(&differences, Side::Both);
        // Fifteen differences, the last too small to matter, are drawn.
        let more = [differences.as_slice(), &[1e-13]].concat();
        let drawn = probability(&more, Side::Both);
        assert!((counted - drawn).abs() < 0.01, "{counted} {drawn}");
    }

    #[test]
    fn chance_alone_is_seldom_called_a_difference_and_a_real_one_mostly() {
        let mut chance = Chance::new(11);
        let mut called = [0, 0];
        for _ in 0..100 {
            let mut noise = || chance.below(1000) as f64 / 1000.0;
            let pairs: Vec<_> = (0..25).map(|_| (noise(), noise())).collect();
            let better: Vec<_> = pairs.iter().map(|(a, b)| (*a, b + 0.4)).collect();
            for (at, pairs) in [pairs, better].iter().enumerate() {
                called[at] += i32::from(Difference::of(pairs, Side::Both).unwrap().is_one());
            }
        }
        assert!(called[0] <= 12 && called[1] >= 95, "{called:?}");
    }

    #[test]
    fn of_many_that_are_looked_at_each_must_be_less_probable() {
        let of = |p| Difference {
            p,
            ..Difference::of(&[(0.0, 1.0)], Side::Both).unwrap()
        };
        let mut all = [of(0.04), of(0.01), of(0.5)];
        correct(&mut all.iter_mut().collect::<Vec<_>>());
        let corrected = all.map(|difference| difference.p);
        assert_eq!(corrected, [0.08, 0.03, 0.5]);
    }
}
