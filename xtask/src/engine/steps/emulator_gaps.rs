//! What the emulator of the local environment loses of our templates, why that matters or does
//! not, and the repair phase that sets by direct calls what can be set. A test per gap
//! (`tests/emulator_gaps.rs`) fails once the emulator has closed it.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde_json::Value;

use crate::cloud::Cloud;
use crate::cloud::expiry::ExpiryRule;
use crate::engine::desired::DesiredStack;
use crate::engine::phases::{Deployed, Extra, Phase};
use crate::error::{Doing as _, Error, Kind, Result};

/// Something in our templates that the emulator takes and does not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// `TimeToLiveSpecification` of a DynamoDB table.
    TableExpiry,
    /// `LifecycleConfiguration` of an S3 bucket.
    BucketExpiry,
    /// `PointInTimeRecoverySpecification` of a DynamoDB table.
    TableBackups,
    /// `SSESpecification` of a DynamoDB table.
    TableEncryption,
    /// `BucketEncryption` of an S3 bucket.
    BucketEncryption,
    /// `OwnershipControls` of an S3 bucket.
    BucketOwnership,
    /// `DeadLetterConfig` of a Lambda function.
    FunctionDeadLetters,
    /// `RetryPolicy` and `DeadLetterConfig` of a rule's target.
    TargetDeadLetters,
    /// `DefaultRouteSettings` of an API's stage.
    StageThrottling,
    /// `AccessLogSettings` of an API's stage.
    StageAccessLogs,
    /// `Ref` of a secret.
    SecretReference,
}

/// What is done about a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// The repair phase sets it.
    Repaired,
    /// Nothing, for this reason.
    Left(&'static str),
}

impl Gap {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::TableExpiry,
        Self::BucketExpiry,
        Self::TableBackups,
        Self::TableEncryption,
        Self::BucketEncryption,
        Self::BucketOwnership,
        Self::FunctionDeadLetters,
        Self::TargetDeadLetters,
        Self::StageThrottling,
        Self::StageAccessLogs,
        Self::SecretReference,
    ];

    /// What is done about it, and what leaving it means.
    pub fn remedy(self) -> Remedy {
        match self {
            // The emulator does remove expired items once it is told of the attribute.
            Self::TableExpiry | Self::BucketExpiry => Remedy::Repaired,
            Self::TableBackups => Remedy::Left("the local table asks for no backups"),
            Self::TableEncryption => Remedy::Left("the emulator's items lie in memory"),
            Self::BucketEncryption => {
                Remedy::Left("what our buckets ask for, AES256, is what it tells of every bucket")
            }
            Self::BucketOwnership => Remedy::Left(
                "what our buckets ask for, the owner, is what it tells of every bucket",
            ),
            Self::FunctionDeadLetters => Remedy::Left(
                "versions are published with the stack and cannot be changed afterwards; no \
                 function of ours is invoked asynchronously but by rules, and those ignore it",
            ),
            Self::TargetDeadLetters => Remedy::Left(
                "kept and ignored: a rule tries its target once; between bus and function stands \
                 a queue whose redrive does work",
            ),
            Self::StageThrottling => {
                Remedy::Left("the emulator's gateway throttles nobody, however it is asked")
            }
            Self::StageAccessLogs => {
                Remedy::Left("the emulator's gateway writes no access logs; the function logs")
            }
            Self::SecretReference => {
                Remedy::Left("gives the name; our templates use GetAtt Id, which gives the ARN")
            }
        }
    }
}

/// The repair phase: sets the expiry that stacks ask for and the emulator did not take.
pub struct MendExpiry {
    /// Where.
    pub cloud: Cloud,
    /// What is wanted.
    pub stacks: Vec<DesiredStack>,
}

/// The expiry one resource is to have.
enum Wanted {
    Table {
        name: String,
        attribute: String,
    },
    Bucket {
        name: String,
        rules: Vec<ExpiryRule>,
    },
}

#[async_trait]
impl Extra for MendExpiry {
    fn phase(&self) -> Phase {
        Phase::Repair
    }

    async fn is_done(&self, deployed: &Deployed) -> Result<Option<String>> {
        let missing = self.missing(deployed).await?;
        Ok(missing
            .is_empty()
            .then(|| "nothing the emulator left out".to_owned()))
    }

    async fn run(&self, deployed: &Deployed) -> Result<String> {
        let missing = self.missing(deployed).await?;
        let expiry = &self.cloud.expiry;
        let mut names = Vec::new();
        for wanted in missing {
            match wanted {
                Wanted::Table { name, attribute } => {
                    expiry.set_table(&name, &attribute).await?;
                    names.push(name);
                }
                Wanted::Bucket { name, rules } => {
                    expiry.set_bucket(&name, &rules).await?;
                    names.push(name);
                }
            }
        }
        Ok(format!("expiry of {}", names.join(", ")))
    }
}

impl MendExpiry {
    /// What is wanted and not there.
    async fn missing(&self, deployed: &Deployed) -> Result<Vec<Wanted>> {
        let expiry = &self.cloud.expiry;
        let mut missing = Vec::new();
        for wanted in self.wanted(deployed).await? {
            let there = match &wanted {
                Wanted::Table { name, attribute } => {
                    expiry.of_table(name).await?.as_ref() == Some(attribute)
                }
                Wanted::Bucket { name, rules } => expiry.of_bucket(name).await? == *rules,
            };
            if !there {
                missing.push(wanted);
            }
        }
        Ok(missing)
    }

    /// What the templates of the stacks that stand ask for.
    async fn wanted(&self, deployed: &Deployed) -> Result<Vec<Wanted>> {
        let mut wanted = Vec::new();
        for stack in &self.stacks {
            let asking = asking(stack);
            if asking.is_empty() || !deployed.outputs.contains_key(&stack.id) {
                continue;
            }
            let standing = self.cloud.stacks.resources(&stack.name).await?;
            let names: BTreeMap<&str, &str> = standing
                .iter()
                .filter_map(|r| Some((r.logical_id.as_str(), r.physical_id.as_deref()?)))
                .collect();
            for (logical_id, resource) in asking {
                if let Some(name) = names.get(logical_id.as_str()) {
                    wanted.extend(expiry_of(resource, name).doing_as(
                        Kind::Input,
                        format!("understand the expiry of {}.{logical_id}", stack.id),
                    )?);
                }
            }
        }
        Ok(wanted)
    }
}

/// The resources of a stack that ask for expiry.
fn asking(stack: &DesiredStack) -> Vec<(&String, &Value)> {
    let resources = stack.template.get("Resources").and_then(Value::as_object);
    let resources = resources.into_iter().flatten();
    resources
        .filter(|(_, resource)| {
            let property = match resource.get("Type").and_then(Value::as_str) {
                Some("AWS::DynamoDB::Table") => "/Properties/TimeToLiveSpecification",
                Some("AWS::S3::Bucket") => "/Properties/LifecycleConfiguration",
                _ => return false,
            };
            resource.pointer(property).is_some()
        })
        .collect()
}

/// The expiry that a resource asks for, if it does.
fn expiry_of(resource: &Value, name: &str) -> Result<Option<Wanted>> {
    let name = name.to_owned();
    if let Some(rules) = resource.pointer("/Properties/LifecycleConfiguration/Rules") {
        let rules = serde_json::from_value(rules.clone()).map_err(|error| {
            Error::input(error.to_string()).hint("teach cloud/expiry.rs the key")
        })?;
        return Ok(Some(Wanted::Bucket { name, rules }));
    }
    let table = resource.pointer("/Properties/TimeToLiveSpecification");
    let table = table.filter(|expiry| expiry.get("Enabled") == Some(&Value::Bool(true)));
    let attribute = table.and_then(|expiry| expiry.get("AttributeName"));
    Ok(attribute
        .and_then(Value::as_str)
        .map(|attribute| Wanted::Table {
            name,
            attribute: attribute.to_owned(),
        }))
}
