//! Expiry, in memory. As in the emulator, a stack does not set it.

use async_trait::async_trait;

use super::Fake;
use crate::cloud::CloudResult;
use crate::cloud::expiry::{Expiry, ExpiryRule};

#[async_trait]
impl Expiry for Fake {
    async fn of_table(&self, table: &str) -> CloudResult<Option<String>> {
        self.read_on("dynamodb:DescribeTimeToLive", table, |world| {
            Ok(world.table_expiry.get(table).cloned())
        })
        .await
    }

    async fn set_table(&self, table: &str, attribute: &str) -> CloudResult<()> {
        self.write_on("dynamodb:UpdateTimeToLive", table, |world| {
            let expiry = (table.to_owned(), attribute.to_owned());
            world.table_expiry.extend([expiry]);
            Ok(())
        })
        .await
    }

    async fn of_bucket(&self, bucket: &str) -> CloudResult<Vec<ExpiryRule>> {
        self.read_on("s3:GetBucketLifecycleConfiguration", bucket, |world| {
            Ok(world.bucket_expiry.get(bucket).cloned().unwrap_or_default())
        })
        .await
    }

    async fn set_bucket(&self, bucket: &str, rules: &[ExpiryRule]) -> CloudResult<()> {
        self.write_on("s3:PutBucketLifecycleConfiguration", bucket, |world| {
            let expiry = (bucket.to_owned(), rules.to_vec());
            world.bucket_expiry.extend([expiry]);
            Ok(())
        })
        .await
    }
}
