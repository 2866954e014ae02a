//! A zip and an image of each function answer the event of their kind alike. The image is built
//! twice, by a Docker Engine and without one, pushed to a real registry, and run by a real engine.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bollard::Docker;
use bollard::auth::DockerCredentials;
use bollard::query_parameters::{CreateImageOptions, RemoveImageOptions};
use contract::EnvKey;
use contract::events::{AnalysisComplete, ImageProcessed};
use futures::TryStreamExt as _;
use serde_json::{Value, json};
use testkit::FakeAws;
use testkit::events::{delivery, envelope, object_created};
use xtask::artifacts::images::{ImageBuilder, Maker, Order, Platform};
use xtask::artifacts::{self, Artifact, Build, Compiler};
use xtask::event::{Events, Recorder};

use crate::lambda::{Outcome, run_image, run_zip};
use crate::server::{PASSWORD, Server, USER};
use crate::{base, ecr};

/// Nothing listens there: what a function says of an absent database is an answer too.
const NOWHERE: (&str, &str) = ("127.0.0.1", "9");

#[tokio::test]
#[ignore = "needs a Docker Engine and docker-registry"]
async fn a_zip_and_an_image_of_each_function_answer_alike() {
    let bench = Bench::new().await;
    let aws = FakeAws::start().await;
    aws.state().rows = vec![
        json!({ "thread_id": { "S": "a" }, "expires_at": { "N": "1" } }),
        json!({ "thread_id": { "S": "b" }, "expires_at": { "N": "4000000000" } }),
    ];
    let variables = variables(&aws);
    for (name, binary) in &bench.binaries {
        let event = event(name);
        let zip =
            artifacts::pack(name, binary, bench.folder.path(), artifacts::Effort::Soon).unwrap();
        let zip = run_zip(&zip.zip().unwrap().path, &variables, &event).await;
        let image = bench.push(name, binary).await;
        let image = run_image(&bench.docker, &image, &variables, &event).await;
        assert_eq!(timeless(zip.clone()), timeless(image), "{name}");
        assert_expected(name, &zip);
    }
}

/// The functions, an engine, two registries.
struct Bench {
    folder: tempfile::TempDir,
    binaries: BTreeMap<String, PathBuf>,
    docker: Docker,
    events: Events,
    open: Server,
    door: Server,
    base: String,
}

impl Bench {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let events = Recorder::pair().1;
        let binaries = binaries(folder.path(), &events).await;
        let (open, door) = (Server::open(), Server::with_door());
        let base = base::publish(&open.host, binaries.values()).await;
        Self {
            folder,
            binaries,
            docker: Docker::connect_with_defaults().unwrap(),
            events,
            open,
            door,
            base,
        }
    }

    async fn build(&self, name: &str, binary: &Path, maker: Maker) -> Artifact {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        // A folder for each, so that neither finds what the other built.
        let kind = format!("{maker:?}");
        let kind = kind.split('(').next().unwrap();
        let folder = self.folder.path().join(kind);
        let platform = match base::architecture() {
            "arm64" => Platform::Arm64,
            _ => Platform::Amd64,
        };
        let builder = ImageBuilder::open(&root, folder, &self.base, platform, maker).await;
        let order = Order {
            function: name,
            purpose: "Is tested.",
            binary,
        };
        builder.unwrap().build(&order, &self.events).await.unwrap()
    }

    /// Builds both ways, pushes with the login, and has the engine pull; says the image's name.
    async fn push(&self, name: &str, binary: &Path) -> String {
        let engine = xtask::artifacts::images::Engine::find().await.unwrap();
        let engine = engine.expect("a Docker Engine answers");
        let by_engine = self.build(name, binary, Maker::Engine(engine)).await;
        let by_tool = self.build(name, binary, Maker::Tool).await;
        assert_eq!(
            manifest(&by_engine),
            manifest(&by_tool),
            "{name}: who builds must not matter"
        );
        let repository = format!("{}/collections-test-{name}", self.door.host);
        let cloud = ecr::cloud(&self.door.host, PASSWORD).await;
        let image = by_tool.image().unwrap();
        artifacts::push(
            name,
            image,
            &repository,
            cloud.images.as_ref(),
            &self.events,
        )
        .await
        .unwrap();
        let credentials = DockerCredentials {
            username: Some(USER.into()),
            password: Some(PASSWORD.into()),
            ..DockerCredentials::default()
        };
        let pull = CreateImageOptions {
            from_image: Some(repository.clone()),
            tag: Some(by_tool.name().to_owned()),
            ..CreateImageOptions::default()
        };
        let pulled = self
            .docker
            .create_image(Some(pull), None, Some(credentials));
        pulled.try_collect::<Vec<_>>().await.unwrap();
        format!("{repository}@{}", by_tool.name())
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        // The engine may be the user's own: nothing of the test stays in it.
        let docker = self.docker.clone();
        let hosts = [self.open.host.clone(), self.door.host.clone()];
        let sweep = async move {
            let all = docker.list_images(None::<bollard::query_parameters::ListImagesOptions>);
            for image in all.await.unwrap_or_default() {
                let ours = |name: &String| hosts.iter().any(|host| name.starts_with(host.as_str()));
                if image.repo_digests.iter().any(ours) {
                    let force = RemoveImageOptions {
                        force: true,
                        ..RemoveImageOptions::default()
                    };
                    let _left = docker.remove_image(&image.id, Some(force), None).await;
                }
            }
        };
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.unwrap().block_on(sweep);
        })
        .join()
        .unwrap();
    }
}

/// The description of an image, as text, so that a difference can be read.
fn manifest(artifact: &Artifact) -> String {
    let image = artifact.image().unwrap();
    let config = image
        .parts
        .last()
        .map(|part| std::fs::read_to_string(&part.file));
    let manifest = String::from_utf8(image.manifest.bytes.clone()).unwrap();
    format!("{manifest}\n{}", config.unwrap().unwrap())
}

/// Every function, compiled as a deploy to this machine compiles it.
async fn binaries(folder: &Path, events: &Events) -> BTreeMap<String, PathBuf> {
    let names = contract::functions::all().into_iter();
    let build = Build {
        root: Path::new(env!("CARGO_MANIFEST_DIR")).join(".."),
        packages: names.map(|function| function.name.to_owned()).collect(),
        profile: "dev".into(),
        compiler: Compiler::Host,
        path: std::env::var_os("PATH").unwrap(),
    };
    let binaries = artifacts::compile(&build, events).await.unwrap();
    let slim = |path: PathBuf| artifacts::slim(&path, folder, events).unwrap();
    binaries
        .into_iter()
        .map(|(name, path)| (name, slim(path)))
        .collect()
}

/// What a function finds in its environment.
fn variables(aws: &FakeAws) -> Vec<(String, String)> {
    let endpoint = aws.config().endpoint_url().unwrap().to_owned();
    let prefix = contract::parameters::prefix("test");
    let declared = [
        (EnvKey::Environment, "test"),
        (EnvKey::ParameterPrefix, &prefix),
        (EnvKey::BucketName, testkit::aws::BUCKET),
        (EnvKey::DbSecretArn, "secret"),
        (EnvKey::DbHost, NOWHERE.0),
        (EnvKey::DbPort, NOWHERE.1),
        (EnvKey::DbName, "collections"),
        (EnvKey::CheckpointTableName, "checkpoints"),
        (EnvKey::ChatHistory, "dynamodb"),
        (EnvKey::ChatMaxIterations, "3"),
        (EnvKey::CognitoIssuer, testkit::tokens::ISSUER),
        (EnvKey::CognitoClientId, testkit::tokens::CLIENT),
        (EnvKey::CognitoJwksUrl, "http://127.0.0.1:9/keys"),
        (EnvKey::CognitoEndpoint, "http://127.0.0.1:9"),
        (EnvKey::SelfSignUp, "false"),
        (EnvKey::AnthropicBaseUrl, "http://127.0.0.1:9"),
        (EnvKey::OpenaiBaseUrl, "http://127.0.0.1:9"),
        (EnvKey::VoyageBaseUrl, "http://127.0.0.1:9"),
        (EnvKey::TavilyBaseUrl, "http://127.0.0.1:9"),
        (EnvKey::LangsmithEndpoint, "http://127.0.0.1:9"),
        (EnvKey::LangsmithPromptName, "test"),
    ];
    let declared = declared.map(|(key, value)| (key.name(), value.to_owned()));
    let lambda = [
        ("AWS_ENDPOINT_URL", endpoint.as_str()),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "id"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_LAMBDA_FUNCTION_NAME", "test"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/test"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "test"),
    ];
    let lambda = lambda.map(|(name, value)| (name, value.to_owned()));
    let all = declared.into_iter().chain(lambda);
    all.map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The event of a function's kind.
fn event(function: &str) -> Value {
    match function {
        "api" => json!({
            "version": "2.0", "routeKey": "GET /version", "rawPath": "/version", "rawQueryString": "",
            "headers": { "host": "api.example.com" }, "isBase64Encoded": false,
            "requestContext": {
                "accountId": "000000000000", "apiId": "test", "stage": "$default", "requestId": "r",
                "routeKey": "GET /version", "timeEpoch": 1, "domainName": "api.example.com",
                "domainPrefix": "api", "time": "21/Nov/2026:12:00:00 +0000",
                "http": { "method": "GET", "path": "/version", "protocol": "HTTP/1.1",
                          "sourceIp": "203.0.113.7", "userAgent": "test" },
            },
        }),
        "image-processor" => delivery(&[object_created("user/images/x.png", "01")]),
        "analyzer" => delivery(&[envelope(
            "e",
            &ImageProcessed {
                item_id: "i".into(),
                user_id: "u".into(),
                bucket: "images".into(),
                original_key: "u/images/i.png".into(),
                thumbnail_key: "u/thumbnails/i.jpg".into(),
            },
        )]),
        "embedder" => delivery(&[envelope(
            "e",
            &AnalysisComplete {
                item_id: "i".into(),
                analysis_id: "a".into(),
                user_id: "u".into(),
            },
        )]),
        "cleanup" => {
            json!({ "source": "aws.events", "detail-type": "Scheduled Event", "detail": {} })
        }
        "ops" => json!({ "probe": "hello" }),
        other => panic!("no event for {other}: add one beside its declaration's trigger"),
    }
}

/// The outcomes are not only alike: they are the right ones.
fn assert_expected(function: &str, (kind, said): &Outcome) {
    assert_eq!(kind, "response", "{function}: {said}");
    match function {
        "api" => assert_eq!(said["statusCode"], 200, "{said}"),
        "cleanup" => assert_eq!(*said, json!({ "total": 2, "expired": 1 })),
        "ops" => assert_eq!(said["message"], "hello"),
        // Without a database every record comes back, to be tried again.
        _ => assert_eq!(
            said["batchItemFailures"][0]["itemIdentifier"], "m0",
            "{said}"
        ),
    }
}

/// An answer without what only says when it was given.
fn timeless((kind, mut said): Outcome) -> Outcome {
    if let Some(headers) = said.get_mut("headers").and_then(Value::as_object_mut) {
        headers.retain(|name, _| !name.contains("request-id") && name != "date");
    }
    (kind, said)
}
