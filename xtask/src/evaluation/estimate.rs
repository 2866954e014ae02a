//! A mean over queries and how far it can be trusted: percentiles of means of samples drawn from the
//! queries with replacement (the bootstrap). Few queries give wide intervals, and should.

use serde::{Deserialize, Serialize};

use super::chance::Chance;

/// Samples drawn for an interval.
pub(super) const SAMPLES: usize = 4_000;
/// The share of samples that an interval holds.
pub(super) const CONFIDENCE: f64 = 0.95;
const SEED: u64 = 0x00c0_11ec_7105;

/// A mean with its interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Estimate {
    /// The mean.
    pub value: f64,
    /// 2.5 percent of the samples have a lower mean.
    pub low: f64,
    /// 2.5 percent have a higher one.
    pub high: f64,
    /// Over so many queries.
    pub queries: usize,
}

impl Estimate {
    /// The mean of these values; none of none.
    pub fn of(values: &[f64]) -> Option<Self> {
        if values.is_empty() {
            return None;
        }
        let mut chance = Chance::new(SEED);
        let mut means: Vec<f64> = (0..SAMPLES)
            .map(|_| {
                let drawn = (0..values.len()).map(|_| values[chance.below(values.len())]);
                drawn.sum::<f64>() / values.len() as f64
            })
            .collect();
        means.sort_by(f64::total_cmp);
        let tail = (1.0 - CONFIDENCE) / 2.0;
        Some(Self {
            value: mean(values),
            low: percentile(&means, tail),
            high: percentile(&means, 1.0 - tail),
            queries: values.len(),
        })
    }
}

/// The mean; 0 of nothing.
pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// The value that this share of sorted values does not exceed.
pub(super) fn percentile(sorted: &[f64], share: f64) -> f64 {
    let at = (share * sorted.len() as f64).ceil() as usize;
    let at = at.clamp(1, sorted.len().max(1)) - 1;
    sorted.get(at).copied().unwrap_or_default()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::chance::Chance;
    use super::{Estimate, percentile};

    #[test]
    fn an_interval_holds_its_mean_and_is_the_same_every_time() {
        let values: Vec<f64> = (0..25).map(|at| f64::from(at % 5) / 4.0).collect();
        let estimate = Estimate::of(&values).unwrap();
        assert_eq!(Some(estimate), Estimate::of(&values));
        assert!(estimate.low < estimate.value && estimate.value < estimate.high);
        assert_eq!(estimate.queries, 25);
        // Twice the mean's standard error to each side, as theory has it.
        let error = (0.125_f64 / 25.0).sqrt();
        assert!((estimate.high - estimate.value - 1.96 * error).abs() < 0.02);
    }

    #[test]
    fn equal_values_leave_no_doubt_and_none_give_nothing() {
        let estimate = Estimate::of(&[0.5; 9]).unwrap();
        assert_eq!((estimate.low, estimate.high), (0.5, 0.5));
        assert_eq!(Estimate::of(&[]), None);
    }

    #[test]
    fn about_as_many_intervals_hold_the_truth_as_they_say() {
        let mut chance = Chance::new(3);
        let mut held = 0;
        for _ in 0..200 {
            let values: Vec<f64> = (0..30).map(|_| chance.below(1000) as f64 / 999.0).collect();
            let estimate = Estimate::of(&values).unwrap();
            held += i32::from(estimate.low <= 0.5 && 0.5 <= estimate.high);
        }
        assert!((180..=198).contains(&held), "{held} of 200");
    }

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let sorted = [1.0, 2.0, 3.0, 4.0];
        let at = [0.0, 0.25, 0.5, 0.51, 0.95, 1.0].map(|share| percentile(&sorted, share));
        assert_eq!(at, [1.0, 1.0, 2.0, 3.0, 4.0, 4.0]);
    }
}
