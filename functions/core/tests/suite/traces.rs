//! What LangSmith is told of model calls, and what happens where it does not listen.

use std::time::{Duration, Instant};

use collections_core::Settings;
use collections_core::contract::EnvKey;
use collections_core::contract::functions::Analyzer;
use collections_core::contract::parameters::prefix;
use collections_core::providers::http::{Http, Patience};
use collections_core::providers::{ProviderError, Usage};
use collections_core::secrets::Secrets;
use collections_core::trace::{Kind, Told, Traces, Waiting};
use serde_json::Value;
use testkit::FakeAws;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

struct World {
    aws: FakeAws,
    langsmith: MockServer,
    traces: Traces<Analyzer>,
}

/// How long a LangSmith that was away is left alone: longer than a busy machine needs to ask twice.
const PAUSE: Duration = Duration::from_secs(3);

impl World {
    async fn new() -> Self {
        Self::that_waits(Duration::from_secs(30)).await
    }

    async fn that_waits(flush: Duration) -> Self {
        let (aws, langsmith) = (FakeAws::start().await, MockServer::start().await);
        aws.set_parameter("langsmith/api_key", "canary-key");
        aws.set_parameter("langsmith/project", "collections-test");
        let settings = Settings::from_values([
            (EnvKey::Environment, "test".to_owned()),
            (EnvKey::LangsmithEndpoint, format!("{}/", langsmith.uri())),
        ]);
        let secrets = Secrets::new(&aws.config(), &prefix("test"));
        let waiting = Waiting {
            flush,
            pause: PAUSE,
        };
        let http = Http::new(Patience::default()).unwrap();
        let traces = Traces::new(http, &settings, secrets).unwrap();
        Self {
            aws,
            langsmith,
            traces: traces.waiting(waiting),
        }
    }

    async fn answers(&self, answer: ResponseTemplate) {
        self.langsmith.reset().await;
        Mock::given(method("POST"))
            .and(path("/otel/v1/traces"))
            .and(header("x-api-key", "canary-key"))
            .and(header("langsmith-project", "collections-test"))
            .respond_with(answer)
            .mount(&self.langsmith)
            .await;
    }

    /// A piece of work with one call; its trace id.
    fn work(&self) -> String {
        let work = self
            .traces
            .begin("analysis")
            .about("request_id", "r-1")
            .about("user_id", "u");
        let mut call = work.call(Kind::Model, "anthropic", "claude-sonnet-4-5");
        call.prompt("user", "What is this?");
        let usage = Usage {
            input_tokens: 1000,
            output_tokens: 100,
        };
        let model = "claude-sonnet-4-5-20250929";
        let text = "A beach.";
        let cost = call.answered(&Told { model, usage, text });
        assert_eq!(cost.unwrap().nanodollars(), 4_500_000);
        work.trace_id()
    }

    /// All spans that arrived, in order.
    async fn spans(&self) -> Vec<Value> {
        let requests = self.langsmith.received_requests().await.unwrap();
        let spans = requests.iter().flat_map(|request| {
            assert!(!String::from_utf8_lossy(&request.body).contains("canary"));
            let body: Value = request.body_json().unwrap();
            let spans = &body["resourceSpans"][0]["scopeSpans"][0]["spans"];
            spans.as_array().unwrap().clone()
        });
        spans.collect()
    }
}

fn attribute<'s>(span: &'s Value, name: &str) -> &'s Value {
    let attributes = span["attributes"].as_array().unwrap().iter();
    let mut found = attributes.filter(|attribute| attribute["key"] == name);
    let value = &found.next().unwrap_or_else(|| panic!("{name} in {span:#}"))["value"];
    assert!(found.next().is_none(), "{name} twice");
    value.as_object().unwrap().values().next().unwrap()
}

#[tokio::test]
async fn a_call_is_told_with_its_model_tokens_cost_and_ids_below_the_work_it_is_part_of() {
    let world = World::new().await;
    world.answers(ResponseTemplate::new(200)).await;
    let trace = world.work();
    world.traces.flush().await;
    let spans = world.spans().await;
    let [call, work] = spans.as_slice() else {
        panic!("{spans:#?}");
    };
    for span in [call, work] {
        assert_eq!(span["traceId"], trace);
        assert_eq!(attribute(span, "langsmith.metadata.request_id"), "r-1");
        assert_eq!(attribute(span, "langsmith.metadata.user_id"), "u");
        let time = |name: &str| span[name].as_str().unwrap().parse::<u64>().unwrap();
        assert!(time("startTimeUnixNano") <= time("endTimeUnixNano"));
        assert_eq!(span["status"]["code"], 1);
    }
    assert_eq!(call["parentSpanId"], work["spanId"]);
    assert!(work["parentSpanId"].is_null());
    assert_eq!(attribute(work, "langsmith.span.kind"), "chain");
    for (name, value) in [
        ("langsmith.span.kind", "llm"),
        ("gen_ai.system", "anthropic"),
        ("gen_ai.request.model", "claude-sonnet-4-5"),
        ("gen_ai.response.model", "claude-sonnet-4-5-20250929"),
        ("gen_ai.usage.input_tokens", "1000"),
        ("gen_ai.usage.output_tokens", "100"),
        ("gen_ai.prompt.0.content", "What is this?"),
        ("gen_ai.completion.0.content", "A beach."),
    ] {
        assert_eq!(attribute(call, name), value, "{name}");
    }
    assert_eq!(attribute(call, "gen_ai.usage.cost"), 0.0045);
    world.traces.flush().await;
    assert_eq!(world.spans().await.len(), 2, "nothing is sent twice");
}

#[tokio::test]
async fn failures_and_work_that_is_cut_off_are_told_too() {
    let world = World::new().await;
    world.answers(ResponseTemplate::new(200)).await;
    let work = world.traces.begin("chat");
    let error = ProviderError::Unreachable {
        provider: "openai",
        reason: "no route".to_owned(),
    };
    work.call(Kind::Model, "openai", "gpt-4o").failed(&error);
    let hanging = async {
        let _call = work.call(Kind::Embedding, "voyage", "voyage-3.5-lite");
        std::future::pending::<()>().await;
    };
    let cut_off = tokio::time::timeout(Duration::from_millis(5), hanging).await;
    assert!(cut_off.is_err());
    work.end();
    world.traces.flush().await;
    let spans = world.spans().await;
    let failed = &spans[0]["status"];
    assert_eq!((failed["code"].as_u64(), spans.len()), (Some(2), 3));
    assert!(failed["message"].as_str().unwrap().contains("no route"));
    let cut_off = &spans[1]["status"];
    assert_eq!(cut_off["code"], 2);
    assert!(cut_off["message"].as_str().unwrap().contains("given up"));
}

#[tokio::test]
async fn without_a_key_nobody_is_told_anything() {
    let world = World::new().await;
    world.aws.state().parameters.clear();
    world.answers(ResponseTemplate::new(200)).await;
    world.work();
    world.traces.flush().await;
    assert!(world.spans().await.is_empty());
}

#[tokio::test]
async fn a_langsmith_that_is_away_costs_a_bounded_time_and_no_span() {
    let world = World::that_waits(Duration::from_millis(300)).await;
    let hangs = ResponseTemplate::new(200).set_delay(Duration::from_secs(9));
    for answer in [hangs, ResponseTemplate::new(503)] {
        world.answers(answer).await;
        world.work();
        let begin = Instant::now();
        world.traces.flush().await;
        assert!(
            begin.elapsed() < Duration::from_secs(5),
            "it waited for the answer"
        );
        // Left alone for a while: another invocation does not wait again.
        let asked = world.spans().await.len();
        world.traces.flush().await;
        assert_eq!(world.spans().await.len(), asked);
        tokio::time::sleep(PAUSE).await;
    }
    world.answers(ResponseTemplate::new(200)).await;
    // A busy machine may need more than one try.
    let begin = Instant::now();
    while world.spans().await.len() < 4 && begin.elapsed() < Duration::from_secs(20) {
        world.traces.flush().await;
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    let spans = world.spans().await;
    let ids: std::collections::BTreeSet<_> = spans
        .iter()
        .map(|span| span["spanId"].to_string())
        .collect();
    assert_eq!(ids.len(), 4, "all of them, once it is back");
}

#[tokio::test]
async fn spans_that_are_refused_are_dropped_and_memory_is_bounded() {
    let world = World::new().await;
    world.answers(ResponseTemplate::new(403)).await;
    world.work();
    world.traces.flush().await;
    tokio::time::sleep(PAUSE).await;
    for _ in 0..600 {
        world.traces.begin("work").end();
    }
    world.answers(ResponseTemplate::new(200)).await;
    world.traces.flush().await;
    let spans = world.spans().await;
    assert_eq!(spans.len(), 500);
    assert!(spans.iter().all(|span| span["name"] == "work"));
}
