//! Accounts: made, confirmed, signed in to, left, and got back into.

use crate::page::{PASSWORD, Page};

/// What the emulator sends by mail.
const CODE: &str = "123456";
const NEXT_PASSWORD: &str = "Another-Horse-8-Battery";

pub(crate) async fn a_new_user_signs_up_and_in(page: &Page, mail: &str) {
    let browser = &page.browser;
    browser.fill("#field-email", mail).await;
    browser.fill("#field-password", "wrong").await;
    browser.press("form", "Sign in").await;
    browser
        .sees(".problem", "The e-mail address or the password is wrong.")
        .await;

    sign_up(page, mail).await;
    browser.sees("#who", mail).await;
    browser.sees(".empty", "Nothing here yet").await;
    browser.shot("gallery-empty").await;
}

async fn sign_up(page: &Page, mail: &str) {
    let browser = &page.browser;
    browser.press("form", "Create an account").await;
    browser.fill("#field-email", mail).await;
    browser.fill("#field-password", PASSWORD).await;
    browser.press("form", "Create the account").await;
    browser.fill("#field-code", CODE).await;
    browser.shot("confirm").await;
    browser.press("form", "Confirm").await;
}

pub(crate) async fn a_password_is_forgotten_and_set_anew(page: &Page, mail: &str) {
    let browser = &page.browser;
    browser.press(".account", "Sign out").await;
    browser.sees("h1", "Sign in").await;
    browser.press("form", "Forgotten password").await;
    browser.fill("#field-email", mail).await;
    browser.press("form", "Send the code").await;
    browser.sees("h1", "Set a new password").await;
    browser.fill("#field-code", CODE).await;
    browser.fill("#field-password", NEXT_PASSWORD).await;
    browser.press("form", "Set the password").await;
    browser.sees("#who", mail).await;

    // Nothing outlives the page, neither in storage nor in cookies.
    let kept = "localStorage.length + sessionStorage.length + document.cookie.length";
    assert_eq!(browser.eval(kept).await, 0);
    page.reload().await;
    a_reload_asks_for_the_password(page, mail).await;
}

pub(crate) async fn a_reload_asks_for_the_password(page: &Page, mail: &str) {
    let browser = &page.browser;
    browser.sees("h1", "Sign in").await;
    browser.fill("#field-email", mail).await;
    browser.fill("#field-password", NEXT_PASSWORD).await;
    browser.press("form", "Sign in").await;
    browser.sees("#who", mail).await;
}

pub(crate) async fn another_user_sees_nothing_of_it(page: &Page, mail: &str) {
    let browser = &page.browser;
    browser.press(".account", "Sign out").await;
    browser.sees("h1", "Sign in").await;
    sign_up(page, mail).await;
    browser.sees("#who", mail).await;
    page.go("Gallery").await;
    browser.sees(".empty", "Nothing here yet").await;
    page.go("Search").await;
    browser.fill("#query", "lighthouse").await;
    browser.sees("#query-hint", "0 results").await;
    page.go("Chat").await;
    browser
        .sees(".talk", "Ask about what is in your images")
        .await;
    assert_eq!(
        browser
            .eval("document.querySelectorAll('.conversations li').length")
            .await,
        0
    );
}
