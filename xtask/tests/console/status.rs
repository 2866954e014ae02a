//! The status page: what the operator's validation left, and what stands when something does not.

use crate::checkout::Checkout;
use crate::page::Page;

pub(crate) async fn the_last_validation_is_shown(page: &Page, checkout: &mut Checkout) {
    let browser = &page.browser;
    page.go("Status").await;
    browser
        .sees("section.card", "has not validated this environment yet")
        .await;
    checkout
        .run(&["test-infra", "--env", "local"])
        .expect_success();
    page.go("Gallery").await;
    page.go("Status").await;
    browser
        .sees("section.card.good", "11 of 11 steps passed")
        .await;
    browser.sees("section.card.good dl", "lambda-rds").await;
    browser.sees(".status", "Chat history").await;
    browser.shot("status-validated").await;
}

pub(crate) async fn it_tells_what_stands_when_the_database_does_not(page: &Page) {
    let browser = &page.browser;
    let mut server = page.server().await;
    let mut refuse = async |allowed: bool| {
        let alter = format!("ALTER DATABASE collections ALLOW_CONNECTIONS {allowed}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(alter))
            .execute(&mut server)
            .await
            .unwrap();
        let others =
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'collections'";
        sqlx::query(others).execute(&mut server).await.unwrap();
    };
    refuse(false).await;
    page.go("Gallery").await;
    page.go("Status").await;
    browser.sees("section.card.bad", "unreachable").await;
    // What needs no database is told all the same.
    browser
        .sees("section.card.good", "11 of 11 steps passed")
        .await;
    browser.shot("status-degraded").await;
    refuse(true).await;
    page.go("Gallery").await;
    browser
        .until("document.querySelectorAll('.tile').length >= 3")
        .await;
    page.go("Status").await;
    browser.sees("section.card.good", "healthy").await;
}
