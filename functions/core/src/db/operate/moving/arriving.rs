//! A batch in a table of its own, gone with the transaction: what follows are joins.

use anyhow::{Context, Result};
use sqlx::PgConnection;
use sqlx::types::Json;

use super::copy::Rows;
use super::{Batch, OldAnalysis, OldEmbedding, OldItem, Row, Table};

impl Table {
    fn arriving(self) -> &'static str {
        match self {
            Self::Items => {
                "CREATE TEMPORARY TABLE arriving (id text, filename text, original_filename text,
                     file_path text, file_size bigint, mime_type text, status text,
                     described boolean, created_at timestamptz, updated_at timestamptz)
                 ON COMMIT DROP"
            }
            Self::Analyses => {
                "CREATE TEMPORARY TABLE arriving (id text, item_id text, version integer,
                     category text, summary text, raw_response jsonb, provider_used text,
                     model_used text, trace_id text, created_at timestamptz) ON COMMIT DROP"
            }
            Self::Embeddings => {
                "CREATE TEMPORARY TABLE arriving (id text, item_id text, analysis_id text,
                     embedding halfvec(1024), embedding_model text, embedding_source jsonb,
                     created_at timestamptz) ON COMMIT DROP"
            }
        }
    }
}

/// Copies a batch into `arriving`, within a transaction.
pub(super) async fn copy(transaction: &mut PgConnection, batch: &Batch) -> sqlx::Result<()> {
    // A batch is small beside the tables it is joined with, and nothing is known of its contents.
    sqlx::raw_sql("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
        .execute(&mut *transaction)
        .await?;
    sqlx::raw_sql(batch.table().arriving())
        .execute(&mut *transaction)
        .await?;
    let mut into = transaction
        .copy_in_raw("COPY arriving FROM STDIN (FORMAT binary)")
        .await?;
    into.send(written(batch)).await?;
    into.finish().await?;
    Ok(())
}

/// The ids of a batch alone, as `arriving`.
pub(super) async fn ids(transaction: &mut PgConnection, rows: &[Row]) -> Result<()> {
    sqlx::query("CREATE TEMPORARY TABLE arriving (id text, item_id text) ON COMMIT DROP")
        .execute(&mut *transaction)
        .await
        .context("make room for the batch")?;
    sqlx::query(
        "INSERT INTO arriving SELECT * FROM jsonb_to_recordset($1) AS r (id text, item_id text)",
    )
    .bind(Json(rows))
    .execute(transaction)
    .await
    .context("send the batch")?;
    Ok(())
}

fn written(batch: &Batch) -> Vec<u8> {
    let mut rows = Rows::new();
    match batch {
        Batch::Items(items) => items.iter().for_each(|item| of_item(&mut rows, item)),
        Batch::Analyses(all) => all.iter().for_each(|one| of_analysis(&mut rows, one)),
        Batch::Embeddings(all) => all.iter().for_each(|one| of_embedding(&mut rows, one)),
    }
    rows.end()
}

fn of_item(rows: &mut Rows, item: &OldItem) {
    rows.row(10);
    rows.text(item.id.as_str());
    rows.text(&item.filename);
    rows.maybe(item.original_filename.as_deref());
    rows.text(&item.file_path);
    rows.big(item.file_size);
    rows.maybe(item.mime_type.as_deref());
    rows.text(item.status.name());
    rows.flag(item.described);
    rows.time(item.created_at);
    rows.time(item.updated_at);
}

fn of_analysis(rows: &mut Rows, analysis: &OldAnalysis) {
    rows.row(10);
    rows.text(analysis.id.as_str());
    rows.text(analysis.item_id.as_str());
    rows.int(analysis.version);
    rows.maybe(analysis.category.as_deref());
    rows.maybe(analysis.summary.as_deref());
    rows.json(&analysis.raw_response);
    rows.maybe(analysis.provider_used.as_deref());
    rows.maybe(analysis.model_used.as_deref());
    rows.maybe(analysis.trace_id.as_deref());
    rows.time(analysis.created_at);
}

fn of_embedding(rows: &mut Rows, embedding: &OldEmbedding) {
    rows.row(7);
    rows.text(&embedding.id);
    rows.text(embedding.item_id.as_str());
    let analysis = embedding.analysis_id.as_ref();
    rows.maybe(analysis.map(|id| id.as_str()));
    rows.bytes(embedding.embedding.bytes());
    rows.text(&embedding.embedding_model);
    rows.json(&embedding.embedding_source);
    rows.time(embedding.created_at);
}
