//! The console in a real Chromium, on a system of its own, as people use it. Pictures of every view
//! are kept among the build's temporary files.

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

#[path = "console/browser.rs"]
mod browser;
#[path = "local/checkout.rs"]
#[allow(dead_code)]
mod checkout;
#[path = "console/gallery.rs"]
mod gallery;
#[path = "console/looks.rs"]
mod looks;
#[path = "console/opening.rs"]
mod opening;
#[path = "console/page.rs"]
mod page;
#[path = "deploy_local/photo.rs"]
mod photo;
#[path = "console/searching.rs"]
mod searching;
#[path = "console/signing_in.rs"]
mod signing_in;
#[path = "console/status.rs"]
mod status;
#[path = "deploy_local/system.rs"]
#[allow(dead_code)]
mod system;
#[path = "console/talking.rs"]
mod talking;
#[path = "console/trouble.rs"]
mod trouble;

use checkout::Checkout;
use page::Page;
use serde_json::Value;
use system::System;

#[tokio::test]
async fn people_use_the_console() {
    if !browser::is_installed() {
        // `cargo xtask test` says so, and fails for it in CI.
        println!("not run: chromium and chromedriver are not installed");
        return;
    }
    let mut checkout = Checkout::new();
    let run = checkout.run(&["deploy", "--env", "local", "--yes"]);
    run.expect_success();
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let system = System::of(&checkout, &report).await;
    let page = Page::open(&checkout, &system).await;

    signing_in::a_new_user_signs_up_and_in(&page, "ann@example.com").await;
    signing_in::a_password_is_forgotten_and_set_anew(&page, "ann@example.com").await;
    gallery::images_come_in_by_picker_drop_and_paste(&page).await;
    gallery::an_item_shows_what_was_said_of_it(&page).await;
    gallery::an_item_is_analysed_again(&page).await;
    gallery::what_is_no_image_is_refused_with_a_reason(&page).await;
    gallery::a_deletion_can_be_undone(&page).await;
    gallery::a_deletion_outlives_the_page(&page).await;
    signing_in::a_reload_asks_for_the_password(&page, "ann@example.com").await;
    gallery::a_category_is_picked(&page).await;
    gallery::categories_of_items_that_were_not_loaded_are_there(&page).await;
    searching::results_come_while_typing(&page).await;
    searching::an_answer_cites_what_it_says(&page).await;
    searching::what_was_found_can_be_deleted_and_put_back(&page).await;
    talking::a_conversation_goes_on(&page).await;
    talking::conversations_are_renamed_and_deleted(&page).await;
    trouble::text_from_an_image_stays_text(&page).await;
    trouble::a_history_that_is_kept_elsewhere_is_visible(&page).await;
    trouble::the_connection_goes_and_comes_back(&page).await;
    status::the_last_validation_is_shown(&page, &mut checkout).await;
    status::it_tells_what_stands_when_the_database_does_not(&page).await;
    looks::every_view_is_accessible(&page).await;
    looks::the_keyboard_reaches_everything(&page).await;
    looks::a_phone_shows_every_view(&page).await;
    looks::it_is_there_at_once(&page).await;
    looks::two_thousand_items_scroll_smoothly(&page).await;
    signing_in::another_user_sees_nothing_of_it(&page, "bob@example.com").await;
    page.expect_no_complaints().await;
    opening::the_tool_opens_it_signed_in(&mut checkout).await;
}
