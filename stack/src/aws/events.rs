//! AWS::Events. Generated from `stack/schemas` by `cargo xtask codegen`; not for editing.

use serde_json::Value as Json;

use crate::cfn::macros::{choice, record, resource};
use crate::cfn::rules::Rule::{
    Each, MaxItems, MaxLength, Maximum, MinItems, MinLength, Minimum, Pattern, Schedule, Unique,
};
use crate::cfn::value::{List, Map};

resource! {
    /// The resource type `AWS::Events::Rule`.
    Rule = "AWS::Events::Rule"
    required {}
    optional {
        description: "Description" => String [MaxLength(512)];
        event_bus_name: "EventBusName" => String [MinLength(1), MaxLength(1600), Pattern(r#"^(arn:aws[\w-]*:events:[a-z]{2}-[a-z]+-[\w-]+:[0-9]{12}:event-bus\/)?[/\.\-_A-Za-z0-9]+$"#)];
        event_pattern: "EventPattern" => Json;
        name: "Name" => String [MinLength(1), MaxLength(64), Pattern(r#"^[\.\-_A-Za-z0-9]+$"#)];
        role_arn: "RoleArn" => String [MinLength(1), MaxLength(1600)];
        schedule_expression: "ScheduleExpression" => String [MaxLength(256), Schedule];
        state: "State" => State;
        tags: "Tags" => List<Tag>;
        targets: "Targets" => List<Target> [MaxItems(5), Unique];
    }
    attributes {
        arn: "Arn" => String;
        rule_name: "RuleName" => String;
    }
    create_only [
        "Name",
    ]
}

record! {
    /// The record `AppSyncParameters`.
    AppSyncParameters
    required {
        graph_ql_operation: "GraphQLOperation" => String;
    }
    optional {}
}

record! {
    /// The record `AwsVpcConfiguration`.
    AwsVpcConfiguration
    required {
        subnets: "Subnets" => List<String>;
    }
    optional {
        assign_public_ip: "AssignPublicIp" => AssignPublicIp;
        security_groups: "SecurityGroups" => List<String> [Unique];
    }
}

record! {
    /// The record `BatchArrayProperties`.
    BatchArrayProperties
    required {}
    optional {
        size: "Size" => i64;
    }
}

record! {
    /// The record `BatchParameters`.
    BatchParameters
    required {
        job_name: "JobName" => String;
        job_definition: "JobDefinition" => String;
    }
    optional {
        array_properties: "ArrayProperties" => BatchArrayProperties;
        retry_strategy: "RetryStrategy" => BatchRetryStrategy;
    }
}

record! {
    /// The record `BatchRetryStrategy`.
    BatchRetryStrategy
    required {}
    optional {
        attempts: "Attempts" => i64;
    }
}

record! {
    /// The record `CapacityProviderStrategyItem`.
    CapacityProviderStrategyItem
    required {
        capacity_provider: "CapacityProvider" => String [MinLength(1), MaxLength(255)];
    }
    optional {
        base: "Base" => i64 [Minimum(0.0), Maximum(100000.0)];
        weight: "Weight" => i64 [Minimum(0.0), Maximum(1000.0)];
    }
}

record! {
    /// The record `DeadLetterConfig`.
    DeadLetterConfig
    required {}
    optional {
        arn: "Arn" => String [MinLength(1), MaxLength(1600)];
    }
}

record! {
    /// The record `EcsParameters`.
    EcsParameters
    required {
        task_definition_arn: "TaskDefinitionArn" => String [MinLength(1), MaxLength(1600)];
    }
    optional {
        capacity_provider_strategy: "CapacityProviderStrategy" => List<CapacityProviderStrategyItem> [MinItems(0), MaxItems(6), Unique];
        enable_ecs_managed_tags: "EnableECSManagedTags" => bool;
        enable_execute_command: "EnableExecuteCommand" => bool;
        group: "Group" => String;
        launch_type: "LaunchType" => LaunchType;
        network_configuration: "NetworkConfiguration" => NetworkConfiguration;
        placement_constraints: "PlacementConstraints" => List<PlacementConstraint> [MinItems(0), MaxItems(10), Unique];
        placement_strategies: "PlacementStrategies" => List<PlacementStrategy> [Unique];
        platform_version: "PlatformVersion" => String;
        propagate_tags: "PropagateTags" => PropagateTags;
        reference_id: "ReferenceId" => String [MaxLength(1024)];
        tag_list: "TagList" => List<Tag> [Unique];
        task_count: "TaskCount" => i64 [Minimum(1.0)];
    }
}

record! {
    /// The record `HttpParameters`.
    HttpParameters
    required {}
    optional {
        header_parameters: "HeaderParameters" => Map<String>;
        path_parameter_values: "PathParameterValues" => List<String> [Unique];
        query_string_parameters: "QueryStringParameters" => Map<String>;
    }
}

record! {
    /// The record `InputTransformer`.
    InputTransformer
    required {
        input_template: "InputTemplate" => String [MinLength(1), MaxLength(8192)];
    }
    optional {
        input_paths_map: "InputPathsMap" => Map<String>;
    }
}

record! {
    /// The record `KinesisParameters`.
    KinesisParameters
    required {
        partition_key_path: "PartitionKeyPath" => String [MaxLength(256)];
    }
    optional {}
}

record! {
    /// The record `NetworkConfiguration`.
    NetworkConfiguration
    required {}
    optional {
        aws_vpc_configuration: "AwsVpcConfiguration" => AwsVpcConfiguration;
    }
}

record! {
    /// The record `PlacementConstraint`.
    PlacementConstraint
    required {}
    optional {
        expression: "Expression" => String [MaxLength(2000)];
        r#type: "Type" => Type;
    }
}

record! {
    /// The record `PlacementStrategy`.
    PlacementStrategy
    required {}
    optional {
        field: "Field" => String;
        r#type: "Type" => String;
    }
}

record! {
    /// The record `RedshiftDataParameters`.
    RedshiftDataParameters
    required {
        database: "Database" => String [MinLength(1), MaxLength(64)];
    }
    optional {
        db_user: "DbUser" => String [MinLength(1), MaxLength(128)];
        secret_manager_arn: "SecretManagerArn" => String [MinLength(1), MaxLength(1600), Pattern(r#"^(^arn:aws([a-z]|\-)*:secretsmanager:[a-z0-9-.]+:.*)|(\$(\.[\w_-]+(\[(\d+|\*)\])*)*)$"#)];
        sql: "Sql" => String [MinLength(1), MaxLength(100000)];
        sqls: "Sqls" => List<String>;
        statement_name: "StatementName" => String [MinLength(1), MaxLength(500)];
        with_event: "WithEvent" => bool;
    }
}

record! {
    /// The record `RetryPolicy`.
    RetryPolicy
    required {}
    optional {
        maximum_event_age_in_seconds: "MaximumEventAgeInSeconds" => i64 [Minimum(60.0), Maximum(86400.0)];
        maximum_retry_attempts: "MaximumRetryAttempts" => i64 [Minimum(0.0), Maximum(185.0)];
    }
}

record! {
    /// The record `RunCommandParameters`.
    RunCommandParameters
    required {
        run_command_targets: "RunCommandTargets" => List<RunCommandTarget> [MinItems(1), MaxItems(5), Unique];
    }
    optional {}
}

record! {
    /// The record `RunCommandTarget`.
    RunCommandTarget
    required {
        values: "Values" => List<String> [MinItems(1), MaxItems(50), Unique, Each(&[MinLength(1), MaxLength(256)])];
        key: "Key" => String [MinLength(1), MaxLength(128), Pattern(r#"^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$"#)];
    }
    optional {}
}

record! {
    /// The record `SageMakerPipelineParameter`.
    SageMakerPipelineParameter
    required {
        value: "Value" => String [MaxLength(1024)];
        name: "Name" => String [MinLength(1), MaxLength(256), Pattern(r#"^[a-zA-Z0-9]([a-zA-Z0-9_-]*[a-zA-Z0-9])?$"#)];
    }
    optional {}
}

record! {
    /// The record `SageMakerPipelineParameters`.
    SageMakerPipelineParameters
    required {}
    optional {
        pipeline_parameter_list: "PipelineParameterList" => List<SageMakerPipelineParameter> [MinItems(0), MaxItems(200), Unique];
    }
}

record! {
    /// The record `SqsParameters`.
    SqsParameters
    required {
        message_group_id: "MessageGroupId" => String;
    }
    optional {}
}

record! {
    /// The record `Tag`.
    Tag
    required {}
    optional {
        key: "Key" => String [MinLength(1), MaxLength(128)];
        value: "Value" => String [MaxLength(256)];
    }
}

record! {
    /// The record `Target`.
    Target
    required {
        id: "Id" => String [MinLength(1), MaxLength(64), Pattern(r#"^[\.\-_A-Za-z0-9]+$"#)];
        arn: "Arn" => String [MinLength(1), MaxLength(1600)];
    }
    optional {
        app_sync_parameters: "AppSyncParameters" => AppSyncParameters;
        batch_parameters: "BatchParameters" => BatchParameters;
        dead_letter_config: "DeadLetterConfig" => DeadLetterConfig;
        ecs_parameters: "EcsParameters" => EcsParameters;
        http_parameters: "HttpParameters" => HttpParameters;
        input: "Input" => String [MaxLength(8192)];
        input_path: "InputPath" => String [MaxLength(256)];
        input_transformer: "InputTransformer" => InputTransformer;
        kinesis_parameters: "KinesisParameters" => KinesisParameters;
        redshift_data_parameters: "RedshiftDataParameters" => RedshiftDataParameters;
        retry_policy: "RetryPolicy" => RetryPolicy;
        role_arn: "RoleArn" => String [MinLength(1), MaxLength(1600)];
        run_command_parameters: "RunCommandParameters" => RunCommandParameters;
        sage_maker_pipeline_parameters: "SageMakerPipelineParameters" => SageMakerPipelineParameters;
        sqs_parameters: "SqsParameters" => SqsParameters;
    }
}

choice! {
    /// The choice `AssignPublicIp`.
    AssignPublicIp {
        Disabled = "DISABLED",
        Enabled = "ENABLED",
    }
}

choice! {
    /// The choice `LaunchType`.
    LaunchType {
        Ec2 = "EC2",
        External = "EXTERNAL",
        Fargate = "FARGATE",
    }
}

choice! {
    /// The choice `PropagateTags`.
    PropagateTags {
        TaskDefinition = "TASK_DEFINITION",
    }
}

choice! {
    /// The choice `State`.
    State {
        Disabled = "DISABLED",
        Enabled = "ENABLED",
        EnabledWithAllCloudtrailManagementEvents = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
    }
}

choice! {
    /// The choice `Type`.
    Type {
        DistinctInstance = "distinctInstance",
        MemberOf = "memberOf",
    }
}
