//! AWS::Lambda. Generated from `stack/schemas` by `cargo xtask codegen`; not for editing.

use serde_json::Value as Json;

use crate::cfn::macros::{choice, record, resource};
use crate::cfn::rules::Rule::{
    Each, MaxItems, MaxLength, Maximum, MinItems, MinLength, Minimum, Pattern, Unique,
};
use crate::cfn::value::{List, Map};

resource! {
    /// The resource type `AWS::Lambda::Alias`.
    Alias = "AWS::Lambda::Alias"
    required {
        function_name: "FunctionName" => String;
        function_version: "FunctionVersion" => String [MaxLength(1024), Pattern(r#"^(\$LATEST(\.PUBLISHED)?|[0-9]*)$"#)];
        name: "Name" => String [MinLength(1), MaxLength(128)];
    }
    optional {
        description: "Description" => String [MaxLength(256)];
        provisioned_concurrency_config: "ProvisionedConcurrencyConfig" => ProvisionedConcurrencyConfiguration;
        routing_config: "RoutingConfig" => AliasRoutingConfiguration;
    }
    attributes {
        alias_arn: "AliasArn" => String;
    }
    create_only [
        "FunctionName",
        "Name",
    ]
}

resource! {
    /// The resource type `AWS::Lambda::EventSourceMapping`.
    EventSourceMapping = "AWS::Lambda::EventSourceMapping"
    required {
        function_name: "FunctionName" => String [MinLength(1), MaxLength(140), Pattern(r#"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?"#)];
    }
    optional {
        amazon_managed_kafka_event_source_config: "AmazonManagedKafkaEventSourceConfig" => AmazonManagedKafkaEventSourceConfig;
        batch_size: "BatchSize" => i64 [Minimum(1.0), Maximum(10000.0)];
        bisect_batch_on_function_error: "BisectBatchOnFunctionError" => bool;
        destination_config: "DestinationConfig" => DestinationConfig;
        document_db_event_source_config: "DocumentDBEventSourceConfig" => DocumentDBEventSourceConfig;
        enabled: "Enabled" => bool;
        event_source_arn: "EventSourceArn" => String [MinLength(12), MaxLength(1024), Pattern(r#"arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)"#)];
        filter_criteria: "FilterCriteria" => FilterCriteria;
        function_response_types: "FunctionResponseTypes" => List<FunctionResponseTypes> [MinItems(0), MaxItems(1), Unique];
        kms_key_arn: "KmsKeyArn" => String [MinLength(12), MaxLength(2048), Pattern(r#"(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()"#)];
        logging_config: "LoggingConfig" => LoggingConfig;
        maximum_batching_window_in_seconds: "MaximumBatchingWindowInSeconds" => i64 [Minimum(0.0), Maximum(300.0)];
        maximum_record_age_in_seconds: "MaximumRecordAgeInSeconds" => i64 [Minimum(-1.0), Maximum(604800.0)];
        maximum_retry_attempts: "MaximumRetryAttempts" => i64 [Minimum(-1.0), Maximum(10000.0)];
        metrics_config: "MetricsConfig" => MetricsConfig;
        parallelization_factor: "ParallelizationFactor" => i64 [Minimum(1.0), Maximum(10.0)];
        provisioned_poller_config: "ProvisionedPollerConfig" => ProvisionedPollerConfig;
        queues: "Queues" => List<String> [MinItems(1), MaxItems(1), Unique, Each(&[MinLength(1), MaxLength(1000), Pattern(r#"[\s\S]*"#)])];
        scaling_config: "ScalingConfig" => ScalingConfig;
        self_managed_event_source: "SelfManagedEventSource" => SelfManagedEventSource;
        self_managed_kafka_event_source_config: "SelfManagedKafkaEventSourceConfig" => SelfManagedKafkaEventSourceConfig;
        source_access_configurations: "SourceAccessConfigurations" => List<SourceAccessConfiguration> [MinItems(1), MaxItems(29), Unique];
        starting_position: "StartingPosition" => String [MinLength(6), MaxLength(12), Pattern(r#"(LATEST|TRIM_HORIZON|AT_TIMESTAMP)+"#)];
        starting_position_timestamp: "StartingPositionTimestamp" => f64;
        tags: "Tags" => List<Tag> [Unique];
        topics: "Topics" => List<String> [MinItems(1), MaxItems(1), Unique, Each(&[MinLength(1), MaxLength(249), Pattern(r#"^[^.]([a-zA-Z0-9\-_.]+)"#)])];
        tumbling_window_in_seconds: "TumblingWindowInSeconds" => i64 [Minimum(0.0), Maximum(900.0)];
    }
    attributes {
        event_source_mapping_arn: "EventSourceMappingArn" => String;
        id: "Id" => String;
    }
    create_only [
        "EventSourceArn",
        "SelfManagedEventSource",
        "StartingPosition",
        "StartingPositionTimestamp",
    ]
}

resource! {
    /// The resource type `AWS::Lambda::Function`.
    Function = "AWS::Lambda::Function"
    required {
        code: "Code" => Code;
        role: "Role" => String [MaxLength(10000), Pattern(r#"^arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+$"#)];
    }
    optional {
        architectures: "Architectures" => List<Architectures> [MinItems(1), MaxItems(1), Unique];
        capacity_provider_config: "CapacityProviderConfig" => CapacityProviderConfig;
        code_signing_config_arn: "CodeSigningConfigArn" => String [MaxLength(200), Pattern(r#"arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:code-signing-config:csc-[a-z0-9]{17}"#)];
        dead_letter_config: "DeadLetterConfig" => DeadLetterConfig;
        description: "Description" => String [MaxLength(256)];
        durable_config: "DurableConfig" => DurableConfig;
        environment: "Environment" => Environment;
        ephemeral_storage: "EphemeralStorage" => EphemeralStorage;
        file_system_configs: "FileSystemConfigs" => List<FileSystemConfig> [MinItems(0), MaxItems(1)];
        function_name: "FunctionName" => String [MinLength(1), Pattern(r#"^([a-zA-Z0-9_-]{1,64}|arn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:\d{12}:function:[a-zA-Z0-9_-]{1,64})$"#)];
        function_scaling_config: "FunctionScalingConfig" => FunctionScalingConfig;
        handler: "Handler" => String [MaxLength(128), Pattern(r#"^[^\s]+$"#)];
        image_config: "ImageConfig" => ImageConfig;
        kms_key_arn: "KmsKeyArn" => String [MaxLength(10000), Pattern(r#"^(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()$"#)];
        layers: "Layers" => List<String> [MaxItems(5), Unique, Each(&[MinLength(1), Pattern(r#"^(arn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+|arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+)$"#)])];
        logging_config: "LoggingConfig" => FunctionLoggingConfig;
        memory_size: "MemorySize" => i64 [Minimum(128.0), Maximum(32768.0)];
        package_type: "PackageType" => PackageType;
        publish_to_latest_published: "PublishToLatestPublished" => bool;
        recursive_loop: "RecursiveLoop" => RecursiveLoop;
        reserved_concurrent_executions: "ReservedConcurrentExecutions" => i64 [Minimum(0.0)];
        runtime: "Runtime" => Runtime;
        runtime_management_config: "RuntimeManagementConfig" => RuntimeManagementConfig;
        snap_start: "SnapStart" => SnapStart;
        tags: "Tags" => List<Tag> [Unique];
        tenancy_config: "TenancyConfig" => TenancyConfig;
        timeout: "Timeout" => i64 [Minimum(1.0), Maximum(5400.0)];
        tracing_config: "TracingConfig" => TracingConfig;
        vpc_config: "VpcConfig" => VpcConfig;
    }
    attributes {
        arn: "Arn" => String;
        snap_start_response_apply_on: "SnapStartResponse.ApplyOn" => String;
        snap_start_response_optimization_status: "SnapStartResponse.OptimizationStatus" => String;
    }
    create_only [
        "FunctionName",
        "PackageType",
        "TenancyConfig",
    ]
}

resource! {
    /// The resource type `AWS::Lambda::Permission`.
    Permission = "AWS::Lambda::Permission"
    required {
        function_name: "FunctionName" => String [MinLength(1), MaxLength(140), Pattern(r#"^(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?$"#)];
        action: "Action" => String [MinLength(1), MaxLength(256), Pattern(r#"^(lambda:[*]|lambda:[a-zA-Z]+|[*])$"#)];
        principal: "Principal" => String [MinLength(1), MaxLength(256), Pattern(r#"^.*$"#)];
    }
    optional {
        event_source_token: "EventSourceToken" => String [MinLength(1), MaxLength(256), Pattern(r#"^[a-zA-Z0-9._\-]+$"#)];
        function_url_auth_type: "FunctionUrlAuthType" => FunctionUrlAuthType;
        invoked_via_function_url: "InvokedViaFunctionUrl" => bool;
        principal_org_id: "PrincipalOrgID" => String [MinLength(12), MaxLength(34), Pattern(r#"^o-[a-z0-9]{10,32}$"#)];
        source_account: "SourceAccount" => String [MinLength(12), MaxLength(12), Pattern(r#"^\d{12}$"#)];
        source_arn: "SourceArn" => String [MinLength(12), MaxLength(1024), Pattern(r#"^arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)$"#)];
    }
    attributes {
        id: "Id" => String;
    }
    create_only [
        "Action",
        "EventSourceToken",
        "FunctionName",
        "FunctionUrlAuthType",
        "InvokedViaFunctionUrl",
        "Principal",
        "PrincipalOrgID",
        "SourceAccount",
        "SourceArn",
    ]
}

resource! {
    /// The resource type `AWS::Lambda::Version`.
    Version = "AWS::Lambda::Version"
    required {
        function_name: "FunctionName" => String [MinLength(1), MaxLength(140), Pattern(r#"^(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?$"#)];
    }
    optional {
        code_sha256: "CodeSha256" => String;
        description: "Description" => String [MaxLength(256)];
        function_scaling_config: "FunctionScalingConfig" => FunctionScalingConfig;
        provisioned_concurrency_config: "ProvisionedConcurrencyConfig" => ProvisionedConcurrencyConfiguration;
        runtime_policy: "RuntimePolicy" => RuntimePolicy;
    }
    attributes {
        function_arn: "FunctionArn" => String;
        version: "Version" => String;
    }
    create_only [
        "CodeSha256",
        "Description",
        "FunctionName",
        "ProvisionedConcurrencyConfig",
        "RuntimePolicy",
    ]
}

record! {
    /// The record `AliasRoutingConfiguration`.
    AliasRoutingConfiguration
    required {}
    optional {
        additional_version_weights: "AdditionalVersionWeights" => List<VersionWeight> [Unique];
    }
}

record! {
    /// The record `AmazonManagedKafkaEventSourceConfig`.
    AmazonManagedKafkaEventSourceConfig
    required {}
    optional {
        consumer_group_id: "ConsumerGroupId" => String [MinLength(1), MaxLength(200), Pattern(r#"[a-zA-Z0-9-\/*:_+=.@-]*"#)];
        schema_registry_config: "SchemaRegistryConfig" => SchemaRegistryConfig;
    }
}

record! {
    /// The record `CapacityProviderConfig`.
    CapacityProviderConfig
    required {
        lambda_managed_instances_capacity_provider_config: "LambdaManagedInstancesCapacityProviderConfig" => LambdaManagedInstancesCapacityProviderConfig;
    }
    optional {}
}

record! {
    /// The record `Code`.
    Code
    required {}
    optional {
        image_uri: "ImageUri" => String;
        s3_bucket: "S3Bucket" => String [MinLength(3), MaxLength(63)];
        s3_key: "S3Key" => String [MinLength(1), MaxLength(1024)];
        s3_object_storage_mode: "S3ObjectStorageMode" => S3ObjectStorageMode;
        s3_object_version: "S3ObjectVersion" => String [MinLength(1), MaxLength(1024)];
        source_kms_key_arn: "SourceKMSKeyArn" => String [MaxLength(10000), Pattern(r#"^(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()$"#)];
        zip_file: "ZipFile" => String;
    }
}

record! {
    /// The record `DeadLetterConfig`.
    DeadLetterConfig
    required {}
    optional {
        target_arn: "TargetArn" => String [MaxLength(10000), Pattern(r#"^(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()$"#)];
    }
}

record! {
    /// The record `DestinationConfig`.
    DestinationConfig
    required {}
    optional {
        on_failure: "OnFailure" => OnFailure;
    }
}

record! {
    /// The record `DocumentDBEventSourceConfig`.
    DocumentDBEventSourceConfig
    required {}
    optional {
        collection_name: "CollectionName" => String [MinLength(1), MaxLength(57)];
        database_name: "DatabaseName" => String [MinLength(1), MaxLength(63), Pattern(r#"^[^ /\.$\x22]*$"#)];
        full_document: "FullDocument" => FullDocument;
    }
}

record! {
    /// The record `DurableConfig`.
    DurableConfig
    required {
        execution_timeout: "ExecutionTimeout" => i64 [Minimum(1.0), Maximum(31622400.0)];
    }
    optional {
        kms_key_arn: "KMSKeyArn" => String [MaxLength(10000), Pattern(r#"^(arn:(aws[a-zA-Z-]*)?:[a-z0-9-.]+:.*)|()$"#)];
        retention_period_in_days: "RetentionPeriodInDays" => i64 [Minimum(1.0), Maximum(90.0)];
    }
}

record! {
    /// The record `Endpoints`.
    Endpoints
    required {}
    optional {
        kafka_bootstrap_servers: "KafkaBootstrapServers" => List<String> [MinItems(1), MaxItems(10), Unique, Each(&[MinLength(1), MaxLength(300), Pattern(r#"^(([a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9\-]*[a-zA-Z0-9])\.)*([A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9\-]*[A-Za-z0-9]):[0-9]{1,5}"#)])];
    }
}

record! {
    /// The record `Environment`.
    Environment
    required {}
    optional {
        variables: "Variables" => Map<Json>;
    }
}

record! {
    /// The record `EphemeralStorage`.
    EphemeralStorage
    required {
        size: "Size" => i64 [Minimum(512.0), Maximum(32768.0)];
    }
    optional {}
}

record! {
    /// The record `FileSystemConfig`.
    FileSystemConfig
    required {
        arn: "Arn" => String [MaxLength(200), Pattern(r#"^arn:aws[a-zA-Z-]*:elasticfilesystem:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:access-point/fsap-[a-f0-9]{17}$|^arn:aws[-a-z]*:s3files:[0-9a-z-:]+:file-system/fs-[0-9a-f]{17,40}/access-point/fsap-[0-9a-f]{17,40}$"#)];
        local_mount_path: "LocalMountPath" => String [MaxLength(160), Pattern(r#"^/mnt/[a-zA-Z0-9-_.]+$"#)];
    }
    optional {
        s3_files_config: "S3FilesConfig" => S3FilesConfig;
    }
}

record! {
    /// The record `Filter`.
    Filter
    required {}
    optional {
        pattern: "Pattern" => String [MaxLength(4096), Pattern(r#".*"#)];
    }
}

record! {
    /// The record `FilterCriteria`.
    FilterCriteria
    required {}
    optional {
        filters: "Filters" => List<Filter> [MinItems(1), MaxItems(20), Unique];
    }
}

record! {
    /// The record `FunctionLoggingConfig`.
    FunctionLoggingConfig
    required {}
    optional {
        application_log_level: "ApplicationLogLevel" => ApplicationLogLevel;
        log_format: "LogFormat" => LogFormat;
        log_group: "LogGroup" => String [MinLength(1), MaxLength(512), Pattern(r#"[\.\-_/#A-Za-z0-9]+"#)];
        system_log_level: "SystemLogLevel" => SystemLogLevel;
    }
}

record! {
    /// The record `FunctionScalingConfig`.
    FunctionScalingConfig
    required {}
    optional {
        max_execution_environments: "MaxExecutionEnvironments" => i64 [Minimum(0.0), Maximum(15000.0)];
        min_execution_environments: "MinExecutionEnvironments" => i64 [Minimum(0.0), Maximum(15000.0)];
    }
}

record! {
    /// The record `ImageConfig`.
    ImageConfig
    required {}
    optional {
        command: "Command" => List<String> [MinItems(0), MaxItems(1500), Unique];
        entry_point: "EntryPoint" => List<String> [MinItems(0), MaxItems(1500), Unique];
        working_directory: "WorkingDirectory" => String [MaxLength(1000)];
    }
}

record! {
    /// The record `LambdaManagedInstancesCapacityProviderConfig`.
    LambdaManagedInstancesCapacityProviderConfig
    required {
        capacity_provider_arn: "CapacityProviderArn" => String [MinLength(1), MaxLength(140), Pattern(r#"^arn:aws[a-zA-Z-]*:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:capacity-provider:[a-zA-Z0-9-_]+$"#)];
    }
    optional {
        execution_environment_memory_gi_b_per_v_cpu: "ExecutionEnvironmentMemoryGiBPerVCpu" => f64 [Minimum(2.0), Maximum(8.0)];
        per_execution_environment_max_concurrency: "PerExecutionEnvironmentMaxConcurrency" => i64 [Minimum(1.0), Maximum(1600.0)];
    }
}

record! {
    /// The record `LoggingConfig`.
    LoggingConfig
    required {}
    optional {
        system_log_level: "SystemLogLevel" => SystemLogLevel;
    }
}

record! {
    /// The record `MetricsConfig`.
    MetricsConfig
    required {}
    optional {
        metrics: "Metrics" => List<Metrics> [MinItems(0), MaxItems(3), Unique];
    }
}

record! {
    /// The record `OnFailure`.
    OnFailure
    required {}
    optional {
        destination: "Destination" => String [MinLength(12), MaxLength(1024), Pattern(r#"^$|kafka://([^.]([a-zA-Z0-9\-_.]{0,248}))|arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)"#)];
    }
}

record! {
    /// The record `ProvisionedConcurrencyConfiguration`.
    ProvisionedConcurrencyConfiguration
    required {
        provisioned_concurrent_executions: "ProvisionedConcurrentExecutions" => i64;
    }
    optional {}
}

record! {
    /// The record `ProvisionedPollerConfig`.
    ProvisionedPollerConfig
    required {}
    optional {
        maximum_pollers: "MaximumPollers" => i64 [Minimum(1.0), Maximum(10000.0)];
        minimum_pollers: "MinimumPollers" => i64 [Minimum(1.0), Maximum(200.0)];
        poller_group_name: "PollerGroupName" => String [MaxLength(128), Pattern(r#"^[a-zA-Z0-9-_]*$"#)];
    }
}

record! {
    /// The record `RuntimeManagementConfig`.
    RuntimeManagementConfig
    required {
        update_runtime_on: "UpdateRuntimeOn" => UpdateRuntimeOn;
    }
    optional {
        runtime_version_arn: "RuntimeVersionArn" => String;
    }
}

record! {
    /// The record `RuntimePolicy`.
    RuntimePolicy
    required {
        update_runtime_on: "UpdateRuntimeOn" => String;
    }
    optional {
        runtime_version_arn: "RuntimeVersionArn" => String [MinLength(26), MaxLength(2048), Pattern(r#"^arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}::runtime:.+$"#)];
    }
}

record! {
    /// The record `S3FilesConfig`.
    S3FilesConfig
    required {}
    optional {
        direct_s3_read: "DirectS3Read" => DirectS3Read;
    }
}

record! {
    /// The record `ScalingConfig`.
    ScalingConfig
    required {}
    optional {
        maximum_concurrency: "MaximumConcurrency" => i64 [Minimum(2.0), Maximum(1000.0)];
    }
}

record! {
    /// The record `SchemaRegistryAccessConfig`.
    SchemaRegistryAccessConfig
    required {}
    optional {
        r#type: "Type" => Type;
        uri: "URI" => String [MinLength(1), MaxLength(10000), Pattern(r#"arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)"#)];
    }
}

record! {
    /// The record `SchemaRegistryConfig`.
    SchemaRegistryConfig
    required {}
    optional {
        access_configs: "AccessConfigs" => List<SchemaRegistryAccessConfig> [MaxItems(2), Unique];
        event_record_format: "EventRecordFormat" => EventRecordFormat;
        schema_registry_uri: "SchemaRegistryURI" => String [MinLength(1), MaxLength(10000), Pattern(r#"[a-zA-Z0-9-/*:_+=.@-]*"#)];
        schema_validation_configs: "SchemaValidationConfigs" => List<SchemaValidationConfig> [MinItems(1), MaxItems(2), Unique];
    }
}

record! {
    /// The record `SchemaValidationConfig`.
    SchemaValidationConfig
    required {}
    optional {
        attribute: "Attribute" => Attribute;
    }
}

record! {
    /// The record `SelfManagedEventSource`.
    SelfManagedEventSource
    required {}
    optional {
        endpoints: "Endpoints" => Endpoints;
    }
}

record! {
    /// The record `SelfManagedKafkaEventSourceConfig`.
    SelfManagedKafkaEventSourceConfig
    required {}
    optional {
        consumer_group_id: "ConsumerGroupId" => String [MinLength(1), MaxLength(200), Pattern(r#"[a-zA-Z0-9-\/*:_+=.@-]*"#)];
        consumption_mode: "ConsumptionMode" => ConsumptionMode;
        schema_registry_config: "SchemaRegistryConfig" => SchemaRegistryConfig;
    }
}

record! {
    /// The record `SnapStart`.
    SnapStart
    required {
        apply_on: "ApplyOn" => ApplyOn;
    }
    optional {}
}

record! {
    /// The record `SnapStartResponse`.
    SnapStartResponse
    required {}
    optional {
        apply_on: "ApplyOn" => ApplyOn;
        optimization_status: "OptimizationStatus" => OptimizationStatus;
    }
}

record! {
    /// The record `SourceAccessConfiguration`.
    SourceAccessConfiguration
    required {}
    optional {
        r#type: "Type" => SourceAccessConfigurationType;
        uri: "URI" => String [MinLength(1), MaxLength(200), Pattern(r#"[a-zA-Z0-9-\/*:_+=.@-]*"#)];
    }
}

record! {
    /// The record `Tag`.
    Tag
    required {
        key: "Key" => String [MinLength(1), MaxLength(128)];
    }
    optional {
        value: "Value" => String [MaxLength(256)];
    }
}

record! {
    /// The record `TenancyConfig`.
    TenancyConfig
    required {
        tenant_isolation_mode: "TenantIsolationMode" => TenantIsolationMode;
    }
    optional {}
}

record! {
    /// The record `TracingConfig`.
    TracingConfig
    required {}
    optional {
        mode: "Mode" => Mode;
    }
}

record! {
    /// The record `VersionWeight`.
    VersionWeight
    required {
        function_version: "FunctionVersion" => String;
        function_weight: "FunctionWeight" => f64;
    }
    optional {}
}

record! {
    /// The record `VpcConfig`.
    VpcConfig
    required {}
    optional {
        ipv6_allowed_for_dual_stack: "Ipv6AllowedForDualStack" => bool;
        security_group_ids: "SecurityGroupIds" => List<String> [MinItems(0), MaxItems(5), Each(&[MaxLength(1024), Pattern(r#"^sg-[0-9a-zA-Z]*$"#)])];
        subnet_ids: "SubnetIds" => List<String> [MinItems(0), MaxItems(16), Each(&[MaxLength(1024), Pattern(r#"^subnet-[0-9a-z]*$"#)])];
    }
}

choice! {
    /// The choice `ApplicationLogLevel`.
    ApplicationLogLevel {
        Trace = "TRACE",
        Debug = "DEBUG",
        Info = "INFO",
        Warn = "WARN",
        Error = "ERROR",
        Fatal = "FATAL",
    }
}

choice! {
    /// The choice `ApplyOn`.
    ApplyOn {
        PublishedVersions = "PublishedVersions",
        None = "None",
    }
}

choice! {
    /// The choice `Architectures`.
    Architectures {
        X86_64 = "x86_64",
        Arm64 = "arm64",
    }
}

choice! {
    /// The choice `Attribute`.
    Attribute {
        Key = "KEY",
        Value = "VALUE",
    }
}

choice! {
    /// The choice `ConsumptionMode`.
    ConsumptionMode {
        Stream = "Stream",
        Queue = "Queue",
    }
}

choice! {
    /// The choice `DirectS3Read`.
    DirectS3Read {
        Enabled = "ENABLED",
        Disabled = "DISABLED",
        Auto = "AUTO",
    }
}

choice! {
    /// The choice `EventRecordFormat`.
    EventRecordFormat {
        Json = "JSON",
        Source = "SOURCE",
    }
}

choice! {
    /// The choice `FullDocument`.
    FullDocument {
        UpdateLookup = "UpdateLookup",
        Default = "Default",
    }
}

choice! {
    /// The choice `FunctionResponseTypes`.
    FunctionResponseTypes {
        ReportBatchItemFailures = "ReportBatchItemFailures",
    }
}

choice! {
    /// The choice `FunctionUrlAuthType`.
    FunctionUrlAuthType {
        AwsIam = "AWS_IAM",
        None = "NONE",
    }
}

choice! {
    /// The choice `LogFormat`.
    LogFormat {
        Text = "Text",
        Json = "JSON",
    }
}

choice! {
    /// The choice `Metrics`.
    Metrics {
        EventCount = "EventCount",
        ErrorCount = "ErrorCount",
        KafkaMetrics = "KafkaMetrics",
    }
}

choice! {
    /// The choice `Mode`.
    Mode {
        Active = "Active",
        PassThrough = "PassThrough",
    }
}

choice! {
    /// The choice `OptimizationStatus`.
    OptimizationStatus {
        On = "On",
        Off = "Off",
    }
}

choice! {
    /// The choice `PackageType`.
    PackageType {
        Image = "Image",
        Zip = "Zip",
    }
}

choice! {
    /// The choice `RecursiveLoop`.
    RecursiveLoop {
        Allow = "Allow",
        Terminate = "Terminate",
    }
}

choice! {
    /// The choice `Runtime`.
    Runtime {
        Dotnet10 = "dotnet10",
        Dotnet6 = "dotnet6",
        Dotnet8 = "dotnet8",
        Dotnetcore1_0 = "dotnetcore1.0",
        Dotnetcore2_0 = "dotnetcore2.0",
        Dotnetcore2_1 = "dotnetcore2.1",
        Dotnetcore3_1 = "dotnetcore3.1",
        Go1X = "go1.x",
        Java11 = "java11",
        Java11Al2023 = "java11.al2023",
        Java17 = "java17",
        Java17Al2023 = "java17.al2023",
        Java21 = "java21",
        Java25 = "java25",
        Java8 = "java8",
        Java8Al2 = "java8.al2",
        Java8Al2023 = "java8.al2023",
        Nodejs = "nodejs",
        Nodejs10X = "nodejs10.x",
        Nodejs12X = "nodejs12.x",
        Nodejs14X = "nodejs14.x",
        Nodejs16X = "nodejs16.x",
        Nodejs18X = "nodejs18.x",
        Nodejs20X = "nodejs20.x",
        Nodejs22X = "nodejs22.x",
        Nodejs24X = "nodejs24.x",
        Nodejs26X = "nodejs26.x",
        Nodejs4_3 = "nodejs4.3",
        Nodejs4_3Edge = "nodejs4.3-edge",
        Nodejs6_10 = "nodejs6.10",
        Nodejs8_10 = "nodejs8.10",
        Provided = "provided",
        ProvidedAl2 = "provided.al2",
        ProvidedAl2023 = "provided.al2023",
        Python2_7 = "python2.7",
        Python3_10 = "python3.10",
        Python3_11 = "python3.11",
        Python3_12 = "python3.12",
        Python3_13 = "python3.13",
        Python3_14 = "python3.14",
        Python3_15 = "python3.15",
        Python3_6 = "python3.6",
        Python3_7 = "python3.7",
        Python3_8 = "python3.8",
        Python3_9 = "python3.9",
        Ruby2_5 = "ruby2.5",
        Ruby2_7 = "ruby2.7",
        Ruby3_2 = "ruby3.2",
        Ruby3_3 = "ruby3.3",
        Ruby3_4 = "ruby3.4",
        Ruby4_0 = "ruby4.0",
    }
}

choice! {
    /// The choice `S3ObjectStorageMode`.
    S3ObjectStorageMode {
        Copy = "COPY",
        Reference = "REFERENCE",
    }
}

choice! {
    /// The choice `SourceAccessConfigurationType`.
    SourceAccessConfigurationType {
        BasicAuth = "BASIC_AUTH",
        VpcSubnet = "VPC_SUBNET",
        VpcSecurityGroup = "VPC_SECURITY_GROUP",
        SaslScram512Auth = "SASL_SCRAM_512_AUTH",
        SaslScram256Auth = "SASL_SCRAM_256_AUTH",
        VirtualHost = "VIRTUAL_HOST",
        ClientCertificateTlsAuth = "CLIENT_CERTIFICATE_TLS_AUTH",
        ServerRootCaCertificate = "SERVER_ROOT_CA_CERTIFICATE",
        OauthbearerAuth = "OAUTHBEARER_AUTH",
        OauthbearerScope = "OAUTHBEARER_SCOPE",
        OauthbearerAudience = "OAUTHBEARER_AUDIENCE",
        OauthbearerLogicalCluster = "OAUTHBEARER_LOGICAL_CLUSTER",
        OauthbearerIdentityPool = "OAUTHBEARER_IDENTITY_POOL",
        IamAuth = "IAM_AUTH",
        IamOauthbearerAuth = "IAM_OAUTHBEARER_AUTH",
    }
}

choice! {
    /// The choice `SystemLogLevel`.
    SystemLogLevel {
        Debug = "DEBUG",
        Info = "INFO",
        Warn = "WARN",
    }
}

choice! {
    /// The choice `TenantIsolationMode`.
    TenantIsolationMode {
        PerTenant = "PER_TENANT",
    }
}

choice! {
    /// The choice `Type`.
    Type {
        BasicAuth = "BASIC_AUTH",
        ClientCertificateTlsAuth = "CLIENT_CERTIFICATE_TLS_AUTH",
        ServerRootCaCertificate = "SERVER_ROOT_CA_CERTIFICATE",
        OauthbearerAuth = "OAUTHBEARER_AUTH",
    }
}

choice! {
    /// The choice `UpdateRuntimeOn`.
    UpdateRuntimeOn {
        Auto = "Auto",
        FunctionUpdate = "FunctionUpdate",
        Manual = "Manual",
    }
}
