//! Faults in who may do what and who reaches whom.

use serde_json::json;

use super::{Twin, twin};

const ROLE: &str = "Policies.0.PolicyDocument.Statement.0";
const USERS: &str = "auth/Users";

pub(super) const TWINS: &[Twin] = &[
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
    twin("iam-actions-named", "dev", "observability/AlertsKey", |w| {
        let path = "KeyPolicy.Statement.0.Principal.AWS";
        let another = "arn:aws:iam::111122223333:root";
        w.set("observability/AlertsKey", path, another);
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
    twin("iam-trust-ci-bounded", "github", "ci/DeployRole", |w| {
        w.set(
            "ci/DeployRole",
            "AssumeRolePolicyDocument.Statement.0.Condition.StringEquals",
            json!({
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": "repo:*:environment:prod",
            }),
        );
    }),
    twin("iam-trust-ci-bounded", "gitlab", "ci/PlanRole", |w| {
        w.take(
            "ci/PlanRole",
            "AssumeRolePolicyDocument.Statement.0.Condition.StringEquals",
        );
    }),
    twin("iam-resources-named", "github", "ci/Reading1", |w| {
        w.set("ci/Reading1", "PolicyDocument.Statement.1.Resource", "*");
    }),
    twin("iam-no-public-grant", "dev", "storage/ImagesPolicy", |w| {
        let statements = w.property("storage/ImagesPolicy", "PolicyDocument.Statement");
        let public = json!({ "Sid": "Public", "Effect": "Allow", "Principal": "*",
            "Action": "s3:GetObject", "Resource": { "Fn::Sub": "${Images.Arn}/*" } });
        statements.as_array_mut().expect("a list").push(public);
    }),
    twin(
        "iam-service-bounded",
        "dev",
        "observability/AlertsKey",
        |w| {
            let path = "KeyPolicy.Statement.1.Condition";
            w.take("observability/AlertsKey", path);
        },
    ),
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
        w.take("api/MayInvoke", "SourceArn");
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
        w.set(USERS, "DeletionProtection", "INACTIVE");
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
        w.remove("api/Everything");
    }),
    twin("api-authorizer", "dev", "api/Tokens", |w| {
        w.take("api/Tokens", "JwtConfiguration.Audience");
    }),
    twin("api-access-logs", "dev", "api/Stage", |w| {
        w.take("api/Stage", "AccessLogSettings");
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
];
