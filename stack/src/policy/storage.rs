//! The image bucket, the table of checkpoints, the image repositories.

use serde_json::{Value as Json, json};

use super::site::{Found, Site, describe};
use super::{Rule, documents};

const BUCKET: &str = "AWS::S3::Bucket";
const TABLE: &str = "AWS::DynamoDB::Table";
const REPOSITORY: &str = "AWS::ECR::Repository";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "bucket-encrypted",
        demands: "every bucket says how it encrypts",
        reason: "said, not assumed: a default can change, a template cannot",
        check: |site| {
            site.each(BUCKET, |bucket| {
                let path = "BucketEncryption.ServerSideEncryptionConfiguration.0.\
                            ServerSideEncryptionByDefault.SSEAlgorithm";
                let algorithm = bucket.get(path);
                let known = algorithm == "AES256" || algorithm == "aws:kms";
                (!known).then(|| describe("SSEAlgorithm", algorithm))
            })
        },
    },
    Rule {
        id: "bucket-private",
        demands: "all four blocks of public access are on",
        reason: "no later policy or list can open people's images to the world",
        check: |site| {
            site.each(BUCKET, |bucket| {
                [
                    "BlockPublicAcls",
                    "BlockPublicPolicy",
                    "IgnorePublicAcls",
                    "RestrictPublicBuckets",
                ]
                .into_iter()
                .find_map(|flag| {
                    bucket.unless(&format!("PublicAccessBlockConfiguration.{flag}"), true)
                })
            })
        },
    },
    Rule {
        id: "bucket-tls-only",
        demands: "a bucket's policy refuses everything that comes without TLS",
        reason: "images and presigned addresses must not be readable on the way",
        check: bucket_tls_only,
    },
    Rule {
        id: "bucket-versioned",
        demands: "every bucket keeps replaced and deleted objects for a while",
        reason: "images have no other backup",
        check: |site| {
            site.each(BUCKET, |bucket| {
                bucket.unless("VersioningConfiguration.Status", "Enabled")
            })
        },
    },
    Rule {
        id: "bucket-owner-enforced",
        demands: "access lists of objects do not count",
        reason: "who may read is said in policies, in one place",
        check: |site| {
            site.each(BUCKET, |bucket| {
                bucket.unless(
                    "OwnershipControls.Rules.0.ObjectOwnership",
                    "BucketOwnerEnforced",
                )
            })
        },
    },
    Rule {
        id: "table-encrypted",
        demands: "every table is encrypted with a key of the account",
        reason: "chat history is personal; the key's use is on record",
        check: |site| {
            site.each(TABLE, |table| {
                table.unless("SSESpecification.SSEEnabled", true)
            })
        },
    },
    Rule {
        id: "table-recoverable",
        demands: "where the environment says so, a table can be restored to any second",
        reason: "a faulty release must not cost people their history",
        check: |site| {
            let wanted = site.environment.protection.point_in_time_recovery;
            site.each(TABLE, |table| {
                let path = "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled";
                table.unless(path, true).filter(|_| wanted)
            })
        },
    },
    Rule {
        id: "table-on-demand",
        demands: "tables are paid by request",
        reason: "a fixed capacity is either idle money or refused requests",
        check: |site| {
            site.each(TABLE, |table| {
                table.unless("BillingMode", "PAY_PER_REQUEST")
            })
        },
    },
    Rule {
        id: "table-expires",
        demands: "tables drop what has expired by themselves",
        reason: "checkpoints are personal and worthless after hours",
        check: |site| {
            site.each(TABLE, |table| {
                table.unless("TimeToLiveSpecification.Enabled", true)
            })
        },
    },
    Rule {
        id: "table-protected",
        demands: "where the environment is protected, tables refuse deletion",
        reason: "one wrong click must not be enough",
        check: |site| {
            let protected = site.environment.protection.deletion;
            site.each(TABLE, |table| {
                table
                    .unless("DeletionProtectionEnabled", true)
                    .filter(|_| protected)
            })
        },
    },
    Rule {
        id: "repository-immutable",
        demands: "a pushed image's tag never moves",
        reason: "a way back needs the tag to mean what it meant",
        check: |site| {
            site.each(REPOSITORY, |repository| {
                repository.unless("ImageTagMutability", "IMMUTABLE")
            })
        },
    },
    Rule {
        id: "repository-scanned",
        demands: "images are scanned when they are pushed",
        reason: "known holes in a base image are found before they run",
        check: |site| {
            site.each(REPOSITORY, |repository| {
                repository.unless("ImageScanningConfiguration.ScanOnPush", true)
            })
        },
    },
];

fn bucket_tls_only(site: &Site<'_>) -> Vec<Found> {
    let open = site.of(BUCKET).filter(|bucket| {
        let statements = documents::on(site, "AWS::S3::BucketPolicy", "Bucket", *bucket);
        !statements.iter().any(|statement| {
            let everything = json!({ "Fn::Sub": format!("${{{}.Arn}}/*", bucket.id) });
            let itself = json!({ "Fn::GetAtt": [bucket.id, "Arn"] });
            let covers = |wanted: &Json| statement.resources().contains(wanted);
            statement.refuses_plaintext()
                && statement.actions().any(|action| action == "s3:*")
                && covers(&everything)
                && covers(&itself)
        })
    });
    open.map(|bucket| bucket.found("no policy that refuses plaintext"))
        .collect()
}
