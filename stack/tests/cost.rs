//! The cost model against committed estimates, and against orders of magnitude known from
//! elsewhere. To accept a change, run with `UPDATE_GOLDEN=1` and review the difference.

mod common;

use common::{kind, render, root};
use stack::cost::{self, Estimate, Usage};

fn estimate(name: &str) -> Estimate {
    let environment = kind(name);
    cost::estimate(&render(&environment), &environment, &Usage::default())
}

fn nothing() -> Usage {
    Usage {
        images: 0.0,
        images_kept: 0.0,
        image_mb: 0.0,
        requests: 0.0,
        chat_turns: 0.0,
        users: 0.0,
        busy_hours: 0.0,
        database_gb: 0.0,
    }
}

fn line(estimate: &Estimate, id: &str) -> (f64, f64) {
    let line = estimate.lines.iter().find(|line| line.logical_id == id);
    line.map_or((0.0, 0.0), |line| (line.fixed_usd, line.usage_usd))
}

#[track_caller]
fn check(found: f64, wanted: f64) {
    assert!((found - wanted).abs() < 0.005, "{found}, not {wanted}");
}

#[test]
fn estimates_are_what_was_reviewed() {
    let dev = estimate("dev");
    let prod = estimate("prod");
    for (name, text) in [
        ("dev", dev.to_string()),
        ("prod", prod.to_string()),
        ("dev-and-prod", dev.compare(&prod).to_string()),
    ] {
        let file = root().join(format!("stack/tests/golden/cost/{name}.txt"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::create_dir_all(file.parent().expect("a folder")).expect("create the folder");
            std::fs::write(&file, &text).expect("write the estimate");
        }
        let wanted = std::fs::read_to_string(&file).unwrap_or_default();
        assert_eq!(text, wanted, "{}", file.display());
    }
}

#[test]
fn well_known_prices_come_out() {
    let prod = estimate("prod");
    check(line(&prod, "NatGateway").0, 32.85);
    check(line(&prod, "NatAddress").0, 3.65);
    // Two instances, twice the storage, one secret.
    check(line(&prod, "Instance").0, 2.0 * (11.68 + 2.30) + 0.40);
    let dev = estimate("dev");
    // One of each, and a public address.
    check(line(&dev, "AlertsKey").0, 1.0);
    check(line(&dev, "Instance").0, 11.68 + 2.30 + 3.65 + 0.40);
    assert!(
        (18.0..=40.0).contains(&dev.total.usd()),
        "{}",
        dev.total.usd()
    );
    // Three services in two zones.
    let endpoints = estimate("endpoints");
    let each = ["EventsEndpoint", "ParametersEndpoint", "SecretsEndpoint"];
    check(each.iter().map(|id| line(&endpoints, id).0).sum(), 43.80);
    check(line(&estimate("external, public"), "Credentials").0, 0.40);
    check(line(&estimate("aurora, public"), "Cluster").0, 0.40);
}

#[test]
fn free_allowances_are_used_up_before_anything_costs() {
    let prod = estimate("prod");
    let alarms: Vec<_> = prod
        .lines
        .iter()
        .filter(|line| line.note.contains("1 alarm"))
        .collect();
    assert!(alarms.len() > 10);
    let paid: f64 = alarms.iter().map(|line| line.fixed_usd).sum();
    check(paid, (alarms.len() as f64 - 10.0) * 0.10);
    check(line(&prod, "Dashboard").0, 0.0);
    check(line(&prod, "Users").1, 0.0);

    let environment = kind("prod");
    let many = Usage {
        users: 11_000.0,
        ..Usage::default()
    };
    let many = cost::estimate(&render(&environment), &environment, &many);
    check(line(&many, "Users").1, 15.0);
}

#[test]
fn without_use_only_what_is_fixed_is_left_and_idle_queues() {
    let environment = kind("staging");
    let idle = cost::estimate(&render(&environment), &environment, &nothing());
    check(idle.total.fixed_usd, estimate("staging").total.fixed_usd);
    // Lambda asks three queues day and night: 1,971,000 requests, of which a million is free.
    let queues: f64 = ["ImageProcessorQueue", "AnalyzerQueue", "EmbedderQueue"]
        .iter()
        .map(|id| line(&idle, id).1)
        .sum();
    check(queues, 0.39);
    assert!(idle.total.usage_usd < 0.5, "{}", idle.total.usage_usd);
}

#[test]
fn more_use_never_costs_less() {
    let environment = kind("prod");
    let app = render(&environment);
    let costs = [1.0, 10.0, 100.0, 1_000.0].map(|times| {
        let usage = Usage {
            images: 1_000.0 * times,
            requests: 10_000.0 * times,
            chat_turns: 500.0 * times,
            ..Usage::default()
        };
        cost::estimate(&app, &environment, &usage).total.usage_usd
    });
    assert!(costs.windows(2).all(|pair| pair[0] < pair[1]), "{costs:?}");
}

#[test]
fn what_has_no_price_is_said_and_the_rest_is_counted() {
    let class = [("db.t4g.micro", "db.x2g.16xlarge")];
    let environment = common::variant("dev", &class);
    let large = cost::estimate(&render(&environment), &environment, &Usage::default());
    let said = "database / Instance is not counted: the price table has no class db.x2g.16xlarge";
    assert!(
        large.notes.iter().any(|note| note == said),
        "{:?}",
        large.notes
    );
    assert!(large.total.usd() > 0.0);

    let environment = common::variant("dev", &[("region: us-east-1", "region: eu-west-1")]);
    let abroad = cost::estimate(&render(&environment), &environment, &Usage::default());
    assert!(
        abroad
            .notes
            .iter()
            .any(|note| note.starts_with("eu-west-1 has prices of its own"))
    );
}

#[test]
fn sums_add_up_and_local_costs_nothing() {
    for name in ["dev", "staging", "prod", "aurora, private", "images"] {
        let estimate = estimate(name);
        let lines: f64 = estimate
            .lines
            .iter()
            .map(|line| line.fixed_usd + line.usage_usd)
            .sum();
        let stacks: f64 = estimate.stacks.iter().map(|total| total.usd()).sum();
        check(lines, estimate.total.usd());
        check(stacks, estimate.total.usd());
    }
    let local = estimate("local");
    assert!(local.lines.is_empty());
    check(local.total.usd(), 0.0);
}
