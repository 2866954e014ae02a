//! AWS::ApiGatewayV2. Generated from `stack/schemas` by `cargo xtask codegen`; not for editing.

use serde_json::Value as Json;

use crate::cfn::macros::{choice, record, resource};
use crate::cfn::rules::Rule::Pattern;
use crate::cfn::value::{List, Map};

resource! {
    /// The resource type `AWS::ApiGatewayV2::Api`.
    Api = "AWS::ApiGatewayV2::Api"
    required {}
    optional {
        api_key_selection_expression: "ApiKeySelectionExpression" => String;
        base_path: "BasePath" => String;
        body: "Body" => Json;
        body_s3_location: "BodyS3Location" => BodyS3Location;
        cors_configuration: "CorsConfiguration" => Cors;
        credentials_arn: "CredentialsArn" => String;
        description: "Description" => String;
        disable_execute_api_endpoint: "DisableExecuteApiEndpoint" => bool;
        disable_schema_validation: "DisableSchemaValidation" => bool;
        fail_on_warnings: "FailOnWarnings" => bool;
        ip_address_type: "IpAddressType" => String;
        name: "Name" => String;
        protocol_type: "ProtocolType" => String;
        route_key: "RouteKey" => String;
        route_selection_expression: "RouteSelectionExpression" => String;
        tags: "Tags" => Map<String>;
        target: "Target" => String;
        version: "Version" => String;
    }
    attributes {
        api_endpoint: "ApiEndpoint" => String;
        api_id: "ApiId" => String;
        execute_api_arn: "ExecuteApiArn" => String;
    }
    create_only [
        "ProtocolType",
    ]
}

resource! {
    /// The resource type `AWS::ApiGatewayV2::ApiMapping`.
    ApiMapping = "AWS::ApiGatewayV2::ApiMapping"
    required {
        domain_name: "DomainName" => String;
        stage: "Stage" => String;
        api_id: "ApiId" => String;
    }
    optional {
        api_mapping_key: "ApiMappingKey" => String;
    }
    attributes {
        api_mapping_id: "ApiMappingId" => String;
    }
    create_only [
        "DomainName",
    ]
}

resource! {
    /// The resource type `AWS::ApiGatewayV2::Authorizer`.
    Authorizer = "AWS::ApiGatewayV2::Authorizer"
    required {
        authorizer_type: "AuthorizerType" => String;
        api_id: "ApiId" => String;
        name: "Name" => String;
    }
    optional {
        authorizer_credentials_arn: "AuthorizerCredentialsArn" => String;
        authorizer_payload_format_version: "AuthorizerPayloadFormatVersion" => String;
        authorizer_result_ttl_in_seconds: "AuthorizerResultTtlInSeconds" => i64;
        authorizer_uri: "AuthorizerUri" => String;
        enable_simple_responses: "EnableSimpleResponses" => bool;
        identity_source: "IdentitySource" => List<String>;
        identity_validation_expression: "IdentityValidationExpression" => String;
        jwt_configuration: "JwtConfiguration" => JWTConfiguration;
    }
    attributes {
        authorizer_id: "AuthorizerId" => String;
    }
    create_only [
        "ApiId",
    ]
}

resource! {
    /// The resource type `AWS::ApiGatewayV2::DomainName`.
    DomainName = "AWS::ApiGatewayV2::DomainName"
    required {
        domain_name: "DomainName" => String;
    }
    optional {
        domain_name_configurations: "DomainNameConfigurations" => List<DomainNameConfiguration>;
        mutual_tls_authentication: "MutualTlsAuthentication" => MutualTlsAuthentication;
        routing_mode: "RoutingMode" => RoutingMode;
        tags: "Tags" => Map<String>;
    }
    attributes {
        domain_name_arn: "DomainNameArn" => String;
        regional_domain_name: "RegionalDomainName" => String;
        regional_hosted_zone_id: "RegionalHostedZoneId" => String;
    }
    create_only [
        "DomainName",
    ]
}

resource! {
    /// The resource type `AWS::ApiGatewayV2::Integration`.
    Integration = "AWS::ApiGatewayV2::Integration"
    required {
        api_id: "ApiId" => String;
        integration_type: "IntegrationType" => String;
    }
    optional {
        connection_id: "ConnectionId" => String;
        connection_type: "ConnectionType" => String;
        content_handling_strategy: "ContentHandlingStrategy" => String;
        credentials_arn: "CredentialsArn" => String [Pattern(r#"arn:(aws|aws-cn|aws-us-gov):iam::[0-9]*:(role|user|group)\/.*"#)];
        description: "Description" => String;
        integration_method: "IntegrationMethod" => String;
        integration_subtype: "IntegrationSubtype" => String;
        integration_uri: "IntegrationUri" => String;
        passthrough_behavior: "PassthroughBehavior" => String;
        payload_format_version: "PayloadFormatVersion" => String;
        request_parameters: "RequestParameters" => Map<String>;
        request_templates: "RequestTemplates" => Map<String>;
        response_parameters: "ResponseParameters" => Map<ResponseParameterMap>;
        template_selection_expression: "TemplateSelectionExpression" => String;
        timeout_in_millis: "TimeoutInMillis" => i64;
        tls_config: "TlsConfig" => TlsConfig;
    }
    attributes {
        integration_id: "IntegrationId" => String;
    }
    create_only [
        "ApiId",
    ]
}

resource! {
    /// The resource type `AWS::ApiGatewayV2::Route`.
    Route = "AWS::ApiGatewayV2::Route"
    required {
        route_key: "RouteKey" => String;
        api_id: "ApiId" => String;
    }
    optional {
        api_key_required: "ApiKeyRequired" => bool;
        authorization_scopes: "AuthorizationScopes" => List<String>;
        authorization_type: "AuthorizationType" => String;
        authorizer_id: "AuthorizerId" => String;
        model_selection_expression: "ModelSelectionExpression" => String;
        operation_name: "OperationName" => String;
        request_models: "RequestModels" => Json;
        request_parameters: "RequestParameters" => Json;
        route_response_selection_expression: "RouteResponseSelectionExpression" => String;
        target: "Target" => String;
    }
    attributes {
        route_id: "RouteId" => String;
    }
    create_only [
        "ApiId",
    ]
}

resource! {
    /// The resource type `AWS::ApiGatewayV2::Stage`.
    Stage = "AWS::ApiGatewayV2::Stage"
    required {
        stage_name: "StageName" => String;
        api_id: "ApiId" => String;
    }
    optional {
        access_log_settings: "AccessLogSettings" => AccessLogSettings;
        auto_deploy: "AutoDeploy" => bool;
        client_certificate_id: "ClientCertificateId" => String;
        default_route_settings: "DefaultRouteSettings" => RouteSettings;
        deployment_id: "DeploymentId" => String;
        description: "Description" => String;
        route_settings: "RouteSettings" => Json;
        stage_variables: "StageVariables" => Json;
        tags: "Tags" => Map<String>;
    }
    attributes {}
    create_only [
        "ApiId",
        "StageName",
    ]
}

record! {
    /// The record `AccessLogSettings`.
    AccessLogSettings
    required {}
    optional {
        destination_arn: "DestinationArn" => String;
        format: "Format" => String;
    }
}

record! {
    /// The record `BodyS3Location`.
    BodyS3Location
    required {}
    optional {
        bucket: "Bucket" => String;
        etag: "Etag" => String;
        key: "Key" => String;
        version: "Version" => String;
    }
}

record! {
    /// The record `Cors`.
    Cors
    required {}
    optional {
        allow_credentials: "AllowCredentials" => bool;
        allow_headers: "AllowHeaders" => List<String>;
        allow_methods: "AllowMethods" => List<String>;
        allow_origins: "AllowOrigins" => List<String>;
        expose_headers: "ExposeHeaders" => List<String>;
        max_age: "MaxAge" => i64;
    }
}

record! {
    /// The record `DomainNameConfiguration`.
    DomainNameConfiguration
    required {}
    optional {
        certificate_arn: "CertificateArn" => String;
        certificate_name: "CertificateName" => String;
        endpoint_type: "EndpointType" => String;
        ip_address_type: "IpAddressType" => String;
        ownership_verification_certificate_arn: "OwnershipVerificationCertificateArn" => String;
        security_policy: "SecurityPolicy" => String;
    }
}

record! {
    /// The record `JWTConfiguration`.
    JWTConfiguration
    required {}
    optional {
        audience: "Audience" => List<String>;
        issuer: "Issuer" => String;
    }
}

record! {
    /// The record `MutualTlsAuthentication`.
    MutualTlsAuthentication
    required {}
    optional {
        truststore_uri: "TruststoreUri" => String;
        truststore_version: "TruststoreVersion" => String;
    }
}

record! {
    /// The record `ResponseParameter`.
    ResponseParameter
    required {}
    optional {
        destination: "Destination" => String;
        source: "Source" => String;
    }
}

record! {
    /// The record `ResponseParameterMap`.
    ResponseParameterMap
    required {}
    optional {
        response_parameters: "ResponseParameters" => List<ResponseParameter>;
    }
}

record! {
    /// The record `RouteSettings`.
    RouteSettings
    required {}
    optional {
        data_trace_enabled: "DataTraceEnabled" => bool;
        detailed_metrics_enabled: "DetailedMetricsEnabled" => bool;
        logging_level: "LoggingLevel" => String;
        throttling_burst_limit: "ThrottlingBurstLimit" => i64;
        throttling_rate_limit: "ThrottlingRateLimit" => f64;
    }
}

record! {
    /// The record `TlsConfig`.
    TlsConfig
    required {}
    optional {
        server_name_to_verify: "ServerNameToVerify" => String;
    }
}

choice! {
    /// The choice `RoutingMode`.
    RoutingMode {
        ApiMappingOnly = "API_MAPPING_ONLY",
        RoutingRuleThenApiMapping = "ROUTING_RULE_THEN_API_MAPPING",
        RoutingRuleOnly = "ROUTING_RULE_ONLY",
    }
}
