//! Search under load: the API as a server, its PostgreSQL and the model it asks on one core, and 32
//! clients, each with 1,000 items of its own, outside of it.
//!
//! First for a minute as people search, each a few times a second; then as fast as answers come,
//! which shows what one core can do.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    unreachable_pub
)]

#[path = "../tests/suite/models.rs"]
#[allow(dead_code)]
mod models;
#[path = "../tests/suite/search.rs"]
#[allow(dead_code, unused_imports)]
mod search;
#[path = "../tests/suite/world.rs"]
#[allow(dead_code)]
mod world;

use std::io::{BufRead, BufReader, Read as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use api::app::connections;
use api::limits::Limits;
use collections_core::db::pool_options;
use futures::future::join_all;
use serde_json::json;
use testkit::crowd::{self, WORDS};
use testkit::tokens;
use tokio::net::TcpListener;
use world::World;

/// Tells this program to be the server.
const SERVER: &str = "LOAD_BENCH_SERVER";
const CLIENTS: usize = 32;
const ROWS: usize = 1_000;
const MOST: Duration = Duration::from_millis(15);

#[tokio::main(flavor = "current_thread")]
async fn main() {
    if std::env::var_os(SERVER).is_some() {
        return serve().await;
    }
    let (mut server, lines) = start();
    let (address, tokens) = lines.split_first().unwrap();
    let paced = clients(
        address,
        tokens,
        Duration::from_secs(60),
        Duration::from_millis(250),
    )
    .await;
    show("four times a second each", &paced, 60);
    let flat_out = clients(address, tokens, Duration::from_secs(10), Duration::ZERO).await;
    show("as fast as answers come", &flat_out, 10);
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(p95(&paced) < MOST, "slower than {MOST:?}");
}

async fn serve() {
    // As it is outside of tests: nothing between it and its database.
    let world = World::connected("test", Limits::default(), |database, _| {
        pool_options(connections()).connect_lazy_with(database.options())
    })
    .await;
    search::models_work(&world).await;
    let mut db = world.database.pool().acquire().await.unwrap();
    crowd::first_user(&mut db, ROWS).await;
    for user in 2..=CLIENTS {
        crowd::another_user(&mut db, user).await;
    }
    sqlx::raw_sql("VACUUM ANALYZE")
        .execute(&mut *db)
        .await
        .unwrap();
    drop(db);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{}", listener.local_addr().unwrap());
    for user in 1..=CLIENTS {
        println!("{}", tokens::id_token(&format!("u{user}")));
    }
    axum::serve(listener, world.router.clone()).await.unwrap();
}

/// The server on one core; its address, then a token of each user.
fn start() -> (Child, Vec<String>) {
    let mut server = Command::new("taskset")
        .args(["-c", "0"])
        .arg(std::env::current_exe().unwrap())
        .env(SERVER, "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(server.stdout.take().unwrap());
    let lines = (0..=CLIENTS).map(|_| {
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        line.trim().to_owned()
    });
    let lines = lines.collect();
    // Its log goes on; nobody may make it wait.
    std::thread::spawn(move || std::io::copy(&mut said.by_ref(), &mut std::io::sink()));
    (server, lines)
}

/// How long each answer took.
async fn clients(
    address: &str,
    tokens: &[String],
    time: Duration,
    pause: Duration,
) -> Vec<Duration> {
    let http = reqwest::Client::new();
    let until = Instant::now() + time;
    let work = tokens.iter().enumerate().map(|(client, token)| {
        let http = http.clone();
        async move {
            // Not all in step.
            tokio::time::sleep(pause * u32::try_from(client).unwrap() / 32).await;
            let mut times = Vec::new();
            while Instant::now() < until {
                let query = format!("{} in the {}", WORDS[times.len() % 8], WORDS[client % 8]);
                let body =
                    json!({"query": query, "search_type": "hybrid", "include_answer": false});
                let begin = Instant::now();
                let request = http
                    .post(format!("http://{address}/search"))
                    .bearer_auth(token);
                let answer = request.json(&body).send().await.unwrap();
                let (status, text) = (answer.status(), answer.text().await.unwrap());
                times.push(begin.elapsed());
                assert_eq!(status, 200, "{text}");
                assert!(!text.contains("\"degraded\""), "{text}");
                tokio::time::sleep(pause).await;
            }
            times
        }
    });
    let mut times = join_all(work).await.concat();
    times.sort();
    times
}

fn p95(times: &[Duration]) -> Duration {
    times[times.len() * 95 / 100]
}

fn show(how: &str, times: &[Duration], seconds: usize) {
    let (median, p95, worst) = (times[times.len() / 2], p95(times), times[times.len() - 1]);
    let rate = times.len() / seconds;
    println!("{how}: {rate} a second, median {median:.1?}, p95 {p95:.1?}, worst {worst:.1?}");
}
