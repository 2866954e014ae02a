//! A site with the phases that a real deploy has: parameters, migrations, and the proof through a
//! gateway and in every function.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::sync::OnceLock;

use contract::parameters::ParameterKind;
use serde_json::json;

use super::fixture::Site;
use crate::cloud::Cloud;
use crate::cloud::functions::Answer;
use crate::dotenv::DotEnv;
use crate::engine::steps::migrate::Migrate;
use crate::engine::steps::parameters::FillParameters;
use crate::engine::steps::verify::Verify;
use crate::secret::Secret;

pub(super) const ANALYZER: &str = "collections-dev-analyzer";
const KEY: &str = "/collections/dev/voyage/api_key";

/// What a function behind a queue is called with.
pub(super) fn no_records() -> String {
    json!({ "Records": [] }).to_string()
}

impl Site {
    /// Three functions that work, and all phases but `seed`.
    pub(super) fn whole() -> Self {
        let mut site = Self::with_ops();
        site.add("Analyzer", "analyzer");
        site.release("first", &["1 schema"]);
        site.answers(
            "collections-dev-ops",
            &json!({ "probe": "database" }).to_string(),
            Answer::Value(json!({ "version": "PostgreSQL 17.2" })),
        );
        let nothing_failed = Answer::Value(json!({ "batchItemFailures": [] }));
        site.answers(ANALYZER, &no_records(), nothing_failed);
        let cloud = site.fake.cloud();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut dotenv = DotEnv::default();
        for key in ["ANTHROPIC_API_KEY", "VOYAGE_API_KEY"] {
            dotenv.set(key, Secret::new(key));
        }
        site.extras = vec![
            Box::new(FillParameters {
                cloud: cloud.clone(),
                environment: crate::environments::load(&root, "dev").unwrap(),
                dotenv,
                credentials: None,
            }),
            Box::new(Migrate {
                cloud: cloud.clone(),
            }),
            Box::new(Verify {
                functions: site.desired.functions.clone(),
                http: http(),
                cloud: Cloud {
                    endpoint: Some(gateway().to_owned()),
                    ..cloud
                },
            }),
        ];
        site
    }

    /// What a function answers to a request.
    pub(super) fn answers(&self, function: &str, request: &str, answer: Answer) {
        let asked = (function.to_owned(), request.to_owned());
        self.world(|world| drop(world.answers.insert(asked, answer)));
    }

    /// A key of a provider is a parameter of the wrong type.
    pub(super) fn with_a_key_of_another_type(&self) {
        self.world(|world| world.parameters.get_mut(KEY).unwrap().0 = ParameterKind::String);
    }
}

/// One client for all: it reads the machine's authorities, which takes longer than a deploy here.
fn http() -> reqwest::Client {
    static HTTP: OnceLock<reqwest::Client> = OnceLock::new();
    let http = HTTP.get_or_init(|| {
        let _another_test_was_first =
            rustls::crypto::aws_lc_rs::default_provider().install_default();
        reqwest::Client::new()
    });
    http.clone()
}

/// A gateway that is well, whatever is asked, for as long as the tests run.
fn gateway() -> &'static str {
    static GATEWAY: OnceLock<String> = OnceLock::new();
    GATEWAY.get_or_init(|| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let head = BufReader::new(stream.try_clone().unwrap()).lines();
                let ends = |line: &std::io::Result<String>| {
                    line.as_ref().is_ok_and(|line| !line.is_empty())
                };
                head.take_while(ends).for_each(drop);
                let body = r#"{"status":"ok"}"#;
                let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
                let length = body.len();
                // Who asked may be gone by now.
                let _gone = write!(stream, "{head}\r\ncontent-length: {length}\r\n\r\n{body}");
            }
        });
        address
    })
}
