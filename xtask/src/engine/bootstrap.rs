//! The artifact bucket: a stack of its own, applied by the same engine before anything else.

use std::collections::BTreeMap;

use serde_json::json;

use super::desired::{Desired, DesiredStack};
use super::live::Live;
use crate::cloud::Cloud;
use crate::cloud::account::Holder;
use crate::cloud::identity::Caller;
use crate::error::Result;

/// The name of the artifact bucket of an account in a region.
pub fn bucket(caller: &Caller, region: &str) -> String {
    format!("collections-artifacts-{}-{region}", caller.account)
}

/// Whether somebody deleted the bucket behind its stack's back.
pub async fn is_gone(cloud: &Cloud, live: &Live, bucket: &str) -> Result<bool> {
    let stands = live
        .stacks
        .values()
        .all(|standing| standing.stack.status.succeeded());
    let holder = cloud.account.holder("AWS::S3::Bucket", bucket).await?;
    Ok(stands && holder == Holder::Nobody)
}

/// Versioned, encrypted, TLS only, private; it outlives its stack.
pub fn desired(bucket: &str) -> Desired {
    let template = json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "Where deploys keep code, large templates and their lock",
        "Resources": {
            "Artifacts": {
                "Type": "AWS::S3::Bucket",
                "DeletionPolicy": "Retain",
                "UpdateReplacePolicy": "Retain",
                "Properties": {
                    "BucketName": bucket,
                    "VersioningConfiguration": { "Status": "Enabled" },
                    "BucketEncryption": { "ServerSideEncryptionConfiguration": [
                        { "ServerSideEncryptionByDefault": { "SSEAlgorithm": "AES256" } }
                    ] },
                    "PublicAccessBlockConfiguration": {
                        "BlockPublicAcls": true,
                        "BlockPublicPolicy": true,
                        "IgnorePublicAcls": true,
                        "RestrictPublicBuckets": true
                    },
                    "LifecycleConfiguration": { "Rules": [
                        { "Id": "forget-old-versions", "Status": "Enabled",
                          "NoncurrentVersionExpiration": { "NoncurrentDays": 90 } }
                    ] }
                }
            },
            "TlsOnly": {
                "Type": "AWS::S3::BucketPolicy",
                "Properties": {
                    "Bucket": { "Ref": "Artifacts" },
                    "PolicyDocument": { "Version": "2012-10-17", "Statement": [{
                        "Effect": "Deny", "Principal": "*", "Action": "s3:*",
                        "Resource": [
                            { "Fn::GetAtt": ["Artifacts", "Arn"] },
                            { "Fn::Sub": "${Artifacts.Arn}/*" }
                        ],
                        "Condition": { "Bool": { "aws:SecureTransport": "false" } }
                    }] }
                }
            }
        },
        "Outputs": { "Bucket": { "Value": { "Ref": "Artifacts" } } }
    });
    let stack = DesiredStack {
        id: "bootstrap".into(),
        name: stack::naming::BOOTSTRAP.into(),
        template,
        inputs: BTreeMap::new(),
        tags: BTreeMap::from([("app".into(), "collections".into())]),
        termination_protection: false,
    };
    Desired {
        environment: "bootstrap".into(),
        stacks: vec![stack],
        unwanted: Vec::new(),
        functions: Vec::new(),
        protected: true,
        express: false,
    }
}
