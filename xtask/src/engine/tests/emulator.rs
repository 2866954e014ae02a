//! The same engine against an endpoint that speaks CloudFormation for real. Run by hand:
//! `COLLECTIONS_ENDPOINT=http://127.0.0.1:4566 cargo test -p xtask --lib emulator -- --ignored`.

use std::path::Path;

use super::fixture::{FakeSchemas, Nobody, Site};
use crate::artifacts::{self, Artifacts, Build, Compiler};
use crate::cloud::aws::{CloudConfig, connect};
use crate::engine::deploy::{Deploy, Done, Options};
use crate::event::Events;

#[tokio::test]
#[ignore = "needs an endpoint"]
async fn a_deploy_and_a_second_one_that_changes_nothing() {
    let _already_installed = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let endpoint = std::env::var("COLLECTIONS_ENDPOINT").unwrap();
    let mut site = Site::new();
    // The emulator has no routes without an API; the other stacks are as they are.
    site.desired.stacks.retain(|stack| stack.id != "api");
    let events = Events::new(site.events.clone());
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let build = Build {
        root: root.clone(),
        packages: vec!["ops".into()],
        profile: "dev".into(),
        compiler: Compiler::Host,
        path: std::env::var_os("PATH").unwrap(),
    };
    let binaries = artifacts::compile(&build, &events).await.unwrap();
    let artifact = artifacts::pack("api", &binaries["ops"], &site.path("artifacts")).unwrap();
    let built = Artifacts::from([("api".to_owned(), artifact)]);
    let config = CloudConfig {
        region: "us-east-1".into(),
        endpoint: Some(endpoint),
        credentials: Some(("test".into(), "test".into())),
    };
    let cloud = connect(&config).await;
    let options = Options {
        yes: true,
        ..Options::default()
    };
    let deploy = Deploy {
        cloud: &cloud,
        events: &events,
        ask: &Nobody,
        desired: &site.desired,
        schemas: &FakeSchemas,
        artifacts: Some(&built),
        extras: &[],
        options: &options,
        journals: site.path("journal"),
    };
    assert!(matches!(deploy.run().await.unwrap(), Done::Applied(_)));
    let at = cloud
        .functions
        .aliased("collections-dev-api", "live")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(at.version, "1");
    assert!(matches!(deploy.run().await.unwrap(), Done::Unchanged(_)));
}
