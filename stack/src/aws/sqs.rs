//! AWS::SQS. Generated from `stack/schemas` by `cargo xtask codegen`; not for editing.

use serde_json::Value as Json;

use crate::cfn::macros::{record, resource};
use crate::cfn::rules::Rule::{MaxLength, Maximum, MinLength, Minimum, Pattern};
use crate::cfn::value::List;

resource! {
    /// The resource type `AWS::SQS::Queue`.
    Queue = "AWS::SQS::Queue"
    required {}
    optional {
        content_based_deduplication: "ContentBasedDeduplication" => bool;
        deduplication_scope: "DeduplicationScope" => String;
        delay_seconds: "DelaySeconds" => i64 [Minimum(0.0), Maximum(900.0)];
        fifo_queue: "FifoQueue" => bool;
        fifo_throughput_limit: "FifoThroughputLimit" => String;
        kms_data_key_reuse_period_seconds: "KmsDataKeyReusePeriodSeconds" => i64 [Minimum(60.0), Maximum(86400.0)];
        kms_master_key_id: "KmsMasterKeyId" => String;
        maximum_message_size: "MaximumMessageSize" => i64 [Minimum(1024.0), Maximum(1048576.0)];
        message_retention_period: "MessageRetentionPeriod" => i64 [Minimum(60.0), Maximum(1209600.0)];
        queue_name: "QueueName" => String;
        receive_message_wait_time_seconds: "ReceiveMessageWaitTimeSeconds" => i64 [Minimum(0.0), Maximum(20.0)];
        redrive_allow_policy: "RedriveAllowPolicy" => Json;
        redrive_policy: "RedrivePolicy" => QueueRedrivePolicy;
        sqs_managed_sse_enabled: "SqsManagedSseEnabled" => bool;
        tags: "Tags" => List<Tag>;
        visibility_timeout: "VisibilityTimeout" => i64 [Minimum(0.0), Maximum(43200.0)];
    }
    attributes {
        arn: "Arn" => String;
        queue_url: "QueueUrl" => String;
    }
    create_only [
        "FifoQueue",
        "QueueName",
    ]
}

resource! {
    /// The resource type `AWS::SQS::QueuePolicy`.
    QueuePolicy = "AWS::SQS::QueuePolicy"
    required {
        policy_document: "PolicyDocument" => Json;
        queues: "Queues" => List<String>;
    }
    optional {}
    attributes {
        id: "Id" => String;
    }
    create_only []
}

record! {
    /// The record `QueueRedrivePolicy`.
    QueueRedrivePolicy
    required {}
    optional {
        dead_letter_target_arn: "deadLetterTargetArn" => String;
        max_receive_count: "maxReceiveCount" => i64;
    }
}

record! {
    /// The record `Tag`.
    Tag
    required {
        value: "Value" => String [MaxLength(256), Pattern(r#"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$"#)];
        key: "Key" => String [MinLength(1), MaxLength(128), Pattern(r#"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$"#)];
    }
    optional {}
}
