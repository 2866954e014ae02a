//! Items with their analyses, as they come from a data set: for one user, and each once.

use anyhow::{Context, Result, ensure};
use contract::objects::ObjectKey;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::PgConnection;

use crate::db::analyses::{self, NewAnalysis};
use crate::db::items::{self, NewItem};
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
    let added = items::insert(connection, &new).await?;
    ensure!(
        added || items::get(connection, user, &item.id).await?.is_some(),
        "item {} belongs to another user",
        item.id
    );
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
    };
    // An item that was analysed on its own way in keeps that analysis alone.
    if analyses::latest(connection, user, &item.id)
        .await?
        .is_none()
    {
        analyses::insert(connection, &analysis).await?;
    }
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
