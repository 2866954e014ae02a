//! AWS::S3. Generated from `stack/schemas` by `cargo xtask codegen`; not for editing.

use serde_json::Value as Json;

use crate::cfn::macros::{choice, record, resource};
use crate::cfn::rules::Rule::{MaxLength, MinLength, Minimum, Pattern, Unique};
use crate::cfn::value::List;

resource! {
    /// The resource type `AWS::S3::Bucket`.
    Bucket = "AWS::S3::Bucket"
    required {}
    optional {
        abac_status: "AbacStatus" => AbacStatus;
        accelerate_configuration: "AccelerateConfiguration" => AccelerateConfiguration;
        access_control: "AccessControl" => AccessControl;
        analytics_configurations: "AnalyticsConfigurations" => List<AnalyticsConfiguration> [Unique];
        bucket_encryption: "BucketEncryption" => BucketEncryption;
        bucket_name: "BucketName" => String [MaxLength(63), Pattern(r#"^([a-z0-9][a-z0-9.-]*[a-z0-9])?$"#)];
        bucket_name_prefix: "BucketNamePrefix" => String;
        bucket_namespace: "BucketNamespace" => BucketNamespace;
        cors_configuration: "CorsConfiguration" => CorsConfiguration;
        intelligent_tiering_configurations: "IntelligentTieringConfigurations" => List<IntelligentTieringConfiguration> [Unique];
        inventory_configurations: "InventoryConfigurations" => List<InventoryConfiguration> [Unique];
        lifecycle_configuration: "LifecycleConfiguration" => LifecycleConfiguration;
        logging_configuration: "LoggingConfiguration" => LoggingConfiguration;
        metadata_configuration: "MetadataConfiguration" => MetadataConfiguration;
        metadata_table_configuration: "MetadataTableConfiguration" => MetadataTableConfiguration;
        metrics_configurations: "MetricsConfigurations" => List<MetricsConfiguration> [Unique];
        notification_configuration: "NotificationConfiguration" => NotificationConfiguration;
        object_lock_configuration: "ObjectLockConfiguration" => ObjectLockConfiguration;
        object_lock_enabled: "ObjectLockEnabled" => bool;
        ownership_controls: "OwnershipControls" => OwnershipControls;
        public_access_block_configuration: "PublicAccessBlockConfiguration" => PublicAccessBlockConfiguration;
        replication_configuration: "ReplicationConfiguration" => ReplicationConfiguration;
        tags: "Tags" => List<Tag>;
        versioning_configuration: "VersioningConfiguration" => VersioningConfiguration;
        website_configuration: "WebsiteConfiguration" => WebsiteConfiguration;
    }
    attributes {
        arn: "Arn" => String;
        domain_name: "DomainName" => String;
        dual_stack_domain_name: "DualStackDomainName" => String;
        metadata_configuration_annotation_table_configuration_table_arn: "MetadataConfiguration.AnnotationTableConfiguration.TableArn" => String;
        metadata_configuration_annotation_table_configuration_table_name: "MetadataConfiguration.AnnotationTableConfiguration.TableName" => String;
        metadata_configuration_destination_table_bucket_arn: "MetadataConfiguration.Destination.TableBucketArn" => String;
        metadata_configuration_destination_table_bucket_type: "MetadataConfiguration.Destination.TableBucketType" => String;
        metadata_configuration_destination_table_namespace: "MetadataConfiguration.Destination.TableNamespace" => String;
        metadata_configuration_inventory_table_configuration_table_arn: "MetadataConfiguration.InventoryTableConfiguration.TableArn" => String;
        metadata_configuration_inventory_table_configuration_table_name: "MetadataConfiguration.InventoryTableConfiguration.TableName" => String;
        metadata_configuration_journal_table_configuration_table_arn: "MetadataConfiguration.JournalTableConfiguration.TableArn" => String;
        metadata_configuration_journal_table_configuration_table_name: "MetadataConfiguration.JournalTableConfiguration.TableName" => String;
        metadata_table_configuration_s3_tables_destination_table_arn: "MetadataTableConfiguration.S3TablesDestination.TableArn" => String;
        metadata_table_configuration_s3_tables_destination_table_namespace: "MetadataTableConfiguration.S3TablesDestination.TableNamespace" => String;
        regional_domain_name: "RegionalDomainName" => String;
        website_url: "WebsiteURL" => String;
    }
    create_only [
        "BucketName",
        "BucketNamePrefix",
        "BucketNamespace",
    ]
}

resource! {
    /// The resource type `AWS::S3::BucketPolicy`.
    BucketPolicy = "AWS::S3::BucketPolicy"
    required {
        bucket: "Bucket" => String;
        policy_document: "PolicyDocument" => Json;
    }
    optional {}
    attributes {}
    create_only [
        "Bucket",
    ]
}

record! {
    /// The record `AbortIncompleteMultipartUpload`.
    AbortIncompleteMultipartUpload
    required {
        days_after_initiation: "DaysAfterInitiation" => i64 [Minimum(0.0)];
    }
    optional {}
}

record! {
    /// The record `AccelerateConfiguration`.
    AccelerateConfiguration
    required {
        acceleration_status: "AccelerationStatus" => AccelerationStatus;
    }
    optional {}
}

record! {
    /// The record `AccessControlTranslation`.
    AccessControlTranslation
    required {
        owner: "Owner" => Owner;
    }
    optional {}
}

record! {
    /// The record `AnalyticsConfiguration`.
    AnalyticsConfiguration
    required {
        storage_class_analysis: "StorageClassAnalysis" => StorageClassAnalysis;
        id: "Id" => String;
    }
    optional {
        prefix: "Prefix" => String;
        tag_filters: "TagFilters" => List<TagFilter> [Unique];
    }
}

record! {
    /// The record `AnnotationTableConfiguration`.
    AnnotationTableConfiguration
    required {
        configuration_state: "ConfigurationState" => ConfigurationState;
    }
    optional {
        encryption_configuration: "EncryptionConfiguration" => MetadataTableEncryptionConfiguration;
        role: "Role" => String;
        table_arn: "TableArn" => String;
        table_name: "TableName" => String;
    }
}

record! {
    /// The record `BlockedEncryptionTypes`.
    BlockedEncryptionTypes
    required {}
    optional {
        encryption_type: "EncryptionType" => List<EncryptionType> [Unique];
    }
}

record! {
    /// The record `BucketEncryption`.
    BucketEncryption
    required {
        server_side_encryption_configuration: "ServerSideEncryptionConfiguration" => List<ServerSideEncryptionRule> [Unique];
    }
    optional {}
}

record! {
    /// The record `BucketRule`.
    BucketRule
    required {
        status: "Status" => BucketRuleStatus;
    }
    optional {
        abort_incomplete_multipart_upload: "AbortIncompleteMultipartUpload" => AbortIncompleteMultipartUpload;
        expiration_date: "ExpirationDate" => String [Pattern(r#"^(\d{4})-(0[0-9]|1[0-2])-([0-2]\d|3[01])T([01]\d|2[0-4]):([0-5]\d):([0-6]\d)((\.\d{3})?)Z$"#)];
        expiration_in_days: "ExpirationInDays" => i64;
        expired_object_delete_marker: "ExpiredObjectDeleteMarker" => bool;
        id: "Id" => String [MaxLength(255)];
        noncurrent_version_expiration: "NoncurrentVersionExpiration" => NoncurrentVersionExpiration;
        noncurrent_version_expiration_in_days: "NoncurrentVersionExpirationInDays" => i64;
        noncurrent_version_transition: "NoncurrentVersionTransition" => NoncurrentVersionTransition;
        noncurrent_version_transitions: "NoncurrentVersionTransitions" => List<NoncurrentVersionTransition> [Unique];
        object_size_greater_than: "ObjectSizeGreaterThan" => String [MaxLength(20), Pattern(r#"[0-9]+"#)];
        object_size_less_than: "ObjectSizeLessThan" => String [MaxLength(20), Pattern(r#"[0-9]+"#)];
        prefix: "Prefix" => String;
        tag_filters: "TagFilters" => List<TagFilter> [Unique];
        transition: "Transition" => Transition;
        transitions: "Transitions" => List<Transition> [Unique];
    }
}

record! {
    /// The record `CorsConfiguration`.
    CorsConfiguration
    required {
        cors_rules: "CorsRules" => List<CorsRule> [Unique];
    }
    optional {}
}

record! {
    /// The record `CorsRule`.
    CorsRule
    required {
        allowed_methods: "AllowedMethods" => List<AllowedMethods> [Unique];
        allowed_origins: "AllowedOrigins" => List<String> [Unique];
    }
    optional {
        allowed_headers: "AllowedHeaders" => List<String> [Unique];
        exposed_headers: "ExposedHeaders" => List<String> [Unique];
        id: "Id" => String [MaxLength(255)];
        max_age: "MaxAge" => i64 [Minimum(0.0)];
    }
}

record! {
    /// The record `DataExport`.
    DataExport
    required {
        destination: "Destination" => Destination;
        output_schema_version: "OutputSchemaVersion" => String;
    }
    optional {}
}

record! {
    /// The record `DefaultEventHold`.
    DefaultEventHold
    required {}
    optional {
        days: "Days" => i64;
        years: "Years" => i64;
    }
}

record! {
    /// The record `DefaultRetention`.
    DefaultRetention
    required {}
    optional {
        days: "Days" => i64;
        default_event_hold: "DefaultEventHold" => DefaultEventHold;
        mode: "Mode" => Mode;
        years: "Years" => i64;
    }
}

record! {
    /// The record `DeleteMarkerReplication`.
    DeleteMarkerReplication
    required {}
    optional {
        status: "Status" => Status;
    }
}

record! {
    /// The record `Destination`.
    Destination
    required {
        bucket_arn: "BucketArn" => String;
        format: "Format" => Format;
    }
    optional {
        bucket_account_id: "BucketAccountId" => String;
        prefix: "Prefix" => String;
    }
}

record! {
    /// The record `EncryptionConfiguration`.
    EncryptionConfiguration
    required {
        replica_kms_key_id: "ReplicaKmsKeyID" => String;
    }
    optional {}
}

record! {
    /// The record `EventBridgeConfiguration`.
    EventBridgeConfiguration
    required {
        event_bridge_enabled: "EventBridgeEnabled" => bool;
    }
    optional {}
}

record! {
    /// The record `FilterRule`.
    FilterRule
    required {
        value: "Value" => String;
        name: "Name" => String [MaxLength(1024)];
    }
    optional {}
}

record! {
    /// The record `IntelligentTieringConfiguration`.
    IntelligentTieringConfiguration
    required {
        id: "Id" => String;
        status: "Status" => Status;
        tierings: "Tierings" => List<Tiering> [Unique];
    }
    optional {
        prefix: "Prefix" => String;
        tag_filters: "TagFilters" => List<TagFilter> [Unique];
    }
}

record! {
    /// The record `InventoryConfiguration`.
    InventoryConfiguration
    required {
        destination: "Destination" => Destination;
        enabled: "Enabled" => bool;
        id: "Id" => String;
        included_object_versions: "IncludedObjectVersions" => IncludedObjectVersions;
        schedule_frequency: "ScheduleFrequency" => ScheduleFrequency;
    }
    optional {
        optional_fields: "OptionalFields" => List<OptionalFields> [Unique];
        prefix: "Prefix" => String;
    }
}

record! {
    /// The record `InventoryTableConfiguration`.
    InventoryTableConfiguration
    required {
        configuration_state: "ConfigurationState" => ConfigurationState;
    }
    optional {
        encryption_configuration: "EncryptionConfiguration" => MetadataTableEncryptionConfiguration;
        table_arn: "TableArn" => String;
        table_name: "TableName" => String;
    }
}

record! {
    /// The record `JournalTableConfiguration`.
    JournalTableConfiguration
    required {
        record_expiration: "RecordExpiration" => RecordExpiration;
    }
    optional {
        encryption_configuration: "EncryptionConfiguration" => MetadataTableEncryptionConfiguration;
        table_arn: "TableArn" => String;
        table_name: "TableName" => String;
    }
}

record! {
    /// The record `LambdaConfiguration`.
    LambdaConfiguration
    required {
        function: "Function" => String;
        event: "Event" => String;
    }
    optional {
        filter: "Filter" => NotificationFilter;
    }
}

record! {
    /// The record `LifecycleConfiguration`.
    LifecycleConfiguration
    required {
        rules: "Rules" => List<BucketRule> [Unique];
    }
    optional {
        transition_default_minimum_object_size: "TransitionDefaultMinimumObjectSize" => TransitionDefaultMinimumObjectSize;
    }
}

record! {
    /// The record `LoggingConfiguration`.
    LoggingConfiguration
    required {}
    optional {
        destination_bucket_name: "DestinationBucketName" => String;
        log_file_prefix: "LogFilePrefix" => String;
        target_object_key_format: "TargetObjectKeyFormat" => Json;
    }
}

record! {
    /// The record `MetadataConfiguration`.
    MetadataConfiguration
    required {
        journal_table_configuration: "JournalTableConfiguration" => JournalTableConfiguration;
    }
    optional {
        annotation_table_configuration: "AnnotationTableConfiguration" => AnnotationTableConfiguration;
        destination: "Destination" => MetadataDestination;
        inventory_table_configuration: "InventoryTableConfiguration" => InventoryTableConfiguration;
    }
}

record! {
    /// The record `MetadataDestination`.
    MetadataDestination
    required {
        table_bucket_type: "TableBucketType" => TableBucketType;
    }
    optional {
        table_bucket_arn: "TableBucketArn" => String;
        table_namespace: "TableNamespace" => String;
    }
}

record! {
    /// The record `MetadataTableConfiguration`.
    MetadataTableConfiguration
    required {
        s3_tables_destination: "S3TablesDestination" => S3TablesDestination;
    }
    optional {}
}

record! {
    /// The record `MetadataTableEncryptionConfiguration`.
    MetadataTableEncryptionConfiguration
    required {
        sse_algorithm: "SseAlgorithm" => SseAlgorithm;
    }
    optional {
        kms_key_arn: "KmsKeyArn" => String;
    }
}

record! {
    /// The record `Metrics`.
    Metrics
    required {
        status: "Status" => Status;
    }
    optional {
        event_threshold: "EventThreshold" => ReplicationTimeValue;
    }
}

record! {
    /// The record `MetricsConfiguration`.
    MetricsConfiguration
    required {
        id: "Id" => String;
    }
    optional {
        access_point_arn: "AccessPointArn" => String;
        prefix: "Prefix" => String;
        tag_filters: "TagFilters" => List<TagFilter> [Unique];
    }
}

record! {
    /// The record `NoncurrentVersionExpiration`.
    NoncurrentVersionExpiration
    required {
        noncurrent_days: "NoncurrentDays" => i64;
    }
    optional {
        newer_noncurrent_versions: "NewerNoncurrentVersions" => i64;
    }
}

record! {
    /// The record `NoncurrentVersionTransition`.
    NoncurrentVersionTransition
    required {
        storage_class: "StorageClass" => String;
        transition_in_days: "TransitionInDays" => i64;
    }
    optional {
        newer_noncurrent_versions: "NewerNoncurrentVersions" => i64;
    }
}

record! {
    /// The record `NotificationConfiguration`.
    NotificationConfiguration
    required {}
    optional {
        event_bridge_configuration: "EventBridgeConfiguration" => EventBridgeConfiguration;
        lambda_configurations: "LambdaConfigurations" => List<LambdaConfiguration> [Unique];
        queue_configurations: "QueueConfigurations" => List<QueueConfiguration> [Unique];
        topic_configurations: "TopicConfigurations" => List<TopicConfiguration> [Unique];
    }
}

record! {
    /// The record `NotificationFilter`.
    NotificationFilter
    required {
        s3_key: "S3Key" => S3KeyFilter;
    }
    optional {}
}

record! {
    /// The record `ObjectLockConfiguration`.
    ObjectLockConfiguration
    required {}
    optional {
        object_lock_enabled: "ObjectLockEnabled" => ObjectLockEnabled;
        rule: "Rule" => ObjectLockRule;
    }
}

record! {
    /// The record `ObjectLockRule`.
    ObjectLockRule
    required {}
    optional {
        default_retention: "DefaultRetention" => DefaultRetention;
    }
}

record! {
    /// The record `OwnershipControls`.
    OwnershipControls
    required {
        rules: "Rules" => List<OwnershipControlsRule> [Unique];
    }
    optional {}
}

record! {
    /// The record `OwnershipControlsRule`.
    OwnershipControlsRule
    required {}
    optional {
        object_ownership: "ObjectOwnership" => ObjectOwnership;
    }
}

record! {
    /// The record `PublicAccessBlockConfiguration`.
    PublicAccessBlockConfiguration
    required {}
    optional {
        block_public_acls: "BlockPublicAcls" => bool;
        block_public_policy: "BlockPublicPolicy" => bool;
        ignore_public_acls: "IgnorePublicAcls" => bool;
        restrict_public_buckets: "RestrictPublicBuckets" => bool;
    }
}

record! {
    /// The record `QueueConfiguration`.
    QueueConfiguration
    required {
        event: "Event" => String;
        queue: "Queue" => String;
    }
    optional {
        filter: "Filter" => NotificationFilter;
    }
}

record! {
    /// The record `RecordExpiration`.
    RecordExpiration
    required {
        expiration: "Expiration" => Expiration;
    }
    optional {
        days: "Days" => i64;
    }
}

record! {
    /// The record `RedirectAllRequestsTo`.
    RedirectAllRequestsTo
    required {
        host_name: "HostName" => String;
    }
    optional {
        protocol: "Protocol" => Protocol;
    }
}

record! {
    /// The record `RedirectRule`.
    RedirectRule
    required {}
    optional {
        host_name: "HostName" => String;
        http_redirect_code: "HttpRedirectCode" => String;
        protocol: "Protocol" => Protocol;
        replace_key_prefix_with: "ReplaceKeyPrefixWith" => String;
        replace_key_with: "ReplaceKeyWith" => String;
    }
}

record! {
    /// The record `ReplicaModifications`.
    ReplicaModifications
    required {
        status: "Status" => ReplicaModificationsStatus;
    }
    optional {}
}

record! {
    /// The record `ReplicationConfiguration`.
    ReplicationConfiguration
    required {
        role: "Role" => String;
        rules: "Rules" => List<ReplicationRule> [Unique];
    }
    optional {}
}

record! {
    /// The record `ReplicationDestination`.
    ReplicationDestination
    required {
        bucket: "Bucket" => String;
    }
    optional {
        access_control_translation: "AccessControlTranslation" => AccessControlTranslation;
        account: "Account" => String;
        encryption_configuration: "EncryptionConfiguration" => EncryptionConfiguration;
        metrics: "Metrics" => Metrics;
        replication_time: "ReplicationTime" => ReplicationTime;
        storage_class: "StorageClass" => StorageClass;
    }
}

record! {
    /// The record `ReplicationRule`.
    ReplicationRule
    required {
        destination: "Destination" => ReplicationDestination;
        status: "Status" => Status;
    }
    optional {
        delete_marker_replication: "DeleteMarkerReplication" => DeleteMarkerReplication;
        filter: "Filter" => ReplicationRuleFilter;
        id: "Id" => String [MaxLength(255)];
        prefix: "Prefix" => String [MaxLength(1024)];
        priority: "Priority" => i64;
        source_selection_criteria: "SourceSelectionCriteria" => SourceSelectionCriteria;
    }
}

record! {
    /// The record `ReplicationRuleAndOperator`.
    ReplicationRuleAndOperator
    required {}
    optional {
        prefix: "Prefix" => String;
        tag_filters: "TagFilters" => List<TagFilter> [Unique];
    }
}

record! {
    /// The record `ReplicationRuleFilter`.
    ReplicationRuleFilter
    required {}
    optional {
        and: "And" => ReplicationRuleAndOperator;
        prefix: "Prefix" => String;
        tag_filter: "TagFilter" => TagFilter;
    }
}

record! {
    /// The record `ReplicationTime`.
    ReplicationTime
    required {
        status: "Status" => Status;
        time: "Time" => ReplicationTimeValue;
    }
    optional {}
}

record! {
    /// The record `ReplicationTimeValue`.
    ReplicationTimeValue
    required {
        minutes: "Minutes" => i64;
    }
    optional {}
}

record! {
    /// The record `RoutingRule`.
    RoutingRule
    required {
        redirect_rule: "RedirectRule" => RedirectRule;
    }
    optional {
        routing_rule_condition: "RoutingRuleCondition" => RoutingRuleCondition;
    }
}

record! {
    /// The record `RoutingRuleCondition`.
    RoutingRuleCondition
    required {}
    optional {
        http_error_code_returned_equals: "HttpErrorCodeReturnedEquals" => String;
        key_prefix_equals: "KeyPrefixEquals" => String;
    }
}

record! {
    /// The record `S3KeyFilter`.
    S3KeyFilter
    required {
        rules: "Rules" => List<FilterRule> [Unique];
    }
    optional {}
}

record! {
    /// The record `S3TablesDestination`.
    S3TablesDestination
    required {
        table_bucket_arn: "TableBucketArn" => String;
        table_name: "TableName" => String;
    }
    optional {
        table_arn: "TableArn" => String;
        table_namespace: "TableNamespace" => String;
    }
}

record! {
    /// The record `ServerSideEncryptionByDefault`.
    ServerSideEncryptionByDefault
    required {
        sse_algorithm: "SSEAlgorithm" => SSEAlgorithm;
    }
    optional {
        kms_master_key_id: "KMSMasterKeyID" => String;
    }
}

record! {
    /// The record `ServerSideEncryptionRule`.
    ServerSideEncryptionRule
    required {}
    optional {
        blocked_encryption_types: "BlockedEncryptionTypes" => BlockedEncryptionTypes;
        bucket_key_enabled: "BucketKeyEnabled" => bool;
        server_side_encryption_by_default: "ServerSideEncryptionByDefault" => ServerSideEncryptionByDefault;
    }
}

record! {
    /// The record `SourceSelectionCriteria`.
    SourceSelectionCriteria
    required {}
    optional {
        replica_modifications: "ReplicaModifications" => ReplicaModifications;
        sse_kms_encrypted_objects: "SseKmsEncryptedObjects" => SseKmsEncryptedObjects;
    }
}

record! {
    /// The record `SseKmsEncryptedObjects`.
    SseKmsEncryptedObjects
    required {
        status: "Status" => Status;
    }
    optional {}
}

record! {
    /// The record `StorageClassAnalysis`.
    StorageClassAnalysis
    required {}
    optional {
        data_export: "DataExport" => DataExport;
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
    /// The record `TagFilter`.
    TagFilter
    required {
        value: "Value" => String;
        key: "Key" => String;
    }
    optional {}
}

record! {
    /// The record `Tiering`.
    Tiering
    required {
        access_tier: "AccessTier" => AccessTier;
        days: "Days" => i64;
    }
    optional {}
}

record! {
    /// The record `TopicConfiguration`.
    TopicConfiguration
    required {
        event: "Event" => String;
        topic: "Topic" => String;
    }
    optional {
        filter: "Filter" => NotificationFilter;
    }
}

record! {
    /// The record `Transition`.
    Transition
    required {
        storage_class: "StorageClass" => String;
    }
    optional {
        transition_date: "TransitionDate" => String [Pattern(r#"^(\d{4})-(0[0-9]|1[0-2])-([0-2]\d|3[01])T([01]\d|2[0-4]):([0-5]\d):([0-6]\d)((\.\d{3})?)Z$"#)];
        transition_in_days: "TransitionInDays" => i64;
    }
}

record! {
    /// The record `VersioningConfiguration`.
    VersioningConfiguration
    required {
        status: "Status" => VersioningConfigurationStatus;
    }
    optional {}
}

record! {
    /// The record `WebsiteConfiguration`.
    WebsiteConfiguration
    required {}
    optional {
        error_document: "ErrorDocument" => String;
        index_document: "IndexDocument" => String;
        redirect_all_requests_to: "RedirectAllRequestsTo" => RedirectAllRequestsTo;
        routing_rules: "RoutingRules" => List<RoutingRule>;
    }
}

choice! {
    /// The choice `AbacStatus`.
    AbacStatus {
        Enabled = "Enabled",
        Disabled = "Disabled",
    }
}

choice! {
    /// The choice `AccelerationStatus`.
    AccelerationStatus {
        Enabled = "Enabled",
        Suspended = "Suspended",
    }
}

choice! {
    /// The choice `AccessControl`.
    AccessControl {
        AuthenticatedRead = "AuthenticatedRead",
        AwsExecRead = "AwsExecRead",
        BucketOwnerFullControl = "BucketOwnerFullControl",
        BucketOwnerRead = "BucketOwnerRead",
        LogDeliveryWrite = "LogDeliveryWrite",
        Private = "Private",
        PublicRead = "PublicRead",
        PublicReadWrite = "PublicReadWrite",
    }
}

choice! {
    /// The choice `AccessTier`.
    AccessTier {
        ArchiveAccess = "ARCHIVE_ACCESS",
        DeepArchiveAccess = "DEEP_ARCHIVE_ACCESS",
    }
}

choice! {
    /// The choice `AllowedMethods`.
    AllowedMethods {
        Get = "GET",
        Put = "PUT",
        Head = "HEAD",
        Post = "POST",
        Delete = "DELETE",
    }
}

choice! {
    /// The choice `BucketNamespace`.
    BucketNamespace {
        Global = "global",
        AccountRegional = "account-regional",
    }
}

choice! {
    /// The choice `BucketRuleStatus`.
    BucketRuleStatus {
        Enabled = "Enabled",
        Disabled = "Disabled",
    }
}

choice! {
    /// The choice `ConfigurationState`.
    ConfigurationState {
        Enabled = "ENABLED",
        Disabled = "DISABLED",
    }
}

choice! {
    /// The choice `EncryptionType`.
    EncryptionType {
        None = "NONE",
        SseC = "SSE-C",
    }
}

choice! {
    /// The choice `Expiration`.
    Expiration {
        Enabled = "ENABLED",
        Disabled = "DISABLED",
    }
}

choice! {
    /// The choice `Format`.
    Format {
        Csv = "CSV",
        Orc = "ORC",
        Parquet = "Parquet",
    }
}

choice! {
    /// The choice `IncludedObjectVersions`.
    IncludedObjectVersions {
        All = "All",
        Current = "Current",
    }
}

choice! {
    /// The choice `Mode`.
    Mode {
        Compliance = "COMPLIANCE",
        Governance = "GOVERNANCE",
    }
}

choice! {
    /// The choice `ObjectLockEnabled`.
    ObjectLockEnabled {
        Enabled = "Enabled",
    }
}

choice! {
    /// The choice `ObjectOwnership`.
    ObjectOwnership {
        ObjectWriter = "ObjectWriter",
        BucketOwnerPreferred = "BucketOwnerPreferred",
        BucketOwnerEnforced = "BucketOwnerEnforced",
    }
}

choice! {
    /// The choice `OptionalFields`.
    OptionalFields {
        Size = "Size",
        LastModifiedDate = "LastModifiedDate",
        StorageClass = "StorageClass",
        ETag = "ETag",
        IsMultipartUploaded = "IsMultipartUploaded",
        ReplicationStatus = "ReplicationStatus",
        EncryptionStatus = "EncryptionStatus",
        ObjectLockRetainUntilDate = "ObjectLockRetainUntilDate",
        ObjectLockMode = "ObjectLockMode",
        ObjectLockLegalHoldStatus = "ObjectLockLegalHoldStatus",
        ObjectLockEventHoldStatus = "ObjectLockEventHoldStatus",
        ObjectLockEventHoldDuration = "ObjectLockEventHoldDuration",
        IntelligentTieringAccessTier = "IntelligentTieringAccessTier",
        BucketKeyStatus = "BucketKeyStatus",
        ChecksumAlgorithm = "ChecksumAlgorithm",
        ObjectAccessControlList = "ObjectAccessControlList",
        ObjectOwner = "ObjectOwner",
        LifecycleExpirationDate = "LifecycleExpirationDate",
        IntelligentTieringReferenceDate = "IntelligentTieringReferenceDate",
    }
}

choice! {
    /// The choice `Owner`.
    Owner {
        Destination = "Destination",
    }
}

choice! {
    /// The choice `Protocol`.
    Protocol {
        Http = "http",
        Https = "https",
    }
}

choice! {
    /// The choice `ReplicaModificationsStatus`.
    ReplicaModificationsStatus {
        Enabled = "Enabled",
        Disabled = "Disabled",
    }
}

choice! {
    /// The choice `SSEAlgorithm`.
    SSEAlgorithm {
        AwsKms = "aws:kms",
        Aes256 = "AES256",
        AwsKmsDsse = "aws:kms:dsse",
    }
}

choice! {
    /// The choice `ScheduleFrequency`.
    ScheduleFrequency {
        Daily = "Daily",
        Weekly = "Weekly",
    }
}

choice! {
    /// The choice `SseAlgorithm`.
    SseAlgorithm {
        AwsKms = "aws:kms",
        Aes256 = "AES256",
    }
}

choice! {
    /// The choice `Status`.
    Status {
        Disabled = "Disabled",
        Enabled = "Enabled",
    }
}

choice! {
    /// The choice `StorageClass`.
    StorageClass {
        DeepArchive = "DEEP_ARCHIVE",
        Glacier = "GLACIER",
        GlacierIr = "GLACIER_IR",
        IntelligentTiering = "INTELLIGENT_TIERING",
        OnezoneIa = "ONEZONE_IA",
        ReducedRedundancy = "REDUCED_REDUNDANCY",
        Standard = "STANDARD",
        StandardIa = "STANDARD_IA",
    }
}

choice! {
    /// The choice `TableBucketType`.
    TableBucketType {
        Aws = "aws",
        Customer = "customer",
    }
}

choice! {
    /// The choice `TransitionDefaultMinimumObjectSize`.
    TransitionDefaultMinimumObjectSize {
        VariesByStorageClass = "varies_by_storage_class",
        AllStorageClasses128k = "all_storage_classes_128K",
    }
}

choice! {
    /// The choice `VersioningConfigurationStatus`.
    VersioningConfigurationStatus {
        Enabled = "Enabled",
        Suspended = "Suspended",
    }
}
