//! Queries between vectors of the source, and what the source itself would find: every vector is
//! compared, none is rounded.

use std::collections::HashSet;

use collections_core::db::operate::moving::Table;

use crate::error::Result;
use crate::legacy::ids::number;
use crate::legacy::source::{Source, Survey};

/// So many queries, spread over the source.
const QUERIES: u64 = 20;
/// A query lies between two vectors, nearer to the first.
const FIRST: f32 = 0.7;

/// A query and its answer.
pub(super) struct Sought {
    /// The items that it lies between.
    pub(super) between: Vec<String>,
    pub(super) vector: Vec<f32>,
    /// The nearest items, by number, nearest first.
    pub(super) nearest: Vec<u128>,
}

/// Queries and the items they are asked of.
pub(super) struct Samples {
    pub(super) sought: Vec<Sought>,
    pub(super) items: HashSet<u128>,
}

impl Samples {
    /// Takes samples, and searches all of the source for each.
    pub(super) fn of(source: &mut dyn Source, survey: &Survey, top: usize) -> Result<Self> {
        let every = (survey.good(Table::Embeddings) / QUERIES).max(1);
        let mut picked: Vec<(String, Vec<f32>)> = Vec::new();
        let mut at = 0;
        source.vectors(survey, &mut |item, vector| {
            if at % every == 0 && (picked.len() as u64) < QUERIES {
                picked.push((item.to_string(), unit(vector)));
            }
            at += 1;
        })?;
        let queries: Vec<(Vec<String>, Vec<f32>)> = (0..picked.len())
            .map(|at| between(&picked[at], &picked[(at + 1) % picked.len()]))
            .collect();
        let mut nearest: Vec<Vec<(f32, u128)>> = vec![Vec::new(); queries.len()];
        let mut items = HashSet::new();
        source.vectors(survey, &mut |item, vector| {
            let item = number(item.as_str());
            items.insert(item);
            let length = dot(vector, vector).sqrt();
            for ((_, query), nearest) in queries.iter().zip(&mut nearest) {
                keep(nearest, (dot(query, vector) / length, item), top);
            }
        })?;
        let sought = queries.into_iter().zip(nearest);
        let sought = sought.map(|((between, vector), nearest)| Sought {
            between,
            vector,
            nearest: nearest.into_iter().map(|(_, item)| item).collect(),
        });
        Ok(Self {
            sought: sought.collect(),
            items,
        })
    }
}

fn between(a: &(String, Vec<f32>), b: &(String, Vec<f32>)) -> (Vec<String>, Vec<f32>) {
    let mixed = a.1.iter().zip(&b.1);
    let mixed = mixed.map(|(a, b)| FIRST * a + (1.0 - FIRST) * b).collect();
    (vec![a.0.clone(), b.0.clone()], mixed)
}

/// Keeps the nearest, nearest first.
fn keep(nearest: &mut Vec<(f32, u128)>, one: (f32, u128), top: usize) {
    if nearest.len() == top && nearest.last().is_some_and(|last| last.0 >= one.0) {
        return;
    }
    let at = nearest.partition_point(|other| other.0 >= one.0);
    nearest.insert(at, one);
    nearest.truncate(top);
}

fn unit(vector: &[f32]) -> Vec<f32> {
    let length = dot(vector, vector).sqrt();
    vector.iter().map(|x| x / length).collect()
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::keep;

    #[test]
    fn the_nearest_are_kept_in_order() {
        let mut nearest = Vec::new();
        for (near, item) in [(0.1, 1), (0.9, 2), (0.5, 3), (0.7, 4), (0.2, 5)] {
            keep(&mut nearest, (near, item), 3);
        }
        let items: Vec<u128> = nearest.iter().map(|one| one.1).collect();
        assert_eq!(items, [2, 4, 3]);
    }
}
