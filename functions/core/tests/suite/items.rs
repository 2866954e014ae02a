//! Items, their analyses and embeddings, in and out of order.

use collections_core::db::items::{self, Filter, Processed, Recorded, Seen};
use collections_core::db::{analyses, embeddings};
use collections_core::domain::Status;
use sqlx::PgConnection;

use crate::seed::{analysis, description, embedding, item, new_item, user, vector};

fn found(width: i32) -> Processed {
    Processed {
        thumbnail_path: "u/thumbnails/a.jpg".to_owned(),
        file_size: 1,
        mime_type: "image/png",
        width,
        height: 1,
        again: false,
    }
}

async fn stored() -> anyhow::Result<()> {
    Ok(())
}

async fn processed(db: &mut PgConnection, sequencer: &str, width: i32) -> bool {
    let id = "a".parse().unwrap();
    let (user, found, seen) = (user("u"), found(width), Seen::Version(sequencer));
    let recorded = items::set_processed(db, &user, &id, &found, seen, stored()).await;
    recorded.unwrap() == Recorded::Recorded
}

#[tokio::test]
async fn an_older_version_of_an_object_does_not_replace_a_newer_one() {
    let database = testkit::database().await;
    let mut db = database.pool().acquire().await.unwrap();
    item(&mut db, &user("u"), "a").await;
    // Sequencers are compared as if padded with zeros on the right.
    assert!(processed(&mut db, "0055AED6DCD9028100", 1).await);
    assert!(processed(&mut db, "0055AED6DCD90281E5", 2).await);
    assert!(!processed(&mut db, "0055AED6DCD90281", 3).await);
    assert!(
        processed(&mut db, "0055AED6DCD90281E5", 4).await,
        "the same version again"
    );
    assert!(processed(&mut db, "0055B", 5).await);
    let now = items::get(&mut db, &user("u"), &"a".parse().unwrap())
        .await
        .unwrap()
        .unwrap();
    assert_eq!((now.width, now.status), (Some(5), Status::Processed));
    items::set_refused(&mut db, &user("u"), &now.id, "late", Some("0055A"))
        .await
        .unwrap();
    let now = items::get(&mut db, &user("u"), &now.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(now.status, Status::Processed);
}

#[tokio::test]
async fn pages_hold_every_item_once_newest_first() {
    let database = testkit::database().await;
    let mut db = database.pool().acquire().await.unwrap();
    let user = user("u");
    for n in 0..7 {
        let id = item(&mut db, &user, &format!("i{n}")).await;
        let category = if n % 2 == 0 { "Even" } else { "Odd" };
        analysis(&mut db, &user, &id, "w", description(category, "s")).await;
    }
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let filter = Filter {
            after: after.clone(),
            limit: 3,
            ..Filter::default()
        };
        let page = items::list(&mut db, &user, &filter).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some((last.created_at, last.id.clone()));
        seen.extend(page.into_iter().map(|item| item.id.to_string()));
    }
    assert_eq!(seen, ["i6", "i5", "i4", "i3", "i2", "i1", "i0"]);
    let even = Filter {
        category: Some("Even".to_owned()),
        limit: 9,
        ..Filter::default()
    };
    assert_eq!(items::list(&mut db, &user, &even).await.unwrap().len(), 4);
    assert_eq!(items::count(&mut db, &user, Some("Odd")).await.unwrap(), 3);
    assert_eq!(items::count(&mut db, &user, None).await.unwrap(), 7);
}

#[tokio::test]
async fn analyses_are_numbered_and_the_same_work_is_stored_once() {
    let database = testkit::database().await;
    let user = user("u");
    let mut db = database.pool().acquire().await.unwrap();
    let id = item(&mut db, &user, "a").await;
    let works = ["one", "two", "one", "three", "two"].map(|work| {
        let (pool, user, id) = (database.pool(), user.clone(), id.clone());
        async move {
            let mut db = pool.acquire().await.unwrap();
            analysis(&mut db, &user, &id, work, description("C", work)).await
        }
    });
    futures::future::join_all(works).await;
    let all = analyses::of_item(&mut db, &user, &id).await.unwrap();
    let versions: Vec<_> = all.iter().map(|analysis| analysis.version).collect();
    assert_eq!(versions, [3, 2, 1]);
    let item = items::get(&mut db, &user, &id).await.unwrap().unwrap();
    assert_eq!(item.latest_analysis.unwrap().id, all[0].id);
}

#[tokio::test]
async fn only_the_latest_analysis_is_embedded_and_replaces_what_was_there() {
    let database = testkit::database().await;
    let mut db = database.pool().acquire().await.unwrap();
    let user = user("u");
    let id = item(&mut db, &user, "a").await;
    let first = analysis(&mut db, &user, &id, "one", description("C", "s")).await;
    assert!(embedding(&mut db, &user, &id, &first, vector(0.0)).await);
    let second = analysis(&mut db, &user, &id, "two", description("C", "s")).await;
    assert!(embedding(&mut db, &user, &id, &second, vector(1.0)).await);
    assert!(
        !embedding(&mut db, &user, &id, &first, vector(0.0)).await,
        "an old event came late"
    );
    assert_eq!(embeddings::count(&mut db, &user).await.unwrap(), 1);
    let model = "test-embedding";
    assert!(
        embeddings::pending(&mut db, &user, &first, model)
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        embeddings::pending(&mut db, &user, &second, model)
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        embeddings::pending(&mut db, &user, &second, "newer")
            .await
            .unwrap()
            .is_some()
    );
    let item = items::get(&mut db, &user, &id).await.unwrap().unwrap();
    assert_eq!(item.status, Status::Searchable);
}

#[tokio::test]
async fn deleting_an_item_takes_everything_with_it() {
    let database = testkit::database().await;
    let mut db = database.pool().acquire().await.unwrap();
    let user = user("u");
    let id = item(&mut db, &user, "a").await;
    let made = analysis(&mut db, &user, &id, "one", description("C", "s")).await;
    assert!(embedding(&mut db, &user, &id, &made, vector(0.0)).await);
    assert!(items::delete(&mut db, &user, &id).await.unwrap().is_some());
    assert_eq!(embeddings::count(&mut db, &user).await.unwrap(), 0);
    assert!(!embedding(&mut db, &user, &id, &made, vector(0.0)).await);
    let gone = analysis(&mut db, &user, &id, "two", description("C", "s")).await;
    assert!(
        analyses::get(&mut db, &user, &gone)
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn another_user_finds_changes_and_deletes_nothing() {
    let database = testkit::database().await;
    let mut db = database.pool().acquire().await.unwrap();
    let (owner, other) = (user("owner"), user("other"));
    let id = item(&mut db, &owner, "a").await;
    let made = analysis(&mut db, &owner, &id, "one", description("C", "s")).await;
    assert!(items::get(&mut db, &other, &id).await.unwrap().is_none());
    assert!(
        analyses::get(&mut db, &other, &made)
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        analyses::of_item(&mut db, &other, &id)
            .await
            .unwrap()
            .is_empty()
    );
    let never = async { panic!("a thumbnail of another user's item was stored") };
    let seen = Seen::Stored(None);
    let recorded = items::set_processed(&mut db, &other, &id, &found(1), seen, never).await;
    assert_eq!(recorded.unwrap(), Recorded::Deleted);
    items::set_refused(&mut db, &other, &id, "no", None)
        .await
        .unwrap();
    assert!(items::delete(&mut db, &other, &id).await.unwrap().is_none());
    assert!(!embedding(&mut db, &other, &id, &made, vector(0.0)).await);
    assert!(
        !items::insert(&mut db, &new_item(&other, "a"))
            .await
            .unwrap(),
        "an id is taken"
    );
    let item = items::get(&mut db, &owner, &id).await.unwrap().unwrap();
    assert_eq!(item.status, Status::Analyzed);
}
