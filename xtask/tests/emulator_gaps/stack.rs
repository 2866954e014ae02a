//! A stack that asks for what the emulator is known to leave out.

use std::time::{Duration, Instant};

use aws_config::SdkConfig;
use aws_sdk_cloudformation::types::StackStatus;
use serde_json::{Value, json};
use xtask::cloud::aws::{CloudConfig, load};

use crate::checkout::Checkout;

const NAME: &str = "Gaps";
const PATIENCE: Duration = Duration::from_secs(30);

/// The stack as it stands.
pub(crate) struct Stack {
    pub(crate) aws: SdkConfig,
    pub(crate) endpoint: String,
    outputs: Vec<(String, String)>,
}

impl Stack {
    pub(crate) async fn create(checkout: &Checkout) -> Self {
        let _already = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let endpoint = format!("http://127.0.0.1:{}", checkout.port("emulator"));
        let config = CloudConfig {
            region: "us-east-1".to_owned(),
            endpoint: Some(endpoint.clone()),
            credentials: Some(("test".to_owned(), "test".to_owned())),
        };
        let aws = load(&config).await;
        let client = aws_sdk_cloudformation::Client::new(&aws);
        let create = client.create_stack().stack_name(NAME);
        let create = create.template_body(template(&endpoint).to_string());
        create.send().await.unwrap();
        let outputs = created(&client).await;
        Self {
            aws,
            endpoint,
            outputs,
        }
    }

    pub(crate) fn output(&self, name: &str) -> &str {
        let found = self.outputs.iter().find(|(known, _)| known == name);
        &found.unwrap_or_else(|| panic!("no output {name}")).1
    }
}

async fn created(client: &aws_sdk_cloudformation::Client) -> Vec<(String, String)> {
    let begin = Instant::now();
    loop {
        let told = client.describe_stacks().stack_name(NAME);
        let told = told.send().await.unwrap();
        let stack = &told.stacks()[0];
        if stack.stack_status() == Some(&StackStatus::CreateComplete) {
            let outputs = stack.outputs().iter();
            return outputs
                .filter_map(|o| Some((o.output_key.clone()?, o.output_value.clone()?)))
                .collect();
        }
        let waiting = stack.stack_status() == Some(&StackStatus::CreateInProgress);
        assert!(waiting && begin.elapsed() < PATIENCE, "{stack:#?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn template(endpoint: &str) -> Value {
    let mut resources = stored();
    resources.extend(events());
    resources.extend(gateway(endpoint));
    json!({
        "Resources": Value::from_iter(resources),
        "Outputs": {
            "Bucket": { "Value": { "Ref": "Bucket" } },
            "Table": { "Value": { "Ref": "Table" } },
            "Secret": { "Value": { "Ref": "Secret" } },
            "Function": { "Value": { "Ref": "Function" } },
            "Arriving": { "Value": { "Ref": "Arriving" } },
            "Dead": { "Value": { "Ref": "Dead" } },
            "Api": { "Value": { "Ref": "Api" } },
            "AccessLogs": { "Value": { "Ref": "AccessLogs" } }
        }
    })
}

type Resources = Vec<(&'static str, Value)>;

fn resource(kind: &str, properties: &Value) -> Value {
    json!({ "Type": kind, "Properties": properties })
}

fn stored() -> Resources {
    let table = json!({
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "S" }],
        "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
        "TimeToLiveSpecification": { "AttributeName": "expires_at", "Enabled": true },
        "PointInTimeRecoverySpecification": { "PointInTimeRecoveryEnabled": true },
        "SSESpecification": { "SSEEnabled": true }
    });
    let bucket = json!({
        "LifecycleConfiguration": { "Rules": [
            { "Id": "old", "Status": "Enabled", "NoncurrentVersionExpiration": { "NoncurrentDays": 1 } }
        ] },
        "BucketEncryption": { "ServerSideEncryptionConfiguration": [
            { "ServerSideEncryptionByDefault": { "SSEAlgorithm": "aws:kms" } }
        ] },
        "OwnershipControls": { "Rules": [{ "ObjectOwnership": "ObjectWriter" }] }
    });
    vec![
        ("Table", resource("AWS::DynamoDB::Table", &table)),
        ("Bucket", resource("AWS::S3::Bucket", &bucket)),
        (
            "Secret",
            resource("AWS::SecretsManager::Secret", &json!({})),
        ),
    ]
}

fn events() -> Resources {
    let dead = json!({ "Fn::GetAtt": ["Dead", "Arn"] });
    let function = json!({
        "Runtime": "python3.12", "Handler": "index.handler",
        "Code": { "ZipFile": "def handler(event, context): pass" },
        "Role": "arn:aws:iam::000000000000:role/gaps",
        "DeadLetterConfig": { "TargetArn": dead }
    });
    let nowhere = json!({ "Fn::Sub": "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:nowhere" });
    let rule = json!({
        "EventPattern": { "source": ["gaps"] },
        "Targets": [
            { "Id": "nowhere", "Arn": nowhere, "DeadLetterConfig": { "Arn": dead },
              "RetryPolicy": { "MaximumRetryAttempts": 0 } },
            { "Id": "arriving", "Arn": { "Fn::GetAtt": ["Arriving", "Arn"] } }
        ]
    });
    vec![
        ("Dead", resource("AWS::SQS::Queue", &json!({}))),
        ("Arriving", resource("AWS::SQS::Queue", &json!({}))),
        ("Function", resource("AWS::Lambda::Function", &function)),
        ("Rule", resource("AWS::Events::Rule", &rule)),
    ]
}

fn gateway(endpoint: &str) -> Resources {
    let api = json!({ "Ref": "Api" });
    let proxy = json!({
        "ApiId": api, "IntegrationType": "HTTP_PROXY", "IntegrationMethod": "GET",
        "IntegrationUri": format!("{endpoint}/_ministack"), "PayloadFormatVersion": "1.0"
    });
    let route = json!({
        "ApiId": api, "RouteKey": "GET /ready",
        "Target": { "Fn::Sub": "integrations/${Proxy}" }
    });
    let stage = json!({
        "ApiId": api, "StageName": "$default", "AutoDeploy": true,
        "DefaultRouteSettings": { "ThrottlingBurstLimit": 1, "ThrottlingRateLimit": 1 },
        "AccessLogSettings": {
            "DestinationArn": { "Fn::GetAtt": ["AccessLogs", "Arn"] },
            "Format": "$context.requestId"
        }
    });
    let named = json!({ "Name": "gaps", "ProtocolType": "HTTP" });
    vec![
        ("AccessLogs", resource("AWS::Logs::LogGroup", &json!({}))),
        ("Api", resource("AWS::ApiGatewayV2::Api", &named)),
        ("Proxy", resource("AWS::ApiGatewayV2::Integration", &proxy)),
        ("Route", resource("AWS::ApiGatewayV2::Route", &route)),
        ("Stage", resource("AWS::ApiGatewayV2::Stage", &stage)),
    ]
}
