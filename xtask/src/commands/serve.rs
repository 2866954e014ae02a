//! `serve`: the API as a plain server on this machine, against an environment that stands.

use std::net::{SocketAddr, TcpListener};
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use super::environment::{Opened, open};
use crate::artifacts::{self, Build, Compiler};
use crate::context::Context;
use crate::engine::live::ALIAS;
use crate::environments::EnvArg;
use crate::error::{Error, Result};
use crate::local;
use crate::report::Outcome;

/// The function that answers HTTP requests.
const FUNCTION: &str = "api";

/// Options of `serve`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    env: EnvArg,
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:8000")]
    address: SocketAddr,
    /// Build it as for production
    #[arg(long)]
    release: bool,
}

/// Becomes the server: Ctrl-C and the exit code are its own from here on.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    is_free(args.address)?;
    let opened = open(ctx, &args.env).await?;
    let function = opened.desired.functions.iter();
    let Some(function) = function.clone().find(|it| it.name == FUNCTION) else {
        return Err(Error::failed(format!("{} has no {FUNCTION}", args.env.env)));
    };
    let name = &function.function_name;
    let variables = opened.cloud.functions.variables(name, ALIAS).await?;
    let variables = variables.ok_or_else(|| {
        let env = &args.env.env;
        Error::input(format!(
            "{env} is not deployed, so there is nothing to serve from"
        ))
        .hint(format!("deploy it first: cargo xtask deploy --env {env}"))
    })?;
    let build = Build {
        root: ctx.root().to_owned(),
        profile: if args.release { "release" } else { "dev" }.to_owned(),
        compiler: Compiler::Host,
        packages: vec![function.package.clone()],
        path: local::path_with_cmake(ctx.root(), ctx.events()).await?,
    };
    let step = ctx.events().start("build the api");
    let binaries = artifacts::compile(&build, ctx.events()).await?;
    step.finish();
    let mut server = Command::new(&binaries[&function.package]);
    server.arg(args.address.to_string()).envs(variables);
    reach_aws(&mut server, &opened);
    let error = server.exec();
    Err(Error::machine("could not run the api").because(error))
}

/// Better now than after a build.
fn is_free(address: SocketAddr) -> Result<()> {
    let Err(error) = TcpListener::bind(address) else {
        return Ok(());
    };
    Err(Error::input(format!("cannot listen on {address}"))
        .because(error)
        .hint("choose another address: --address 127.0.0.1:0"))
}

/// Elsewhere than on `local`, the caller's own profile and keys are used.
fn reach_aws(server: &mut Command, opened: &Opened) {
    server
        .env_remove("AWS_LAMBDA_RUNTIME_API")
        .env("AWS_REGION", &opened.cloud.region);
    if !opened.environment.is_local() {
        return;
    }
    server
        .env_remove("AWS_PROFILE")
        .env_remove("AWS_SESSION_TOKEN")
        .env("AWS_ACCESS_KEY_ID", "local")
        .env("AWS_SECRET_ACCESS_KEY", "local");
    if let Some(endpoint) = &opened.cloud.endpoint {
        server.env("AWS_ENDPOINT_URL", endpoint);
    }
}
