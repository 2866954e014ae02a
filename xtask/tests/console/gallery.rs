//! The gallery: in by three ways, looked at, analysed again, taken out and put back.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::browser::ESCAPE;
use crate::page::Page;
use crate::photo;

pub(crate) async fn images_come_in_by_picker_drop_and_paste(page: &Page) {
    let browser = &page.browser;
    let files = [
        page.photo("lighthouse.png", "A lighthouse on a rocky coast at sunset"),
        page.photo("ramen.png", "A bowl of ramen with an egg in Tokyo"),
    ];
    browser.choose("#files", &files).await;
    browser.sees(".uploads", "ramen.png").await;
    browser.shot("gallery-uploading").await;

    let hand_over = "const file = new File([Uint8Array.from(atob(arguments[1]), (c) => c.charCodeAt(0))], \
        arguments[0], { type: 'image/png' }); const data = new DataTransfer(); data.items.add(file);";
    let drop = format!(
        "{hand_over} document.dispatchEvent(new DragEvent('drop', {{ dataTransfer: data, bubbles: true, cancelable: true }}))"
    );
    let paste = format!(
        "{hand_over} document.dispatchEvent(new ClipboardEvent('paste', {{ clipboardData: data, bubbles: true }}))"
    );
    let dropped = STANDARD.encode(photo::png("A red bicycle against a blue wall in Lisbon"));
    browser.run(&drop, json!(["bicycle.png", dropped])).await;
    let pasted = STANDARD.encode(photo::png("A handwritten recipe for plum cake"));
    browser.run(&paste, json!(["recipe.png", pasted])).await;

    for name in ["lighthouse.png", "ramen.png", "bicycle.png", "recipe.png"] {
        page.is_searchable(name).await;
    }
    browser.sees(".count", "4 items").await;
    assert_eq!(page.tiles().await, 4);
    browser.until("[...document.querySelectorAll('.tile img')].filter((one) => one.naturalWidth > 0).length === 4").await;
    browser.shot("gallery").await;
    browser
        .press(".uploads ~ *, section.card", "Clear the finished")
        .await;
    browser
        .until("!document.querySelector('.uploads').checkVisibility()")
        .await;
}

pub(crate) async fn an_item_shows_what_was_said_of_it(page: &Page) {
    let browser = &page.browser;
    open(page, "lighthouse").await;
    browser.sees("dialog .words", "lighthouse").await;
    browser.sees("dialog dl", "Category").await;
    browser
        .until("document.querySelector('dialog .picture img')?.naturalWidth === 1200")
        .await;
    browser.shot("item").await;
    browser.keys(ESCAPE).await;
    browser.until("!document.querySelector('dialog')").await;
}

/// Opens the item whose tile says this.
async fn open(page: &Page, words: &str) {
    let find = json!(words.to_lowercase());
    page.browser
        .until(&format!(
            "(() => {{ const tile = [...document.querySelectorAll('.tile')].find((one) => one.innerText.toLowerCase().includes({find})); \
             tile?.click(); return Boolean(tile); }})()"
        ))
        .await;
}

pub(crate) async fn an_item_is_analysed_again(page: &Page) {
    let browser = &page.browser;
    open(page, "ramen").await;
    browser.sees("dialog select", "Version 1").await;
    browser.press("dialog", "Analyse again").await;
    browser.sees("dialog select", "Version 2").await;
    page.notice("There is a new analysis.").await;
    browser.press("dialog", "Close").await;
}

pub(crate) async fn what_is_no_image_is_refused_with_a_reason(page: &Page) {
    let browser = &page.browser;
    let text = page.file("notes.txt", b"just words");
    let lie = page.file("lie.png", b"\x89PNG\r\n\x1a\nand then nothing of the kind");
    browser.choose("#files", &[text, lie]).await;
    browser
        .sees(".uploads .bad", "This is no PNG, JPEG, WebP or GIF image.")
        .await;
    // Its first bytes let it in; decoding does not.
    browser
        .until("[...document.querySelectorAll('.uploads .bad')].filter((row) => !row.innerText.includes('Uploading')).length === 2")
        .await;
    browser.shot("gallery-refused").await;
}

pub(crate) async fn a_deletion_can_be_undone(page: &Page) {
    let browser = &page.browser;
    let before = page.tiles().await;
    open(page, "bicycle").await;
    browser.press("dialog", "Delete").await;
    browser
        .until(&format!(
            "document.querySelectorAll('.tile').length === {}",
            before - 1
        ))
        .await;
    browser.press(".notices", "Undo").await;
    browser
        .until(&format!(
            "document.querySelectorAll('.tile').length === {before}"
        ))
        .await;

    open(page, "bicycle").await;
    browser.press("dialog", "Delete").await;
    browser
        .until(&format!(
            "document.querySelectorAll('.tile').length === {}",
            before - 1
        ))
        .await;
    // Leaving the view means it.
    page.go("Status").await;
    browser.sees(".status", "healthy").await;
    browser.shot("status").await;
    is_gone(page, "bicycle.png").await;
    page.go("Gallery").await;
    browser
        .until(&format!(
            "document.querySelectorAll('.tile').length === {}",
            before - 1
        ))
        .await;
}

/// Waits until there is no such item any more.
async fn is_gone(page: &Page, name: &str) {
    let mut database = page.database().await;
    let begin = std::time::Instant::now();
    loop {
        let count = "SELECT count(*) FROM items WHERE original_filename = $1";
        let count = sqlx::query_scalar(count).bind(name);
        let left: i64 = count.fetch_one(&mut database).await.unwrap();
        if left == 0 {
            return;
        }
        assert!(begin.elapsed().as_secs() < 60, "{name} is still there");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

pub(crate) async fn a_deletion_outlives_the_page(page: &Page) {
    page.add("farewell.png", "A paper boat on a pond").await;
    open(page, "paper boat").await;
    page.browser.press("dialog", "Delete").await;
    page.notice("Item deleted.").await;
    // Nobody waits for it to be done.
    page.reload().await;
    is_gone(page, "farewell.png").await;
}

pub(crate) async fn a_category_is_picked(page: &Page) {
    let browser = &page.browser;
    browser
        .until("document.querySelectorAll('#category option').length > 1")
        .await;
    let category = browser
        .eval("document.querySelectorAll('#category option')[1].value")
        .await;
    let pick = "const select = document.querySelector('#category'); select.value = arguments[0]; select.dispatchEvent(new Event('change'))";
    browser.run(pick, json!([category])).await;
    browser
        .until(&format!(
            "document.querySelectorAll('.tile').length > 0 && [...document.querySelectorAll('.tile .line')].every((line) => line.innerText.includes({category}))"
        ))
        .await;
    browser.run(pick, json!([""])).await;
    browser
        .until("document.querySelectorAll('.tile').length >= 3")
        .await;
}

/// More than a page of items, the last of them in a category of its own.
pub(crate) async fn categories_of_items_that_were_not_loaded_are_there(page: &Page) {
    let browser = &page.browser;
    let mut database = page.database().await;
    for statement in [
        "INSERT INTO items (id, user_id, filename, original_filename, file_path, file_size, mime_type, status, created_at)
         SELECT 'older-' || n, user_id, filename, 'older-' || n, file_path, file_size, mime_type, 'searchable', now() - n * interval '1 day'
         FROM (SELECT * FROM items WHERE original_filename = 'lighthouse.png' LIMIT 1) one, generate_series(1, 150) n",
        "INSERT INTO analyses (id, item_id, user_id, version, category, summary, raw_response, provider_used, model_used)
         SELECT 'older-analysis', 'older-150', user_id, 1, 'Far away', summary, raw_response, provider_used, model_used
         FROM analyses WHERE user_id = (SELECT user_id FROM items WHERE id = 'older-150') LIMIT 1",
    ] {
        sqlx::query(statement).execute(&mut database).await.unwrap();
    }
    page.go("Status").await;
    page.go("Gallery").await;
    browser.sees("#category", "Far away (1)").await;
    assert!(page.tiles().await < 150, "all were loaded");
    let pick = "const select = document.querySelector('#category'); select.value = arguments[0]; select.dispatchEvent(new Event('change'))";
    browser.run(pick, json!(["Far away"])).await;
    browser.sees(".count", "1 item").await;
    browser
        .until("document.querySelectorAll('.tile').length === 1")
        .await;
    sqlx::query("DELETE FROM items WHERE id LIKE 'older-%'")
        .execute(&mut database)
        .await
        .unwrap();
    page.go("Status").await;
}
