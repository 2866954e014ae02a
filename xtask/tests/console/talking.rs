//! Chat: asked, gone on with, found again, renamed, deleted.

use crate::browser::ENTER;
use crate::page::Page;

pub(crate) async fn a_conversation_goes_on(page: &Page) {
    let browser = &page.browser;
    page.go("Chat").await;
    say(page, "Which of my images shows a lighthouse?", 2).await;
    browser.sees(".message:not(.mine)", "lighthouse").await;
    browser
        .sees(
            ".conversations li.current",
            "Which of my images shows a lighthouse?",
        )
        .await;
    browser
        .until("document.querySelector('.cited img')?.naturalWidth > 0")
        .await;
    browser.shot("chat").await;
    browser.click(".message .cite").await;
    browser.sees("dialog .words", "lighthouse").await;
    browser.press("dialog", "Close").await;

    say(page, "And what about ramen?", 4).await;
    browser
        .sees(".conversations li.current", "4 messages")
        .await;
    browser.press(".side", "New conversation").await;
    say(page, "Is there a recipe?", 2).await;
    browser
        .until("document.querySelectorAll('.conversations li').length === 2")
        .await;
}

async fn say(page: &Page, words: &str, messages: u32) {
    page.browser.fill("#message", words).await;
    page.browser.keys(ENTER).await;
    page.browser
        .until(&format!(
            "document.querySelectorAll('.message').length === {messages} && document.querySelector('.log').ariaBusy === 'false'"
        ))
        .await;
}

pub(crate) async fn conversations_are_renamed_and_deleted(page: &Page) {
    let browser = &page.browser;
    browser
        .press(
            ".conversations",
            "Rename Which of my images shows a lighthouse?",
        )
        .await;
    browser.fill("#ask-text", "Lighthouses").await;
    browser.press("dialog", "Rename").await;
    browser.sees(".conversations", "Lighthouses").await;

    // Another page of the same user finds it as it was left.
    page.go("Gallery").await;
    page.go("Chat").await;
    browser.sees(".conversations", "Lighthouses").await;
    browser
        .until("(() => { const one = [...document.querySelectorAll('.conversations .plain')].find((one) => one.innerText.includes('Lighthouses')); one?.click(); return Boolean(one); })()")
        .await;
    browser
        .until("document.querySelectorAll('.message').length === 4")
        .await;

    browser.press(".conversations", "Delete Lighthouses").await;
    browser.sees("dialog", "Delete “Lighthouses”?").await;
    browser.press("dialog", "Cancel").await;
    browser.sees(".conversations", "Lighthouses").await;
    browser.press(".conversations", "Delete Lighthouses").await;
    browser.press("dialog", "Delete").await;
    browser
        .until("!document.querySelector('.conversations').innerText.includes('Lighthouses')")
        .await;
    browser.sees("h1", "New conversation").await;
}
