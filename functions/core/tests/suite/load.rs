//! A data set on its way into the database: each item once, for its owner, asked of no model.

use collections_core::db::items::{self, Processed, Recorded, Seen};
use collections_core::db::operate::{Counts, Loaded, MOST, Probed, Request, handle};
use collections_core::domain::{ItemId, UserId};
use serde_json::json;
use sqlx::PgConnection;

use crate::seed;

fn loaded(id: &str, summary: &str) -> Loaded {
    Loaded {
        id: id.parse().unwrap(),
        original_filename: format!("{id}.png"),
        mime_type: "image/png".to_owned(),
        file_size: 5,
        width: Some(40),
        height: Some(30),
        raw_response: json!({ "category": "Travel", "headline": "A tram", "summary": summary }),
    }
}

async fn load(db: &mut PgConnection, user: &UserId, items: Vec<Loaded>) -> anyhow::Result<Counts> {
    let request = Request::Load {
        user_id: user.clone(),
        items,
    };
    Ok(serde_json::from_value(handle(db, "dev", request).await?)?)
}

#[tokio::test]
async fn loading_twice_is_loading_once_and_a_half_load_is_completed() {
    let database = testkit::database().await;
    let mut db = database.pool().acquire().await.unwrap();
    let user = seed::user("owner");
    let first = load(&mut db, &user, vec![loaded("a", "One.")])
        .await
        .unwrap();
    assert_eq!((first.items, first.analyses, first.embeddings), (1, 1, 0));
    let both = || vec![loaded("a", "Another text."), loaded("b", "Two.")];
    let second = load(&mut db, &user, both()).await.unwrap();
    assert_eq!((second.items, second.analyses), (2, 2));
    assert_eq!(load(&mut db, &user, both()).await.unwrap(), second);
    let id: ItemId = "a".parse().unwrap();
    let item = items::get(&mut db, &user, &id).await.unwrap().unwrap();
    assert_eq!(
        item.latest_analysis.unwrap().summary.as_deref(),
        Some("One.")
    );
    assert_eq!((item.width, item.height), (Some(40), Some(30)));
}

#[tokio::test]
async fn the_announcement_of_its_upload_does_not_make_a_loaded_item_a_new_one() {
    let database = testkit::database().await;
    let mut db = database.pool().acquire().await.unwrap();
    let user = seed::user("owner");
    load(&mut db, &user, vec![loaded("a", "One.")])
        .await
        .unwrap();
    let id: ItemId = "a".parse().unwrap();
    let found = Processed {
        thumbnail_path: "owner/thumbnails/a.jpg".to_owned(),
        file_size: 5,
        mime_type: "image/png",
        width: 40,
        height: 30,
        again: false,
    };
    let announced = Seen::Version("0062E99A88DC407460");
    let mut stored = false;
    let store = async {
        stored = true;
        Ok(())
    };
    let recorded = items::set_processed(&mut db, &user, &id, &found, announced, store).await;
    // Else the analyzer would be told, and ask a model.
    assert_eq!(recorded.unwrap(), Recorded::Outdated);
    assert!(stored, "nobody else makes its thumbnail");
    let item = items::get(&mut db, &user, &id).await.unwrap().unwrap();
    let analysis = item.latest_analysis.unwrap();
    assert_eq!(analysis.object_sequencer, item.object_sequencer);
    assert_eq!(
        item.thumbnail_path.as_deref(),
        Some("owner/thumbnails/a.jpg")
    );
}

#[tokio::test]
async fn what_belongs_to_another_user_what_is_no_image_and_what_is_too_much_is_refused() {
    let database = testkit::database().await;
    let mut db = database.pool().acquire().await.unwrap();
    let (owner, other) = (seed::user("owner"), seed::user("other"));
    load(&mut db, &owner, vec![loaded("a", "One.")])
        .await
        .unwrap();
    let error = load(
        &mut db,
        &other,
        vec![loaded("b", "Mine."), loaded("a", "Two.")],
    )
    .await;
    assert!(format!("{:#}", error.unwrap_err()).contains("another user's"));
    let mut text = loaded("c", "Three.");
    text.mime_type = "text/plain".to_owned();
    assert!(load(&mut db, &owner, vec![text]).await.is_err());
    let many = (0..=MOST)
        .map(|number| loaded(&format!("n{number}"), "x"))
        .collect();
    assert!(load(&mut db, &owner, many).await.is_err());
    let request = Request::Count {
        user_id: owner,
        among: None,
    };
    let counts: Counts =
        serde_json::from_value(handle(&mut db, "dev", request).await.unwrap()).unwrap();
    assert_eq!((counts.items, counts.analyses), (1, 1));
}

#[tokio::test]
async fn items_are_counted_among_those_that_are_meant() {
    let database = testkit::database().await;
    let mut db = database.pool().acquire().await.unwrap();
    let (owner, other) = (seed::user("owner"), seed::user("other"));
    let rows = |ids: &[&str]| ids.iter().map(|id| loaded(id, "One.")).collect();
    load(&mut db, &owner, rows(&["a", "b", "c"])).await.unwrap();
    load(&mut db, &other, rows(&["d"])).await.unwrap();
    seed::analysis(
        &mut db,
        &owner,
        &"a".parse().unwrap(),
        "again",
        seed::description("Art", "Two."),
    )
    .await;
    for (ids, expected) in [(&["a", "d", "x"], 1), (&["b", "c", "x"], 2)] {
        let ids = ids.iter().map(|id| id.parse().unwrap()).collect();
        let request = Request::Count {
            user_id: owner.clone(),
            among: Some(ids),
        };
        let counts = handle(&mut db, "dev", request).await.unwrap();
        let counts: Counts = serde_json::from_value(counts).unwrap();
        assert_eq!((counts.items, counts.analyses), (expected, expected));
        assert_eq!((counts.searchable, counts.embeddings), (0, 0));
    }
}

#[tokio::test]
async fn a_probe_uses_a_table_and_leaves_none() {
    let database = testkit::database().await;
    let mut db = database.pool().acquire().await.unwrap();
    for _ in 0..2 {
        let probed = handle(&mut db, "dev", Request::Probe).await.unwrap();
        let probed: Probed = serde_json::from_value(probed).unwrap();
        assert_eq!(probed.rows, ["east", "north", "west"]);
        assert_eq!(probed.nearest.unwrap(), ["north", "east", "west"]);
        assert!(probed.pgvector.is_some());
    }
    let (left,): (bool,) = sqlx::query_as("SELECT to_regclass('infra_probe') IS NOT NULL")
        .fetch_one(&mut *db)
        .await
        .unwrap();
    assert!(!left);
}
