//! AWS::DynamoDB. Generated from `stack/schemas` by `cargo xtask codegen`; not for editing.

use serde_json::Value as Json;

use crate::cfn::macros::{choice, record, resource};
use crate::cfn::rules::Rule::{
    Each, MaxLength, Maximum, MinItems, MinLength, Minimum, Pattern, Unique,
};
use crate::cfn::value::List;

resource! {
    /// The resource type `AWS::DynamoDB::Table`.
    Table = "AWS::DynamoDB::Table"
    required {
        key_schema: "KeySchema" => Json;
    }
    optional {
        attribute_definitions: "AttributeDefinitions" => List<AttributeDefinition> [Unique];
        billing_mode: "BillingMode" => BillingMode;
        contributor_insights_specification: "ContributorInsightsSpecification" => ContributorInsightsSpecification;
        deletion_protection_enabled: "DeletionProtectionEnabled" => bool;
        global_secondary_indexes: "GlobalSecondaryIndexes" => List<GlobalSecondaryIndex>;
        import_source_specification: "ImportSourceSpecification" => ImportSourceSpecification;
        kinesis_stream_specification: "KinesisStreamSpecification" => KinesisStreamSpecification;
        local_secondary_indexes: "LocalSecondaryIndexes" => List<LocalSecondaryIndex>;
        on_demand_throughput: "OnDemandThroughput" => OnDemandThroughput;
        point_in_time_recovery_specification: "PointInTimeRecoverySpecification" => PointInTimeRecoverySpecification;
        provisioned_throughput: "ProvisionedThroughput" => ProvisionedThroughput;
        resource_policy: "ResourcePolicy" => ResourcePolicy;
        sse_specification: "SSESpecification" => SSESpecification;
        stream_specification: "StreamSpecification" => StreamSpecification;
        table_class: "TableClass" => TableClass;
        table_name: "TableName" => String [MinLength(1), MaxLength(1024)];
        tags: "Tags" => List<Tag>;
        time_to_live_specification: "TimeToLiveSpecification" => TimeToLiveSpecification;
        vector_indexes: "VectorIndexes" => List<VectorIndex> [MinItems(1), Unique];
        warm_throughput: "WarmThroughput" => WarmThroughput;
    }
    attributes {
        arn: "Arn" => String;
        stream_arn: "StreamArn" => String;
    }
    create_only [
        "ImportSourceSpecification",
        "TableName",
    ]
}

record! {
    /// The record `AttributeDefinition`.
    AttributeDefinition
    required {
        attribute_name: "AttributeName" => String [MinLength(1), MaxLength(255)];
        attribute_type: "AttributeType" => AttributeType;
    }
    optional {}
}

record! {
    /// The record `ContributorInsightsSpecification`.
    ContributorInsightsSpecification
    required {
        enabled: "Enabled" => bool;
    }
    optional {
        mode: "Mode" => Mode;
    }
}

record! {
    /// The record `Csv`.
    Csv
    required {}
    optional {
        delimiter: "Delimiter" => String;
        header_list: "HeaderList" => List<String> [Unique];
    }
}

record! {
    /// The record `GlobalSecondaryIndex`.
    GlobalSecondaryIndex
    required {
        index_name: "IndexName" => String [MinLength(3), MaxLength(255), Pattern(r#"^[a-zA-Z0-9_.-]+$"#)];
        projection: "Projection" => Projection;
        key_schema: "KeySchema" => List<GlobalSecondaryIndexKeySchema> [MinItems(1), Unique];
    }
    optional {
        contributor_insights_specification: "ContributorInsightsSpecification" => ContributorInsightsSpecification;
        on_demand_throughput: "OnDemandThroughput" => OnDemandThroughput;
        provisioned_throughput: "ProvisionedThroughput" => ProvisionedThroughput;
        warm_throughput: "WarmThroughput" => WarmThroughput;
    }
}

record! {
    /// The record `GlobalSecondaryIndexKeySchema`.
    GlobalSecondaryIndexKeySchema
    required {
        key_type: "KeyType" => String;
        attribute_name: "AttributeName" => String;
    }
    optional {}
}

record! {
    /// The record `ImportSourceSpecification`.
    ImportSourceSpecification
    required {
        s3_bucket_source: "S3BucketSource" => S3BucketSource;
        input_format: "InputFormat" => String;
    }
    optional {
        input_compression_type: "InputCompressionType" => String;
        input_format_options: "InputFormatOptions" => InputFormatOptions;
    }
}

record! {
    /// The record `InputFormatOptions`.
    InputFormatOptions
    required {}
    optional {
        csv: "Csv" => Csv;
    }
}

record! {
    /// The record `KeySchema`.
    KeySchema
    required {}
    optional {
        attribute_name: "AttributeName" => Json;
        key_type: "KeyType" => KeyType;
    }
}

record! {
    /// The record `KinesisStreamSpecification`.
    KinesisStreamSpecification
    required {
        stream_arn: "StreamArn" => String;
    }
    optional {
        approximate_creation_date_time_precision: "ApproximateCreationDateTimePrecision" => ApproximateCreationDateTimePrecision;
    }
}

record! {
    /// The record `LocalSecondaryIndex`.
    LocalSecondaryIndex
    required {
        index_name: "IndexName" => String [MinLength(3), MaxLength(255), Pattern(r#"^[a-zA-Z0-9_.-]+$"#)];
        projection: "Projection" => Projection;
        key_schema: "KeySchema" => KeySchema;
    }
    optional {}
}

record! {
    /// The record `OnDemandThroughput`.
    OnDemandThroughput
    required {}
    optional {
        max_read_request_units: "MaxReadRequestUnits" => i64 [Minimum(1.0)];
        max_write_request_units: "MaxWriteRequestUnits" => i64 [Minimum(1.0)];
    }
}

record! {
    /// The record `PointInTimeRecoverySpecification`.
    PointInTimeRecoverySpecification
    required {}
    optional {
        point_in_time_recovery_enabled: "PointInTimeRecoveryEnabled" => bool;
        recovery_period_in_days: "RecoveryPeriodInDays" => i64 [Minimum(1.0), Maximum(35.0)];
    }
}

record! {
    /// The record `Projection`.
    Projection
    required {}
    optional {
        non_key_attributes: "NonKeyAttributes" => List<String> [MinItems(0), Each(&[MinLength(1), MaxLength(255)])];
        projection_type: "ProjectionType" => ProjectionType;
    }
}

record! {
    /// The record `ProvisionedThroughput`.
    ProvisionedThroughput
    required {
        write_capacity_units: "WriteCapacityUnits" => i64 [Minimum(0.0)];
        read_capacity_units: "ReadCapacityUnits" => i64 [Minimum(0.0)];
    }
    optional {}
}

record! {
    /// The record `ResourcePolicy`.
    ResourcePolicy
    required {
        policy_document: "PolicyDocument" => Json;
    }
    optional {}
}

record! {
    /// The record `S3BucketSource`.
    S3BucketSource
    required {
        s3_bucket: "S3Bucket" => String;
    }
    optional {
        s3_bucket_owner: "S3BucketOwner" => String;
        s3_key_prefix: "S3KeyPrefix" => String;
    }
}

record! {
    /// The record `SSESpecification`.
    SSESpecification
    required {
        sse_enabled: "SSEEnabled" => bool;
    }
    optional {
        kms_master_key_id: "KMSMasterKeyId" => String;
        sse_type: "SSEType" => SSEType;
    }
}

record! {
    /// The record `SearchSchemaElement`.
    SearchSchemaElement
    required {
        attribute_name: "AttributeName" => String [MaxLength(65535)];
        search_schema_element_type: "SearchSchemaElementType" => SearchSchemaElementType;
    }
    optional {}
}

record! {
    /// The record `StreamSpecification`.
    StreamSpecification
    required {
        stream_view_type: "StreamViewType" => StreamViewType;
    }
    optional {
        resource_policy: "ResourcePolicy" => ResourcePolicy;
        tags: "Tags" => List<Tag> [Unique];
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
    /// The record `TimeToLiveSpecification`.
    TimeToLiveSpecification
    required {
        enabled: "Enabled" => bool;
    }
    optional {
        attribute_name: "AttributeName" => String;
    }
}

record! {
    /// The record `VectorAttribute`.
    VectorAttribute
    required {
        attribute_name: "AttributeName" => String [MinLength(1), MaxLength(255)];
    }
    optional {}
}

record! {
    /// The record `VectorIndex`.
    VectorIndex
    required {
        index_name: "IndexName" => String [MinLength(3), MaxLength(255), Pattern(r#"^[a-zA-Z0-9_.-]+$"#)];
        vector_attribute: "VectorAttribute" => VectorAttribute;
        projection: "Projection" => Projection;
        dimensions: "Dimensions" => i64 [Minimum(1.0), Maximum(4096.0)];
        distance_function: "DistanceFunction" => DistanceFunction;
    }
    optional {
        search_schema: "SearchSchema" => List<SearchSchemaElement> [MinItems(1), Unique];
    }
}

record! {
    /// The record `WarmThroughput`.
    WarmThroughput
    required {}
    optional {
        read_units_per_second: "ReadUnitsPerSecond" => i64 [Minimum(1.0)];
        write_units_per_second: "WriteUnitsPerSecond" => i64 [Minimum(1.0)];
    }
}

choice! {
    /// The choice `ApproximateCreationDateTimePrecision`.
    ApproximateCreationDateTimePrecision {
        Microsecond = "MICROSECOND",
        Millisecond = "MILLISECOND",
    }
}

choice! {
    /// The choice `AttributeType`.
    AttributeType {
        B = "B",
        N = "N",
        S = "S",
    }
}

choice! {
    /// The choice `BillingMode`.
    BillingMode {
        PayPerRequest = "PAY_PER_REQUEST",
        Provisioned = "PROVISIONED",
    }
}

choice! {
    /// The choice `DistanceFunction`.
    DistanceFunction {
        Cosine = "COSINE",
        DotProduct = "DOT_PRODUCT",
        Euclidean = "EUCLIDEAN",
    }
}

choice! {
    /// The choice `KeyType`.
    KeyType {
        Hash = "HASH",
        Range = "RANGE",
    }
}

choice! {
    /// The choice `Mode`.
    Mode {
        AccessedAndThrottledKeys = "ACCESSED_AND_THROTTLED_KEYS",
        ThrottledKeys = "THROTTLED_KEYS",
    }
}

choice! {
    /// The choice `ProjectionType`.
    ProjectionType {
        All = "ALL",
        Include = "INCLUDE",
        KeysOnly = "KEYS_ONLY",
    }
}

choice! {
    /// The choice `SSEType`.
    SSEType {
        Kms = "KMS",
    }
}

choice! {
    /// The choice `SearchSchemaElementType`.
    SearchSchemaElementType {
        Hash = "HASH",
        InlineFilter = "INLINE_FILTER",
    }
}

choice! {
    /// The choice `StreamViewType`.
    StreamViewType {
        KeysOnly = "KEYS_ONLY",
        NewAndOldImages = "NEW_AND_OLD_IMAGES",
        NewImage = "NEW_IMAGE",
        OldImage = "OLD_IMAGE",
    }
}

choice! {
    /// The choice `TableClass`.
    TableClass {
        Standard = "STANDARD",
        StandardInfrequentAccess = "STANDARD_INFREQUENT_ACCESS",
    }
}
