//! Users as `users` makes, signs in and removes them.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use crate::checkout::Checkout;
use crate::system::System;

const ANN: &str = "ann@example.com";

pub(crate) async fn come_and_go(checkout: &mut Checkout, system: &System) {
    let create = ["users", "create", "--env", "local", "--email", ANN];
    // Nobody can be asked here.
    let run = checkout.run(&create);
    assert_eq!(run.code, 5, "{run:?}");
    assert!(run.stderr.contains("--generate"), "{run:?}");

    let made = [create.as_slice(), &["--generate"]].concat();
    let run = checkout.run(&made);
    run.expect_success();
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["is_new"], true, "{report:#}");
    let token = kept(checkout, ".test-user-token");
    assert_eq!(report["user_id"], kept(checkout, ".test-user-id"));
    assert!(!run.stdout.contains(&token) && !run.stderr.contains(&token));
    assert_eq!(system.get("/items", Some(&token)).await.0, 200);

    // Made here, so it is known here: the same again only signs in.
    let run = checkout.run(&made);
    run.expect_success();
    assert_eq!(
        serde_json::from_str::<Value>(&run.stdout).unwrap()["is_new"],
        false
    );

    let run = checkout.run(&["users", "token", "--env", "local", "--email", ANN]);
    run.expect_success();
    let fresh: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(fresh["token"], kept(checkout, ".test-user-token"));
    let fresh = fresh["token"].as_str().unwrap();
    assert_eq!(system.get("/items", Some(fresh)).await.0, 200);

    // On another machine nobody knows the password.
    std::fs::remove_file(checkout.path(".local/users/local.json")).unwrap();
    let run = checkout.run(&made);
    assert_eq!(run.code, 6, "{run:?}");
    assert!(run.stderr.contains("with another password"), "{run:?}");
    assert!(run.stderr.contains("--reset-password"), "{run:?}");
    let reset = [made.as_slice(), &["--reset-password"]].concat();
    checkout.run(&reset).expect_success();

    let list = checkout.run(&["users", "list", "--env", "local"]);
    assert!(list.stdout.contains(ANN), "{list:?}");
    let delete = ["users", "delete", "--env", "local", "--email", ANN, "--yes"];
    checkout.run(&delete).expect_success();
    assert!(!checkout.path(".test-user-token").exists());
    let run = checkout.run(&delete);
    assert_eq!(run.code, 3, "{run:?}");
    assert!(
        run.stderr.contains("has no user ann@example.com"),
        "{run:?}"
    );
}

/// A file for its owner alone.
fn kept(checkout: &Checkout, name: &str) -> String {
    let path = checkout.path(name);
    assert_eq!(
        path.metadata().unwrap().permissions().mode() & 0o777,
        0o600,
        "{name}"
    );
    std::fs::read_to_string(path).unwrap()
}
