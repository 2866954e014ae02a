//! What differs between environments: `environments/<name>.yaml`, typed.
//!
//! Every key is spelled out in every file, so a reader sees the whole of an environment in one
//! place; only what is truly optional may be left out. The files are read by the caller.

mod check;
mod parse;

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

/// One environment.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// The file's name without its ending.
    #[serde(skip)]
    pub name: String,
    /// AWS itself, or the emulator of the local environment.
    pub cloud: Cloud,
    /// The region.
    pub region: String,
    /// What the functions are compiled for.
    pub architecture: Architecture,
    /// Where functions and database live.
    pub network: Network,
    /// Who may reach a public database. Only for `network: public`.
    #[serde(default)]
    pub allow_cidrs: Vec<String>,
    /// Why the whole internet may; needed beside `0.0.0.0/0`.
    pub acknowledge: Option<String>,
    /// How a private network reaches the outside. Only for `network: private`.
    pub egress: Option<Egress>,
    /// Which database.
    pub database: Database,
    /// Its size; not for `external`.
    pub database_size: Option<DatabaseSize>,
    /// Which back end keeps chat history.
    pub chat_history: ChatHistory,
    /// Whether every save is written to files too, for when the database is down. Only for
    /// `chat_history: postgres`.
    #[serde(default)]
    pub chat_history_backup: bool,
    /// Which column of the memory table holds.
    pub memory: MemoryTier,
    /// Exceptions of single functions.
    #[serde(default)]
    pub functions: BTreeMap<String, FunctionSettings>,
    /// What the functions' images stand on, where a function is packaged as one.
    pub image_base: Option<String>,
    /// How long things are kept.
    pub retention: Retention,
    /// What guards against loss.
    pub protection: Protection,
    /// Who may become a user.
    pub sign_up: SignUp,
    /// Whom to wake, if anybody.
    pub alarms: Option<Alarms>,
    /// A monthly budget that warns, if any.
    pub budget_usd: Option<u32>,
    /// X-Ray traces.
    pub tracing: bool,
    /// Deploy in CloudFormation's Express mode: faster, without rollback. Not for production.
    pub express: bool,
    /// What a deploy loads into the database, if anything.
    pub seed: Option<Seed>,
    /// A name of one's own for the API.
    pub domain: Option<Domain>,
    /// Which repository's CI deploys it, if any.
    pub ci: Option<Ci>,
}

/// What a deploy loads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seed {
    /// The golden set, for the test user.
    Golden,
}

/// What AWS offers as a base for binaries; the zips' runtime is the same system.
const IMAGE_BASE: &str = "public.ecr.aws/lambda/provided:al2023";

/// AWS itself, or the emulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cloud {
    /// An AWS account.
    Aws,
    /// The emulator on this machine.
    Local,
}

/// What the functions are compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Architecture {
    /// Graviton.
    Arm64,
    /// Intel and AMD.
    #[serde(rename = "x86_64")]
    X86_64,
}

/// Where functions and database live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Network {
    /// Functions outside any network, the database on a public address.
    Public,
    /// Both in private subnets.
    Private,
}

/// How a private network reaches the outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Egress {
    /// A NAT gateway: everything, model providers included.
    Nat,
    /// Interface endpoints: AWS services only.
    Endpoints,
}

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Database {
    /// One RDS instance (and a standby where asked for).
    Rds,
    /// Aurora Serverless v2 with the Data API.
    Aurora,
    /// Somebody else runs it; where it is comes with the deploy.
    External,
}

/// The database's size.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseSize {
    /// The instance class, for `rds`.
    pub class: Option<String>,
    /// Storage, for `rds`.
    pub storage_gb: Option<u32>,
    /// A standby in another zone, for `rds`.
    pub multi_az: Option<bool>,
    /// The least capacity, for `aurora`; 0 lets it pause.
    pub min_capacity: Option<f64>,
    /// The most capacity, for `aurora`.
    pub max_capacity: Option<f64>,
    /// Idle time before it pauses, for `aurora`.
    pub pause_seconds: Option<u32>,
}

/// Which back end keeps chat history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatHistory {
    /// The checkpoint table.
    Dynamodb,
    /// The database, over a connection.
    Postgres,
    /// The database, over HTTP.
    AuroraDataApi,
    /// A file; for one machine only.
    Json,
}

/// Which column of the memory table holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemoryTier {
    /// The smaller one.
    Standard,
    /// The larger one.
    Production,
}

/// Exceptions of one function.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FunctionSettings {
    /// Zip or image.
    pub packaging: Packaging,
    /// Instead of the declared memory.
    pub memory: Option<u32>,
    /// Instead of the declared timeout.
    pub timeout: Option<u32>,
    /// Never more than so many at once.
    pub reserved_concurrency: Option<u32>,
}

/// How a function is packaged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Packaging {
    /// A zip with one executable.
    #[default]
    Zip,
    /// A container image.
    Image,
}

/// How long things are kept.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Log lines.
    pub logs_days: u32,
    /// Database backups; 0 makes none.
    pub backup_days: u32,
}

/// What guards against loss.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Protection {
    /// Stacks, database and user pool refuse deletion.
    pub deletion: bool,
    /// The chat table can be restored to any second.
    pub point_in_time_recovery: bool,
    /// The database password changes every so many days.
    pub rotation_days: Option<u32>,
}

/// Who may become a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignUp {
    /// Anybody with a mail address.
    Open,
    /// Whom an administrator invites.
    Invited,
}

/// Whom to wake.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alarms {
    /// A mail address; without one the alarms are only visible.
    pub email: Option<String>,
}

/// A name of one's own for the API.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Domain {
    /// `api.example.com`.
    pub name: String,
    /// The hosted zone that holds it.
    pub hosted_zone_id: String,
}

/// Which repository's CI deploys the environment.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ci {
    /// Where the repository is.
    pub host: CiHost,
    /// `owner/name`.
    pub repository: String,
    /// The branch that is deployed.
    pub branch: String,
    /// The forge's identity provider, where the account has it already.
    pub provider_arn: Option<String>,
}

/// Where a repository is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CiHost {
    /// GitHub.
    Github,
    /// GitLab.com.
    Gitlab,
}

impl CiHost {
    /// Who vouches for its jobs.
    pub fn issuer(self) -> &'static str {
        match self {
            Self::Github => "https://token.actions.githubusercontent.com",
            Self::Gitlab => "https://gitlab.com",
        }
    }

    /// Whom its tokens are made for.
    pub fn audience(self) -> &'static str {
        match self {
            Self::Github => "sts.amazonaws.com",
            Self::Gitlab => "https://gitlab.com",
        }
    }
}

/// One thing wrong in an environment file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvironmentError {
    /// The file, as the caller named it.
    pub file: String,
    /// The key, dotted; empty when the file as a whole is meant.
    pub key: String,
    /// What stands there.
    pub found: String,
    /// What may stand there.
    pub allowed: String,
}

impl fmt::Display for EnvironmentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            key,
            found,
            allowed,
        } = self;
        let key = if key.is_empty() {
            String::new()
        } else {
            format!(" {key}:")
        };
        write!(f, "{file}:{key} found {found}, allowed: {allowed}")
    }
}

impl std::error::Error for EnvironmentError {}

impl Environment {
    /// Reads a file's text. `file` names it in errors; all that is wrong is reported at once.
    pub fn parse(name: &str, file: &str, text: &str) -> Result<Self, Vec<EnvironmentError>> {
        let mut environment = parse::parse(file, text).map_err(|error| vec![error])?;
        name.clone_into(&mut environment.name);
        let errors = check::check(&environment, file);
        if errors.is_empty() {
            Ok(environment)
        } else {
            Err(errors)
        }
    }

    /// What is allowed and probably not meant.
    pub fn warnings(&self) -> Vec<String> {
        check::warnings(self)
    }

    /// A function's settings, the defaults where the file says nothing.
    pub fn function(&self, name: &str) -> FunctionSettings {
        self.functions.get(name).cloned().unwrap_or_default()
    }

    /// What images stand on.
    pub fn image_base(&self) -> &str {
        self.image_base.as_deref().unwrap_or(IMAGE_BASE)
    }

    /// Whether this is the emulator.
    pub fn is_local(&self) -> bool {
        self.cloud == Cloud::Local
    }

    /// Whether functions and database live in private subnets.
    pub fn is_private(&self) -> bool {
        self.network == Network::Private
    }
}
