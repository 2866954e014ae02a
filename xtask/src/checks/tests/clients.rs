//! A user at an API that allows only so much at once.

use std::collections::BTreeSet;
use std::sync::Mutex;

use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, Respond, ResponseTemplate};

use super::target;
use crate::checks::client::Client;
use crate::checks::target::Target;
use crate::cloud::fake::Fake;
use crate::secret::Secret;

/// Keeps items, and takes every third request only.
#[derive(Default)]
pub(super) struct Busy {
    items: Mutex<BTreeSet<String>>,
    asked: Mutex<usize>,
}

impl Respond for Busy {
    fn respond(&self, request: &Request) -> ResponseTemplate {
        let mut asked = self.asked.lock().unwrap();
        *asked += 1;
        if !asked.is_multiple_of(3) {
            return ResponseTemplate::new(429).insert_header("retry-after", "0");
        }
        let mut items = self.items.lock().unwrap();
        let answer = match (request.method.as_str(), request.url.path()) {
            ("DELETE", path) => {
                items.remove(path.trim_start_matches("/items/"));
                Value::Null
            }
            (_, "/items") => {
                let items = items.iter().take(2).map(|id| json!({ "id": id }));
                json!({ "items": items.collect::<Vec<_>>() })
            }
            _ => json!({ "conversations": [{ "conversation_id": "c" }] }),
        };
        ResponseTemplate::new(200).set_body_json(answer)
    }
}

/// An environment whose API is as busy as that.
pub(super) async fn busy(fake: &Fake, items: &[&str]) -> (Target, MockServer) {
    let busy = Busy::default();
    let items = items.iter().map(ToString::to_string);
    *busy.items.lock().unwrap() = items.collect();
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(busy).mount(&server).await;
    let target = Target {
        api: server.uri(),
        ..target(fake)
    };
    (target, server)
}

#[tokio::test]
async fn everything_of_a_user_goes_although_the_api_says_slower() {
    let (target, server) = busy(&Fake::new(), &["a", "b", "c", "d", "e"]).await;
    let client = Client::new(&target, &Secret::new("token"));
    client.remove_all().await.unwrap();
    let asked = server.received_requests().await.unwrap();
    let removed = asked
        .iter()
        .filter(|asked| asked.method.as_str() == "DELETE");
    // Five items and a conversation, each asked three times.
    assert_eq!(removed.count(), 18);
}
