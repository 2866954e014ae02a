//! Grants: what a function may do. A client asks for the grant by type, so code that uses what
//! its function was not granted does not compile; the stack turns the same grant into IAM.

use std::marker::PhantomData;

use crate::environment::EnvKey;
use crate::events::{Event, EventType};
use crate::function::Function;
use crate::objects::Kind;
use crate::parameters::{Parameter, ParameterSpec};

/// Something a function may be allowed to do.
pub trait Grant: 'static {
    /// The actions, resources and environment keys that come with it.
    fn permission() -> Permission;
}

/// Marks that function `Self` declared grant `G`. Only `function!` implements it: in any other
/// crate both types are foreign, so nobody can grant anything to themselves.
pub trait Grants<G: Grant>: Function {}

/// A grant as data, for the stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permission {
    /// The statement id in the policy.
    pub name: String,
    /// Which actions on which resource.
    pub statements: Vec<Statement>,
    /// What the client behind the grant reads from the environment.
    pub environment: &'static [EnvKey],
    /// The parameter it reads, if it is a `ReadParameter`.
    pub parameter: Option<ParameterSpec>,
    /// The event it emits, if it is a `PutEvent`.
    pub event: Option<EventType>,
}

/// Actions on one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Full action names; wildcards are refused by a test.
    pub actions: &'static [&'static str],
    /// What they apply to.
    pub resource: Resource,
}

/// The resources grants speak of. The stack knows their ARNs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resource {
    /// Objects of one kind in the image bucket, of every user.
    Objects(Kind),
    /// The image bucket itself.
    Bucket,
    /// The database credentials in Secrets Manager.
    DatabaseSecret,
    /// The Aurora cluster, where the environment has one with a Data API.
    DatabaseCluster,
    /// One parameter.
    Parameter(ParameterSpec),
    /// The parameters that `ops` may write and remove to prove that it can.
    ProbeParameters,
    /// The default bus, for one event type only.
    Bus(EventType),
    /// The chat checkpoints.
    CheckpointTable,
    /// The index of checkpoints by user and activity.
    CheckpointIndex,
}

fn permission(
    name: &str,
    actions: &'static [&'static str],
    resource: Resource,
    environment: &'static [EnvKey],
) -> Permission {
    Permission {
        name: name.to_owned(),
        statements: vec![Statement { actions, resource }],
        environment,
        parameter: None,
        event: None,
    }
}

macro_rules! object_grants {
    ($($(#[$doc:meta])* $name:ident: $actions:expr, on $kind:ident;)+) => {$(
        $(#[$doc])*
        pub enum $name {}

        impl Grant for $name {
            fn permission() -> Permission {
                object_permission(stringify!($name), $actions, Kind::$kind)
            }
        }
    )+};
}

/// Whoever reads objects may also list: without that S3 calls a missing object forbidden.
fn object_permission(name: &str, actions: &'static [&'static str], kind: Kind) -> Permission {
    let objects = Statement {
        actions,
        resource: Resource::Objects(kind),
    };
    let mut permission = permission(name, actions, Resource::Bucket, &[EnvKey::BucketName]);
    permission.statements = vec![objects];
    if actions.contains(&"s3:GetObject") {
        permission.statements.push(Statement {
            actions: &["s3:ListBucket"],
            resource: Resource::Bucket,
        });
    }
    permission
}

object_grants! {
    /// Read (and presign reads of) original images.
    ReadImages: &["s3:GetObject"], on Image;
    /// Store original images, or presign their upload.
    WriteImages: &["s3:PutObject"], on Image;
    /// Remove original images.
    DeleteImages: &["s3:DeleteObject"], on Image;
    /// Read (and presign reads of) thumbnails.
    ReadThumbnails: &["s3:GetObject"], on Thumbnail;
    /// Store thumbnails.
    WriteThumbnails: &["s3:PutObject"], on Thumbnail;
    /// Remove thumbnails.
    DeleteThumbnails: &["s3:DeleteObject"], on Thumbnail;
    /// Read states of conversations that are too large for their table.
    ReadCheckpoints: &["s3:GetObject"], on Checkpoint;
    /// Store such states, marked for the bucket's rule that removes them.
    WriteCheckpoints: &["s3:PutObject", "s3:PutObjectTagging"], on Checkpoint;
    /// Remove such states.
    DeleteCheckpoints: &["s3:DeleteObject"], on Checkpoint;
    /// Read what a validation of the environment found.
    ReadReports: &["s3:GetObject"], on Report;
}

/// Connect to PostgreSQL with the credentials kept in Secrets Manager.
pub enum Database {}

impl Grant for Database {
    fn permission() -> Permission {
        permission(
            "Database",
            &["secretsmanager:GetSecretValue"],
            Resource::DatabaseSecret,
            &[
                EnvKey::DbSecretArn,
                EnvKey::DbHost,
                EnvKey::DbPort,
                EnvKey::DbName,
                EnvKey::DbCaFile,
            ],
        )
    }
}

/// Use the Aurora Data API. Where the environment has no such cluster, the statement is left out.
pub enum DatabaseDataApi {}

impl Grant for DatabaseDataApi {
    fn permission() -> Permission {
        permission(
            "DatabaseDataApi",
            &[
                "rds-data:BatchExecuteStatement",
                "rds-data:BeginTransaction",
                "rds-data:CommitTransaction",
                "rds-data:ExecuteStatement",
                "rds-data:RollbackTransaction",
            ],
            Resource::DatabaseCluster,
            &[EnvKey::DbClusterArn, EnvKey::DbSecretArn, EnvKey::DbName],
        )
    }
}

/// Keep chat checkpoints in DynamoDB.
pub enum Checkpoints {}

impl Grant for Checkpoints {
    fn permission() -> Permission {
        Permission {
            statements: vec![
                Statement {
                    actions: &[
                        "dynamodb:BatchWriteItem",
                        "dynamodb:GetItem",
                        "dynamodb:PutItem",
                        "dynamodb:Query",
                    ],
                    resource: Resource::CheckpointTable,
                },
                Statement {
                    actions: &["dynamodb:Query"],
                    resource: Resource::CheckpointIndex,
                },
            ],
            ..permission(
                "Checkpoints",
                &[],
                Resource::CheckpointTable,
                &[EnvKey::CheckpointTableName],
            )
        }
    }
}

/// Count checkpoints, expired ones too; nothing else.
pub enum CountCheckpoints {}

impl Grant for CountCheckpoints {
    fn permission() -> Permission {
        permission(
            "CountCheckpoints",
            &["dynamodb:DescribeTable", "dynamodb:Scan"],
            Resource::CheckpointTable,
            &[EnvKey::CheckpointTableName],
        )
    }
}

/// Write, read and remove probe parameters, to prove that Parameter Store works.
pub enum ProbeParameters {}

impl Grant for ProbeParameters {
    fn permission() -> Permission {
        permission(
            "ProbeParameters",
            &[
                "ssm:DeleteParameter",
                "ssm:GetParameters",
                "ssm:PutParameter",
            ],
            Resource::ProbeParameters,
            &[EnvKey::ParameterPrefix],
        )
    }
}

/// Read one parameter, decrypted.
pub struct ReadParameter<P>(PhantomData<P>);

impl<P: Parameter> Grant for ReadParameter<P> {
    fn permission() -> Permission {
        Permission {
            parameter: Some(P::SPEC),
            ..permission(
                &format!("Read{}", P::SPEC.identifier),
                &["ssm:GetParameters"],
                Resource::Parameter(P::SPEC),
                &[EnvKey::ParameterPrefix],
            )
        }
    }
}

/// Put one type of event on the bus.
pub struct PutEvent<E>(PhantomData<E>);

impl<E: Event> Grant for PutEvent<E> {
    fn permission() -> Permission {
        Permission {
            event: Some(E::TYPE),
            ..permission(
                &format!("Put{}", E::TYPE.detail_type),
                &["events:PutEvents"],
                Resource::Bus(E::TYPE),
                &[],
            )
        }
    }
}
