//! Time to live of DynamoDB's items, lifecycle of S3's objects.

use async_trait::async_trait;
use aws_config::SdkConfig;
use aws_sdk_dynamodb::types::{TimeToLiveSpecification, TimeToLiveStatus};
use aws_sdk_s3::types::{
    AbortIncompleteMultipartUpload, BucketLifecycleConfiguration, ExpirationStatus,
    LifecycleExpiration, LifecycleRule, LifecycleRuleFilter, NoncurrentVersionExpiration,
};

use super::call::{Caller, incomplete};
use super::objects;
use crate::cloud::error::optional;
use crate::cloud::expiry::{Expiry, ExpiryRule, Tag, UploadExpiry, VersionExpiry};
use crate::cloud::{CloudError, CloudResult, Fault};

const SET_TABLE: &str = "dynamodb:UpdateTimeToLive";
const SET_BUCKET: &str = "s3:PutBucketLifecycleConfiguration";

pub(super) struct SdkExpiry {
    tables: aws_sdk_dynamodb::Client,
    buckets: aws_sdk_s3::Client,
    caller: Caller,
}

impl SdkExpiry {
    pub(super) fn new(sdk: &SdkConfig, caller: Caller) -> Self {
        Self {
            tables: aws_sdk_dynamodb::Client::new(sdk),
            buckets: objects::client(sdk),
            caller,
        }
    }
}

#[async_trait]
impl Expiry for SdkExpiry {
    async fn of_table(&self, table: &str) -> CloudResult<Option<String>> {
        const CALL: &str = "dynamodb:DescribeTimeToLive";
        let describe = || self.tables.describe_time_to_live().table_name(table).send();
        let answer = self.caller.call(CALL, describe).await?;
        let told = answer
            .time_to_live_description
            .ok_or_else(|| incomplete(CALL, "description"))?;
        let on = matches!(
            told.time_to_live_status,
            Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling)
        );
        Ok(told.attribute_name.filter(|_| on))
    }

    async fn set_table(&self, table: &str, attribute: &str) -> CloudResult<()> {
        let expiry = TimeToLiveSpecification::builder()
            .attribute_name(attribute)
            .enabled(true)
            .build()
            .map_err(|error| invalid(SET_TABLE, &error))?;
        let update = || {
            let update = self.tables.update_time_to_live().table_name(table);
            update.time_to_live_specification(expiry.clone()).send()
        };
        self.caller.call(SET_TABLE, update).await.map(drop)
    }

    async fn of_bucket(&self, bucket: &str) -> CloudResult<Vec<ExpiryRule>> {
        let get = || {
            let get = self.buckets.get_bucket_lifecycle_configuration();
            get.bucket(bucket).send()
        };
        let answer = self.caller.call("s3:GetBucketLifecycleConfiguration", get);
        let rules = optional(answer.await)?.and_then(|answer| answer.rules);
        Ok(rules.unwrap_or_default().into_iter().map(read).collect())
    }

    async fn set_bucket(&self, bucket: &str, rules: &[ExpiryRule]) -> CloudResult<()> {
        let rules: Result<Vec<_>, _> = rules.iter().map(written).collect();
        let rules = rules.map_err(|error| invalid(SET_BUCKET, &error))?;
        let lifecycle = BucketLifecycleConfiguration::builder()
            .set_rules(Some(rules))
            .build()
            .map_err(|error| invalid(SET_BUCKET, &error))?;
        let put = || {
            let put = self.buckets.put_bucket_lifecycle_configuration();
            put.bucket(bucket)
                .lifecycle_configuration(lifecycle.clone())
                .send()
        };
        self.caller.call(SET_BUCKET, put).await.map(drop)
    }
}

fn read(rule: LifecycleRule) -> ExpiryRule {
    let uploads = rule.abort_incomplete_multipart_upload;
    let versions = rule.noncurrent_version_expiration;
    ExpiryRule {
        id: rule.id.unwrap_or_default(),
        status: rule.status.as_str().to_owned(),
        abort_incomplete_multipart_upload: uploads
            .and_then(|uploads| uploads.days_after_initiation)
            .map(|days_after_initiation| UploadExpiry {
                days_after_initiation,
            }),
        noncurrent_version_expiration: versions
            .and_then(|versions| versions.noncurrent_days)
            .map(|noncurrent_days| VersionExpiry { noncurrent_days }),
        expiration_in_days: rule.expiration.and_then(|expiration| expiration.days),
        tag_filters: rule
            .filter
            .and_then(|filter| filter.tag)
            .map(|tag| Tag {
                key: tag.key,
                value: tag.value,
            })
            .into_iter()
            .collect(),
    }
}

fn written(
    rule: &ExpiryRule,
) -> Result<LifecycleRule, aws_smithy_types::error::operation::BuildError> {
    let uploads = rule.abort_incomplete_multipart_upload.as_ref();
    let uploads = uploads.map(|uploads| {
        AbortIncompleteMultipartUpload::builder()
            .days_after_initiation(uploads.days_after_initiation)
            .build()
    });
    let versions = rule.noncurrent_version_expiration.as_ref();
    let versions = versions.map(|versions| {
        NoncurrentVersionExpiration::builder()
            .noncurrent_days(versions.noncurrent_days)
            .build()
    });
    let filter = match rule.tag_filters.first() {
        Some(tag) => {
            let tag = aws_sdk_s3::types::Tag::builder()
                .key(&tag.key)
                .value(&tag.value)
                .build()?;
            LifecycleRuleFilter::builder().tag(tag).build()
        }
        None => LifecycleRuleFilter::builder().prefix("").build(),
    };
    let expiration = rule
        .expiration_in_days
        .map(|days| LifecycleExpiration::builder().days(days).build());
    LifecycleRule::builder()
        .id(&rule.id)
        .status(ExpirationStatus::from(rule.status.as_str()))
        .filter(filter)
        .set_expiration(expiration)
        .set_abort_incomplete_multipart_upload(uploads)
        .set_noncurrent_version_expiration(versions)
        .build()
}

fn invalid(call: &'static str, error: &dyn std::fmt::Display) -> CloudError {
    CloudError::new(call, Fault::Invalid, "", error.to_string())
}
