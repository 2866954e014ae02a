//! Schemathesis reads the description and tries to prove it wrong: a second opinion on every route.

use std::path::PathBuf;
use std::process::Stdio;

use testkit::tokens;
use tokio::net::TcpListener;
use tokio::process::Command;

use crate::fuzz::unlimited;
use crate::search::searchable;

/// Cases for each operation; few, for this runs with every change.
const CASES: &str = "40";
const CONFIG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/schemathesis.toml");

fn program() -> PathBuf {
    std::env::var_os("COLLECTIONS_SCHEMATHESIS")
        .map(PathBuf::from)
        .expect("cargo xtask test --only schemathesis installs it and says where")
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs schemathesis: cargo xtask test --only schemathesis"]
async fn schemathesis_finds_nothing() {
    let world = unlimited().await;
    searchable(&world, "u", "A sandy beach.").await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = world.router.clone();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let folder = std::env::temp_dir();
    let output = Command::new(program())
        .args(["--config-file", CONFIG, "run"])
        .args(["--phases", "coverage,fuzzing", "--max-examples", CASES])
        .arg("--header")
        .arg(format!("Authorization: Bearer {}", tokens::id_token("u")))
        .arg(format!("http://{address}/openapi.json"))
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
