//! What goes wrong: hostile text, a history that is kept elsewhere, a connection that goes away.

use crate::page::Page;

/// What is not refused as a page in disguise, but would be one if it were shown as markup.
const HOSTILE: &str = "<img src=x onerror=\"window.owned=1\"><b>bold</b> a quiet harbour";

pub(crate) async fn text_from_an_image_stays_text(page: &Page) {
    let browser = &page.browser;
    page.go("Gallery").await;
    page.add("hostile.png", HOSTILE).await;
    browser.sees(".tile", "onerror").await;
    page.go("Search").await;
    browser.fill("#query", "quiet harbour").await;
    browser.sees(".result", "<img src=x").await;
    page.go("Chat").await;
    browser.sees(".talk", "Ask about").await;
    browser.fill("#message", HOSTILE).await;
    browser.press(".compose", "Send").await;
    browser.sees(".message.mine", "<img src=x").await;
    browser
        .until("document.querySelector('.log').ariaBusy === 'false'")
        .await;
    assert_eq!(browser.eval("typeof window.owned").await, "undefined");
    assert_eq!(
        browser
            .eval("document.querySelectorAll('img[src=x]').length")
            .await,
        0
    );

    // Even a script that got in could not make text into markup.
    let refused = browser
        .eval("(() => { try { document.body.insertAdjacentHTML('beforeend', '<b></b>'); return false; } catch { return true; } })()")
        .await;
    assert_eq!(refused, true, "trusted types are not required");
    // The browser tells of that one; of nothing else.
    let told = browser.complaints().await;
    let (meant, others): (Vec<_>, Vec<_>) =
        told.iter().partition(|one| one.contains("TrustedHTML"));
    assert_eq!(meant.len(), 1, "{told:#?}");
    let others: Vec<_> = others
        .iter()
        .filter(|one| !one.contains("Failed to load resource"))
        .collect();
    assert!(others.is_empty(), "{others:#?}");
}

/// Where conversations are kept on this machine does not fail alone, so the page is told that it did.
const TOLD_DEGRADED: &str = "(() => {
    window.untold = fetch;
    window.fetch = async (address, how) => {
        const answer = await window.untold.call(window, address, how);
        if (!String(address).includes('conversations?')) return answer;
        const body = await answer.json();
        body.history = { backend: 'json', degraded: 'kept in a file until the database is back' };
        return Response.json(body);
    };
})()";

pub(crate) async fn a_history_that_is_kept_elsewhere_is_visible(page: &Page) {
    let browser = &page.browser;
    page.go("Gallery").await;
    browser.eval(TOLD_DEGRADED).await;
    page.go("Chat").await;
    browser.sees(".banner", "kept in a file until").await;
    browser.shot("chat-degraded").await;
    browser.eval("void (window.fetch = window.untold)").await;
    page.go("Gallery").await;
    page.go("Chat").await;
    browser
        .until("!document.querySelector('.banner').checkVisibility()")
        .await;
}

pub(crate) async fn the_connection_goes_and_comes_back(page: &Page) {
    let browser = &page.browser;
    page.go("Gallery").await;
    browser
        .until("document.querySelectorAll('.tile').length >= 3")
        .await;
    browser.offline(true).await;
    browser.sees("#offline", "You are offline.").await;
    page.go("Status").await;
    browser.sees("[role=alert]", "offline").await;
    browser.shot("offline").await;
    browser.offline(false).await;
    browser
        .until("!document.querySelector('#offline').checkVisibility()")
        .await;
    browser.press("main", "Try again").await;
    browser.sees(".status", "healthy").await;

    // A message that could not be sent is still in its field.
    page.go("Chat").await;
    browser.sees(".talk", "Ask about").await;
    browser.offline(true).await;
    browser.fill("#message", "Are you there?").await;
    browser.press(".compose", "Send").await;
    page.notice("offline").await;
    browser
        .until("document.querySelector('#message').value === 'Are you there?'")
        .await;
    browser.offline(false).await;
    browser.press(".notices", "Try again").await;
    browser.until("document.querySelectorAll('.message').length === 2 && document.querySelector('.log').ariaBusy === 'false'").await;
}
