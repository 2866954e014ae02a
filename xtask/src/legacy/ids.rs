//! The ids that rows get: their own, or new ones that follow from the user, for data that two
//! users are to have.

use collections_core::db::operate::moving::{Import, Kind};
use collections_core::domain::UserId;
use uuid::Uuid;

/// Ids that are made here.
const NAMESPACE: Uuid = Uuid::from_u128(0x8a3c_0f6e_51d4_4b7a_9c0e_6f2b_73d1_a4e5);

/// Whose the rows become, and how they are named.
#[derive(Clone, Debug)]
pub struct Ids {
    /// The user.
    pub user: UserId,
    /// Whether every id is made anew.
    pub anew: bool,
}

impl Ids {
    /// The id of a row that has one; what cannot be part of an object's key is none.
    pub fn of<T: std::str::FromStr>(&self, old: &str) -> Result<T, String> {
        let id = match self.anew {
            true => self.made(&["id", old]),
            false => old.to_owned(),
        };
        id.parse().map_err(|_| {
            "the id is not 1 to 128 letters, digits or dashes; --new-ids gives new ones".to_owned()
        })
    }

    /// The id of a row that has none of its own.
    pub fn made(&self, of: &[&str]) -> String {
        let name = format!("{}/{}", self.user, of.join("/"));
        Uuid::new_v5(&NAMESPACE, name.as_bytes()).to_string()
    }

    /// The import of a source: the same source for the same user is the same import.
    pub fn import(&self, kind: Kind, name: String, fingerprint: &[u8]) -> Import {
        let ids = if self.anew { "new" } else { "kept" };
        Import {
            id: self.made(&["import", kind.name(), ids, &hex::encode(fingerprint)]),
            user_id: self.user.clone(),
            kind,
            source: name,
        }
    }
}

/// An id as a number: sets of many are small then.
pub fn number(id: &str) -> u128 {
    let id = Uuid::parse_str(id).unwrap_or_else(|_| Uuid::new_v5(&NAMESPACE, id.as_bytes()));
    id.as_u128()
}
