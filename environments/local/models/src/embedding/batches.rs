//! Splits many texts into small batches of like length: little padding, bounded memory.

use std::ops::Range;

/// Padded tokens in one batch. 1,024 keep the activations of a forward pass under 20 MB.
const TOKENS_PER_BATCH: usize = 1024;

/// An order of the texts (longest first) and the ranges of that order to run together.
#[derive(Debug, PartialEq)]
pub(crate) struct Batches {
    pub(crate) order: Vec<usize>,
    pub(crate) ranges: Vec<Range<usize>>,
}

/// Plans the batches for texts of these lengths in tokens.
pub(crate) fn plan(lengths: &[usize]) -> Batches {
    let mut order: Vec<usize> = (0..lengths.len()).collect();
    order.sort_by_key(|&text| (std::cmp::Reverse(lengths[text]), text));

    let mut ranges = Vec::new();
    let mut start = 0;
    while start < order.len() {
        let width = lengths[order[start]].max(1);
        let rows = (TOKENS_PER_BATCH / width).max(1);
        let end = (start + rows).min(order.len());
        ranges.push(start..end);
        start = end;
    }
    Batches { order, ranges }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_lengths_run_together_and_every_text_runs_once() {
        let lengths = [3, 250, 4, 256, 3, 200, 5, 128, 128, 1];
        let batches = plan(&lengths);

        let mut seen = batches.order.clone();
        seen.sort_unstable();
        assert_eq!(seen, (0..lengths.len()).collect::<Vec<_>>());
        assert_eq!(batches.order[..2], [3, 1], "longest first, ties as given");
        for range in &batches.ranges {
            let width = lengths[batches.order[range.start]];
            assert!(width * range.len() <= TOKENS_PER_BATCH);
        }
        assert_eq!(batches.ranges.last().map(|last| last.end), Some(10));
    }

    #[test]
    fn a_text_longer_than_a_batch_runs_alone() {
        assert_eq!(plan(&[5000, 5000]).ranges, [0..1, 1..2]);
    }

    #[test]
    fn nothing_needs_no_batch() {
        assert!(plan(&[]).ranges.is_empty());
    }
}
