//! Old data on its way in: batches of rows that are copied into the database as one, each marked
//! with the import that brought it, so that an import goes on where it was cut off and can be
//! taken back.

mod arriving;
mod compare;
mod copy;
mod index;
mod ledger;
mod photos;
mod statistics;
mod store;
mod undo;

pub use compare::{Compared, Differs, Neighbours};
pub use index::{IndexState, VectorIndex};
pub use ledger::{Import, Kind, Mark, Noted, Standing};
pub use photos::{Photo, Photographed, Place};
pub use store::{Left, Looked, Stored, Why};
pub use undo::{Kept, Undone};

use anyhow::Result;
use pgvector::HalfVector;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::domain::{AnalysisId, ItemId, Status, UserId};

/// What is asked about moving.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moving {
    /// Notes that an import begins or goes on; says how far it came.
    Begin(Import),
    /// Stores a batch, and with it how far the import has come.
    Store {
        /// The import.
        import: Import,
        /// The rows.
        batch: Batch,
        /// The last row of the source that is in the batch.
        mark: Mark,
    },
    /// What became of a batch that was sent before, or stands in the way of one that is not sent
    /// yet; nothing is changed.
    Look {
        /// The import.
        import: Import,
        /// The table.
        table: Table,
        /// The rows.
        rows: Vec<Row>,
        /// Whether the batch was sent before.
        sent: bool,
    },
    /// Compares a batch with what is stored; nothing is changed.
    Compare {
        /// The import.
        import: Import,
        /// The rows as the source has them.
        batch: Batch,
    },
    /// The items nearest to a vector, as a search finds them.
    Neighbours {
        /// Whose.
        user_id: UserId,
        /// The vector.
        near: Vec<f32>,
        /// How many.
        limit: i64,
    },
    /// What imports there are, of one user or of all.
    List {
        /// Whose.
        user_id: Option<UserId>,
    },
    /// Notes that an import is through.
    Finish(Import),
    /// Takes back some of what an import brought; asked again until nothing is left.
    Undo(Import),
    /// Items of a user whose images are wanted, some at a time.
    Photos {
        /// Whose.
        user_id: UserId,
        /// Those after this item.
        after: Option<ItemId>,
    },
    /// Notes images that were stored.
    Photographed {
        /// The import.
        import: Import,
        /// What is known of them now.
        photos: Vec<Photographed>,
    },
    /// What an import of images stored, some at a time.
    Photographs {
        /// The import.
        import: Import,
        /// Those after this item.
        after: Option<ItemId>,
    },
    /// The index over embeddings: how it stands, or to be taken away or made.
    Index(VectorIndex),
}

/// The tables that rows are moved into, in their order.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type,
)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Table {
    /// Items.
    Items,
    /// Analyses.
    Analyses,
    /// Embeddings.
    Embeddings,
}

impl Table {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Items => "items",
            Self::Analyses => "analyses",
            Self::Embeddings => "embeddings",
        }
    }
}

/// Rows of one table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Batch {
    /// Items.
    Items(Vec<OldItem>),
    /// Analyses.
    Analyses(Vec<OldAnalysis>),
    /// Embeddings.
    Embeddings(Vec<OldEmbedding>),
}

/// An item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OldItem {
    /// Its id.
    pub id: ItemId,
    /// What its file was called in the old store.
    pub filename: String,
    /// What it was called when it was uploaded.
    pub original_filename: Option<String>,
    /// The key that its image gets.
    pub file_path: String,
    /// Bytes, where known.
    pub file_size: Option<i64>,
    /// What the image is, where known.
    pub mime_type: Option<String>,
    /// How far it came.
    pub status: Status,
    /// Whether something is said of it, so that no model need be asked.
    pub described: bool,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it last changed.
    #[serde(with = "time::serde::rfc3339")]
    pub updated_at: OffsetDateTime,
}

/// An analysis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OldAnalysis {
    /// Its id.
    pub id: AnalysisId,
    /// Its item.
    pub item_id: ItemId,
    /// 1 for the first.
    pub version: i32,
    /// The category.
    pub category: Option<String>,
    /// The summary.
    pub summary: Option<String>,
    /// A JSON object.
    pub raw_response: String,
    /// Whose model it was.
    pub provider_used: Option<String>,
    /// Which model.
    pub model_used: Option<String>,
    /// The trace of the call.
    pub trace_id: Option<String>,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// An embedding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OldEmbedding {
    /// Its id.
    pub id: String,
    /// Its item.
    pub item_id: ItemId,
    /// Its analysis; without one, the latest of the item.
    pub analysis_id: Option<AnalysisId>,
    /// The vector.
    pub embedding: Half,
    /// The model.
    pub embedding_model: String,
    /// What it was made of, as JSON.
    pub embedding_source: String,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// A row by its ids.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its own.
    pub id: String,
    /// Its item's.
    pub item_id: String,
}

/// A vector of half precision, as PostgreSQL sends and takes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Half(Vec<u8>);

impl Half {
    /// Rounds a vector.
    pub fn of(vector: &[f32]) -> Self {
        let mut bytes = Vec::with_capacity(4 + 2 * vector.len());
        let count = u16::try_from(vector.len()).unwrap_or(u16::MAX);
        bytes.extend(count.to_be_bytes());
        bytes.extend([0, 0]);
        let rounded = HalfVector::from_f32_slice(vector);
        bytes.extend(rounded.as_slice().iter().flat_map(|x| x.to_be_bytes()));
        Self(bytes)
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<Half> for String {
    fn from(half: Half) -> Self {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(half.0)
    }
}

impl TryFrom<String> for Half {
    type Error = base64::DecodeError;

    fn try_from(text: String) -> std::result::Result<Self, Self::Error> {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD
            .decode(text)
            .map(Self)
    }
}

impl Batch {
    /// Its table.
    pub fn table(&self) -> Table {
        match self {
            Self::Items(_) => Table::Items,
            Self::Analyses(_) => Table::Analyses,
            Self::Embeddings(_) => Table::Embeddings,
        }
    }

    /// How many rows it has.
    pub fn len(&self) -> usize {
        match self {
            Self::Items(rows) => rows.len(),
            Self::Analyses(rows) => rows.len(),
            Self::Embeddings(rows) => rows.len(),
        }
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Its rows by their ids.
    pub fn rows(&self) -> Vec<Row> {
        let row = |id: &str, item: &ItemId| Row {
            id: id.to_owned(),
            item_id: item.to_string(),
        };
        match self {
            Self::Items(rows) => rows.iter().map(|r| row(r.id.as_str(), &r.id)).collect(),
            Self::Analyses(rows) => {
                let rows = rows.iter();
                rows.map(|r| row(r.id.as_str(), &r.item_id)).collect()
            }
            Self::Embeddings(rows) => rows.iter().map(|r| row(&r.id, &r.item_id)).collect(),
        }
    }

    /// Its first and its second half.
    fn halves(mut self) -> (Self, Self) {
        let at = self.len() / 2;
        let rest = match &mut self {
            Self::Items(rows) => Self::Items(rows.split_off(at)),
            Self::Analyses(rows) => Self::Analyses(rows.split_off(at)),
            Self::Embeddings(rows) => Self::Embeddings(rows.split_off(at)),
        };
        (self, rest)
    }
}

/// Answers in JSON.
pub(super) async fn handle(db: &mut PgConnection, asked: Moving) -> Result<Value> {
    let value = match asked {
        Moving::Begin(import) => serde_json::to_value(ledger::begin(db, &import).await?),
        Moving::Store {
            import,
            batch,
            mark,
        } => serde_json::to_value(store::store(db, &import, batch, mark).await?),
        Moving::Look {
            import,
            table,
            rows,
            sent,
        } => serde_json::to_value(store::look(db, &import, table, &rows, sent).await?),
        Moving::Compare { import, batch } => {
            serde_json::to_value(compare::compare(db, &import, &batch).await?)
        }
        Moving::Neighbours {
            user_id,
            near,
            limit,
        } => serde_json::to_value(compare::neighbours(db, &user_id, &near, limit).await?),
        Moving::List { user_id } => serde_json::to_value(ledger::list(db, user_id.as_ref()).await?),
        Moving::Finish(import) => serde_json::to_value(ledger::finish(db, &import).await?),
        Moving::Undo(import) => serde_json::to_value(undo::some(db, &import).await?),
        Moving::Photos { user_id, after } => {
            serde_json::to_value(photos::wanted(db, &user_id, after.as_ref()).await?)
        }
        Moving::Photographed { import, photos } => {
            serde_json::to_value(photos::note(db, &import, &photos).await?)
        }
        Moving::Photographs { import, after } => {
            serde_json::to_value(photos::noted(db, &import, after.as_ref()).await?)
        }
        Moving::Index(asked) => serde_json::to_value(index::index(db, asked).await?),
    };
    Ok(value?)
}
