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

/// The test server trusts every password, so the role is what changes: the error is the same.
#[tokio::test]
async fn credentials_come_from_the_secret_and_its_text_is_never_told() {
    let database = testkit::database().await;
    let front = Front::start(&database, "localhost", true).await;
    let folder = tempfile::tempdir().unwrap();
    let address = front.address(&database);
    let aws = FakeAws::start().await;
    let settings = settings(&front, &address, folder.path());
    let db = Db::<Ops>::new(&aws.config(), &settings, 2).unwrap();
    aws.state()
        .secrets
        .insert("db".into(), "canary, no JSON".into());
    let error = format!("{:#}", db.acquire().await.unwrap_err());
    assert!(
        error.contains("username") && !error.contains("canary"),
        "{error}"
    );
    let role = format!("rotated_{}", address.name);
    let mut admin = database.pool().acquire().await.unwrap();
    admin
        .execute(AssertSqlSafe(format!("CREATE ROLE {role} LOGIN")))
        .await
        .unwrap();
    let secret = format!(r#"{{"username":"{role}","password":"p","engine":"postgres"}}"#);
    aws.state().secrets.insert("db".into(), secret);
    let mut connection = db.acquire().await.unwrap();
    let (user,): (String,) = sqlx::query_as("SELECT current_user::text")
        .fetch_one(&mut *connection)
        .await
        .unwrap();
    assert_eq!(user, role);
}
