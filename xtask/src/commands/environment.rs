//! Opening an environment: its file, its stacks, and clients for where it is.

use std::collections::BTreeMap;
use std::path::PathBuf;

use collections_core::db::authorities;
use futures::future::try_join_all;
use stack::environment::Environment;

use crate::artifacts::images::{ImageBuilder, Maker, Order, Platform};
use crate::artifacts::{self, Artifacts, Build, Compiler, Effort};
use crate::cloud::Cloud;
use crate::cloud::aws::{CloudConfig, connect};
use crate::context::Context;
use crate::dotenv::DotEnv;
use crate::engine::bootstrap;
use crate::engine::deploy::ensure_bucket;
use crate::engine::desired::{Architecture, Desired, DesiredFunction, Packaging};
use crate::engine::from_stack::{self, VendoredSchemas};
use crate::engine::outputs;
use crate::engine::parameters::Credentials;
use crate::environments::{self, EnvArg};
use crate::error::{Doing as _, Error, Result};
use crate::local;

/// An environment that was opened.
pub(super) struct Opened {
    pub(super) environment: Environment,
    pub(super) desired: Desired,
    pub(super) cloud: Cloud,
    pub(super) dotenv: DotEnv,
    /// How an external database is signed in to.
    pub(super) credentials: Option<Credentials>,
}

/// Reads the environment's file, renders its stacks, and connects. `local` is started if need be.
pub(super) async fn open(ctx: &Context, env: &EnvArg) -> Result<Opened> {
    let environment = environments::load(ctx.root(), &env.env)?;
    known_region(&environment)?;
    let dotenv = DotEnv::read(ctx.root())?;
    let region = environment.region.clone();
    let (settings, credentials, config) = if environment.is_local() {
        let local = local::up(ctx.root(), ctx.events()).await?;
        let settings = from_stack::settings_of_local(&local, &dotenv);
        let credentials = Credentials {
            username: local.database.user,
            password: local.database.password,
        };
        let config = CloudConfig {
            region,
            endpoint: Some(local.emulator_url),
            // The emulator takes any keys; real ones must not travel to it.
            credentials: Some(("local".to_owned(), "local".to_owned())),
        };
        (settings, Some(credentials), config)
    } else {
        let config = CloudConfig {
            region,
            ..CloudConfig::default()
        };
        (
            from_stack::settings_of(&dotenv),
            external_credentials(&dotenv),
            config,
        )
    };
    let desired = from_stack::desired(&environment, &settings)?;
    let cloud = connect(&config).await;
    if !environment.is_local() {
        same_account(ctx, &environment.name, &cloud).await?;
    }
    Ok(Opened {
        desired,
        cloud,
        environment,
        dotenv,
        credentials,
    })
}

/// A misspelt region has no address, and the network would be blamed; in one whose databases no
/// function can verify, a deploy would fail at its end.
fn known_region(environment: &Environment) -> Result<()> {
    let Environment { name, region, .. } = environment;
    if environment.is_local() || authorities::regions().any(|known| known == region) {
        return Ok(());
    }
    let known: Vec<_> = authorities::regions().collect();
    Err(Error::input(format!(
        "environments/{name}.yaml is in {region}, a region that is not known here"
    ))
    .hint(format!("known are {}", known.join(", ")))
    .hint(format!(
        "for another: add functions/core/ca/rds-{region}.pem and name it in \
         functions/core/src/db/authorities.rs"
    )))
}

/// The outputs that a deploy left here must be of the account that is called now.
async fn same_account(ctx: &Context, name: &str, cloud: &Cloud) -> Result<()> {
    let known = outputs::read(ctx.root(), name).unwrap_or_default();
    let Some(account) = outputs::account(&known) else {
        return Ok(());
    };
    let caller = cloud.identity.caller().await?;
    if account == caller.account {
        return Ok(());
    }
    Err(Error::refused(format!(
        ".outputs/{name}.json is of account {account}, this identity is of {}",
        caller.account
    ))
    .hint("take the profile of that account: AWS_PROFILE=name")
    .hint(format!(
        "or, if {name} moved: rm .outputs/{name}.json and deploy it here"
    )))
}

/// Asks before a protected environment is changed.
pub(super) fn agreed(ctx: &Context, env: &EnvArg, what: &str, yes: bool) -> Result<()> {
    let environment = environments::load(ctx.root(), &env.env)?;
    if environment.protection.deletion && !yes {
        let question = format!("{what} in {}?", env.env);
        if !ctx.ask().confirm(&question, "--yes")? {
            return Err(Error::refused("nothing was changed"));
        }
    }
    Ok(())
}

/// What a build is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// A deploy: the best code.
    Thorough,
    /// One function, past CloudFormation: the soonest code.
    Quick,
}

/// The cargo profile; the root `Cargo.toml` says what each is.
fn profile(is_local: bool, pace: Pace) -> &'static str {
    match (is_local, pace) {
        (true, _) => "dev",
        (false, Pace::Thorough) => "function",
        (false, Pace::Quick) => "function-update",
    }
}

fn external_credentials(dotenv: &DotEnv) -> Option<Credentials> {
    let username = dotenv.get("DATABASE_USERNAME")?.expose().to_owned();
    let password = dotenv.get("DATABASE_PASSWORD")?;
    Some(Credentials { username, password })
}

impl Opened {
    /// The artifact bucket of the account.
    pub(super) async fn bucket(&self) -> Result<String> {
        let caller = self.cloud.identity.caller().await?;
        Ok(bootstrap::bucket(&caller, &self.cloud.region))
    }

    /// The artifact bucket, made if it is not there: the lock lies in it.
    pub(super) async fn bucket_that_stands(&self, ctx: &Context) -> Result<String> {
        let bucket = self.bucket().await?;
        let run = uuid::Uuid::new_v4().to_string();
        let (cloud, events) = (&self.cloud, ctx.events());
        ensure_bucket(cloud, events, &VendoredSchemas, &bucket, &run).await?;
        Ok(bucket)
    }

    /// Builds and packs these functions, or all of them.
    pub(super) async fn build(
        &self,
        ctx: &Context,
        only: &[String],
        pace: Pace,
    ) -> Result<Artifacts> {
        // Who may not call AWS at all learns it before the long wait.
        self.cloud.identity.caller().await?;
        let wanted = self.desired.functions.iter();
        let wanted: Vec<_> = wanted
            .filter(|function| only.is_empty() || only.contains(&function.name))
            .collect();
        // Always all of them: cargo unifies features over what it builds together, so a function
        // built alone would be other bytes than the same function built with the rest.
        let packages = self.desired.functions.iter();
        let packages = packages.map(|function| function.package.clone()).collect();
        let is_local = self.environment.is_local();
        let arm64 = wanted
            .iter()
            .any(|function| function.architecture == Architecture::Arm64);
        let build = Build {
            root: ctx.root().to_owned(),
            profile: profile(is_local, pace).to_owned(),
            compiler: if is_local {
                Compiler::Host
            } else {
                Compiler::Lambda { arm64 }
            },
            packages,
            path: match is_local {
                true => local::path_with_cmake(ctx.root(), ctx.events()).await?,
                false => local::path_for_aws(ctx.root(), ctx.events()).await?,
            },
        };
        let effort = match pace {
            Pace::Thorough if !is_local => Effort::Small,
            Pace::Thorough | Pace::Quick => Effort::Soon,
        };
        let step = ctx.events().start("build the functions");
        let binaries = artifacts::compile(&build, ctx.events()).await?;
        let (zips, images): (Vec<&DesiredFunction>, Vec<_>) = wanted
            .into_iter()
            .partition(|function| function.packaging == Packaging::Zip);
        let packed = zips.into_iter().map(|function| {
            let (folder, events) = (ctx.path(".local/artifacts"), ctx.events().clone());
            let (name, mut binary) = (function.name.clone(), binaries[&function.package].clone());
            let packed = tokio::task::spawn_blocking(move || {
                if is_local {
                    binary = artifacts::slim(&binary, &folder, &events)?;
                }
                let packed = artifacts::pack(&name, &binary, &folder, effort);
                packed.map(|artifact| (name, artifact))
            });
            async { packed.await.doing("pack the functions")? }
        });
        let mut packed: Artifacts = try_join_all(packed).await?.into_iter().collect();
        step.finish_with(format!("{} functions", binaries.len()));
        packed.extend(self.images(ctx, &images, &binaries).await?);
        artifacts::check(&packed, ctx.events())?;
        Ok(packed)
    }

    /// Builds the images, one after the other: an engine has work enough with one.
    async fn images(
        &self,
        ctx: &Context,
        wanted: &[&DesiredFunction],
        binaries: &BTreeMap<String, PathBuf>,
    ) -> Result<Artifacts> {
        let mut built = Artifacts::new();
        if wanted.is_empty() {
            return Ok(built);
        }
        let platform = match self.environment.architecture {
            stack::environment::Architecture::Arm64 => Platform::Arm64,
            stack::environment::Architecture::X86_64 => Platform::Amd64,
        };
        let folder = ctx.path(".local/artifacts/images");
        let base = self.environment.image_base();
        let maker = Maker::choose().await?;
        let builder = ImageBuilder::open(ctx.root(), folder, base, platform, maker).await?;
        for function in wanted {
            let order = Order {
                function: &function.name,
                purpose: &function.purpose,
                binary: &binaries[&function.package],
            };
            let artifact = builder.build(&order, ctx.events()).await?;
            built.insert(function.name.clone(), artifact);
        }
        Ok(built)
    }
}
