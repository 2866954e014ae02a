//! `open`: the tool gives a browser the console, signed in, and shows the token to nobody.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::browser::Browser;
use crate::checkout::{Checkout, Run};

/// Stands in for a browser: notes the address it is given.
const SCRIPT: &str = "#!/bin/sh\necho \"$1\" > \"$0.new\" && mv \"$0.new\" \"$0.address\"\n";

pub(crate) async fn the_tool_opens_it_signed_in(checkout: &mut Checkout) {
    let early = checkout.run_with(&["open", "--env", "local"], "BROWSER", "true");
    assert_eq!(early.code, 3, "{early:?}");
    assert!(
        early.stderr.contains("seed golden --env local"),
        "{early:?}"
    );
    checkout
        .run(&["seed", "golden", "--env", "local"])
        .expect_success();

    let script = checkout.path("browser");
    std::fs::write(&script, SCRIPT).unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = checkout.command(&["open", "--env", "local"]);
    command.env("BROWSER", &script);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    let once = address(checkout).await;

    let browser = Browser::start().await;
    browser.open(&once).await;
    browser.sees("#who", "test@collections.local").await;
    browser
        .until("document.querySelectorAll('.tile').length === 55")
        .await;
    browser.sees("#category", "Travel (45)").await;
    browser.shot("gallery-golden").await;
    // The token is in no address any more.
    assert_eq!(
        browser.eval("location.href.includes('refresh')").await,
        false
    );

    let run = Run::of(child.wait_with_output().unwrap());
    run.expect_success();
    let said = format!("{}{}", run.stdout, run.stderr);
    assert!(!said.contains("refresh"), "{said}");
    assert!(!said.contains(&once), "{said}");
    assert!(reqwest::get(&once).await.is_err(), "it works twice");
}

async fn address(checkout: &Checkout) -> String {
    let path = checkout.path("browser.address");
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        if let Ok(text) = std::fs::read_to_string(&path) {
            return text.trim().to_owned();
        }
        assert!(Instant::now() < deadline, "no browser was started");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
