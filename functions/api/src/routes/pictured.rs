//! An item as it is listed: with the address of its thumbnail, so that a page of items is one request.

use collections_core::domain::Item;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::problem::Problem;

/// An item and its thumbnail.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PicturedItem {
    #[serde(flatten)]
    item: Item,
    /// Where the thumbnail can be fetched for an hour; null until there is one.
    thumbnail_url: Option<String>,
}

impl PicturedItem {
    /// Adds the address.
    pub(super) async fn of(app: &App, item: Item) -> Result<Self, Problem> {
        let thumbnail_url = match item.thumbnail_key() {
            Some(key) => Some(app.objects.presign_thumbnail(&key).await?),
            None => None,
        };
        Ok(Self {
            item,
            thumbnail_url,
        })
    }
}
