//! An API to talk to.

use std::sync::Arc;
use std::time::Duration;

use api::limits::Limits;
use api::{App, router};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use collections_core::clock::ManualClock;
use collections_core::contract::EnvKey;
use collections_core::contract::functions::Api;
use collections_core::contract::parameters::prefix;
use collections_core::db::Db;
use collections_core::providers::http::Patience;
use collections_core::{Cloud, Settings};
use http_body_util::BodyExt;
use serde_json::Value;
use sqlx::postgres::{PgPool, PgPoolOptions};
use testkit::tokens::{self, CLIENT, ISSUER, Key};
use testkit::{FakeAws, Outage, TestDatabase};
use tower::ServiceExt;
use wiremock::MockServer;

pub const PNG: &[u8] = b"\x89PNG\r\n\x1a\n then whatever; the pipeline decodes it";

pub struct World {
    pub aws: FakeAws,
    pub database: TestDatabase,
    /// The way of the API to the database, which a test may cut.
    pub outage: Outage,
    pub keys: MockServer,
    pub models: MockServer,
    /// By which keys of the issuer grow old.
    pub clock: Arc<ManualClock>,
    pub app: App,
    pub router: Router,
    _files: tempfile::TempDir,
}

pub struct Answer {
    pub status: StatusCode,
    pub body: Value,
    pub text: String,
    pub bytes: bytes::Bytes,
    pub headers: axum::http::HeaderMap,
}

impl World {
    pub async fn new() -> Self {
        Self::of("test").await
    }

    /// One of an environment of this name.
    pub async fn of(environment: &str) -> Self {
        let limits = Limits {
            // Tests look again at once.
            health_holds: Duration::ZERO,
            ..Limits::default()
        };
        Self::with(environment, limits).await
    }

    /// One that takes on no more than this.
    pub async fn limited(limits: Limits) -> Self {
        Self::with("test", limits).await
    }

    async fn with(environment: &str, limits: Limits) -> Self {
        let through_outage = |_: &TestDatabase, outage: &Outage| {
            let options = PgPoolOptions::new().acquire_timeout(Duration::from_secs(2));
            options.connect_lazy_with(outage.options())
        };
        Self::connected(environment, limits, through_outage).await
    }

    /// One with a pool made so.
    pub async fn connected(
        environment: &str,
        limits: Limits,
        connect: impl FnOnce(&TestDatabase, &Outage) -> PgPool,
    ) -> Self {
        let (aws, database) = (FakeAws::start().await, testkit::database().await);
        let (outage, files) = (
            Outage::before(&database).await,
            tempfile::tempdir().unwrap(),
        );
        let keys = tokens::serve(&[Key::first()]).await;
        let models = MockServer::start().await;
        aws.set_parameter("voyage/api_key", "key");
        aws.set_parameter("anthropic/api_key", "key");
        aws.set_parameter("voyage/embedding_model", "voyage-3.5-lite");
        aws.set_parameter("voyage/embedding_dimensions", "1024");
        let settings = Settings::from_values([
            (EnvKey::Environment, environment.to_owned()),
            (EnvKey::BucketName, testkit::aws::BUCKET.to_owned()),
            (EnvKey::ChatHistory, "postgres".to_owned()),
            (
                EnvKey::ChatHistoryFolder,
                files.path().display().to_string(),
            ),
            (EnvKey::ParameterPrefix, prefix("test")),
            (
                EnvKey::CognitoJwksUrl,
                format!("{}/.well-known/jwks.json", keys.uri()),
            ),
            (EnvKey::CognitoIssuer, ISSUER.to_owned()),
            (EnvKey::CognitoClientId, CLIENT.to_owned()),
            (EnvKey::VoyageBaseUrl, models.uri()),
            (EnvKey::AnthropicBaseUrl, models.uri()),
            (EnvKey::OpenaiBaseUrl, models.uri()),
            (EnvKey::TavilyBaseUrl, models.uri()),
        ]);
        let cloud = Cloud::<Api>::new(settings, aws.config());
        let patience = Patience {
            backoff: Duration::from_millis(2),
            ..Patience::default()
        };
        let pool = connect(&database, &outage);
        let clock = Arc::new(ManualClock::default());
        let db = Db::over(pool);
        let app = App::over(&cloud, db, patience, limits, clock.clone()).unwrap();
        Self {
            aws,
            database,
            outage,
            keys,
            models,
            clock,
            _files: files,
            router: router(app.clone()),
            app,
        }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status,
            body: serde_json::from_slice(&bytes).unwrap_or_default(),
            text: String::from_utf8_lossy(&bytes).into_owned(),
            bytes,
            headers: parts.headers,
        }
    }

    pub async fn get(&self, user: &str, path: &str) -> Answer {
        self.send(request("GET", path, user).body(Body::empty()).unwrap())
            .await
    }

    pub async fn call(&self, method: &str, user: &str, path: &str, body: Value) -> Answer {
        let request = request(method, path, user).header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(body.to_string())).unwrap())
            .await
    }

    pub async fn upload(&self, user: &str, name: &str, bytes: &[u8]) -> Answer {
        let head = format!(
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: image/png\r\n\r\n"
        );
        let body = [head.as_bytes(), bytes, b"\r\n--x--\r\n"].concat();
        let request = request("POST", "/items", user)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Uploads an image and gives back the item's id.
    pub async fn item(&self, user: &str) -> String {
        let answer = self.upload(user, "holiday.png", PNG).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        answer.body["id"].as_str().unwrap().to_owned()
    }
}

/// A request without a token.
pub fn open(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

/// A request with a token of the user.
pub fn request(method: &str, path: &str, user: &str) -> axum::http::request::Builder {
    let token = format!("Bearer {}", tokens::id_token(user));
    Request::builder()
        .method(method)
        .uri(path)
        .header(header::AUTHORIZATION, token)
}
