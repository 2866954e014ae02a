//! A small environment of four stacks and one function, and the hands to deploy it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::artifacts::images::Part;
use crate::artifacts::{Artifact, Artifacts, Code, Effort, Image, Zip, pack_bytes};
use crate::ask::Ask;
use crate::cloud::Cloud;
use crate::cloud::fake::{Fake, World};
use crate::cloud::images::Manifest;
use crate::cloud::registry::{Digest, OCI_MANIFEST};
use crate::engine::deploy::{Deploy, Done, Options};
use crate::engine::desired::{
    Architecture, ArtifactPart, Desired, DesiredFunction, DesiredStack, Input, Packaging, Unwanted,
};
use crate::engine::phases::Extra;
use crate::engine::plan::{Plan, Prices, Schemas};
use crate::engine::steps::migrate::Migrate;
use crate::engine::stop::Stop;
use crate::error::{Error, Result};
use crate::event::{Event, Events, Recorder, Sink};

pub(super) const BUCKET: &str = "collections-artifacts-000000000000-us-east-1";

/// The function's name in Lambda where it is packaged as an image.
pub(super) const IMAGE_FUNCTION: &str = "collections-dev-api-image";

/// The replacement rules of the fake.
pub(super) struct FakeSchemas;

impl Schemas for FakeSchemas {
    fn create_only(&self, resource_type: &str) -> Vec<String> {
        crate::cloud::fake::create_only(resource_type)
            .iter()
            .map(ToString::to_string)
            .collect()
    }
    fn conditional(&self, resource_type: &str) -> Vec<String> {
        crate::cloud::fake::conditional(resource_type)
            .iter()
            .filter(|name| **name != "DBParameterGroupName")
            .map(ToString::to_string)
            .collect()
    }
    fn write_only(&self, resource_type: &str) -> Vec<String> {
        let hidden = resource_type == "AWS::RDS::DBInstance";
        hidden
            .then(|| "MasterUserPassword".to_owned())
            .into_iter()
            .collect()
    }
}

/// Nobody is there to answer.
pub(in crate::engine) struct Nobody;

impl Ask for Nobody {
    fn is_there(&self) -> bool {
        false
    }

    fn confirm(&self, question: &str, flag: &str) -> Result<bool> {
        Err(Error::refused(format!("cannot ask: {question}")).hint(flag))
    }

    fn typed(&self, question: &str, _expected: &str, flag: &str) -> Result<bool> {
        self.confirm(question, flag)
    }

    fn secret(&self, question: &str, _optional: bool, flag: &str) -> Result<Option<String>> {
        self.confirm(question, flag).map(|_| None)
    }
}

/// A recorder, and somebody beside it.
struct Both {
    recorder: std::sync::Arc<Recorder>,
    listener: Option<std::sync::Arc<dyn Sink>>,
}

impl Sink for Both {
    fn take(&self, event: Event) {
        if let Some(listener) = &self.listener {
            listener.take(event.clone());
        }
        self.recorder.take(event);
    }
}

/// One user's checkout and the account it deploys to.
pub(super) struct Site {
    pub(super) fake: Fake,
    pub(super) desired: Desired,
    pub(super) artifacts: Artifacts,
    pub(super) options: Options,
    pub(super) extras: Vec<Box<dyn Extra>>,
    pub(super) prices: Option<Box<dyn Prices>>,
    pub(super) stop: Stop,
    pub(super) ask: Box<dyn Ask>,
    /// Hears events beside the recorder.
    pub(super) listener: Option<std::sync::Arc<dyn Sink>>,
    pub(super) events: std::sync::Arc<Recorder>,
    folder: tempfile::TempDir,
}

impl Site {
    pub(super) fn new() -> Self {
        let mut site = Self {
            fake: Fake::new(),
            desired: desired(),
            artifacts: Artifacts::new(),
            options: Options {
                yes: true,
                ..Options::default()
            },
            extras: Vec::new(),
            prices: None,
            stop: Stop::default(),
            ask: Box::new(Nobody),
            listener: None,
            events: Recorder::pair().0,
            folder: tempfile::tempdir().unwrap(),
        };
        site.code("first");
        site
    }

    /// Another environment, with a first version of each of its functions.
    pub(super) fn of(desired: Desired) -> Self {
        let mut site = Self::new();
        let functions = desired.functions.iter();
        let packed = functions.map(|one| (one.name.clone(), site.pack(&one.name, "first")));
        site.artifacts = packed.collect();
        site.desired = desired;
        site
    }

    /// The same with a second function, which migrates a database.
    pub(super) fn with_ops() -> Self {
        let mut site = Self::new();
        site.add("Ops", "ops");
        site.extras = vec![Box::new(Migrate {
            cloud: site.fake.cloud(),
        })];
        site
    }

    /// Another function, beside the first.
    pub(super) fn add(&mut self, logical: &str, name: &str) {
        let api = self.desired.functions[0].clone();
        self.desired.functions.push(DesiredFunction {
            name: name.into(),
            logical_id: format!("{logical}Function"),
            package: name.into(),
            function_name: format!("collections-dev-{name}"),
            ..api
        });
        let compute = self.stack("compute");
        add_function(&mut compute.template, logical, name);
        for (part, what) in [
            (ArtifactPart::Key, "CodeKey"),
            (ArtifactPart::Revision, "Revision"),
        ] {
            let function = name.into();
            let input = Input::Artifact { function, part };
            compute.inputs.insert(format!("{logical}{what}"), input);
        }
        let artifact = self.pack(name, "first");
        self.artifacts.insert(name.to_owned(), artifact);
    }

    /// The function's source changes.
    pub(super) fn code(&mut self, text: &str) {
        let artifact = self.pack("api", text);
        self.artifacts.insert("api".to_owned(), artifact);
    }

    /// The source of both functions changes, and with it the migrations that they carry.
    pub(super) fn release(&mut self, text: &str, migrations: &[&str]) {
        self.code(text);
        let artifact = self.pack("ops", text);
        let bytes = std::fs::read(&artifact.zip().unwrap().path).unwrap();
        let hash = hex::encode(Sha256::digest(bytes));
        let carried = migrations.iter().map(ToString::to_string).collect();
        self.world(|world| world.database.carried.insert(hash, carried));
        self.artifacts.insert("ops".to_owned(), artifact);
    }

    pub(super) fn pack(&self, function: &str, text: &str) -> Artifact {
        let content = format!("{function} {text}");
        let bytes = pack_bytes(&[("bootstrap", content.as_bytes())], Effort::Soon).unwrap();
        let path = self.folder.path().join(format!("{function}-{text}.zip"));
        std::fs::write(&path, &bytes).unwrap();
        let key = format!("functions/{function}/{text}.zip");
        Artifact {
            unpacked: content.len() as u64,
            sha256: text.to_owned(),
            size: bytes.len() as u64,
            code: Code::Zip(Zip { key, path }),
        }
    }

    /// The function is packaged as an image from now on, which has a name of its own in Lambda.
    pub(super) fn packaged_as_image(&mut self) {
        if !self
            .desired
            .stacks
            .iter()
            .any(|stack| stack.id == "registry")
        {
            let repository = json!({ "Type": "AWS::ECR::Repository", "Properties": { "RepositoryName": "images-api" } });
            let address = json!({ "Value": { "Fn::GetAtt": ["Api", "RepositoryUri"] } });
            let template = json!({ "Resources": { "Api": repository }, "Outputs": { "ApiRepository": address } });
            self.desired.stacks.push(stack("registry", template, &[]));
        }
        let compute = self.stack("compute");
        let output = |output: &str| Input::Output {
            stack: "registry".into(),
            output: output.into(),
        };
        compute.inputs.remove("ApiCodeKey");
        compute.inputs.remove("ArtifactBucket");
        let digest = Input::Artifact {
            function: "api".into(),
            part: ArtifactPart::ImageDigest,
        };
        let inputs = [
            ("ApiRepository", output("ApiRepository")),
            ("ApiImageDigest", digest),
        ];
        compute
            .inputs
            .extend(inputs.map(|(name, input)| (name.to_owned(), input)));
        let parameters: serde_json::Map<String, Value> = compute
            .inputs
            .keys()
            .map(|name| (name.clone(), json!({ "Type": "String" })))
            .collect();
        compute.template["Parameters"] = parameters.into();
        let function = &mut compute.template["Resources"]["ApiFunction"]["Properties"];
        function["FunctionName"] = json!(IMAGE_FUNCTION);
        function["Code"] =
            json!({ "ImageUri": { "Fn::Sub": "${ApiRepository}@${ApiImageDigest}" } });
        function["PackageType"] = json!("Image");
        self.desired.functions[0].function_name = IMAGE_FUNCTION.into();
        self.desired.functions[0].packaging = Packaging::Image {
            stack: "registry".into(),
            output: "ApiRepository".into(),
        };
        self.image("first");
    }

    /// The source of the function that is packaged as an image changes.
    pub(super) fn image(&mut self, text: &str) {
        let keep = |bytes: &[u8]| {
            let digest = Digest::of(bytes);
            let file = self.folder.path().join(digest.hex());
            std::fs::write(&file, bytes).unwrap();
            Part {
                digest,
                size: bytes.len() as u64,
                file,
                from: None,
            }
        };
        let parts = vec![
            keep(b"base"),
            keep(text.as_bytes()),
            keep(format!("{text}?").as_bytes()),
        ];
        let named = |part: &Part| json!({ "digest": part.digest, "size": part.size });
        let description = json!({
            "config": named(&parts[2]), "layers": [named(&parts[0]), named(&parts[1])],
        });
        let bytes = description.to_string().into_bytes();
        let digest = Digest::of(&bytes);
        let artifact = Artifact {
            sha256: digest.hex().to_owned(),
            size: 0,
            unpacked: 0,
            code: Code::Image(Image {
                manifest: Manifest {
                    digest,
                    media_type: OCI_MANIFEST.into(),
                    bytes,
                },
                parts,
            }),
        };
        self.artifacts.insert("api".to_owned(), artifact);
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) async fn deploy(&self) -> Result<Done> {
        let cloud = self.fake.cloud();
        self.with(&cloud, async |deploy| deploy.run().await).await
    }

    /// What a deploy would do.
    pub(super) async fn diff(&self) -> Result<Plan> {
        let cloud = self.fake.cloud();
        let look = async |deploy: Deploy<'_>| deploy.look().await;
        Ok(self.with(&cloud, look).await?.plan)
    }

    async fn with<T>(&self, cloud: &Cloud, work: impl AsyncFnOnce(Deploy<'_>) -> T) -> T {
        let events = Events::new(std::sync::Arc::new(Both {
            recorder: self.events.clone(),
            listener: self.listener.clone(),
        }));
        let deploy = Deploy {
            cloud,
            events: &events,
            ask: self.ask.as_ref(),
            desired: &self.desired,
            schemas: &FakeSchemas,
            artifacts: Some(&self.artifacts),
            prices: self.prices.as_deref(),
            extras: &self.extras,
            options: &self.options,
            stop: &self.stop,
            journals: self.folder.path().join("journal"),
        };
        work(deploy).await
    }

    /// A deploy after a fresh start of the process, for the calls it makes.
    pub(super) async fn deploy_again(&self) -> Result<Done> {
        self.fake.restart();
        self.deploy().await
    }

    pub(super) fn stack(&mut self, id: &str) -> &mut DesiredStack {
        self.desired
            .stacks
            .iter_mut()
            .find(|stack| stack.id == id)
            .unwrap()
    }

    /// The plan that was shown last.
    pub(super) fn shown(&self) -> String {
        let events = self.events.events().into_iter();
        let mut plans = events.filter_map(|event| match event {
            Event::Planned { plan } => Some(plan),
            _ => None,
        });
        plans.next_back().unwrap_or_default()
    }

    /// A stack that nothing else needs.
    pub(super) fn add_stack(&mut self, id: &str, template: Value) {
        self.desired.stacks.push(stack(id, template, &[]));
    }

    /// A stack is not wanted any more.
    pub(super) fn drop_stack(&mut self, id: &str) {
        let DesiredStack { id, name, .. } = self.stack(id).clone();
        self.desired.stacks.retain(|stack| stack.id != id);
        self.desired.unwanted.push(Unwanted { id, name });
    }

    /// Sets a value in the template of a stack.
    pub(super) fn set(&mut self, id: &str, pointer: &str, value: Value) {
        let (parent, last) = pointer.rsplit_once('/').unwrap();
        let template = &mut self.stack(id).template;
        template.pointer_mut(parent).unwrap()[last] = value;
    }

    pub(super) fn world<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        self.fake.with(look)
    }
}

fn stack(id: &str, template: Value, inputs: &[(&str, Input)]) -> DesiredStack {
    let inputs = inputs
        .iter()
        .map(|(name, input)| ((*name).to_owned(), input.clone()));
    DesiredStack {
        id: id.to_owned(),
        name: format!("Test{id}-dev"),
        template,
        inputs: inputs.collect(),
        tags: BTreeMap::from([("env".to_owned(), "dev".to_owned())]),
        termination_protection: id == "database",
    }
}

fn desired() -> Desired {
    let output = |stack: &str, output: &str| Input::Output {
        stack: stack.into(),
        output: output.into(),
    };
    let artifact = |part| Input::Artifact {
        function: "api".into(),
        part,
    };
    Desired {
        environment: "dev".into(),
        stacks: vec![
            stack(
                "compute",
                compute(),
                &[
                    ("BucketName", output("storage", "BucketName")),
                    ("Table", output("database", "Table")),
                    ("ArtifactBucket", artifact(ArtifactPart::Bucket)),
                    ("ApiCodeKey", artifact(ArtifactPart::Key)),
                    ("ApiRevision", artifact(ArtifactPart::Revision)),
                ],
            ),
            stack("storage", storage(), &[]),
            stack("database", database(), &[]),
            stack("api", api(), &[("Alias", output("compute", "ApiAlias"))]),
        ],
        functions: vec![DesiredFunction {
            name: "api".into(),
            stack: "compute".into(),
            logical_id: "ApiFunction".into(),
            purpose: "answers".into(),
            package: "api".into(),
            function_name: "collections-dev-api".into(),
            architecture: Architecture::X86_64,
            packaging: Packaging::Zip,
        }],
        unwanted: Vec::new(),
        protected: false,
        express: false,
    }
}

fn storage() -> Value {
    json!({
        "Resources": {
            "Images": { "Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain",
                        "Properties": { "BucketName": "images-dev" } },
            "Queue": { "Type": "AWS::SQS::Queue", "Properties": { "QueueName": "work-dev", "VisibilityTimeout": 30 } }
        },
        "Outputs": { "BucketName": { "Value": { "Ref": "Images" } } }
    })
}

fn database() -> Value {
    json!({
        "Resources": { "Chats": { "Type": "AWS::DynamoDB::Table", "Properties": { "TableName": "chats-dev" } } },
        "Outputs": { "Table": { "Value": { "Fn::GetAtt": ["Chats", "Arn"] } } }
    })
}

fn compute() -> Value {
    json!({
        "Parameters": {
            "BucketName": { "Type": "String" }, "Table": { "Type": "String" },
            "ArtifactBucket": { "Type": "String" },
            "ApiCodeKey": { "Type": "String" }, "ApiRevision": { "Type": "String" }
        },
        "Resources": {
            "ApiRole": { "Type": "AWS::IAM::Role", "Properties": {
                "RoleName": "api-dev",
                "Policies": [{ "PolicyName": "data", "PolicyDocument": { "Statement": [
                    { "Effect": "Allow", "Action": ["dynamodb:GetItem"], "Resource": { "Ref": "Table" } }
                ] } }]
            } },
            "ApiFunction": { "Type": "AWS::Lambda::Function", "Properties": {
                "FunctionName": "collections-dev-api", "Role": { "Fn::GetAtt": ["ApiRole", "Arn"] },
                "Runtime": "provided.al2023", "Handler": "bootstrap",
                "Code": { "S3Bucket": { "Ref": "ArtifactBucket" }, "S3Key": { "Ref": "ApiCodeKey" } },
                "Environment": { "Variables": { "BUCKET_NAME": { "Ref": "BucketName" } } }
            } },
            "ApiVersion": { "Type": "AWS::Lambda::Version",
                "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain", "Properties": {
                "FunctionName": { "Ref": "ApiFunction" }, "Description": { "Ref": "ApiRevision" } } },
            "ApiAlias": { "Type": "AWS::Lambda::Alias", "Properties": {
                "FunctionName": { "Ref": "ApiFunction" }, "Name": "live",
                "FunctionVersion": { "Fn::GetAtt": ["ApiVersion", "Version"] } } }
        },
        "Outputs": { "ApiAlias": { "Value": { "Ref": "ApiAlias" } } }
    })
}

fn add_function(template: &mut Value, logical: &str, name: &str) {
    let parts = ["Role", "Function", "Version", "Alias"];
    let api = parts.map(|part| (part, &template["Resources"][format!("Api{part}")]));
    let added = api.map(|(part, resource)| {
        let text = resource.to_string();
        let text = text.replace("Api", logical).replace("api", name);
        let resource: Value = serde_json::from_str(&text).unwrap();
        (format!("{logical}{part}"), resource)
    });
    for (id, resource) in added {
        template["Resources"][id] = resource;
    }
    for parameter in ["CodeKey", "Revision"] {
        template["Parameters"][format!("{logical}{parameter}")] = json!({ "Type": "String" });
    }
    let function = json!({ "Ref": format!("{logical}Function") });
    template["Outputs"][format!("{logical}FunctionName")] = json!({ "Value": function });
}

fn api() -> Value {
    json!({
        "Parameters": { "Alias": { "Type": "String" } },
        "Resources": { "Route": { "Type": "AWS::ApiGatewayV2::Route", "Properties": { "Target": { "Ref": "Alias" } } } },
        "Outputs": {
            "Url": { "Value": { "Fn::Sub": "https://${Route}.example" } },
            "ApiId": { "Value": { "Ref": "Route" } }
        }
    })
}
