//! The connection: TLS that is verified, and a password that changes underneath.

use std::sync::Arc;

use collections_core::contract::EnvKey;
use collections_core::contract::functions::Ops;
use collections_core::db::{Address, Credentials, Db, connect_options, server_facts};
use collections_core::{Secret, Settings};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use sqlx::{AssertSqlSafe, ConnectOptions, Executor};
use testkit::{FakeAws, TestDatabase};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

/// What a client sends before TLS: a length, then the number of the request.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// A front that ends TLS before the test server, with an authority of its own.
struct Front {
    authority: String,
    port: u16,
}

impl Front {
    async fn start(database: &TestDatabase, host: &str, speaks_tls: bool) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root = authority.self_signed(&key).unwrap();
        let issuer = Issuer::new(authority, key);
        let own = KeyPair::generate().unwrap();
        let leaf = CertificateParams::new(vec![host.to_owned()]).unwrap();
        let leaf = leaf.signed_by(&own, &issuer).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let private = PrivatePkcs8KeyDer::from(own.serialize_der()).into();
        let tls = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], private)
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let socket = database
            .options()
            .get_socket()
            .unwrap()
            .join(".s.PGSQL.5432");
        let acceptor = speaks_tls.then(|| TlsAcceptor::from(Arc::new(tls)));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = UnixStream::connect(&socket).await.unwrap();
                tokio::spawn(serve(client, server, acceptor.clone()));
            }
        });
        Self {
            authority: root.pem(),
            port,
        }
    }

    fn address(&self, database: &TestDatabase) -> Address {
        Address {
            host: "localhost".to_owned(),
            port: self.port,
            name: database.options().get_database().unwrap().to_owned(),
            authorities: self.authority.clone().into_bytes(),
        }
    }
}

async fn serve(mut client: TcpStream, mut server: UnixStream, tls: Option<TlsAcceptor>) {
    let mut request = [0; 8];
    client.read_exact(&mut request).await.unwrap();
    assert_eq!(
        request, SSL_REQUEST,
        "the client began without asking for TLS"
    );
    let Some(tls) = tls else {
        // "No TLS here": a client that goes on anyway would send its password in the clear.
        client.write_all(b"N").await.unwrap();
        let sent = client.read(&mut request).await.unwrap_or(0);
        assert_eq!(sent, 0, "the client went on without TLS");
        return;
    };
    client.write_all(b"S").await.unwrap();
    let Ok(mut client) = tls.accept(client).await else {
        return;
    };
    let _ = copy_bidirectional(&mut client, &mut server).await;
}

fn root() -> Credentials {
    Credentials {
        username: "postgres".to_owned(),
        password: Secret::new("x"),
    }
}

async fn connects(database: &TestDatabase, front: &Front, authority: Option<&Front>) -> bool {
    let mut address = front.address(database);
    if let Some(other) = authority {
        address.authorities = other.authority.clone().into_bytes();
    }
    match connect_options(&address, &root()).connect().await {
        Ok(mut connection) => server_facts(&mut connection).await.is_ok(),
        Err(_) => false,
    }
}

#[tokio::test]
async fn only_the_right_host_with_a_trusted_certificate_is_connected_to() {
    let database = testkit::database().await;
    let right = Front::start(&database, "localhost", true).await;
    let wrong_host = Front::start(&database, "elsewhere.example", true).await;
    let plain = Front::start(&database, "localhost", false).await;
    assert!(connects(&database, &right, None).await);
    assert!(
        !connects(&database, &wrong_host, None).await,
        "another host's certificate"
    );
    assert!(
        !connects(&database, &right, Some(&wrong_host)).await,
        "an unknown authority"
    );
    assert!(!connects(&database, &plain, None).await, "no TLS");
}

fn settings(front: &Front, address: &Address, folder: &std::path::Path) -> Settings<Ops> {
    let authorities = folder.join("ca.pem");
    std::fs::write(&authorities, &front.authority).unwrap();
    Settings::from_values([
        (EnvKey::DbHost, address.host.clone()),
        (EnvKey::DbPort, address.port.to_string()),
        (EnvKey::DbName, address.name.clone()),
        (EnvKey::DbSecretArn, "db".to_owned()),
        (EnvKey::DbCaFile, authorities.to_string_lossy().into_owned()),
    ])
}

#[tokio::test]
async fn a_secret_that_cannot_be_read_is_never_told() {
    let world = World::new().await;
    world.set_secret("canary, no JSON");
    let error = format!("{:#}", world.db.acquire().await.unwrap_err());
    assert!(
        error.contains("username") && !error.contains("canary"),
        "{error}"
    );
}

#[tokio::test]
async fn a_password_that_was_rotated_is_picked_up_and_the_old_one_is_of_no_use() {
    let world = World::new().await;
    world.rotate("CREATE ROLE", "first").await;
    assert_eq!(world.who().await.unwrap(), world.role);

    world.rotate("ALTER ROLE", "second").await;
    // Connections that stand go on; new ones need the new password.
    assert_eq!(world.who().await.unwrap(), world.role);
    world.database.disconnect_all().await;
    assert_eq!(world.who().await.unwrap(), world.role);

    // The secret lags behind: an error, without the password in it, and no endless repeating.
    world.set_password("ALTER ROLE", "canary-three").await;
    world.database.disconnect_all().await;
    let error = format!("{:#}", world.who().await.unwrap_err());
    assert!(
        error.contains("password") && !error.contains("canary"),
        "{error}"
    );
    world.set_secret(&world.credentials("canary-three"));
    assert_eq!(world.who().await.unwrap(), world.role);
}

#[tokio::test]
async fn credentials_that_are_read_at_the_start_are_not_read_again() {
    let world = World::new().await;
    world.rotate("CREATE ROLE", "first").await;
    world.db.prefetch();
    while world.aws.state().secret_reads == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    // Gone: only what was read before can be used.
    world.aws.state().secrets.clear();
    assert_eq!(world.who().await.unwrap(), world.role);
}

/// A role with a password, in a database behind TLS, with its credentials in a secret.
struct World {
    database: TestDatabase,
    aws: FakeAws,
    db: Db<Ops>,
    role: String,
    _folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let database = testkit::database().await;
        let front = Front::start(&database, "localhost", true).await;
        let folder = tempfile::tempdir().unwrap();
        let (aws, address) = (FakeAws::start().await, front.address(&database));
        let settings = settings(&front, &address, folder.path());
        Self {
            db: Db::new(&aws.config(), &settings, 2).unwrap(),
            role: format!("role_{}", address.name),
            database,
            aws,
            _folder: folder,
        }
    }

    fn credentials(&self, password: &str) -> String {
        format!(
            r#"{{"username":"{}","password":"{password}","engine":"postgres"}}"#,
            self.role
        )
    }

    fn set_secret(&self, value: &str) {
        let mut state = self.aws.state();
        state.secrets.insert("db".to_owned(), value.to_owned());
    }

    /// Sets the password in PostgreSQL alone.
    async fn set_password(&self, how: &str, password: &str) {
        let sql = format!("{how} {} LOGIN PASSWORD '{password}'", self.role);
        let pool = self.database.pool();
        pool.execute(AssertSqlSafe(sql)).await.unwrap();
    }

    /// Sets it there and in the secret.
    async fn rotate(&self, how: &str, password: &str) {
        self.set_password(how, password).await;
        self.set_secret(&self.credentials(password));
    }

    async fn who(&self) -> anyhow::Result<String> {
        let mut connection = self.db.acquire().await?;
        let (user,) = sqlx::query_as("SELECT current_user::text")
            .fetch_one(&mut *connection)
            .await?;
        Ok(user)
    }
}
