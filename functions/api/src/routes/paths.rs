//! What the paths of routes name.

use collections_core::chat::history::ConversationId;
use collections_core::domain::{AnalysisId, ItemId};
use serde::Deserialize;
use utoipa::IntoParams;

/// An item.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct ItemPath {
    /// The item's id.
    #[param(inline)]
    pub id: ItemId,
}

/// An analysis.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct AnalysisPath {
    /// The analysis's id.
    #[param(inline)]
    pub id: AnalysisId,
}

/// An original.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct FilePath {
    /// The `filename` of an item.
    pub filename: String,
}

/// A session of the chat.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct SessionPath {
    /// The session's id.
    #[param(value_type = String, min_length = 1, max_length = 128, pattern = "^[0-9A-Za-z_-]+$")]
    pub id: ConversationId,
}
