//! The image bucket and the table of chat checkpoints.

use contract::objects::CHECKPOINT_TAG;

use crate::aws::dynamo_db::{
    AttributeDefinition, AttributeType, BillingMode, GlobalSecondaryIndex,
    GlobalSecondaryIndexKeySchema, KeySchema, KeyType, PointInTimeRecoverySpecification,
    Projection, ProjectionType, SSESpecification, Table, TimeToLiveSpecification,
};
use crate::aws::s3::{
    AbortIncompleteMultipartUpload, Bucket, BucketEncryption, BucketPolicy, BucketRule,
    BucketRuleStatus, EventBridgeConfiguration, LifecycleConfiguration,
    NoncurrentVersionExpiration, NotificationConfiguration, ObjectOwnership, OwnershipControls,
    OwnershipControlsRule, PublicAccessBlockConfiguration, SSEAlgorithm,
    ServerSideEncryptionByDefault, ServerSideEncryptionRule, TagFilter, VersioningConfiguration,
    VersioningConfigurationStatus,
};
use crate::cfn::{
    Deletion, Handle, List, Output, PolicyDocument, Statement, Template, Value, concat, pseudo,
};
use crate::environment::Environment;
use crate::naming;

/// The index of checkpoints by user and activity.
pub const ACTIVITY_INDEX: &str = "user_id-last_activity-index";

/// What the stacks above need of storage.
pub struct Storage {
    /// The image bucket's name.
    pub bucket_name: Output,
    /// Its ARN.
    pub bucket_arn: Output,
    /// The checkpoint table's name.
    pub table_name: Output,
    /// Its ARN.
    pub table_arn: Output,
}

/// The template.
pub fn build(environment: &Environment) -> (Template, Storage) {
    let mut template = Template::new(
        "storage",
        naming::stack("Storage", environment),
        "Images and chat checkpoints.",
    );
    let bucket = bucket(&mut template, environment);
    let table = table(&mut template, environment);
    let storage = Storage {
        bucket_name: template.output("BucketName", &bucket),
        bucket_arn: template.output("BucketArn", bucket.arn()),
        table_name: template.output("CheckpointTableName", &table),
        table_arn: template.output("CheckpointTableArn", table.arn()),
    };
    (template, storage)
}

fn bucket(template: &mut Template, environment: &Environment) -> Handle<Bucket> {
    let name = concat([
        naming::resource(environment, "images-").into(),
        pseudo::account(),
    ]);
    let encryption = ServerSideEncryptionRule::new().server_side_encryption_by_default(
        ServerSideEncryptionByDefault::new(SSEAlgorithm::Aes256),
    );
    let blocked = PublicAccessBlockConfiguration::new()
        .block_public_acls(true)
        .block_public_policy(true)
        .ignore_public_acls(true)
        .restrict_public_buckets(true);
    let owner = OwnershipControlsRule::new().object_ownership(ObjectOwnership::BucketOwnerEnforced);
    let abandoned = BucketRule::new(BucketRuleStatus::Enabled)
        .id("abandoned-uploads")
        .abort_incomplete_multipart_upload(AbortIncompleteMultipartUpload::new(1));
    let replaced = BucketRule::new(BucketRuleStatus::Enabled)
        .id("replaced-and-deleted")
        .noncurrent_version_expiration(NoncurrentVersionExpiration::new(30));
    // A state lives for 30 days at most, and nobody removes it when its checkpoint expires.
    let (tag, value) = CHECKPOINT_TAG;
    let checkpoints = BucketRule::new(BucketRuleStatus::Enabled)
        .id("expired-checkpoints")
        .tag_filters([TagFilter::new(value, tag)])
        .expiration_in_days(31);
    let bucket = template.add(
        "Images",
        Bucket::new()
            .bucket_name(name)
            .bucket_encryption(BucketEncryption::new([encryption]))
            .public_access_block_configuration(blocked)
            .ownership_controls(OwnershipControls::new([owner]))
            .versioning_configuration(VersioningConfiguration::new(
                VersioningConfigurationStatus::Enabled,
            ))
            .lifecycle_configuration(LifecycleConfiguration::new([
                abandoned,
                replaced,
                checkpoints,
            ]))
            .notification_configuration(
                NotificationConfiguration::new()
                    .event_bridge_configuration(EventBridgeConfiguration::new(true)),
            ),
    );
    template.keep(&bucket, Deletion::Retain);
    template.add(
        "ImagesPolicy",
        BucketPolicy::new(&bucket, tls_only(&bucket.arn())),
    );
    bucket
}

/// Whoever asks without TLS is refused, whatever else they may do.
fn tls_only(bucket: &Value<String>) -> PolicyDocument {
    PolicyDocument::new([Statement::deny("TlsOnly", ["s3:*"])
        .everybody()
        .on(bucket)
        .on(concat([bucket.clone(), "/*".into()]))
        .when("Bool", "aws:SecureTransport", "false")])
}

fn table(template: &mut Template, environment: &Environment) -> Handle<Table> {
    let keys: Value<List<KeySchema>> = [
        KeySchema::new()
            .attribute_name("thread_id")
            .key_type(KeyType::Hash),
        KeySchema::new()
            .attribute_name("checkpoint_id")
            .key_type(KeyType::Range),
    ]
    .into();
    let index = GlobalSecondaryIndex::new(
        ACTIVITY_INDEX,
        Projection::new().projection_type(ProjectionType::All),
        [
            GlobalSecondaryIndexKeySchema::new("HASH", "user_id"),
            GlobalSecondaryIndexKeySchema::new("RANGE", "last_activity"),
        ],
    );
    let table = template.add(
        "Checkpoints",
        Table::new(keys)
            .table_name(naming::resource(environment, "chat-checkpoints"))
            .attribute_definitions([
                AttributeDefinition::new("thread_id", AttributeType::S),
                AttributeDefinition::new("checkpoint_id", AttributeType::S),
                AttributeDefinition::new("user_id", AttributeType::S),
                AttributeDefinition::new("last_activity", AttributeType::N),
            ])
            .billing_mode(BillingMode::PayPerRequest)
            .global_secondary_indexes([index])
            .time_to_live_specification(
                TimeToLiveSpecification::new(true).attribute_name("expires_at"),
            )
            .point_in_time_recovery_specification(
                PointInTimeRecoverySpecification::new()
                    .point_in_time_recovery_enabled(environment.protection.point_in_time_recovery),
            )
            .sse_specification(SSESpecification::new(true))
            .deletion_protection_enabled(environment.protection.deletion),
    );
    template.keep(&table, Deletion::Retain);
    table
}
