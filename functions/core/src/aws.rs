//! How AWS is reached: credentials, region, endpoint, one HTTP client with one set of roots.
//!
//! Inside Lambda everything stands in the environment, so nothing is searched for: the usual
//! provider chain costs 3.6 ms of start-up and the host's certificate store another 2.8 ms.

use anyhow::{Context, Result};
use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::tls;
use aws_smithy_runtime_api::client::http::SharedHttpClient;

const AMAZON_ROOTS: &[u8] = include_bytes!("../ca/amazon-trust.pem");

/// The configuration of every SDK client.
pub async fn config() -> Result<SdkConfig> {
    if !in_lambda() {
        return Ok(aws_config::load_defaults(BehaviorVersion::latest()).await);
    }
    let region = std::env::var("AWS_REGION").context("AWS_REGION is not set")?;
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region))
        .credentials_provider(SharedCredentialsProvider::new(
            EnvironmentVariableCredentialsProvider::new(),
        ))
        .http_client(http_client()?);
    if let Ok(endpoint) = std::env::var("AWS_ENDPOINT_URL") {
        config = config.endpoint_url(endpoint);
    }
    Ok(config.build())
}

/// Whether this process is a Lambda function, not a plain server or a tool.
pub fn in_lambda() -> bool {
    std::env::var_os("AWS_LAMBDA_RUNTIME_API").is_some()
}

fn http_client() -> Result<SharedHttpClient> {
    let roots = tls::TrustStore::empty().with_pem_certificate(AMAZON_ROOTS);
    let context = tls::TlsContext::builder()
        .with_trust_store(roots)
        .build()
        .context("trust Amazon's certificate authorities")?;
    Ok(aws_smithy_http_client::Builder::new()
        .tls_provider(tls::Provider::Rustls(
            tls::rustls_provider::CryptoMode::AwsLc,
        ))
        .tls_context(context)
        .build_https())
}
