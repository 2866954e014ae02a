//! Items: add, list, look at, remove.

use axum::extract::multipart::Multipart;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use collections_core::contract::objects::ObjectKey;
use collections_core::db::items::{self, Filter, NewItem};
use collections_core::domain::{Format, ItemId, Status};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::body::{Path, Query, check_category};
use crate::identity::Caller;
use crate::observe::Observed;
use crate::problem::Problem;
use crate::routes::paths::ItemPath;
use crate::routes::pictured::PicturedItem;
use crate::routes::{cursor, uploads};

const DEFAULT_LIMIT: i64 = 50;
const MAX_LIMIT: i64 = 100;
const MAX_OFFSET: i64 = 1_000_000;

pub(super) fn routes() -> OpenApiRouter<App> {
    let (schemas, paths, upload) = routes!(create);
    let upload = upload.layer(DefaultBodyLimit::max(uploads::MAX_MULTIPART));
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes((schemas, paths, upload))
        .routes(routes!(get, delete))
}

/// Which items to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Only of this category.
    #[param(max_length = 200, pattern = "^[^\\u0000]*$")]
    category: Option<String>,
    /// How many at most.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<i64>,
    /// How many to leave out at the start; `cursor` is the faster way to later pages.
    #[param(minimum = 0, maximum = 1_000_000, default = 0)]
    offset: Option<i64>,
    /// The `next_cursor` of the page before.
    #[param(pattern = "^[0-9]{1,19}_[0-9A-Za-z-]{1,128}$")]
    cursor: Option<String>,
}

/// A page of items.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page {
    items: Vec<PicturedItem>,
    /// Of all pages.
    total: i64,
    /// Where the next page begins; absent on the last.
    next_cursor: Option<String>,
}

/// What was removed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Deleted {
    /// `deleted`.
    status: &'static str,
    /// The item's id.
    id: ItemId,
}

/// Lists the caller's items, newest first.
#[utoipa::path(get, path = "/items", tag = "items", operation_id = "list_items",
    params(ListQuery), responses((status = OK, body = Page)))]
async fn list(
    State(app): State<App>,
    Caller(user): Caller,
    Query(query): Query<ListQuery>,
) -> Result<axum::Json<Page>, Problem> {
    let limit = within("limit", query.limit.unwrap_or(DEFAULT_LIMIT), 1, MAX_LIMIT)?;
    let offset = within("offset", query.offset.unwrap_or(0), 0, MAX_OFFSET)?;
    let after = query.cursor.as_deref().map(cursor::read).transpose()?;
    check_category(query.category.as_deref())?;
    // One more than asked for tells whether there is a next page.
    let filter = Filter {
        category: query.category,
        after,
        limit: limit + 1,
        offset,
    };
    let mut db = app.connection().await?;
    let mut items = items::list(&mut db, &user, &filter).await?;
    let total = items::count(&mut db, &user, filter.category.as_deref()).await?;
    let more = i64::try_from(items.len()).is_ok_and(|found| found > limit);
    if more {
        items.pop();
    }
    let next_cursor = items.last().filter(|_| more);
    let next_cursor = next_cursor.map(|item| cursor::after(item.created_at, &item.id));
    drop(db);
    let mut page = Vec::with_capacity(items.len());
    for item in items {
        page.push(PicturedItem::of(&app, item).await?);
    }
    Ok(axum::Json(Page {
        items: page,
        total,
        next_cursor,
    }))
}

fn within(name: &str, value: i64, least: i64, most: i64) -> Result<i64, Problem> {
    if (least..=most).contains(&value) {
        return Ok(value);
    }
    Err(Problem::bad_request(format!(
        "{name} must be from {least} to {most}"
    )))
}

/// One item.
#[utoipa::path(get, path = "/items/{id}", tag = "items", operation_id = "get_item",
    params(ItemPath), responses((status = OK, body = PicturedItem)))]
async fn get(
    State(app): State<App>,
    Caller(user): Caller,
    Path(ItemPath { id }): Path<ItemPath>,
) -> Result<axum::Json<PicturedItem>, Problem> {
    let mut db = app.connection().await?;
    let item = items::get(&mut db, &user, &id)
        .await?
        .ok_or_else(Problem::not_found)?;
    drop(db);
    Ok(axum::Json(PicturedItem::of(&app, item).await?))
}

/// Takes an image in and stores it; the rest of the pipeline follows from that.
#[utoipa::path(post, path = "/items", tag = "items", operation_id = "create_item",
    request_body(content = uploads::Upload, content_type = "multipart/form-data"),
    responses((status = CREATED, body = PicturedItem)))]
async fn create(
    State(app): State<App>,
    Caller(user): Caller,
    observed: Observed,
    multipart: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Result<impl IntoResponse, Problem> {
    let multipart =
        multipart.map_err(|error| Problem::because(error.status(), error.body_text()))?;
    let file = uploads::file(multipart).await?;
    let format = Format::of(&file.bytes).ok_or_else(|| {
        Problem::bad_request("the file is no PNG, JPEG, WebP or GIF image, whatever its name says")
    })?;
    let id = ItemId::generate();
    tracing::Span::current().record("item_id", id.as_str());
    let key = ObjectKey::image(user.as_str(), id.as_str(), format.extension());
    let new = NewItem {
        id: id.clone(),
        user_id: user.clone(),
        filename: format!("{id}.{}", format.extension()),
        original_filename: file.name,
        file_path: key.to_string(),
        file_size: i64::try_from(file.bytes.len()).ok(),
        mime_type: Some(format.mime_type().to_owned()),
        status: Status::Uploaded,
    };
    tracing::info!(filename = new.original_filename, "Creating item");
    let mut db = app.connection().await?;
    items::insert(&mut db, &new).await?;
    // Others need the connection while the image is on its way.
    drop(db);
    let written = app
        .objects
        .write_traced_image(&key, file.bytes, format.mime_type(), &observed.trace)
        .await;
    let mut db = app.connection().await?;
    if let Err(error) = written {
        items::delete(&mut db, &user, &id).await?;
        return Err(error.into());
    }
    let item = items::get(&mut db, &user, &id)
        .await?
        .ok_or_else(Problem::not_found)?;
    drop(db);
    let item = PicturedItem::of(&app, item).await?;
    Ok((StatusCode::CREATED, axum::Json(item)))
}

/// Removes an item with its objects.
///
/// The objects go first: what is left after a failure is an item
/// that can be removed again, never an object that nobody knows of.
#[utoipa::path(delete, path = "/items/{id}", tag = "items", operation_id = "delete_item",
    params(ItemPath), responses((status = OK, body = Deleted)))]
async fn delete(
    State(app): State<App>,
    Caller(user): Caller,
    Path(ItemPath { id }): Path<ItemPath>,
) -> Result<axum::Json<Deleted>, Problem> {
    let mut db = app.connection().await?;
    let item = items::get(&mut db, &user, &id)
        .await?
        .ok_or_else(Problem::not_found)?;
    drop(db);
    if let Some(key) = item.image_key() {
        app.objects.delete_image(&key).await?;
    }
    let thumbnail = ObjectKey::thumbnail(user.as_str(), id.as_str());
    app.objects.delete_thumbnail(&thumbnail).await?;
    let mut db = app.connection().await?;
    items::delete(&mut db, &user, &id).await?;
    drop(db);
    // One that was being made held the item, and was stored before that was free.
    app.objects.delete_thumbnail(&thumbnail).await?;
    Ok(axum::Json(Deleted {
        status: "deleted",
        id,
    }))
}
