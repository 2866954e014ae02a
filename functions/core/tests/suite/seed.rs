//! Rows to begin with.

use collections_core::db::analyses::{self, NewAnalysis};
use collections_core::db::embeddings::{self, DIMENSIONS, NewEmbedding};
use collections_core::db::items::{self, NewItem};
use collections_core::domain::{AnalysisId, Description, ItemId, Status, UserId};
use serde_json::json;
use sqlx::PgConnection;

pub fn user(name: &str) -> UserId {
    name.parse().unwrap()
}

pub fn new_item(user: &UserId, id: &str) -> NewItem {
    NewItem {
        id: id.parse().unwrap(),
        user_id: user.clone(),
        filename: format!("{id}.jpg"),
        original_filename: Some("holiday.jpg".to_owned()),
        file_path: format!("{user}/images/{id}.jpg"),
        file_size: None,
        mime_type: None,
        status: Status::Uploaded,
    }
}

pub async fn item(db: &mut PgConnection, user: &UserId, id: &str) -> ItemId {
    let item = new_item(user, id);
    assert!(items::insert(db, &item).await.unwrap());
    item.id
}

pub fn description(category: &str, summary: &str) -> Description {
    Description::from_value(json!({"category": category, "summary": summary})).unwrap()
}

pub async fn analysis(
    db: &mut PgConnection,
    user: &UserId,
    item: &ItemId,
    work: &str,
    description: Description,
) -> AnalysisId {
    let id = AnalysisId::of(item, work);
    let new = NewAnalysis {
        id: id.clone(),
        item_id: item.clone(),
        user_id: user.clone(),
        description,
        provider: "test",
        model: "test-1".to_owned(),
        trace_id: None,
        input_tokens: 1,
        output_tokens: 1,
        cost_nanodollars: None,
        object_sequencer: None,
    };
    analyses::insert(db, &new).await.unwrap();
    id
}

/// A unit vector that leans from the first axis to the second by an angle.
pub fn vector(angle: f32) -> Vec<f32> {
    let mut vector = vec![0.0; DIMENSIONS];
    vector[0] = angle.cos();
    vector[1] = angle.sin();
    vector
}

pub async fn embedding(
    db: &mut PgConnection,
    user: &UserId,
    item: &ItemId,
    analysis: &AnalysisId,
    vector: Vec<f32>,
) -> bool {
    let new = NewEmbedding {
        item_id: item.clone(),
        analysis_id: analysis.clone(),
        user_id: user.clone(),
        vector,
        model: "test-embedding".to_owned(),
        source: json!({}),
    };
    embeddings::upsert(db, &new).await.unwrap()
}
