//! Faults in what holds data.

use serde_json::json;

use super::{Twin, twin};

const BUCKET: &str = "storage/Images";
const TABLE: &str = "storage/Checkpoints";

pub(super) const TWINS: &[Twin] = &[
    twin("bucket-encrypted", "dev", BUCKET, |w| {
        w.take(BUCKET, "BucketEncryption");
    }),
    twin("bucket-private", "dev", BUCKET, |w| {
        w.set(
            BUCKET,
            "PublicAccessBlockConfiguration.RestrictPublicBuckets",
            false,
        );
    }),
    twin("bucket-tls-only", "dev", BUCKET, |w| {
        w.remove("storage/ImagesPolicy");
    }),
    twin("bucket-versioned", "dev", BUCKET, |w| {
        w.set(BUCKET, "VersioningConfiguration.Status", "Suspended");
    }),
    twin("bucket-owner-enforced", "dev", BUCKET, |w| {
        w.set(
            BUCKET,
            "OwnershipControls.Rules.0.ObjectOwnership",
            "ObjectWriter",
        );
    }),
    twin("table-encrypted", "dev", TABLE, |w| {
        w.take(TABLE, "SSESpecification");
    }),
    twin("table-recoverable", "staging", TABLE, |w| {
        w.take(TABLE, "PointInTimeRecoverySpecification");
    }),
    twin("table-on-demand", "dev", TABLE, |w| {
        w.set(TABLE, "BillingMode", "PROVISIONED");
    }),
    twin("table-expires", "dev", TABLE, |w| {
        w.take(TABLE, "TimeToLiveSpecification");
    }),
    twin("table-protected", "prod", TABLE, |w| {
        w.take(TABLE, "DeletionProtectionEnabled");
    }),
    twin("repository-immutable", "images", "registry/Api", |w| {
        w.set("registry/Api", "ImageTagMutability", "MUTABLE");
    }),
    twin("repository-scanned", "images", "registry/Api", |w| {
        w.take("registry/Api", "ImageScanningConfiguration");
    }),
    twin(
        "database-encrypted",
        "aurora, private",
        "database/Cluster",
        |w| {
            w.set("database/Cluster", "StorageEncrypted", false);
        },
    ),
    twin("database-tls-forced", "dev", "database/Parameters", |w| {
        w.property("database/Parameters", "Parameters")["rds.force_ssl"] = json!("0");
    }),
    twin(
        "database-tls-forced",
        "aurora, public",
        "database/Cluster",
        |w| {
            w.take("database/Cluster", "DBClusterParameterGroupName");
        },
    ),
    twin("database-backups", "prod", "database/Instance", |w| {
        w.set("database/Instance", "BackupRetentionPeriod", 0);
    }),
    twin("database-protected", "prod", "database/Instance", |w| {
        w.set("database/Instance", "DeletionProtection", false);
    }),
    twin("database-password", "dev", "database/Instance", |w| {
        w.take("database/Instance", "ManageMasterUserPassword");
    }),
    twin("database-rotation", "prod", "database/Instance", |w| {
        w.remove("database/Rotation");
    }),
    twin("database-rotation", "prod", "database/Rotation", |w| {
        w.set(
            "database/Rotation",
            "RotationRules.AutomaticallyAfterDays",
            365,
        );
    }),
    twin("stateful-kept", "dev", "database/Instance", |w| {
        w.resource("database/Instance")["DeletionPolicy"] = json!("Delete");
    }),
    twin("log-retention", "dev", "api/AccessLogs", |w| {
        w.take("api/AccessLogs", "RetentionInDays");
    }),
];
