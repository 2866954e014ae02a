//! Queries with what they should find, whatever they were judged for: the golden set, or any set in
//! the layout of BEIR or TREC.

mod golden;
mod layout;
mod topics;

use std::collections::BTreeMap;

use collections_core::domain::UserId;
use sha2::{Digest as _, Sha256};

pub use golden::{Halves, golden};
pub use layout::{Document, Imported, import};

use super::metrics::Grades;
use crate::dataset::id_for;
use crate::error::{Error, Result};

/// The most characters of a query that the API takes.
const MAX_QUERY: usize = 1000;

/// A judged set.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// Its name.
    pub name: String,
    /// What can be found, by its name within the set.
    pub documents: Vec<String>,
    /// What is asked.
    pub queries: Vec<Query>,
}

/// A query and its judgments.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// Its name.
    pub id: String,
    /// What is asked.
    pub text: String,
    /// Of which kind it is; of sets that know no kinds, `all`.
    pub kind: String,
    /// `tune` or `held_out`, of a set with halves.
    pub split: Option<String>,
    /// What was judged for it.
    pub grades: Grades,
}

impl Judged {
    /// The documents by the ids that they have as items of an owner.
    pub fn names(&self, owner: &UserId) -> Result<BTreeMap<String, String>> {
        let named = self.documents.iter();
        named
            .map(|name| Ok((id_for(owner, name)?.to_string(), name.clone())))
            .collect()
    }

    /// What two runs must have in common to be compared: the same queries, judged the same.
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        for query in &self.queries {
            hash.update(format!("{:?}", (&query.id, &query.text, &query.grades)));
        }
        hex::encode(hash.finalize())
    }

    /// A set that can be asked; what the API would refuse is refused here.
    fn checked(self) -> Result<Self> {
        if self.queries.is_empty() {
            return Err(Error::input(format!("{} has no query to ask", self.name)));
        }
        let mut problems = Vec::new();
        for query in &self.queries {
            let length = query.text.trim().chars().count();
            if !(3..=MAX_QUERY).contains(&length) {
                problems.push(format!(
                    "query {} has {length} characters; the API takes 3 to {MAX_QUERY}",
                    query.id
                ));
            }
        }
        match problems.is_empty() {
            true => Ok(self),
            false => Err(Error::input(problems.join("\n"))),
        }
    }
}
