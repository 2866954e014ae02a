//! The API as a plain server.

use std::time::Duration;

use api::server;
use serde_json::json;
use testkit::tokens;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use wiremock::{Mock, ResponseTemplate, matchers};

use crate::world::World;

/// One request over a connection of its own, read to the end.
async fn post_search(mut stream: TcpStream) -> String {
    let body = json!({"query": "beach", "search_type": "vector"}).to_string();
    let request = format!(
        "POST /search HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        tokens::id_token("u"),
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn told_to_stop_it_ends_what_it_has_begun_and_begins_nothing() {
    let world = World::new().await;
    let slow = ResponseTemplate::new(400).set_delay(Duration::from_millis(500));
    Mock::given(matchers::any())
        .respond_with(slow)
        .mount(&world.models)
        .await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = tokio::spawn(server::serve(listener, world.router.clone(), async {
        let _ = stopped.await;
    }));
    let request = tokio::spawn(post_search(TcpStream::connect(address).await.unwrap()));
    while world.models.received_requests().await.unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stop.send(()).unwrap();
    let answer = request.await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(answer.contains("x-request-id"), "{answer}");
    server.await.unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}
