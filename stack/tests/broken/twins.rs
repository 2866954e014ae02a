//! Bad twins: a rendered app with one fault, for each policy rule, and who must find it.

use std::collections::BTreeSet;

use serde_json::json;
use stack::policy;

use crate::common::lines;
use crate::world::World;

/// A fault and the rule that must find it, at this place; no other rule may find anything.
pub(crate) struct Twin {
    rule: &'static str,
    kind: &'static str,
    at: &'static str,
    spoil: fn(&mut World),
}

const fn twin(
    rule: &'static str,
    kind: &'static str,
    at: &'static str,
    spoil: fn(&mut World),
) -> Twin {
    Twin {
        rule,
        kind,
        at,
        spoil,
    }
}

const ROLE: &str = "Policies.0.PolicyDocument.Statement.0";
const BUCKET: &str = "storage/Images";
const TABLE: &str = "storage/Checkpoints";
const USERS: &str = "auth/Users";

pub(crate) const TWINS: &[Twin] = &[
    twin("iam-actions-named", "dev", "compute/ApiRole", |w| {
        w.set("compute/ApiRole", &format!("{ROLE}.Action"), "s3:*");
    }),
    twin("iam-actions-named", "dev", "compute/OpsRole", |w| {
        w.set(
            "compute/OpsRole",
            &format!("{ROLE}.Action"),
            json!(["secretsmanager:Get*"]),
        );
    }),
    twin("iam-resources-named", "dev", "compute/ApiRole", |w| {
        w.set("compute/ApiRole", &format!("{ROLE}.Resource"), "*");
    }),
    twin("iam-resources-named", "prod", "compute/OpsRole", |w| {
        let all =
            json!({ "Fn::Sub": "arn:${AWS::Partition}:s3:${AWS::Region}:${AWS::AccountId}:*" });
        w.set("compute/OpsRole", &format!("{ROLE}.Resource"), all);
    }),
    twin("iam-trust-lambda", "dev", "compute/ApiRole", |w| {
        w.set(
            "compute/ApiRole",
            "AssumeRolePolicyDocument.Statement.0.Principal",
            json!({ "AWS": "*" }),
        );
    }),
    twin("iam-no-public-grant", "dev", "storage/ImagesPolicy", |w| {
        let statements = w.property("storage/ImagesPolicy", "PolicyDocument.Statement");
        let public = json!({ "Sid": "Public", "Effect": "Allow", "Principal": "*",
            "Action": "s3:GetObject", "Resource": { "Fn::Sub": "${Images.Arn}/*" } });
        statements.as_array_mut().expect("a list").push(public);
    }),
    twin(
        "iam-service-bounded",
        "prod",
        "observability/AlertsPolicy",
        |w| {
            w.take(
                "observability/AlertsPolicy",
                "PolicyDocument.Statement.0.Condition",
            );
        },
    ),
    twin("iam-invoke-bounded", "dev", "api/MayInvoke", |w| {
        w.take("api/MayInvoke", "SourceArn")
    }),
    twin(
        "function-own-role",
        "dev",
        "compute/AnalyzerFunction",
        |w| {
            // Its own stays behind, so that it is the shared one that is found.
            w.set(
                "compute/AnalyzerFunction",
                "Role",
                json!("arn:aws:iam::123456789012:role/all"),
            );
        },
    ),
    twin("users-sign-up", "prod", USERS, |w| {
        w.set(
            USERS,
            "AdminCreateUserConfig.AllowAdminCreateUserOnly",
            false,
        );
    }),
    twin("users-password", "dev", USERS, |w| {
        w.set(USERS, "Policies.PasswordPolicy.MinimumLength", 8);
    }),
    twin("users-unguessable", "dev", "auth/Console", |w| {
        w.set("auth/Console", "PreventUserExistenceErrors", "LEGACY");
    }),
    twin("users-protected", "prod", USERS, |w| {
        w.set(USERS, "DeletionProtection", "INACTIVE")
    }),
    twin(
        "no-secret-in-environment",
        "dev",
        "compute/ApiFunction",
        |w| {
            w.property("compute/ApiFunction", "Environment.Variables")["DB_PASSWORD"] =
                json!({ "Ref": "DatabaseName" });
        },
    ),
    twin(
        "no-secret-in-environment",
        "dev",
        "compute/ApiFunction",
        |w| {
            w.property("compute/ApiFunction", "Environment.Variables")["VOYAGE"] =
                json!("pa-0123456789abcdefghij");
        },
    ),
    twin(
        "no-secret-in-template",
        "external, public",
        "database/Credentials",
        |w| {
            let address = "postgres://postgres:hunter2@db.example.com/collections";
            w.put("database/Credentials", "SecretString", address);
        },
    ),
    twin("database-address", "prod", "database/Instance", |w| {
        w.set("database/Instance", "PubliclyAccessible", true);
    }),
    twin(
        "ingress-as-declared",
        "prod",
        "network/DatabaseGroup",
        |w| {
            let rule = w.property("network/DatabaseGroup", "SecurityGroupIngress.0");
            *rule = json!({ "IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432,
            "CidrIp": "203.0.113.0/24" });
        },
    ),
    twin(
        "ingress-as-declared",
        "prod",
        "network/DatabaseGroup",
        |w| {
            w.set(
                "network/DatabaseGroup",
                "SecurityGroupIngress.0.IpProtocol",
                "-1",
            );
        },
    ),
    twin("ingress-as-declared", "staging", "network/Everyone", |w| {
        let rule = json!({ "GroupId": { "Ref": "DatabaseGroup" }, "IpProtocol": "tcp",
            "FromPort": 5432, "ToPort": 5432, "SourcePrefixListId": "pl-12345678" });
        w.add(
            "network/Everyone",
            json!({
            "Type": "AWS::EC2::SecurityGroupIngress", "Properties": rule }),
        );
    }),
    twin(
        "internet-acknowledged",
        "dev",
        "network/DatabaseGroup",
        |w| {
            w.environment.acknowledge = None;
        },
    ),
    twin(
        "no-accidental-address",
        "dev",
        "network/PublicSubnetA",
        |w| {
            w.set("network/PublicSubnetA", "MapPublicIpOnLaunch", true);
        },
    ),
    twin("functions-inside", "prod", "compute/ApiFunction", |w| {
        w.take("compute/ApiFunction", "VpcConfig");
    }),
    twin("database-inside", "prod", "database/Subnets", |w| {
        let subnets = w.property("database/Subnets", "SubnetIds.0");
        *subnets = json!("subnet-0123456789abcdef0");
    }),
    twin("api-token", "dev", "api/Leak", |w| {
        w.add(
            "api/Leak",
            json!({ "Type": "AWS::ApiGatewayV2::Route", "Properties": {
            "ApiId": { "Ref": "Api" }, "RouteKey": "GET /items", "AuthorizationType": "NONE" } }),
        );
    }),
    twin("api-token", "prod", "api/Docs", |w| {
        w.add(
            "api/Docs",
            json!({ "Type": "AWS::ApiGatewayV2::Route", "Properties": {
            "ApiId": { "Ref": "Api" }, "RouteKey": "GET /docs", "AuthorizationType": "NONE" } }),
        );
    }),
    twin("api-default-route", "dev", "api/Api", |w| {
        w.remove("api/Everything")
    }),
    twin("api-authorizer", "dev", "api/Tokens", |w| {
        w.take("api/Tokens", "JwtConfiguration.Audience");
    }),
    twin("api-access-logs", "dev", "api/Stage", |w| {
        w.take("api/Stage", "AccessLogSettings")
    }),
    twin("api-throttled", "dev", "api/Stage", |w| {
        w.take("api/Stage", "DefaultRouteSettings.ThrottlingRateLimit");
    }),
    twin("api-domain-tls", "domain", "api/Domain", |w| {
        w.set(
            "api/Domain",
            "DomainNameConfigurations.0.SecurityPolicy",
            "TLS_1_0",
        );
    }),
    twin("bucket-encrypted", "dev", BUCKET, |w| {
        w.take(BUCKET, "BucketEncryption")
    }),
    twin("bucket-private", "dev", BUCKET, |w| {
        w.set(
            BUCKET,
            "PublicAccessBlockConfiguration.RestrictPublicBuckets",
            false,
        );
    }),
    twin("bucket-tls-only", "dev", BUCKET, |w| {
        w.remove("storage/ImagesPolicy")
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
        w.take(TABLE, "SSESpecification")
    }),
    twin("table-recoverable", "staging", TABLE, |w| {
        w.take(TABLE, "PointInTimeRecoverySpecification");
    }),
    twin("table-on-demand", "dev", TABLE, |w| {
        w.set(TABLE, "BillingMode", "PROVISIONED")
    }),
    twin("table-expires", "dev", TABLE, |w| {
        w.take(TABLE, "TimeToLiveSpecification")
    }),
    twin("table-protected", "prod", TABLE, |w| {
        w.take(TABLE, "DeletionProtectionEnabled")
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
        w.remove("database/Rotation")
    }),
    twin("database-rotation", "prod", "database/Rotation", |w| {
        w.set(
            "database/Rotation",
            "RotationRules.AutomaticallyAfterDays",
            365,
        );
    }),
    twin("queue-encrypted", "dev", "compute/ApiDeadLetters", |w| {
        w.set("compute/ApiDeadLetters", "SqsManagedSseEnabled", false);
    }),
    twin("queue-tls-only", "dev", "compute/ApiDeadLetters", |w| {
        w.remove("compute/ApiDeadLettersPolicy");
    }),
    twin("queue-redrives", "dev", "compute/AnalyzerQueue", |w| {
        w.take("compute/AnalyzerQueue", "RedrivePolicy");
    }),
    twin(
        "dead-letters-outlive",
        "dev",
        "compute/AnalyzerDeadLetters",
        |w| {
            w.set(
                "compute/AnalyzerDeadLetters",
                "MessageRetentionPeriod",
                3600,
            );
        },
    ),
    twin("queue-visibility", "dev", "compute/AnalyzerQueue", |w| {
        w.set("compute/AnalyzerQueue", "VisibilityTimeout", 120);
    }),
    twin(
        "mapping-on-alias",
        "dev",
        "compute/EmbedderEventSource",
        |w| {
            let function = json!({ "Ref": "EmbedderFunction" });
            w.set("compute/EmbedderEventSource", "FunctionName", function);
        },
    ),
    twin(
        "mapping-partial-batches",
        "dev",
        "compute/EmbedderEventSource",
        |w| {
            w.take("compute/EmbedderEventSource", "FunctionResponseTypes");
        },
    ),
    twin(
        "mapping-concurrency",
        "dev",
        "compute/EmbedderEventSource",
        |w| {
            w.take("compute/EmbedderEventSource", "ScalingConfig");
        },
    ),
    twin(
        "rule-target-durable",
        "dev",
        "compute/CleanupSchedule",
        |w| {
            w.take("compute/CleanupSchedule", "Targets.0.DeadLetterConfig");
        },
    ),
    twin(
        "rule-target-durable",
        "dev",
        "compute/CleanupSchedule",
        |w| {
            w.set(
                "compute/CleanupSchedule",
                "Targets.0.RetryPolicy.MaximumRetryAttempts",
                0,
            );
        },
    ),
    twin(
        "rule-may-deliver",
        "dev",
        "compute/AnalyzerOnImageProcessed",
        |w| {
            let list = w.property("compute/AnalyzerQueuePolicy", "PolicyDocument.Statement");
            list.as_array_mut().expect("a list").remove(0);
        },
    ),
    twin("rule-enabled", "dev", "compute/CleanupSchedule", |w| {
        w.set("compute/CleanupSchedule", "State", "DISABLED");
    }),
    twin("topic-encrypted", "dev", "observability/Alerts", |w| {
        w.take("observability/Alerts", "KmsMasterKeyId");
    }),
    twin("function-log-group", "dev", "compute/OpsFunction", |w| {
        w.remove("compute/OpsLogs")
    }),
    twin("function-dead-letters", "dev", "compute/OpsFunction", |w| {
        w.take("compute/OpsFunction", "DeadLetterConfig");
    }),
    twin("function-alias", "dev", "compute/OpsFunction", |w| {
        w.remove("compute/OpsAlias")
    }),
    twin("function-runtime", "dev", "compute/OpsFunction", |w| {
        w.set("compute/OpsFunction", "Runtime", "provided.al2");
    }),
    twin("function-architecture", "dev", "compute/OpsFunction", |w| {
        w.set("compute/OpsFunction", "Architectures", json!(["x86_64"]));
    }),
    twin("function-tracing", "dev", "compute/OpsFunction", |w| {
        w.set("compute/OpsFunction", "TracingConfig.Mode", "PassThrough");
    }),
    twin("function-concurrency", "prod", "compute/ApiFunction", |w| {
        w.take("compute/ApiFunction", "ReservedConcurrentExecutions");
    }),
    twin("stateful-kept", "dev", "database/Instance", |w| {
        w.resource("database/Instance")["DeletionPolicy"] = json!("Delete");
    }),
    twin("stack-protected", "prod", "storage/", |w| {
        let storage = w.app.stacks.iter_mut().find(|stack| stack.id == "storage");
        storage.expect("a stack").termination_protection = false;
    }),
    twin("stack-tagged", "dev", "storage/", |w| {
        let storage = w.app.stacks.iter_mut().find(|stack| stack.id == "storage");
        storage.expect("a stack").tags.remove("Application");
    }),
    twin("no-exports", "dev", "storage/", |w| {
        w.template("storage")["Outputs"]["BucketArn"]["Export"] = json!({ "Name": "bucket" });
    }),
    twin("no-exports", "dev", "compute/OpsLogs", |w| {
        let imported = json!({ "Fn::ImportValue": "logs-class" });
        w.put("compute/OpsLogs", "LogGroupClass", imported);
    }),
    twin("log-retention", "dev", "api/AccessLogs", |w| {
        w.take("api/AccessLogs", "RetentionInDays")
    }),
    twin("alarms-wanted", "prod", "observability/", |w| {
        let resources = w.template("observability")["Resources"].as_object_mut();
        resources
            .expect("a map")
            .retain(|_, resource| resource["Type"] != "AWS::CloudWatch::Alarm");
    }),
    twin(
        "alarm-per-function",
        "prod",
        "compute/AnalyzerFunction",
        |w| {
            w.remove("observability/AnalyzerFailures");
        },
    ),
    twin("alarm-per-queue", "prod", "compute/AnalyzerQueue", |w| {
        w.remove("observability/AnalyzerQueueAge");
    }),
    twin(
        "alarm-per-queue",
        "prod",
        "compute/AnalyzerDeadLetters",
        |w| {
            w.remove("observability/AnalyzerDeadLettersWaiting");
        },
    ),
    twin("alarm-tells", "prod", "observability/DatabaseCpu", |w| {
        w.take("observability/DatabaseCpu", "AlarmActions");
    }),
    twin("budget-as-said", "dev", "observability/", |w| {
        w.remove("observability/Budget")
    }),
];

#[test]
fn every_bad_twin_is_found_by_its_rule_and_no_other() {
    for (number, twin) in TWINS.iter().enumerate() {
        let mut world = World::new(twin.kind);
        (twin.spoil)(&mut world);
        let findings = policy::check(&world.app, &world.environment);
        let places: Vec<_> = findings
            .iter()
            .map(|one| (one.rule, format!("{}/{}", one.stack, one.logical_id)))
            .collect();
        assert_eq!(
            places,
            [(twin.rule, twin.at.to_owned())],
            "twin {number} of {}:\n{}",
            twin.rule,
            lines(&findings)
        );
    }
}

#[test]
fn every_rule_has_a_bad_twin() {
    let rules: BTreeSet<_> = policy::rules().iter().map(|rule| rule.id).collect();
    let shown: BTreeSet<_> = TWINS.iter().map(|twin| twin.rule).collect();
    assert_eq!(rules, shown);
}
