//! What operators do to a deployed system: two at once, kill -9, Ctrl-C, going back, taking it away.

use std::io::Write as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::checkout::{Checkout, Run};
use crate::system::System;

const BUCKET: &str = "collections-artifacts-000000000000-us-east-1";
const LOCK: &str = "locks/local.json";

/// The next deploy has something to do: a setting of the functions is another.
fn change(checkout: &Checkout, port: u16) {
    let line = format!("LANGSMITH_ENDPOINT=http://127.0.0.1:{port}\n");
    std::fs::write(checkout.path(".env"), line).unwrap();
}

fn deploy(checkout: &mut Checkout) {
    checkout.run(&["deploy", "--env", "local"]).expect_success();
}

/// A deploy under way that holds the lock.
async fn deploying(checkout: &Checkout, system: &System) -> Child {
    let mut command = checkout.command(&["deploy", "--env", "local"]);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while lock(system).await.is_none() {
        assert!(
            child.try_wait().unwrap().is_none(),
            "it ended before it was seen"
        );
        assert!(Instant::now() < deadline, "it never took the lock");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    child
}

/// The id of the lock, where there is one.
async fn lock(system: &System) -> Option<String> {
    let get = system.s3().get_object().bucket(BUCKET).key(LOCK).send();
    let body = get.await.ok()?.body.collect().await.unwrap().into_bytes();
    let holder: serde_json::Value = serde_json::from_slice(&body).unwrap();
    Some(holder["id"].as_str().unwrap().to_owned())
}

fn signal(process: u32, name: &str) {
    let mut kill = Command::new("kill");
    let sent = kill.args([name, &process.to_string()]).status();
    assert!(sent.unwrap().success());
}

fn refused(run: &Run, code: i32, words: &str) {
    assert_eq!(run.code, code, "{}", run.stderr);
    assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
}

pub(crate) async fn one_writer_and_a_killed_one_is_gone_on_with(
    checkout: &mut Checkout,
    system: &System,
) {
    change(checkout, 1);
    let mut first = deploying(checkout, system).await;
    signal(first.id(), "-STOP");
    let second = checkout.run(&["deploy", "--env", "local"]);
    refused(&second, 6, "another process on this machine");
    let id = lock(system).await.unwrap();
    let hot = checkout.run(&["deploy", "--env", "local", "--function", "cleanup"]);
    refused(&hot, 6, "another process on this machine");
    signal(first.id(), "-KILL");
    first.wait().unwrap();

    let guess = checkout.run(&["unlock", "--env", "local", "--id", "another"]);
    refused(&guess, 6, &id);
    assert_eq!(lock(system).await, Some(id), "a guess breaks nothing");
    deploy(checkout);
    assert_eq!(lock(system).await, None);
}

pub(crate) async fn a_lock_whose_journal_is_lost_is_broken_by_its_id(
    checkout: &mut Checkout,
    system: &System,
) {
    change(checkout, 2);
    let mut first = deploying(checkout, system).await;
    signal(first.id(), "-KILL");
    first.wait().unwrap();
    std::fs::remove_file(checkout.path(".local/journal/local.json")).unwrap();
    let id = lock(system).await.unwrap();
    let run = checkout.run(&["deploy", "--env", "local"]);
    refused(&run, 6, &format!("--id {id}"));
    let unlock = ["unlock", "--env", "local", "--id", &id];
    checkout.run(&unlock).expect_success();
    deploy(checkout);
}

pub(crate) async fn the_first_ctrl_c_ends_cleanly(checkout: &mut Checkout, system: &System) {
    change(checkout, 3);
    let child = deploying(checkout, system).await;
    signal(child.id(), "-INT");
    let run = Run::of(child.wait_with_output().unwrap());
    refused(&run, 130, "stopping once what runs is through");
    assert!(
        run.stderr.contains("cargo xtask deploy --env local"),
        "{}",
        run.stderr
    );
    assert_eq!(lock(system).await, None, "somebody else may go on");
    deploy(checkout);
}

pub(crate) async fn the_second_ctrl_c_leaves_at_once(checkout: &mut Checkout, system: &System) {
    let emulator = checkout.status().pid("emulator").unwrap();
    change(checkout, 4);
    let child = deploying(checkout, system).await;
    // Nothing answers any more: what runs does not come to its end.
    signal(emulator, "-STOP");
    signal(child.id(), "-INT");
    std::thread::sleep(Duration::from_millis(300));
    let pressed = Instant::now();
    signal(child.id(), "-INT");
    let run = Run::of(child.wait_with_output().unwrap());
    let took = pressed.elapsed();
    signal(emulator, "-CONT");
    refused(&run, 130, "left at once");
    // Nothing would answer for minutes.
    assert!(took < Duration::from_secs(20), "{took:?}");
    deploy(checkout);
    assert_eq!(lock(system).await, None);
}

pub(crate) async fn rollback_moves_traffic_and_a_deploy_moves_it_forth(
    checkout: &mut Checkout,
    system: &System,
) {
    let before = live_version(system).await;
    let function = ["rollback", "--env", "local", "--function", "api", "--yes"];
    checkout.run(&function).expect_success();
    assert_eq!(live_version(system).await, before - 1);
    assert_eq!(system.get("/health", None).await.0, 200);
    // What runs now was configured otherwise than the source says.
    assert_eq!(checkout.run(&["diff", "--env", "local"]).code, 2);
    deploy(checkout);
    assert_eq!(live_version(system).await, before);
}

async fn live_version(system: &System) -> u64 {
    let lambda = aws_sdk_lambda::Client::new(&system.aws);
    let alias = lambda.get_alias().function_name("collections-local-api");
    let alias = alias.name("live").send().await.unwrap();
    alias.function_version().unwrap().parse().unwrap()
}

/// Runs the tool on a terminal and types into it.
fn typed(checkout: &Checkout, arguments: &[&str], keys: &str) -> Run {
    let inner = checkout.command(arguments);
    let words = [inner.get_program()].into_iter().chain(inner.get_args());
    let words: Vec<&str> = words.map(|word| word.to_str().unwrap()).collect();
    let mut command = Command::new("script");
    command.args(["-qec", &words.join(" "), "/dev/null"]);
    for (name, value) in inner.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    // The question must stand before it is answered; the pipe stays open until the end.
    std::thread::sleep(Duration::from_secs(3));
    input.write_all(format!("{keys}\r").as_bytes()).unwrap();
    let run = Run::of(child.wait_with_output().unwrap());
    drop(input);
    run
}

pub(crate) async fn only_the_typed_name_takes_it_away(checkout: &mut Checkout, system: &System) {
    let alone = checkout.run(&["destroy", "--env", "local"]);
    refused(&alone, 5, "--confirm local");
    let wrong = typed(checkout, &["destroy", "--env", "local"], "lokal");
    assert_eq!(wrong.code, 5, "{}", wrong.stdout);
    let stacks = || async {
        let client = aws_sdk_cloudformation::Client::new(&system.aws);
        let stacks = client.describe_stacks().send().await.unwrap();
        stacks.stacks().len()
    };
    assert!(stacks().await > 1, "nothing is gone");
    let right = typed(checkout, &["destroy", "--env", "local"], "local");
    assert_eq!(right.code, 0, "{}", right.stdout);
    assert_eq!(stacks().await, 1, "only the artifact bucket's stack stays");
    let parameters = aws_sdk_ssm::Client::new(&system.aws).describe_parameters();
    let parameters = parameters.send().await.unwrap();
    assert!(parameters.parameters().is_empty());
}

/// The bucket is the one of before, with what was in it.
pub(crate) async fn a_deploy_after_that_takes_in_what_was_kept(
    checkout: &mut Checkout,
    system: &System,
) {
    let images = system.output("storage", "BucketName");
    let put = system.s3().put_object().bucket(images).key("kept.txt");
    put.body(b"kept".to_vec().into()).send().await.unwrap();
    let run = checkout.run(&["deploy", "--env", "local"]);
    run.expect_success();
    assert!(run.stderr.contains("adopt   Images"), "{}", run.stderr);
    let get = system.s3().get_object().bucket(images).key("kept.txt");
    let kept = get.send().await.unwrap().body.collect().await.unwrap();
    assert_eq!(kept.into_bytes().as_ref(), b"kept");
    let again = checkout.run(&["deploy", "--env", "local"]);
    let report: serde_json::Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!(report["changed"], false, "{}", again.stderr);
}
