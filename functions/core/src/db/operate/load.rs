//! Items with their analyses, as they come from a data set: for one user, and each once.

use anyhow::{Context, Result, ensure};
use contract::objects::ObjectKey;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::{Connection as _, PgConnection};

use crate::db::analyses::{self, NewAnalysis};
use crate::db::items::{self, LAST_VERSION, NewItem};
use crate::db::{embeddings, items::count};
use crate::domain::{AnalysisId, Description, Format, ItemId, Status, UserId};

/// One request loads no more than this: it has to fit into the time and the payload of a function.
pub const MOST: usize = 50;

/// An item and what is said of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Loaded {
    /// The item's id.
    pub id: ItemId,
    /// What the file is called.
    pub original_filename: String,
    /// What the file is.
    pub mime_type: String,
    /// Its bytes.
    pub file_size: i64,
    /// Pixels across, where known.
    pub width: Option<i32>,
    /// Pixels down, where known.
    pub height: Option<i32>,
    /// What is said of it, in the shape of a model's answer.
    pub raw_response: Value,
}

/// How much of a user's there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Items.
    pub items: i64,
    /// Items that search finds.
    pub searchable: i64,
    /// Analyses.
    pub analyses: i64,
    /// Embeddings.
    pub embeddings: i64,
}

/// Adds what is not there; says what there is then.
pub(super) async fn load(
    connection: &mut PgConnection,
    user: &UserId,
    items: &[Loaded],
) -> Result<Counts> {
    ensure!(items.len() <= MOST, "more than {MOST} items at once");
    for item in items {
        one(connection, user, item)
            .await
            .with_context(|| format!("load {}", item.original_filename))?;
    }
    counts(connection, user).await
}

async fn one(connection: &mut PgConnection, user: &UserId, item: &Loaded) -> Result<()> {
    let mut transaction = connection.begin().await.context("begin to load the item")?;
    let connection = &mut *transaction;
    let format = Format::of_mime_type(&item.mime_type).context("no format of ours")?;
    let key = ObjectKey::image(user.as_str(), item.id.as_str(), format.extension());
    let new = NewItem {
        id: item.id.clone(),
        user_id: user.clone(),
        filename: format!("{}.{}", item.id, format.extension()),
        original_filename: Some(item.original_filename.clone()),
        file_path: key.to_string(),
        file_size: Some(item.file_size),
        mime_type: Some(format.mime_type().to_owned()),
        status: Status::Uploaded,
    };
    if items::insert(connection, &new).await? {
        settle(connection, user, item).await?;
    }
    let standing = items::get(connection, user, &item.id).await?;
    let standing = standing.with_context(|| format!("item {} is another user's", item.id))?;
    let analysis = NewAnalysis {
        id: AnalysisId::of(&item.id, "loaded"),
        item_id: item.id.clone(),
        user_id: user.clone(),
        description: Description::from_value(item.raw_response.clone())?,
        provider: "golden",
        model: "reviewed by hand".to_owned(),
        trace_id: None,
        input_tokens: 0,
        output_tokens: 0,
        cost_nanodollars: None,
        object_sequencer: standing.object_sequencer,
    };
    // An item that was analysed on its own way in keeps that analysis alone.
    if standing.latest_analysis.is_none() {
        analyses::insert(connection, &analysis).await?;
    }
    transaction.commit().await.context("load the item")
}

/// What the image processor would note of a new item.
async fn settle(connection: &mut PgConnection, user: &UserId, item: &Loaded) -> Result<()> {
    let thumbnail = ObjectKey::thumbnail(user.as_str(), item.id.as_str());
    sqlx::query(
        "UPDATE items SET thumbnail_path = $3, width = $4, height = $5, object_sequencer = $6,
             status = 'processed' WHERE user_id = $1 AND id = $2",
    )
    .bind(user)
    .bind(&item.id)
    .bind(thumbnail.to_string())
    .bind(item.width)
    .bind(item.height)
    .bind(LAST_VERSION)
    .execute(connection)
    .await
    .context("note the thumbnail")?;
    Ok(())
}

/// Counts what a user has.
pub(super) async fn counts(connection: &mut PgConnection, user: &UserId) -> Result<Counts> {
    let (analyses, searchable): (i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM analyses WHERE user_id = $1),
                (SELECT count(*) FROM items WHERE user_id = $1 AND status = 'searchable')",
    )
    .bind(user)
    .fetch_one(&mut *connection)
    .await
    .context("count the analyses")?;
    Ok(Counts {
        items: count(connection, user, None).await?,
        searchable,
        analyses,
        embeddings: embeddings::count(connection, user).await?,
    })
}

/// Counts how far these items of a user have come; another user's do not count.
pub(super) async fn counts_among(
    connection: &mut PgConnection,
    user: &UserId,
    among: &[ItemId],
) -> Result<Counts> {
    let ids: Vec<&str> = among.iter().map(ItemId::as_str).collect();
    let (items, searchable, analyses, embeddings) = sqlx::query_as(
        "SELECT count(*), count(*) FILTER (WHERE items.status = 'searchable'),
             count(*) FILTER (WHERE EXISTS (
                 SELECT FROM analyses a WHERE a.user_id = $1 AND a.item_id = items.id)),
             count(*) FILTER (WHERE EXISTS (
                 SELECT FROM embeddings e WHERE e.user_id = $1 AND e.item_id = items.id))
         FROM items WHERE items.user_id = $1 AND items.id = ANY($2)",
    )
    .bind(user)
    .bind(&ids)
    .fetch_one(connection)
    .await
    .context("count the items")?;
    Ok(Counts {
        items,
        searchable,
        analyses,
        embeddings,
    })
}
