//! Identifiers. All of them are parts of object keys, so nothing but letters, digits and `-`.

use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;
use uuid::Uuid;

/// Text that is no identifier.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("{what} must be 1 to 128 letters, digits or dashes")]
pub struct InvalidId {
    what: &'static str,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $what:literal;)+) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type,
            ToSchema,
        )]
        #[serde(try_from = "String")]
        #[sqlx(transparent)]
        #[schema(min_length = 1, max_length = 128, pattern = "^[0-9A-Za-z-]+$")]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
                if (1..=128).contains(&text.len()) && text.bytes().all(plain) {
                    Ok(Self(text))
                } else {
                    Err(InvalidId { what: $what })
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Self::try_from(text.to_owned())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

ids! {
    /// A user: the `sub` of the token.
    UserId = "a user id";
    /// An item.
    ItemId = "an item id";
    /// An analysis of an item.
    AnalysisId = "an analysis id";
}

impl ItemId {
    /// A new one; later ones sort after earlier ones.
    pub fn generate() -> Self {
        Self(Uuid::now_v7().to_string())
    }
}

impl AnalysisId {
    /// The id of the analysis that `work` makes of an item: the same work, the same id.
    pub fn of(item: &ItemId, work: &str) -> Self {
        let name = format!("{item}/{work}");
        Self(Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()).to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::{AnalysisId, ItemId};

    #[test]
    fn what_could_leave_its_folder_is_no_id() {
        for text in ["", "a/b", "..", "a b", "a#b", "ä", &"x".repeat(129)] {
            assert!(text.parse::<ItemId>().is_err(), "{text}");
        }
        assert!("0199-Ab".parse::<ItemId>().is_ok());
    }

    #[test]
    fn the_same_work_gives_the_same_analysis() {
        let item = ItemId::generate();
        assert_eq!(AnalysisId::of(&item, "a"), AnalysisId::of(&item, "a"));
        assert_ne!(AnalysisId::of(&item, "a"), AnalysisId::of(&item, "b"));
    }
}
