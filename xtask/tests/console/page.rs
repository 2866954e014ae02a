//! The console's page, open in a browser.

use std::path::PathBuf;

use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{ConnectOptions as _, PgConnection};

use crate::browser::Browser;
use crate::checkout::Checkout;
use crate::photo;
use crate::system::System;

pub(crate) const PASSWORD: &str = "Correct-Horse-7-Battery";

pub(crate) struct Page {
    pub(crate) browser: Browser,
    url: String,
    files: tempfile::TempDir,
    database: PgConnectOptions,
}

impl Page {
    pub(crate) async fn open(checkout: &Checkout, system: &System) -> Self {
        let database = PgConnectOptions::new()
            .host("localhost")
            .port(system.output("database", "DatabasePort").parse().unwrap())
            .username("postgres")
            .password(&checkout.password())
            .database("collections")
            .ssl_mode(PgSslMode::VerifyFull)
            .ssl_root_cert(checkout.path(".local/tls/ca.pem"));
        let page = Self {
            browser: Browser::start().await,
            url: system.url("/"),
            files: tempfile::tempdir().unwrap(),
            database,
        };
        page.browser.open(&page.url).await;
        page.browser.sees("h1", "Sign in").await;
        page.browser.shot("sign-in").await;
        page
    }

    pub(crate) async fn database(&self) -> PgConnection {
        self.database.connect().await.unwrap()
    }

    /// Beside the database of the app, so that it can be shut.
    pub(crate) async fn server(&self) -> PgConnection {
        let options = self.database.clone().database("postgres");
        options.connect().await.unwrap()
    }

    /// Begins anew: memory, and so the session, is gone.
    pub(crate) async fn reload(&self) {
        self.browser.open(&self.url).await;
    }

    /// A browser of its own, on the page and signed out.
    pub(crate) async fn second_page(&self) -> Browser {
        let browser = Browser::start().await;
        browser.open(&self.url).await;
        browser.sees("h1", "Sign in").await;
        browser
    }

    /// Opens the page in a browser that kept nothing of it.
    pub(crate) async fn fetch_anew(&self, browser: &Browser) {
        browser.forget_files().await;
        browser.open(&self.url).await;
    }

    pub(crate) async fn go(&self, view: &str) {
        self.browser.press("nav", view).await;
        self.browser
            .until(&format!("document.title.startsWith({})", json!(view)))
            .await;
    }

    /// A file with a photo; its caption is what models can read of it.
    pub(crate) fn photo(&self, name: &str, caption: &str) -> PathBuf {
        self.file(name, &photo::png(caption))
    }

    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.files.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Uploads and waits until search can find it.
    pub(crate) async fn add(&self, name: &str, caption: &str) {
        let file = self.photo(name, caption);
        self.browser.choose("#files", &[file]).await;
        self.is_searchable(name).await;
    }

    pub(crate) async fn is_searchable(&self, name: &str) {
        let row = json!(name);
        self.browser
            .until(&format!(
                "[...document.querySelectorAll('.uploads li.good')].some((row) => row.innerText.includes({row}))"
            ))
            .await;
    }

    pub(crate) async fn tiles(&self) -> u64 {
        self.browser
            .eval("document.querySelectorAll('.tile').length")
            .await
            .as_u64()
            .unwrap()
    }

    pub(crate) async fn notice(&self, words: &str) {
        self.browser.sees(".notice", words).await;
    }

    /// Failed requests are told by the page itself and by the tests; all else is a defect.
    pub(crate) async fn expect_no_complaints(&self) {
        let all = self.browser.complaints().await;
        let ours = all
            .iter()
            .filter(|one| !one.contains("Failed to load resource"));
        let ours: Vec<&String> = ours.collect();
        assert!(ours.is_empty(), "{ours:#?}");
    }
}
