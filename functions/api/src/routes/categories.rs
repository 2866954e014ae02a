//! The categories that the caller's items are in.

use axum::extract::State;
use collections_core::db::items;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::identity::Caller;
use crate::problem::Problem;

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list))
}

/// All categories.
#[derive(Debug, Serialize, ToSchema)]
pub struct Categories {
    /// The one with the most items first.
    categories: Vec<Category>,
}

/// A category.
#[derive(Debug, Serialize, ToSchema)]
pub struct Category {
    /// Its name, as the filter of `GET /items` takes it.
    category: String,
    /// How many items are in it by their latest analysis.
    items: i64,
}

/// The categories of the caller's items. An item that was not analysed yet is in none.
#[utoipa::path(get, path = "/items/categories", tag = "items", operation_id = "list_categories",
    responses((status = OK, body = Categories)))]
async fn list(
    State(app): State<App>,
    Caller(user): Caller,
) -> Result<axum::Json<Categories>, Problem> {
    let mut db = app.connection().await?;
    let categories = items::categories(&mut db, &user).await?.into_iter();
    let categories = categories.map(|(category, items)| Category { category, items });
    Ok(axum::Json(Categories {
        categories: categories.collect(),
    }))
}
