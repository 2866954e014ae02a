//! Work that is delivered twice runs once.

use std::time::Duration;

use collections_core::db::claims::{Claim, claim, finish, release};

use crate::seed::user;

const LONG: Duration = Duration::from_secs(60);

#[tokio::test]
async fn of_many_at_once_one_gets_the_work() {
    let database = testkit::database().await;
    let tries = (0..10).map(|_| async {
        let mut db = database.pool().acquire().await.unwrap();
        claim(&mut db, &user("u"), "work", LONG).await.unwrap()
    });
    let claims = futures::future::join_all(tries).await;
    let mine = claims
        .iter()
        .filter(|claim| matches!(claim, Claim::Mine(_)))
        .count();
    let taken = claims
        .iter()
        .filter(|claim| **claim == Claim::Taken)
        .count();
    assert_eq!((mine, taken), (1, 9));
}

#[tokio::test]
async fn a_claim_that_ran_out_is_free_and_its_late_holder_changes_nothing() {
    let database = testkit::database().await;
    let mut db = database.pool().acquire().await.unwrap();
    let Claim::Mine(late) = claim(&mut db, &user("u"), "work", Duration::ZERO)
        .await
        .unwrap()
    else {
        panic!("the work was free");
    };
    let Claim::Mine(current) = claim(&mut db, &user("u"), "work", LONG).await.unwrap() else {
        panic!("the claim had run out");
    };
    finish(&mut db, &late).await.unwrap();
    release(&mut db, &late).await.unwrap();
    assert_eq!(
        claim(&mut db, &user("u"), "work", LONG).await.unwrap(),
        Claim::Taken
    );
    finish(&mut db, &current).await.unwrap();
    assert_eq!(
        claim(&mut db, &user("u"), "work", LONG).await.unwrap(),
        Claim::Finished
    );
    let other = claim(&mut db, &user("v"), "work", LONG).await.unwrap();
    assert!(
        matches!(other, Claim::Mine(_)),
        "another user's work has the same name"
    );
}

/// Claims that were finished so many days ago.
async fn finished(database: &testkit::TestDatabase, whose: &str, works: usize, days: i32) {
    let pool = database.pool();
    for work in 0..works {
        let add = "INSERT INTO work_claims (user_id, work, claim, claimed_until, finished_at)
             VALUES ($1, $2, gen_random_uuid(), now(), now() - make_interval(days => $3))";
        let work = format!("{days} days, {work}");
        let added = sqlx::query(add).bind(whose).bind(work).bind(days);
        added.execute(&pool).await.unwrap();
    }
}

/// How many claims of a user were finished so many days ago.
async fn left(database: &testkit::TestDatabase, whose: &str, days: i32) -> i64 {
    let count = "SELECT count(*) FROM work_claims
         WHERE user_id = $1 AND work LIKE $2 || ' days, %'";
    let count = sqlx::query_as(count).bind(whose).bind(days.to_string());
    let (count,) = count.fetch_one(&database.pool()).await.unwrap();
    count
}

#[tokio::test]
async fn what_no_delivery_can_ask_for_any_more_is_forgotten_little_by_little() {
    let database = testkit::database().await;
    finished(&database, "u", 130, 16).await;
    finished(&database, "u", 2, 14).await;
    finished(&database, "v", 2, 16).await;
    let mut db = database.pool().acquire().await.unwrap();
    let abandoned = claim(&mut db, &user("u"), "abandoned", Duration::ZERO).await;
    assert!(matches!(abandoned, Ok(Claim::Mine(_))));
    for (work, expected) in [("one", 30), ("two", 0), ("three", 0)] {
        let claimed = claim(&mut db, &user("u"), work, LONG).await.unwrap();
        let Claim::Mine(ticket) = claimed else {
            panic!("{work} was free");
        };
        finish(&mut db, &ticket).await.unwrap();
        assert_eq!(left(&database, "u", 16).await, expected, "after {work}");
        let again = claim(&mut db, &user("u"), work, LONG).await.unwrap();
        assert_eq!(again, Claim::Finished);
    }
    assert_eq!(left(&database, "u", 14).await, 2, "may be delivered again");
    assert_eq!(left(&database, "v", 16).await, 2, "another user's");
    let abandoned = "SELECT count(*) FROM work_claims WHERE finished_at IS NULL";
    let (abandoned,): (i64,) = sqlx::query_as(abandoned).fetch_one(&mut *db).await.unwrap();
    assert_eq!(abandoned, 1, "what is not finished stays");
}
