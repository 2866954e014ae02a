//! The loop: what it runs, what it refuses, and that it always ends.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use collections_core::agent::{Agent, AgentError, Limits, Outcome, Step, Tool, ToolError, Used};
use collections_core::providers::ProviderError;
use collections_core::providers::chat::{Message, Part, ToolResult, ToolSpec};
use serde_json::{Map, Value, json};

use crate::scripted::{Scripted, calls, text, work};

/// Says back what it was given, after a while.
#[derive(Default)]
struct Echo {
    used: AtomicUsize,
    running: AtomicUsize,
    most_at_once: AtomicUsize,
}

#[async_trait]
impl Tool for Echo {
    fn spec(&self) -> ToolSpec {
        ToolSpec {
            name: "echo",
            description: String::new(),
            parameters: json!({}),
        }
    }

    async fn call(&self, arguments: &Map<String, Value>) -> Result<Used, ToolError> {
        self.used.fetch_add(1, Ordering::SeqCst);
        let now = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_at_once.fetch_max(now, Ordering::SeqCst);
        let wait = arguments.get("wait").and_then(Value::as_u64).unwrap_or(1);
        tokio::time::sleep(Duration::from_millis(wait)).await;
        self.running.fetch_sub(1, Ordering::SeqCst);
        let word = arguments.get("word").and_then(Value::as_str);
        match word {
            None => Err(ToolError::Arguments("missing field `word`".to_owned())),
            Some("break") => Err(anyhow::anyhow!("password=hunter2").into()),
            Some(word) => Ok(Used {
                text: word.to_owned(),
                summary: format!("echoed {word}"),
            }),
        }
    }
}

async fn run(model: &Scripted, tool: &Echo, limits: Limits) -> Result<Outcome, AgentError> {
    let work = work();
    let agent = Agent {
        model,
        tools: &[tool],
        system: "be good",
        limits,
        within: &work,
        max_tokens: 100,
    };
    agent.run(vec![Message::user("hello")], &mut |_| ()).await
}

/// The results a model was given last.
fn results(model: &Scripted) -> Vec<ToolResult> {
    let asked = model.asked();
    let last = asked.last().unwrap().messages.last().unwrap().clone();
    let results = last.parts.into_iter().filter_map(|part| match part {
        Part::Result(result) => Some(result),
        _ => None,
    });
    results.collect()
}

#[tokio::test]
async fn calls_of_a_round_run_side_by_side_and_are_answered_in_order() {
    let tool = Echo::default();
    let both = [
        ("echo", json!({"word": "slow", "wait": 60})),
        ("echo", json!({"word": "fast"})),
    ];
    let model = Scripted::saying([calls(&both), text("done")]);
    let outcome = run(&model, &tool, Limits::default()).await.unwrap();
    let given: Vec<_> = results(&model)
        .into_iter()
        .map(|r| (r.id, r.text))
        .collect();
    assert_eq!(
        given,
        [("c0".into(), "slow".into()), ("c1".into(), "fast".into())]
    );
    assert_eq!(tool.most_at_once.load(Ordering::SeqCst), 2);
    assert_eq!(outcome.text, "done");
    assert_eq!(outcome.reasoning, ["echoed slow", "echoed fast"]);
    assert_eq!(outcome.tools_used, ["echo"]);
    assert_eq!(
        (outcome.usage.input_tokens, outcome.usage.output_tokens),
        (200, 20)
    );
}

#[tokio::test]
async fn after_its_rounds_the_model_must_answer() {
    let tool = Echo::default();
    let endless = (0..20).map(|at| calls(&[("echo", json!({"word": at.to_string()}))]));
    let model = Scripted::saying(endless);
    let error = run(&model, &tool, Limits::default()).await.unwrap_err();
    let AgentError::NoAnswer(outcome) = error else {
        panic!("{error}");
    };
    let may_call: Vec<_> = model.asked().iter().map(|asked| asked.may_call).collect();
    assert_eq!(may_call, [true, true, true, false]);
    assert_eq!(tool.used.load(Ordering::SeqCst), 3);
    assert_eq!(
        outcome.reasoning.len(),
        3,
        "what was done is told all the same"
    );
}

#[tokio::test]
async fn a_call_that_comes_again_is_not_run_again_and_ends_the_rounds() {
    let tool = Echo::default();
    let model = Scripted::saying([
        calls(&[("echo", json!({"word": "a", "wait": 2}))]),
        calls(&[("echo", json!({"wait": 2, "word": "a"}))]),
        text("done"),
    ]);
    run(&model, &tool, Limits::default()).await.unwrap();
    assert_eq!(tool.used.load(Ordering::SeqCst), 1);
    let told = results(&model);
    assert!(
        told[0].failed && told[0].text.contains("made before"),
        "{told:?}"
    );
    assert!(!model.asked().last().unwrap().may_call);
}

#[tokio::test]
async fn what_a_model_asks_wrongly_it_is_told_and_may_mend() {
    let tool = Echo::default();
    let model = Scripted::saying([
        calls(&[
            ("echo", json!("{\"word\": ")),
            ("echo", json!({"no": 1})),
            ("erase_everything", json!({})),
            ("echo", json!({"word": "break"})),
        ]),
        calls(&[("echo", json!({"word": "mended"}))]),
        text("done"),
    ]);
    let outcome = run(&model, &tool, Limits::default()).await.unwrap();
    assert_eq!(outcome.text, "done");
    let asked = model.asked();
    let told = asked[1].messages[2].parts.iter().map(|part| match part {
        Part::Result(result) if result.failed => result.text.clone(),
        other => panic!("{other:?}"),
    });
    let told: Vec<_> = told.collect();
    assert!(told[0].contains("not a JSON object"), "{told:?}");
    assert!(told[1].contains("missing field `word`"), "{told:?}");
    assert!(told[2].contains("there is echo"), "{told:?}");
    assert!(told[3].contains("not available now"), "{told:?}");
    assert!(
        !model.given().contains("hunter2"),
        "what went wrong inside stays inside"
    );
}

#[tokio::test]
async fn more_calls_than_allowed_at_one_time_are_refused() {
    let tool = Echo::default();
    let many: Vec<_> = (0..9)
        .map(|at| ("echo", json!({"word": at.to_string()})))
        .collect();
    let model = Scripted::saying([calls(&many), text("done")]);
    run(&model, &tool, Limits::default()).await.unwrap();
    assert_eq!(tool.used.load(Ordering::SeqCst), Limits::default().calls);
    assert_eq!(results(&model).len(), 9, "every call needs an answer");
}

#[tokio::test]
async fn tokens_and_time_end_the_rounds_too() {
    let again = |word: &str| calls(&[("echo", json!({"word": word}))]);
    for limits in [
        Limits {
            tokens: 150,
            ..Limits::default()
        },
        Limits {
            time: Duration::from_secs(9),
            answer_time: Duration::from_secs(9),
            ..Limits::default()
        },
    ] {
        let tool = Echo::default();
        let model = Scripted::saying([again("a"), again("b"), text("late")]);
        let _ = run(&model, &tool, limits).await;
        let last = model.asked();
        assert!(
            !last.last().unwrap().may_call && last.len() <= 3,
            "{}",
            last.len()
        );
    }
    let tool = Echo::default();
    let model = Scripted::saying([calls(&[("echo", json!({"word": "a", "wait": 5000}))])]);
    let limits = Limits {
        time: Duration::from_millis(50),
        answer_time: Duration::ZERO,
        ..Limits::default()
    };
    let error = run(&model, &tool, limits).await.unwrap_err();
    assert!(matches!(error, AgentError::OutOfTime(_)), "{error}");
}

#[tokio::test]
async fn an_answer_that_broke_off_is_asked_for_again_unless_it_was_shown() {
    let cut = || {
        Err(ProviderError::Cut {
            provider: "anthropic",
        })
    };
    let tool = Echo::default();
    let model = Scripted::new([cut(), Ok(text("whole"))]);
    assert_eq!(
        run(&model, &tool, Limits::default()).await.unwrap().text,
        "whole"
    );
    let model = Scripted::new([cut(), cut(), Ok(text("never"))]);
    let error = run(&model, &tool, Limits::default()).await.unwrap_err();
    assert!(
        matches!(error, AgentError::Provider(ProviderError::Cut { .. })),
        "{error}"
    );
}

#[tokio::test]
async fn who_watches_sees_words_and_tools_as_they_come() {
    let work = work();
    let tool = Echo::default();
    let mut thinking = calls(&[("echo", json!({"word": "x"}))]);
    thinking.text = "Let me look.".to_owned();
    let model = Scripted::saying([thinking, text("Here.")]);
    let agent = Agent {
        model: &model,
        tools: &[&tool],
        system: "",
        limits: Limits::default(),
        within: &work,
        max_tokens: 100,
    };
    let mut seen = Vec::new();
    let mut watch = |step: Step<'_>| seen.push(format!("{step:?}"));
    let outcome = agent
        .run(vec![Message::user("?")], &mut watch)
        .await
        .unwrap();
    assert_eq!(outcome.reasoning, ["Let me look.", "echoed x"]);
    assert_eq!(
        seen,
        [
            "Text { round: 1, text: \"Let me look.\" }",
            "Tool { round: 1, name: \"echo\", summary: \"echoed x\" }",
            "Text { round: 2, text: \"Here.\" }",
        ]
    );
}

#[test]
fn the_loop_knows_neither_retrieval_nor_chat() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/agent");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let source = std::fs::read_to_string(&path).unwrap();
        for other in [
            "crate::retrieval",
            "crate::chat",
            "crate::db",
            "crate::domain",
        ] {
            assert!(!source.contains(other), "{} uses {other}", path.display());
        }
    }
}
