//! One fault at a time in a deployed environment: the step that looks at it fails and names it,
//! the others tell the truth, and after the repair all pass again.

use std::collections::{BTreeMap, BTreeSet};
use std::future::pending;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use aws_sdk_lambda::primitives::Blob;
use serde_json::{Value, json};
use xtask::checks::report::Verdict;
use xtask::checks::target::Target;
use xtask::checks::{infra, run};
use xtask::cloud::aws::{CloudConfig, connect};
use xtask::event::Recorder;

use crate::checkout::Checkout;
use crate::system::System;

/// What is under test, without the command: it would start again what a fault stopped.
pub(crate) struct Patient<'s> {
    system: &'s System,
    target: Target,
}

/// What failed: by step, the hop and all that is said of it.
type Failures = BTreeMap<String, String>;

impl<'s> Patient<'s> {
    pub(crate) async fn of(checkout: &Checkout, system: &'s System) -> Self {
        let config = CloudConfig {
            region: "us-east-1".to_owned(),
            endpoint: Some(format!("http://127.0.0.1:{}", checkout.port("emulator"))),
            credentials: Some(("test".to_owned(), "test".to_owned())),
        };
        let target = Target {
            environment: "local".to_owned(),
            cloud: connect(&config).await,
            api: system.url(""),
            database_is_reachable: true,
            outputs: system.outputs(),
            http: Target::http().unwrap(),
        };
        Self { system, target }
    }

    async fn failures_of(&self, target: &Target) -> Failures {
        let (_, events) = Recorder::pair();
        let steps = infra::steps();
        let cases = run("infra", &steps, target, &events, pending())
            .await
            .unwrap();
        assert_eq!(cases.len(), 11);
        let failed = cases
            .into_iter()
            .filter(|case| case.verdict == Verdict::Failed);
        failed
            .map(|case| {
                let hop = case.failure().unwrap();
                assert!(!case.fix.is_empty(), "{case:#?}");
                let said = format!("{}: {} / {}", hop.name, hop.detail, case.fix.join(" / "));
                (case.name.clone(), said)
            })
            .collect()
    }

    async fn sound(&self) {
        health_forgets().await;
        assert_eq!(self.failures_of(&self.target).await, Failures::new());
    }

    /// Exactly these steps fail, and the first of them says these words.
    async fn shows(&self, target: &Target, steps: &[&str], words: &[&str]) {
        if steps.contains(&"gateway") {
            health_forgets().await;
        }
        let failures = self.failures_of(target).await;
        let failed: BTreeSet<&str> = failures.keys().map(String::as_str).collect();
        assert_eq!(failed, steps.iter().copied().collect(), "{failures:#?}");
        for word in words {
            let said = &failures[steps[0]];
            assert!(said.contains(word), "{word}: {said}");
        }
    }

    pub(crate) async fn goes_through_all_faults(&self, checkout: &mut Checkout) {
        self.sound().await;
        self.silent_bucket().await;
        self.missing_parameter().await;
        self.detached_authorizer().await;
        self.no_code().await;
        self.wrong_secret().await;
        self.expired_certificate(checkout).await;
        self.closed_port(checkout).await;
        self.stopped_database(checkout).await;
        self.dropped_extension(checkout).await;
        self.sound().await;
    }

    async fn silent_bucket(&self) {
        use aws_sdk_s3::types::{EventBridgeConfiguration, NotificationConfiguration};
        let set = async |on: bool| {
            let bridge = on.then(|| EventBridgeConfiguration::builder().build());
            let told = NotificationConfiguration::builder().set_event_bridge_configuration(bridge);
            let put = self.system.s3().put_bucket_notification_configuration();
            let put = put.bucket(self.system.output("storage", "BucketName"));
            put.notification_configuration(told.build())
                .send()
                .await
                .unwrap();
        };
        set(false).await;
        self.shows(
            &self.target,
            &["events", "s3"],
            &["notifications", "EventBridge"],
        )
        .await;
        set(true).await;
    }

    async fn missing_parameter(&self) {
        let name = "/collections/local/voyage/api_key";
        let ssm = aws_sdk_ssm::Client::new(&self.system.aws);
        ssm.delete_parameter().name(name).send().await.unwrap();
        self.shows(
            &self.target,
            &["lambda-parameters"],
            &[name, "secrets populate"],
        )
        .await;
        let put = ssm.put_parameter().name(name).value("local");
        let kind = aws_sdk_ssm::types::ParameterType::SecureString;
        put.r#type(kind).send().await.unwrap();
    }

    async fn detached_authorizer(&self) {
        let routes = format!("/v2/apis/{}/routes", self.system.output("api", "ApiId"));
        let found = self.gateway("GET", &routes, None).await;
        let found = found["items"].as_array().unwrap().clone();
        let default = found
            .iter()
            .find(|route| route["routeKey"] == "$default")
            .unwrap();
        let path = format!("{routes}/{}", default["routeId"].as_str().unwrap());
        let none = json!({ "authorizationType": "NONE" });
        self.gateway("PATCH", &path, Some(&none)).await;
        self.shows(
            &self.target,
            &["authenticated"],
            &["no token", "no authorizer is attached"],
        )
        .await;
        let authorizer = &default["authorizerId"];
        let jwt = json!({ "authorizationType": "JWT", "authorizerId": authorizer });
        self.gateway("PATCH", &path, Some(&jwt)).await;
    }

    /// A call to the gateway's own API, as the emulator takes it.
    async fn gateway(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        let endpoint = self.target.cloud.endpoint.clone().unwrap();
        let request = self
            .system
            .http
            .request(method.parse().unwrap(), format!("{endpoint}{path}"));
        let scope = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/apigateway/aws4_request, \
                     SignedHeaders=host, Signature=none";
        let request = request.header("Authorization", scope);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        let answer = request.send().await.unwrap().error_for_status().unwrap();
        answer.json().await.unwrap()
    }

    async fn no_code(&self) {
        let lambda = aws_sdk_lambda::Client::new(&self.system.aws);
        let ops = self.system.output("compute", "OpsFunctionName");
        let alias = lambda
            .get_alias()
            .function_name(ops)
            .name("live")
            .send()
            .await
            .unwrap();
        let before = alias.function_version().unwrap();
        let update = lambda.update_function_code().function_name(ops);
        update
            .zip_file(Blob::new(zip_without_code()))
            .send()
            .await
            .unwrap();
        let published = lambda
            .publish_version()
            .function_name(ops)
            .send()
            .await
            .unwrap();
        let to = async |version: &str| {
            let update = lambda.update_alias().function_name(ops).name("live");
            update.function_version(version).send().await.unwrap();
        };
        to(published.version().unwrap()).await;
        let steps = ["lambda", "lambda-parameters", "lambda-rds"];
        self.shows(&self.target, &steps, &["deploy --function ops --env local"])
            .await;
        to(before).await;
    }

    /// Functions keep credentials that worked for some minutes, so they go on.
    async fn wrong_secret(&self) {
        let secrets = aws_sdk_secretsmanager::Client::new(&self.system.aws);
        let id = self.system.output("database", "DatabaseSecretArn");
        let before = secrets
            .get_secret_value()
            .secret_id(id)
            .send()
            .await
            .unwrap();
        let before = before.secret_string().unwrap();
        let mut wrong: Value = serde_json::from_str(before).unwrap();
        wrong["password"] = json!("not-the-password");
        let put = async |text: &str| {
            let put = secrets.put_secret_value().secret_id(id);
            put.secret_string(text).send().await.unwrap();
        };
        put(&wrong.to_string()).await;
        let words = [
            "connect",
            "password authentication failed",
            "deploy --only parameters",
        ];
        self.shows(&self.target, &["rds"], &words).await;
        put("not even JSON").await;
        self.shows(&self.target, &["rds"], &["secret: ", "is not JSON"])
            .await;
        put(before).await;
    }

    /// Another front of the same server, whose certificate has expired.
    async fn expired_certificate(&self, checkout: &Checkout) {
        let folder = tempfile::tempdir().unwrap();
        let files = expired(folder.path());
        let port = free_port();
        let options = xtask::local::front::Options {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
            socket: socket(checkout),
            certificate: files.certificate,
            key: files.key,
        };
        let (_, events) = Recorder::pair();
        let front = tokio::spawn(async move {
            xtask::local::front::serve(&options, &events).await.unwrap();
        });
        let mut target = self.target.clone();
        let database = target.outputs.get_mut("database").unwrap();
        database.insert("DatabasePort".to_owned(), port.to_string());
        database.insert(
            "DatabaseCaFile".to_owned(),
            files.authority.display().to_string(),
        );
        self.shows(&target, &["rds"], &["connect", "xpired"]).await;
        front.abort();
    }

    async fn closed_port(&self, checkout: &mut Checkout) {
        let front = checkout.status().pid("tls").unwrap();
        checkout.kill(front);
        self.without_a_database(&["connect", "refused"]).await;
        checkout.run(&["local", "up"]).expect_success();
        self.sound().await;
    }

    async fn stopped_database(&self, checkout: &mut Checkout) {
        let server = checkout.status().pid("postgres").unwrap();
        checkout.kill(server);
        self.without_a_database(&["connect", "is the database up"])
            .await;
        checkout.run(&["local", "up"]).expect_success();
        self.sound().await;
    }

    /// What needs the database fails, each at its own hop; all else goes on.
    async fn without_a_database(&self, words: &[&str]) {
        let steps = ["rds", "lambda-rds", "gateway", "authenticated"];
        self.shows(&self.target, &steps, words).await;
        let failures = self.failures_of(&self.target).await;
        assert!(
            failures["lambda-rds"].starts_with("function to database"),
            "{failures:#?}"
        );
        assert!(failures["gateway"].starts_with("health"), "{failures:#?}");
        assert!(
            failures["authenticated"].starts_with("/health"),
            "{failures:#?}"
        );
    }

    async fn dropped_extension(&self, checkout: &mut Checkout) {
        psql(checkout, "DROP EXTENSION vector CASCADE");
        self.shows(
            &self.target,
            &["rds"],
            &["extension", "pgvector is not installed"],
        )
        .await;
        psql(checkout, "CREATE EXTENSION vector");
        psql(checkout, "DELETE FROM embeddings");
        psql(
            checkout,
            "ALTER TABLE embeddings ADD COLUMN embedding HALFVEC(1024) NOT NULL",
        );
    }
}

/// `/health` tells for a second what it saw.
async fn health_forgets() {
    tokio::time::sleep(Duration::from_millis(1100)).await;
}

pub(crate) fn psql(checkout: &mut Checkout, sql: &str) {
    let run = checkout.run(&["local", "psql", "-c", sql]);
    run.expect_success();
}

struct Files {
    authority: PathBuf,
    certificate: PathBuf,
    key: PathBuf,
}

/// A certificate for localhost that was good for a day, long ago.
fn expired(folder: &Path) -> Files {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
    let key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_pem = authority.self_signed(&key).unwrap().pem();
    let issuer = Issuer::new(authority, key);
    let server_key = KeyPair::generate().unwrap();
    let mut server = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    server.not_before = rcgen::date_time_ymd(2020, 1, 1);
    server.not_after = rcgen::date_time_ymd(2020, 1, 2);
    let server_pem = server.signed_by(&server_key, &issuer).unwrap().pem();
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    Files {
        authority: write("ca.pem", &authority_pem),
        certificate: write("server.pem", &server_pem),
        key: write("server.key", &server_key.serialize_pem()),
    }
}

/// PostgreSQL's socket, as the front of the environment was told.
fn socket(checkout: &Checkout) -> PathBuf {
    let fronts = checkout.processes();
    let front = fronts
        .iter()
        .find(|line| line.contains("--socket"))
        .unwrap();
    let mut words = front
        .split_whitespace()
        .skip_while(|word| *word != "--socket");
    words.nth(1).unwrap().into()
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

fn zip_without_code() -> Vec<u8> {
    use std::io::Write as _;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("nothing.txt", zip::write::SimpleFileOptions::default())
        .unwrap();
    zip.write_all(b"no bootstrap here").unwrap();
    zip.finish().unwrap().into_inner()
}
