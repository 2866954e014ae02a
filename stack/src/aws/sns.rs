//! AWS::SNS. Generated from `stack/schemas` by `cargo xtask codegen`; not for editing.

use serde_json::Value as Json;

use crate::cfn::macros::{choice, record, resource};
use crate::cfn::rules::Rule::{MaxLength, Maximum, MinLength, Minimum, Unique};
use crate::cfn::value::List;

resource! {
    /// The resource type `AWS::SNS::Subscription`.
    Subscription = "AWS::SNS::Subscription"
    required {
        topic_arn: "TopicArn" => String;
        protocol: "Protocol" => String;
    }
    optional {
        delivery_policy: "DeliveryPolicy" => Json;
        endpoint: "Endpoint" => String;
        filter_policy: "FilterPolicy" => Json;
        filter_policy_scope: "FilterPolicyScope" => String;
        raw_message_delivery: "RawMessageDelivery" => bool;
        redrive_policy: "RedrivePolicy" => Json;
        region: "Region" => String;
        replay_policy: "ReplayPolicy" => Json;
        subscription_role_arn: "SubscriptionRoleArn" => String;
    }
    attributes {
        arn: "Arn" => String;
    }
    create_only [
        "Endpoint",
        "Protocol",
        "TopicArn",
    ]
}

resource! {
    /// The resource type `AWS::SNS::Topic`.
    Topic = "AWS::SNS::Topic"
    required {}
    optional {
        archive_policy: "ArchivePolicy" => Json;
        content_based_deduplication: "ContentBasedDeduplication" => bool;
        data_protection_policy: "DataProtectionPolicy" => Json;
        delivery_status_logging: "DeliveryStatusLogging" => List<LoggingConfig> [Unique];
        display_name: "DisplayName" => String;
        fifo_throughput_scope: "FifoThroughputScope" => String;
        fifo_topic: "FifoTopic" => bool;
        kms_master_key_id: "KmsMasterKeyId" => String;
        maximum_message_size: "MaximumMessageSize" => i64 [Minimum(1024.0), Maximum(1048576.0)];
        signature_version: "SignatureVersion" => String;
        subscription: "Subscription" => List<TopicSubscription>;
        tags: "Tags" => List<Tag>;
        topic_name: "TopicName" => String [MaxLength(256)];
        tracing_config: "TracingConfig" => String;
    }
    attributes {
        topic_arn: "TopicArn" => String;
    }
    create_only [
        "FifoTopic",
        "TopicName",
    ]
}

resource! {
    /// The resource type `AWS::SNS::TopicPolicy`.
    TopicPolicy = "AWS::SNS::TopicPolicy"
    required {
        policy_document: "PolicyDocument" => Json;
        topics: "Topics" => List<String>;
    }
    optional {}
    attributes {
        id: "Id" => String;
    }
    create_only []
}

record! {
    /// The record `LoggingConfig`.
    LoggingConfig
    required {
        protocol: "Protocol" => Protocol;
    }
    optional {
        failure_feedback_role_arn: "FailureFeedbackRoleArn" => String;
        success_feedback_role_arn: "SuccessFeedbackRoleArn" => String;
        success_feedback_sample_rate: "SuccessFeedbackSampleRate" => String;
    }
}

record! {
    /// The record `Tag`.
    Tag
    required {
        value: "Value" => String [MaxLength(256)];
        key: "Key" => String [MinLength(1), MaxLength(128)];
    }
    optional {}
}

record! {
    /// The record `TopicSubscription`.
    TopicSubscription
    required {
        endpoint: "Endpoint" => String;
        protocol: "Protocol" => String;
    }
    optional {}
}

choice! {
    /// The choice `Protocol`.
    Protocol {
        HttpS = "http/s",
        Sqs = "sqs",
        Lambda = "lambda",
        Firehose = "firehose",
        Application = "application",
    }
}
