//! The queue of a Chroma directory: changes that the index may not have yet. What of it the index
//! has already comes to the same when it is applied again.

use std::collections::BTreeMap;

use rusqlite::Connection;

use crate::legacy::vector;

const ADD: i64 = 0;
const UPDATE: i64 = 1;
const UPSERT: i64 = 2;
const DELETE: i64 = 3;

/// What the queue says of an id, all its entries together.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Pending {
    /// It was added; where the index has it, that stands.
    Added(Result<Vec<f32>, String>),
    /// It got another vector.
    Replaced(Result<Vec<f32>, String>),
    /// What the index has of it was removed, and it came again.
    AfterRemoval(Result<Vec<f32>, String>),
}

/// Reads the queue of a collection.
pub(super) fn pending(
    connection: &Connection,
    collection: &str,
) -> rusqlite::Result<BTreeMap<String, Pending>> {
    let mut statement = connection.prepare(
        "SELECT operation, id, vector, encoding FROM embeddings_queue
         WHERE topic LIKE '%/' || ?1 ORDER BY seq_id",
    )?;
    let mut rows = statement.query([collection])?;
    let mut all = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let (operation, id): (i64, String) = (row.get(0)?, row.get(1)?);
        let (bytes, encoding): (Option<Vec<u8>>, Option<String>) = (row.get(2)?, row.get(3)?);
        let vector = bytes.map(|bytes| decoded(&bytes, encoding.as_deref()));
        apply(&mut all, operation, id, vector);
    }
    Ok(all)
}

fn apply(
    all: &mut BTreeMap<String, Pending>,
    operation: i64,
    id: String,
    vector: Option<Result<Vec<f32>, String>>,
) {
    let removed = Err("its vector was removed".to_owned());
    match (operation, vector, all.get(&id)) {
        (DELETE, _, _) => {
            all.insert(id, Pending::AfterRemoval(removed));
        }
        (ADD, Some(vector), None) => {
            all.insert(id, Pending::Added(vector));
        }
        (ADD, Some(vector), Some(Pending::AfterRemoval(Err(_))))
        | (UPDATE, Some(vector), Some(Pending::AfterRemoval(Ok(_))))
        | (UPSERT, Some(vector), Some(Pending::AfterRemoval(_))) => {
            all.insert(id, Pending::AfterRemoval(vector));
        }
        // What is not there is not changed.
        (UPDATE, Some(_), Some(Pending::AfterRemoval(Err(_)))) => {}
        (UPDATE | UPSERT, Some(vector), _) => {
            all.insert(id, Pending::Replaced(vector));
        }
        _ => {}
    }
}

fn decoded(bytes: &[u8], encoding: Option<&str>) -> Result<Vec<f32>, String> {
    match encoding {
        Some("FLOAT32") | None => vector::of_bytes(bytes),
        Some(other) => Err(format!("its vector is encoded as {other}, not FLOAT32")),
    }
}
