//! Voyage's embeddings: shape, limits and meaning.

use base64::Engine as _;
use serde_json::{Value, json};

use crate::harness::Server;

async fn vectors(server: &Server, input: Value) -> Vec<Vec<f64>> {
    let body = json!({"model": "voyage-3.5-lite", "input": input, "input_type": "document"});
    let answer = server.ask("/v1/embeddings", &body).await;
    let data = answer["data"].as_array().unwrap();
    data.iter()
        .enumerate()
        .map(|(index, entry)| {
            assert_eq!(entry["index"], index);
            assert_eq!(entry["object"], "embedding");
            serde_json::from_value(entry["embedding"].clone()).unwrap()
        })
        .collect()
}

fn cosine(a: &[f64], b: &[f64]) -> f64 {
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

/// Computed by an implementation of its own, in f64, from the same files.
#[tokio::test]
async fn vectors_are_those_of_the_reference() {
    let server = Server::start().await;
    let texts = json!(["This is an example sentence", "Each sentence is converted"]);
    let vectors = vectors(&server, texts).await;
    let first = [
        0.067657, 0.063496, 0.048713, 0.079305, 0.037448, 0.002653, 0.039375, -0.007098,
    ];
    let second = [
        0.086439, 0.102763, 0.005395, 0.002044, -0.009963, 0.025386, 0.049288, -0.030627,
    ];
    for (vector, expected) in vectors.iter().zip([first, second]) {
        assert_eq!(vector.len(), 1024);
        assert!(
            vector[384..].iter().all(|value| *value == 0.0),
            "padded with zeros"
        );
        for (value, expected) in vector.iter().zip(expected) {
            assert!((value - expected).abs() < 1e-4, "{value} is not {expected}");
        }
    }
    assert!((cosine(&vectors[0], &vectors[1]) - 0.4046).abs() < 1e-3);
}

#[tokio::test]
async fn what_means_the_same_lies_near() {
    let server = Server::start().await;
    let texts = json!([
        "A photograph of a wooden boat on a quiet lake at sunset",
        "A small boat floating on still water in the evening",
        "Quarterly tax return instructions for employers",
    ]);
    let vectors = vectors(&server, texts).await;
    assert!((cosine(&vectors[0], &vectors[1]) - 0.6480).abs() < 1e-3);
    assert!((cosine(&vectors[0], &vectors[2]) + 0.0676).abs() < 1e-3);
}

#[tokio::test]
async fn batching_changes_no_vector() {
    let server = Server::start().await;
    let texts: Vec<String> = (0..40)
        .map(|index| "boat on a lake ".repeat(1 + index * 7 % 70))
        .collect();
    let together = vectors(&server, json!(texts)).await;
    for index in [0, 1, 10, 39] {
        let alone = vectors(&server, json!(texts[index])).await;
        assert!(
            cosine(&together[index], &alone[0]) > 0.999_99,
            "text {index}"
        );
    }
}

#[tokio::test]
async fn the_response_is_voyages_and_names_itself_local() {
    let server = Server::start().await;
    let body = json!({"model": "voyage-3.5-lite", "input": "This is an example sentence"});
    let answer = server.ask("/v1/embeddings", &body).await;
    assert_eq!(answer["object"], "list");
    assert_eq!(answer["model"], "local/all-MiniLM-L6-v2");
    assert_eq!(answer["usage"], json!({"total_tokens": 5}));
}

#[tokio::test]
async fn base64_holds_the_same_floats() {
    let server = Server::start().await;
    let mut body = json!({"model": "voyage-3.5-lite", "input": "boat", "output_dimension": 512});
    let plain = server.ask("/v1/embeddings", &body).await;
    body["encoding_format"] = json!("base64");
    let packed = server.ask("/v1/embeddings", &body).await;
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(packed["data"][0]["embedding"].as_str().unwrap())
        .unwrap();
    let floats: Vec<f32> = bytes
        .chunks_exact(4)
        .map(|four| f32::from_le_bytes(four.try_into().unwrap()))
        .collect();
    let expected: Vec<f32> = serde_json::from_value(plain["data"][0]["embedding"].clone()).unwrap();
    assert_eq!(floats.len(), 512);
    assert_eq!(floats, expected);
}

#[tokio::test]
async fn limits_are_refused_as_voyage_does() {
    let server = Server::start().await;
    let long = "boat ".repeat(400);
    for (change, expected) in [
        (json!({"input": vec!["x"; 129]}), "batch size limit is 128"),
        (json!({"input": []}), "empty lists"),
        (json!({"input": ["x", ""]}), "empty strings"),
        (
            json!({"input": ["x", long], "truncation": false}),
            "index 1",
        ),
        (json!({"output_dimension": 100}), "output_dimension"),
        (json!({"output_dimension": 256}), "384 dimensions"),
        (json!({"output_dtype": "int8"}), "output_dtype"),
        (json!({"encoding_format": "hex"}), "encoding_format"),
        (
            json!({"input_type": "passage"}),
            "expected `query` or `document`",
        ),
        (json!({"input": 7}), "not valid"),
    ] {
        let mut body = json!({"model": "voyage-3.5-lite", "input": "x"});
        body.as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        let response = server.send("/v1/embeddings", &body).await;
        assert_eq!(response.status(), 400, "{change}");
        let answer: Value = response.json().await.unwrap();
        let detail = answer["detail"].as_str().unwrap_or_default();
        assert!(detail.contains(expected), "{change}: {answer}");
    }
    let many = json!({"model": "voyage-3.5-lite", "input": vec!["x"; 128]});
    assert_eq!(
        server.ask("/v1/embeddings", &many).await["data"]
            .as_array()
            .unwrap()
            .len(),
        128
    );
    let cut = json!({"model": "voyage-3.5-lite", "input": long});
    assert_eq!(
        server.ask("/v1/embeddings", &cut).await["usage"]["total_tokens"],
        254
    );
}
