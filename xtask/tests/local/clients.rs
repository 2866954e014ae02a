//! Those who use the environment: a database client and an AWS client.

use aws_sdk_ssm::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_ssm::types::ParameterType;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{ConnectOptions as _, Connection as _};

use super::checkout::Checkout;

const PARAMETER: &str = "/collections/local/kept";

pub(crate) enum Tls {
    None,
    Verified,
    WrongAuthority,
}

/// Connects as a function does. Another password only where one is given.
pub(crate) async fn connect(
    checkout: &Checkout,
    tls: Tls,
    password: Option<&str>,
) -> Result<PgConnection, sqlx::Error> {
    let _already = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let real = checkout.password();
    let options = PgConnectOptions::new_without_pgpass()
        .host("localhost")
        .port(checkout.port("tls"))
        .username("postgres")
        .database("collections")
        .password(password.unwrap_or(&real));
    let options = match tls {
        Tls::None => options.ssl_mode(PgSslMode::Disable),
        Tls::Verified => options
            .ssl_mode(PgSslMode::VerifyFull)
            .ssl_root_cert(checkout.path(".local/tls/ca.pem")),
        Tls::WrongAuthority => options
            .ssl_mode(PgSslMode::VerifyFull)
            .ssl_root_cert_from_pem(another_authority().into_bytes()),
    };
    options.connect().await
}

pub(crate) async fn write_row(checkout: &Checkout) {
    let mut connection = connect(checkout, Tls::Verified, None).await.unwrap();
    sqlx::raw_sql(
        "CREATE EXTENSION vector; CREATE TABLE kept (v vector(2)); INSERT INTO kept VALUES ('[1,2]')",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    connection.close().await.unwrap();
}

pub(crate) async fn expect_row(checkout: &Checkout) {
    let mut connection = connect(checkout, Tls::Verified, None).await.unwrap();
    let distance: f64 = sqlx::query_scalar("SELECT v <-> '[1,0]' FROM kept")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert!((distance - 2.0).abs() < 1e-9);
}

pub(crate) async fn expect_no_row(checkout: &Checkout) {
    let mut connection = connect(checkout, Tls::Verified, None).await.unwrap();
    let table: Option<String> = sqlx::query_scalar("SELECT to_regclass('kept')::text")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(table, None);
}

pub(crate) async fn write_parameter(checkout: &Checkout) {
    let put = parameters(checkout)
        .put_parameter()
        .name(PARAMETER)
        .value("yes");
    put.r#type(ParameterType::String)
        .overwrite(true)
        .send()
        .await
        .unwrap();
}

pub(crate) async fn expect_parameter(checkout: &Checkout) {
    let found = parameters(checkout)
        .get_parameter()
        .name(PARAMETER)
        .send()
        .await
        .unwrap();
    assert_eq!(found.parameter().unwrap().value(), Some("yes"));
}

fn parameters(checkout: &Checkout) -> aws_sdk_ssm::Client {
    let config = aws_sdk_ssm::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .endpoint_url(format!("http://127.0.0.1:{}", checkout.port("emulator")))
        .build();
    aws_sdk_ssm::Client::from_conf(config)
}

fn another_authority() -> String {
    let mut params = rcgen::CertificateParams::default();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    params
        .self_signed(&rcgen::KeyPair::generate().unwrap())
        .unwrap()
        .pem()
}
