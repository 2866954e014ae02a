//! What creating, changing and removing a resource does to the account.

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::world::{FakeFunction, FakeResource, World};
use crate::cloud::functions::{CodeAt, FunctionVersion};

/// Properties whose change replaces, for the types the tests use.
pub(crate) fn create_only(resource_type: &str) -> &'static [&'static str] {
    match resource_type {
        "AWS::S3::Bucket" => &["BucketName"],
        "AWS::SQS::Queue" => &["QueueName"],
        "AWS::DynamoDB::Table" => &["TableName"],
        "AWS::RDS::DBInstance" => &["DBInstanceIdentifier", "Engine"],
        "AWS::Cognito::UserPool" => &["UserPoolName"],
        "AWS::Lambda::Function" => &["FunctionName"],
        "AWS::Lambda::Version" => &["Description", "FunctionName"],
        "AWS::IAM::Role" => &["RoleName"],
        "AWS::ECR::Repository" => &["RepositoryName"],
        _ => &[],
    }
}

/// Properties whose change may replace.
pub(crate) fn conditional(resource_type: &str) -> &'static [&'static str] {
    match resource_type {
        "AWS::DynamoDB::Table" => &["KeySchema"],
        "AWS::RDS::DBInstance" => &["DBParameterGroupName"],
        _ => &[],
    }
}

pub(super) fn replaces(old: &FakeResource, resource_type: &str, new: &Value) -> bool {
    let differs = |only: &&str| old.properties.get(*only) != new.get(*only);
    old.resource_type != resource_type || create_only(resource_type).iter().any(differs)
}

fn text<'v>(properties: &'v Value, name: &str) -> &'v str {
    properties
        .get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// What Lambda keeps of a function and not of its versions.
const OF_NO_VERSION: [&str; 2] = ["ReservedConcurrentExecutions", "Tags"];

fn without_code(properties: &Value) -> Value {
    let mut configuration = properties.clone();
    if let Some(fields) = configuration.as_object_mut() {
        fields.remove("Code");
        for property in OF_NO_VERSION {
            fields.remove(property);
        }
    }
    configuration
}

impl World {
    /// Creates a resource; says its physical id, or why it cannot be.
    pub(super) fn create(
        &mut self,
        stack: &str,
        logical: &str,
        resource_type: &str,
        properties: &Value,
        adopts: bool,
    ) -> Result<String, String> {
        let generated = format!("{stack}-{logical}-{}", self.next());
        let named = create_only(resource_type)
            .iter()
            .map(|only| text(properties, only));
        let name = named
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .next()
            .unwrap_or(generated.clone());
        match resource_type {
            "AWS::S3::Bucket" => {
                if self.buckets.contains_key(&name) && adopts {
                    return Ok(name);
                }
                if self.buckets.contains_key(&name) {
                    return Err(format!("{name} already exists"));
                }
                self.buckets.insert(name.clone(), Default::default());
                Ok(name)
            }
            "AWS::Lambda::Function" => {
                if self.functions.contains_key(&name) {
                    return Err(format!("{name} already exists"));
                }
                self.functions.insert(name.clone(), FakeFunction::default());
                if let Err(reason) = self.set_function(&name, properties) {
                    self.functions.remove(&name);
                    return Err(reason);
                }
                Ok(name)
            }
            "AWS::ECR::Repository" => {
                if self.repositories.contains_key(&name) {
                    return Err(format!("{name} already exists"));
                }
                self.repositories.insert(name.clone(), Default::default());
                Ok(name)
            }
            "AWS::Lambda::Version" => {
                let function = text(properties, "FunctionName").to_owned();
                let before = self.functions.get(&function).map_or(0, |f| f.published);
                let version = self.publish(&function, text(properties, "Description"))?;
                if version.parse() == Ok(before) {
                    return Err(format!(
                        "A version for this Lambda function exists ( {version} )."
                    ));
                }
                Ok(format!("{function}:{version}"))
            }
            "AWS::Lambda::Alias" => {
                let (function, alias) =
                    (text(properties, "FunctionName"), text(properties, "Name"));
                self.alias(function, alias, text(properties, "FunctionVersion"))?;
                Ok(format!("{function}:{alias}"))
            }
            _ => {
                if self.things.contains_key(&name) && adopts {
                    return Ok(name);
                }
                if self.things.contains_key(&name) {
                    return Err(format!("{name} already exists"));
                }
                self.things
                    .insert(name.clone(), (resource_type.to_owned(), properties.clone()));
                Ok(name)
            }
        }
    }

    /// Gives a resource that stands these properties.
    pub(super) fn change(
        &mut self,
        resource: &FakeResource,
        properties: &Value,
    ) -> Result<(), String> {
        match resource.resource_type.as_str() {
            // As CloudFormation does: code is sent again only when its property changed.
            "AWS::Lambda::Function"
                if resource.properties.get("Code") == properties.get("Code") =>
            {
                let function = self.functions.get_mut(&resource.physical);
                function.ok_or("the function is gone")?.configuration = without_code(properties);
                Ok(())
            }
            "AWS::Lambda::Function" => self.set_function(&resource.physical, properties),
            "AWS::Lambda::Alias" => {
                let (function, alias) =
                    (text(properties, "FunctionName"), text(properties, "Name"));
                self.alias(function, alias, text(properties, "FunctionVersion"))
            }
            "AWS::S3::Bucket" | "AWS::Lambda::Version" | "AWS::ECR::Repository" => Ok(()),
            kind => {
                self.things.insert(
                    resource.physical.clone(),
                    (kind.to_owned(), properties.clone()),
                );
                Ok(())
            }
        }
    }

    /// Takes a resource away.
    pub(super) fn remove(&mut self, resource: &FakeResource) -> Result<(), String> {
        let name = &resource.physical;
        match resource.resource_type.as_str() {
            "AWS::S3::Bucket" => {
                if self
                    .buckets
                    .get(name)
                    .is_some_and(|objects| !objects.is_empty())
                {
                    return Err(format!(
                        "{name}: the bucket you tried to delete is not empty"
                    ));
                }
                self.buckets.remove(name);
            }
            "AWS::Lambda::Function" => drop(self.functions.remove(name)),
            "AWS::ECR::Repository" => drop(self.repositories.remove(name)),
            "AWS::Lambda::Version" => {
                let (function, version) = name.split_once(':').unwrap_or((name, ""));
                if let Some(function) = self.functions.get_mut(function) {
                    function
                        .versions
                        .retain(|(known, _)| known.version != version);
                }
            }
            "AWS::Lambda::Alias" => {
                let (function, alias) = name.split_once(':').unwrap_or((name, ""));
                if let Some(function) = self.functions.get_mut(function) {
                    function.aliases.remove(alias);
                }
            }
            _ => drop(self.things.remove(name)),
        }
        Ok(())
    }

    fn set_function(&mut self, name: &str, properties: &Value) -> Result<(), String> {
        let code = properties.get("Code").unwrap_or(&Value::Null);
        let code = match text(code, "ImageUri") {
            "" => CodeAt::Object {
                bucket: text(code, "S3Bucket").to_owned(),
                key: text(code, "S3Key").to_owned(),
            },
            uri => CodeAt::Image(uri.to_owned()),
        };
        let hash = self.code(&code)?;
        let function = self.functions.get_mut(name).ok_or("the function is gone")?;
        function.code_sha256 = hash;
        function.configuration = without_code(properties);
        Ok(())
    }

    /// The hash of a function's code, which must be there.
    pub(super) fn code(&self, code: &CodeAt) -> Result<String, String> {
        let (bucket, key) = match code {
            CodeAt::Object { bucket, key } => (bucket, key),
            CodeAt::Image(uri) => return self.image(uri),
        };
        let object = self
            .buckets
            .get(bucket)
            .and_then(|objects| objects.get(key));
        let object = object.ok_or_else(|| format!("S3 has no {bucket}/{key}"))?;
        Ok(hex::encode(Sha256::digest(object)))
    }

    /// As Lambda does: nothing changed since the last version means that version again.
    pub(super) fn publish(&mut self, name: &str, revision: &str) -> Result<String, String> {
        let function = self
            .functions
            .get_mut(name)
            .ok_or_else(|| format!("no function {name}"))?;
        let same = function.versions.iter().find(|(version, configuration)| {
            version.version == function.published.to_string()
                && version.code_sha256 == function.code_sha256
                && *configuration == function.configuration
        });
        if let Some((version, _)) = same {
            return Ok(version.version.clone());
        }
        function.published += 1;
        let version = FunctionVersion {
            version: function.published.to_string(),
            revision: revision.to_owned(),
            code_sha256: function.code_sha256.clone(),
        };
        function
            .versions
            .push((version, function.configuration.clone()));
        Ok(function.published.to_string())
    }

    pub(crate) fn alias(&mut self, name: &str, alias: &str, version: &str) -> Result<(), String> {
        let function = self
            .functions
            .get_mut(name)
            .ok_or_else(|| format!("no function {name}"))?;
        if !function
            .versions
            .iter()
            .any(|(known, _)| known.version == version)
        {
            return Err(format!("{name} has no version {version}"));
        }
        function
            .aliases
            .insert(alias.to_owned(), version.to_owned());
        self.history.push(format!("{name} runs {version}"));
        Ok(())
    }
}
