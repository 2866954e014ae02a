//! An item of the collection and what is known of it.

use contract::objects::ObjectKey;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::types::Json;
use time::OffsetDateTime;
use time::serde::rfc3339;
use utoipa::ToSchema;

use super::ids::{AnalysisId, ItemId, UserId};

/// How far an item has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, ToSchema)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Status {
    /// An upload form was handed out.
    AwaitingUpload,
    /// The original is stored.
    Uploaded,
    /// There is a thumbnail.
    Processed,
    /// A model has described it.
    Analyzed,
    /// Search finds it.
    Searchable,
    /// It can come no further, for the reason given.
    Refused,
}

impl Status {
    /// Its name, as the database has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::AwaitingUpload => "awaiting_upload",
            Self::Uploaded => "uploaded",
            Self::Processed => "processed",
            Self::Analyzed => "analyzed",
            Self::Searchable => "searchable",
            Self::Refused => "refused",
        }
    }
}

/// An item as its owner sees it.
#[derive(Clone, Debug, Serialize, sqlx::FromRow, ToSchema)]
pub struct Item {
    /// Its id.
    pub id: ItemId,
    /// Its owner.
    #[serde(skip)]
    pub user_id: UserId,
    /// The file name within the store.
    pub filename: String,
    /// The file name it was uploaded with.
    pub original_filename: Option<String>,
    /// The key of the original.
    #[serde(skip)]
    pub file_path: String,
    /// The key of the thumbnail.
    #[serde(skip)]
    pub thumbnail_path: Option<String>,
    /// Bytes of the original.
    pub file_size: Option<i64>,
    /// What the original is.
    pub mime_type: Option<String>,
    /// Pixels across.
    pub width: Option<i32>,
    /// Pixels down.
    pub height: Option<i32>,
    /// How far it has come.
    pub status: Status,
    /// Why it comes no further.
    pub status_reason: Option<String>,
    /// When it was made.
    #[serde(with = "rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it last changed.
    #[serde(with = "rfc3339")]
    pub updated_at: OffsetDateTime,
    /// Which version of the original the thumbnail is of.
    #[serde(skip)]
    pub object_sequencer: Option<String>,
    /// What was last said of it.
    #[schema(value_type = Option<Analysis>)]
    pub latest_analysis: Option<Json<Analysis>>,
}

impl Item {
    /// The key of the original.
    pub fn image_key(&self) -> Option<ObjectKey> {
        ObjectKey::parse(&self.file_path)
    }

    /// The key of the thumbnail, once there is one.
    pub fn thumbnail_key(&self) -> Option<ObjectKey> {
        ObjectKey::parse(self.thumbnail_path.as_deref()?)
    }
}

/// What a model said of an item.
#[derive(Clone, Debug, Serialize, Deserialize, sqlx::FromRow, ToSchema)]
pub struct Analysis {
    /// Its id.
    pub id: AnalysisId,
    /// The item.
    pub item_id: ItemId,
    /// 1 for the first of an item.
    pub version: i32,
    /// The category.
    pub category: Option<String>,
    /// Two or three sentences.
    pub summary: Option<String>,
    /// All that the model said.
    #[schema(value_type = Object)]
    pub raw_response: Value,
    /// Whose model it was.
    pub provider_used: Option<String>,
    /// Which model it was.
    pub model_used: Option<String>,
    /// The trace of the call.
    pub trace_id: Option<String>,
    /// Which version of the original it is of.
    #[serde(default, skip_serializing)]
    pub object_sequencer: Option<String>,
    /// When it was made.
    #[serde(with = "rfc3339")]
    pub created_at: OffsetDateTime,
}
