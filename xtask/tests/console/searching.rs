//! Search: while typing, and with an answer.

use crate::browser::ENTER;
use crate::page::Page;

pub(crate) async fn results_come_while_typing(page: &Page) {
    let browser = &page.browser;
    page.go("Search").await;
    browser.fill("#query", "li").await;
    browser.sees("#query-hint", "at least 3 letters").await;
    // No Enter.
    browser.fill("#query", "lighthouse").await;
    browser.sees(".result:first-child", "lighthouse").await;
    browser
        .until("document.querySelector('.result img')?.naturalWidth > 0")
        .await;
    for kind in ["bm25", "vector", "hybrid"] {
        let pick = format!(
            "(() => {{ const select = document.querySelector('#type'); select.value = '{kind}'; \
             select.dispatchEvent(new Event('change')); return true; }})()"
        );
        browser.until(&pick).await;
        browser.sees(".result:first-child", "lighthouse").await;
    }
    let raise = "(() => { const range = document.querySelector('#threshold'); range.value = '0.99'; \
        range.dispatchEvent(new Event('input')); document.querySelector('#type').value = 'vector'; return true; })()";
    browser.until(raise).await;
    browser.sees("#query-hint", "0 results").await;
}

pub(crate) async fn an_answer_cites_what_it_says(page: &Page) {
    let browser = &page.browser;
    page.go("Gallery").await;
    page.go("Search").await;
    browser.fill("#query", "Where is the lighthouse?").await;
    browser.keys(ENTER).await;
    browser.click(".answer .cite").await;
    browser.sees(".result.lit", "lighthouse").await;
    browser.shot("search").await;
}

pub(crate) async fn what_was_found_can_be_deleted_and_put_back(page: &Page) {
    let browser = &page.browser;
    browser.click(".result:first-child button").await;
    browser.press("dialog", "Delete").await;
    browser
        .until("!document.querySelector('.result:first-child').checkVisibility()")
        .await;
    browser.press(".notices", "Undo").await;
    browser.sees(".result:first-child", "lighthouse").await;
}
