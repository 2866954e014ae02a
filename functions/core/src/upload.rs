//! Presigned uploads: an S3 POST policy bound to one key, one content type and a size range.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use aws_config::SdkConfig;
use aws_credential_types::provider::ProvideCredentials;
use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use contract::objects::ObjectKey;
use serde::Serialize;
use serde_json::json;
use time::OffsetDateTime;
use time::macros::format_description;
use utoipa::ToSchema;

/// What the upload must be.
#[derive(Clone, Debug)]
pub struct UploadRules {
    /// The only content type that is accepted.
    pub content_type: String,
    /// The most bytes that are accepted; at least one is.
    pub max_bytes: u64,
    /// How long the form works.
    pub expires_in: Duration,
    /// The trace of the request that hands out the form; what becomes of the image belongs to it.
    pub trace: Option<String>,
}

/// What a browser posts: the fields in this form, then the file.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UploadForm {
    /// Where to post to.
    pub url: String,
    /// The fields before the file.
    pub fields: BTreeMap<String, String>,
}

/// Signs a form for one key.
pub(crate) async fn sign(
    config: &SdkConfig,
    bucket: &str,
    key: &ObjectKey,
    rules: &UploadRules,
) -> Result<UploadForm> {
    let provider = config
        .credentials_provider()
        .context("no AWS credentials are configured")?;
    let credentials = provider
        .provide_credentials()
        .await
        .context("read AWS credentials")?;
    let region = config
        .region()
        .context("no AWS region is configured")?
        .as_ref();
    let now = SystemTime::now();
    let date = OffsetDateTime::from(now).format(format_description!("[year][month][day]"))?;
    let stamp = OffsetDateTime::from(now).format(format_description!(
        "[year][month][day]T[hour][minute][second]Z"
    ))?;

    let mut fields = BTreeMap::from([
        ("key".to_owned(), key.to_string()),
        ("Content-Type".to_owned(), rules.content_type.clone()),
        ("x-amz-algorithm".to_owned(), "AWS4-HMAC-SHA256".to_owned()),
        (
            "x-amz-credential".to_owned(),
            format!(
                "{}/{date}/{region}/s3/aws4_request",
                credentials.access_key_id()
            ),
        ),
        ("x-amz-date".to_owned(), stamp),
    ]);
    if let Some(trace) = &rules.trace {
        fields.insert(
            format!("x-amz-meta-{}", crate::objects::TRACE),
            trace.clone(),
        );
    }
    if let Some(token) = credentials.session_token() {
        fields.insert("x-amz-security-token".to_owned(), token.to_owned());
    }
    let policy = policy(
        bucket,
        rules,
        &fields,
        OffsetDateTime::from(now + rules.expires_in),
    )?;
    let signing_key = generate_signing_key(credentials.secret_access_key(), now, region, "s3");
    let signature = calculate_signature(signing_key, policy.as_bytes());
    fields.insert("policy".to_owned(), policy);
    fields.insert("x-amz-signature".to_owned(), signature);
    Ok(UploadForm {
        url: endpoint(config, bucket, region),
        fields,
    })
}

/// Every field is bound to its exact value, so that none can be changed.
fn policy(
    bucket: &str,
    rules: &UploadRules,
    fields: &BTreeMap<String, String>,
    expiration: OffsetDateTime,
) -> Result<String> {
    let mut conditions = vec![
        json!({"bucket": bucket}),
        json!(["content-length-range", 1, rules.max_bytes]),
    ];
    conditions.extend(fields.iter().map(|(name, value)| json!({name: value})));
    let document = json!({
        "expiration": expiration.format(format_description!(
            "[year]-[month]-[day]T[hour]:[minute]:[second].000Z"
        ))?,
        "conditions": conditions,
    });
    Ok(STANDARD.encode(document.to_string()))
}

fn endpoint(config: &SdkConfig, bucket: &str, region: &str) -> String {
    match config.endpoint_url() {
        Some(endpoint) => format!("{}/{bucket}", endpoint.trim_end_matches('/')),
        None => format!("https://{bucket}.s3.{region}.amazonaws.com/"),
    }
}
