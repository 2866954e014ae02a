//! A collection in a folder, laid out as `golden/`: items with what is said of each, their images,
//! and queries that were judged by hand.

mod check;

use std::path::{Path, PathBuf};

use collections_core::domain::{Description, Format, ItemId, UserId};
use serde::Deserialize;
use uuid::Uuid;

use crate::error::{Doing as _, Error, Kind, Result};

/// The set that belongs to the project, and how many items it has.
pub const GOLDEN: (&str, usize) = ("golden", 55);

/// A collection.
#[derive(Debug)]
pub struct DataSet {
    folder: PathBuf,
    /// Its items.
    pub items: Vec<Item>,
    /// The queries judged for it; a collection of one's own has none.
    pub queries: Vec<Query>,
}

/// An item and what is said of it.
#[derive(Clone, Debug, Deserialize)]
pub struct Item {
    /// Its name within the set.
    pub item_id: Uuid,
    /// Its image, in `images/`.
    pub file: String,
    /// Pixels across, where known.
    pub width: Option<i32>,
    /// Pixels down, where known.
    pub height: Option<i32>,
    /// When somebody read over what is said of it.
    #[serde(with = "time::serde::rfc3339")]
    pub reviewed_at: time::OffsetDateTime,
    /// How many analyses that was made of.
    pub source_analyses_count: usize,
    /// Which ones.
    pub source_analysis_ids: Vec<Uuid>,
    /// What is said of it.
    #[serde(flatten)]
    pub description: Description,
}

/// A query with what it should find.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// Its name.
    pub query_id: String,
    /// What is searched for.
    pub query_text: String,
    /// Of which kind it is.
    pub query_type: QueryType,
    /// What it should find, and how well each fits.
    pub expected_items: Vec<Expected>,
    /// How many these are.
    pub expected_count: usize,
    /// Whether search may be tuned on it.
    pub split: Split,
}

/// Kinds of queries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueryType {
    /// One item is meant.
    SingleItem,
    /// Several are.
    MultiItem,
    /// By meaning, in other words than the items'.
    Semantic,
    /// Nothing answers it.
    NoResult,
}

/// Halves of the queries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Split {
    /// For tuning.
    Tune,
    /// For reporting.
    HeldOut,
}

/// An item that a query should find.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// The item.
    pub item_id: Uuid,
    /// 3: meant. 2: fits. 1: touches it.
    pub relevance: u8,
}

impl DataSet {
    /// Reads a folder; a set that contradicts itself is refused.
    pub fn read(folder: &Path) -> Result<Self> {
        let items = file(folder, "items.json")?;
        let items: Vec<Item> = parsed(folder, "items.json", items.as_deref().unwrap_or("[]"))?;
        let queries = match folder.join("queries.json").is_file() {
            true => file(folder, "queries.json")?,
            false => None,
        };
        let set = Self {
            folder: folder.to_owned(),
            queries: parsed(folder, "queries.json", queries.as_deref().unwrap_or("[]"))?,
            items,
        };
        let problems = check::problems(&set);
        if problems.is_empty() {
            return Ok(set);
        }
        Err(Error::input(problems.join("\n"))
            .hint(format!("mend {}; nothing was loaded", folder.display())))
    }

    /// The bytes of an item's image.
    pub fn image(&self, item: &Item) -> Result<Vec<u8>> {
        let path = self.folder.join("images").join(&item.file);
        std::fs::read(&path).doing_as(Kind::Input, format!("read {}", path.display()))
    }
}

impl Item {
    /// What the item is called in a database.
    pub fn id_for(&self, owner: &UserId) -> Result<ItemId> {
        id_for(owner, &self.item_id.to_string())
    }
}

/// What something of a set is called in a database: of one owner, and always the same.
pub fn id_for(owner: &UserId, name: &str) -> Result<ItemId> {
    let name = format!("{owner}/{name}");
    let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes());
    id.to_string().parse().doing("name the item")
}

fn file(folder: &Path, name: &str) -> Result<Option<String>> {
    let path = folder.join(name);
    let text = std::fs::read_to_string(&path).map_err(|source| {
        Error::input(format!("could not read {}", path.display()))
            .because(source)
            .hint("a collection is a folder with items.json and images/; see golden/README.md")
    })?;
    Ok(Some(text))
}

fn parsed<T: serde::de::DeserializeOwned>(folder: &Path, name: &str, text: &str) -> Result<T> {
    let path = folder.join(name);
    serde_json::from_str(text).doing_as(Kind::Input, format!("understand {}", path.display()))
}

/// What an image is, by its content.
pub fn format(bytes: &[u8]) -> Option<Format> {
    Format::of(bytes)
}
