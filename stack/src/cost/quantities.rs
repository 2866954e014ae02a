//! What a resource consumes in a month: from its type, its properties and the use of the app.

use contract::functions;
use serde_json::Value as Json;

use super::prices::{self as price, HOURS, Price};
use super::usage::Usage;
use crate::environment::{ChatHistory, Environment};
use crate::naming;

/// So much of something that has a price.
pub(super) struct Charge {
    pub(super) price: Price,
    pub(super) quantity: f64,
}

/// What a resource consumes, or why that is not known.
pub(super) type Charges = Result<Vec<Charge>, String>;

const KB: f64 = 1.0 / 1_000_000.0;
/// Long polling: five pollers a queue, three empty answers a minute each.
const IDLE_POLLS: f64 = 5.0 * 3.0 * 60.0 * HOURS;
/// Count, 4xx, 5xx, two latencies and the data, for each route.
const METRICS_PER_ROUTE: f64 = 6.0;
const ANSWER_KB: f64 = 20.0;

/// What is known beside the resource itself.
pub(super) struct Setting<'a> {
    pub(super) environment: &'a Environment,
    pub(super) usage: &'a Usage,
    /// The resources of the same template.
    pub(super) resources: &'a Json,
}

impl Setting<'_> {
    /// The charges of one resource; none for what costs nothing by itself.
    pub(super) fn charges(&self, kind: &str, properties: &Json) -> Charges {
        Ok(match kind {
            "AWS::RDS::DBInstance" => return self.instance(properties),
            "AWS::RDS::DBCluster" => self.cluster(properties),
            "AWS::SecretsManager::Secret" => self.secret(),
            "AWS::KMS::Key" => vec![of(price::KEY, 1.0)],
            "AWS::EC2::NatGateway" => vec![
                of(price::NAT, HOURS),
                // Images go to the model; S3 and DynamoDB have endpoints of their own.
                of(
                    price::NAT_DATA,
                    self.usage.images * 1_000.0 * KB + self.usage.requests * 20.0 * KB,
                ),
            ],
            "AWS::EC2::EIP" => vec![of(price::ADDRESS, HOURS)],
            "AWS::EC2::VPCEndpoint" if properties["VpcEndpointType"] == "Interface" => {
                let zones = properties["SubnetIds"].as_array().map_or(1, Vec::len);
                vec![of(price::ENDPOINT, HOURS * zones as f64)]
            }
            "AWS::S3::Bucket" => self.bucket(),
            "AWS::DynamoDB::Table" => self.table(properties),
            "AWS::Lambda::Function" => self.function(properties),
            "AWS::SQS::Queue" => self.queue(properties),
            "AWS::Events::Rule" => self.rule(properties),
            "AWS::ApiGatewayV2::Api" => vec![
                of(price::API_REQUEST, self.usage.requests),
                of(price::EGRESS, self.usage.requests * ANSWER_KB * KB),
            ],
            "AWS::ApiGatewayV2::Stage" => self.stage(properties),
            "AWS::Logs::LogGroup" => self.logs(properties),
            "AWS::Cognito::UserPool" => vec![of(price::USER, self.usage.users)],
            "AWS::CloudWatch::Alarm" => vec![of(price::ALARM, 1.0)],
            "AWS::CloudWatch::Dashboard" => vec![of(price::DASHBOARD, 1.0)],
            // Ten images of a slim base and one executable.
            "AWS::ECR::Repository" => vec![of(price::REPOSITORY, 0.5)],
            _ => Vec::new(),
        })
    }

    fn instance(&self, properties: &Json) -> Charges {
        let mut charges = Vec::new();
        if properties["PubliclyAccessible"] == true {
            charges.push(of(price::ADDRESS, HOURS));
        }
        let class = properties["DBInstanceClass"].as_str().unwrap_or_default();
        if class == "db.serverless" {
            return Ok(charges);
        }
        let hour = price::database_class(class)
            .ok_or_else(|| format!("the price table has no class {class}"))?;
        let copies = if properties["MultiAZ"] == true {
            2.0
        } else {
            1.0
        };
        let storage: f64 = properties["AllocatedStorage"]
            .as_str()
            .and_then(|size| size.parse().ok())
            .ok_or("no AllocatedStorage")?;
        charges.insert(0, of(hour, HOURS * copies));
        charges.insert(1, of(price::RDS_STORAGE, storage * copies));
        charges.extend(self.managed_secret(properties));
        Ok(charges)
    }

    fn cluster(&self, properties: &Json) -> Vec<Charge> {
        let least = &properties["ServerlessV2ScalingConfiguration"]["MinCapacity"];
        let least = least.as_f64().unwrap_or_default();
        // While busy one unit is enough for this app.
        let more = (1.0 - least).max(0.0);
        let mut charges = vec![
            of(price::AURORA_LEAST, HOURS * least),
            of(price::AURORA_BUSY, self.usage.busy_hours * more),
            of(price::AURORA_STORAGE, self.usage.database_gb),
            of(price::AURORA_IO, self.usage.requests * 20.0),
        ];
        charges.extend(self.managed_secret(properties));
        charges
    }

    fn managed_secret(&self, properties: &Json) -> Vec<Charge> {
        match properties["ManageMasterUserPassword"] == true {
            true => self.secret(),
            false => Vec::new(),
        }
    }

    /// Read once by each instance of a function that starts: a few dozen in a busy hour.
    fn secret(&self) -> Vec<Charge> {
        vec![
            of(price::SECRET, 1.0),
            of(price::SECRET_READ, self.usage.busy_hours * 30.0),
        ]
    }

    fn bucket(&self) -> Vec<Charge> {
        let Usage {
            images,
            images_kept,
            image_mb,
            requests,
            ..
        } = self.usage;
        let thumbnail_mb = 0.1;
        vec![
            of(
                price::S3_STORAGE,
                images_kept * (image_mb + thumbnail_mb) / 1_000.0,
            ),
            of(price::S3_WRITE, images * 2.0),
            of(price::S3_READ, images * 2.0 + requests),
            of(price::EGRESS, requests * thumbnail_mb / 1_000.0),
        ]
    }

    fn table(&self, properties: &Json) -> Vec<Charge> {
        let turns = match self.environment.chat_history {
            ChatHistory::Dynamodb => self.usage.chat_turns,
            _ => 0.0,
        };
        // A turn writes two checkpoints of 4 KB, into the table and its index, and reads one.
        let stored = turns * 8.0 * KB;
        let mut charges = vec![
            of(price::TABLE_WRITE, turns * 16.0),
            of(price::TABLE_READ, turns * 2.0 + HOURS * 10.0),
            of(price::TABLE_STORAGE, stored),
        ];
        let recovery = &properties["PointInTimeRecoverySpecification"];
        if recovery["PointInTimeRecoveryEnabled"] == true {
            charges.push(of(price::TABLE_RECOVERY, stored));
        }
        charges
    }

    fn function(&self, properties: &Json) -> Vec<Charge> {
        let work = self
            .usage
            .work(self.function_of(&properties["FunctionName"]));
        let gb = properties["MemorySize"].as_f64().unwrap_or(128.0) / 1_024.0;
        let second = match properties["Architectures"][0] == "arm64" {
            true => price::LAMBDA_ARM,
            false => price::LAMBDA_X86,
        };
        let mut charges = vec![
            of(price::LAMBDA_REQUEST, work.invocations),
            of(second, work.seconds * gb),
        ];
        if properties["TracingConfig"]["Mode"] == "Active" {
            charges.push(of(price::TRACE, work.invocations));
        }
        charges
    }

    /// Which function a name in the account belongs to.
    fn function_of(&self, name: &Json) -> &'static str {
        let names = functions::all().into_iter().map(|function| function.name);
        let mut found =
            names.filter(|function| name == naming::function(self.environment, function).as_str());
        found.next().unwrap_or_default()
    }

    /// A queue that feeds a function is asked day and night; a dead letter queue is not.
    fn queue(&self, properties: &Json) -> Vec<Charge> {
        match properties["RedrivePolicy"].is_null() {
            true => Vec::new(),
            // Send, receive, delete.
            false => vec![of(
                price::QUEUE_REQUEST,
                IDLE_POLLS + self.usage.images * 3.0,
            )],
        }
    }

    fn rule(&self, properties: &Json) -> Vec<Charge> {
        let kind = &properties["EventPattern"]["detail-type"][0];
        let events = match kind.as_str() {
            // S3 tells of thumbnails too.
            Some("Object Created") => self.usage.images * 2.0,
            Some("ImageProcessed" | "AnalysisComplete") => self.usage.images,
            _ => 0.0,
        };
        vec![of(price::EVENT, events)]
    }

    fn stage(&self, properties: &Json) -> Vec<Charge> {
        if properties["DefaultRouteSettings"]["DetailedMetricsEnabled"] != true {
            return Vec::new();
        }
        let resources = self.resources.as_object();
        let routes = resources
            .into_iter()
            .flat_map(|all| all.values())
            .filter(|resource| resource["Type"] == "AWS::ApiGatewayV2::Route");
        // A metric is paid for the hours in which it has data.
        let share = self.usage.busy_hours / HOURS;
        vec![of(
            price::METRIC,
            routes.count() as f64 * METRICS_PER_ROUTE * share,
        )]
    }

    fn logs(&self, properties: &Json) -> Vec<Charge> {
        let name = properties["LogGroupName"].as_str().unwrap_or_default();
        let lines = match name.strip_prefix("/aws/lambda/") {
            Some(function) => {
                let function = self.function_of(&Json::from(function));
                self.usage.work(function).invocations * 2.0
            }
            None => self.usage.requests * 0.5,
        };
        vec![of(price::LOGS, lines * KB)]
    }
}

fn of(price: Price, quantity: f64) -> Charge {
    Charge { price, quantity }
}
