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
