//! `secrets rotate`: a new password for the database, in PostgreSQL and in its secret.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use stack::environment::Database;

use super::filler;
use crate::commands::db;
use crate::commands::standing::{self, Standing};
use crate::context::Context;
use crate::database::password::{Change, Changed};
use crate::database::reach;
use crate::dotenv;
use crate::engine::lock::Lock;
use crate::engine::parameters::Credentials;
use crate::engine::rotate;
use crate::engine::steps::output;
use crate::engine::stop::Stop;
use crate::environments::EnvArg;
use crate::error::{Doing as _, Error, Kind, Result};
use crate::local;
use crate::report::Outcome;
use crate::secret::Secret;

/// The key of `.env` that holds the password of an external database.
const KEY: &str = "DATABASE_PASSWORD";

/// Options of `secrets rotate`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    env: EnvArg,
    /// Without asking; `local` never asks
    #[arg(long, short)]
    yes: bool,
}

#[derive(Serialize)]
struct Rotated {
    environment: String,
    /// Who changed it.
    by: &'static str,
    /// A running function had the old password and looked the new one up.
    looked_up: bool,
    also: Vec<String>,
}

/// RDS rotates what it manages; elsewhere the password is changed here.
pub(super) async fn run(ctx: &Context, stop: &Stop, args: Args) -> Result<Outcome> {
    let mut standing = standing::deployed(ctx, &args.env).await?;
    let name = &args.env.env;
    let local = standing.opened.environment.is_local();
    let question = format!("Give the database of {name} a new password?");
    if !local && !args.yes && !ctx.ask().confirm(&question, "--yes")? {
        return Err(Error::refused("nothing was changed"));
    }
    let cloud = standing.opened.cloud.clone();
    let ops = output(&standing.deployed, "compute", "OpsFunctionName")?.to_owned();
    let managed = standing.opened.environment.database != Database::External;
    rotate::before(&cloud, ctx.events(), &ops, managed).await?;
    let bucket = standing.opened.bucket().await?;
    let _at_work = stop.enter();
    let work = async {
        let mut also = Vec::new();
        let by = match standing.opened.environment.database {
            Database::Rds | Database::Aurora => {
                let step = ctx.events().start("wait for RDS to rotate the secret");
                let secret = output(&standing.deployed, "database", "DatabaseSecretArn")?;
                stop.cuts(rotate::managed(&cloud, secret)).await?;
                step.finish();
                "RDS"
            }
            Database::External => {
                also = change(ctx, &mut standing).await?;
                "this command"
            }
        };
        let filler = filler(&standing);
        let plan = filler.plan(&standing.deployed).await?;
        filler.write(&plan).await?;
        also.extend(plan.writes().map(|(entry, ..)| entry.path.clone()));
        let step = ctx.events().start("sign in with the new password");
        let looked_up = rotate::prove(&cloud, &ops).await?;
        step.finish();
        Ok(Rotated {
            environment: name.clone(),
            by,
            looked_up,
            also,
        })
    };
    let rotated = Lock::new(&cloud, &bucket, name)
        .during(&ctx.journals(), work)
        .await?;
    Outcome::of(&rotated)
}

/// Changes the password of an external database, and everywhere it is written down. What was
/// written is taken back where PostgreSQL still takes the old one.
async fn change(ctx: &Context, standing: &mut Standing) -> Result<Vec<String>> {
    let (address, credentials) = db::address(standing).await?;
    let id = output(&standing.deployed, "database", "DatabaseSecretArn")?.to_owned();
    let notes = Notes::of(ctx, standing)?;
    let user = &credentials.username;
    let old = Credentials {
        username: user.clone(),
        password: Secret::new(credentials.password.expose()),
    };
    let new = Credentials {
        password: Secret::generate(),
        ..old.clone()
    };
    let parameters = standing.opened.cloud.parameters.clone();
    let sign_in = async |password: &Secret| {
        let with = Credentials {
            password: password.clone(),
            ..old.clone()
        };
        reach::connect(&address, &db::for_core(&with)).await
    };
    let keep = async || {
        notes.write(ctx, &new.password)?;
        Ok(parameters.put_secret(&id, &new.to_secret()).await?)
    };
    let restore = async || {
        // Each, whatever became of the other.
        let noted = notes.write(ctx, &old.password);
        parameters.put_secret(&id, &old.to_secret()).await?;
        noted
    };
    let change = Change::new(&old.password, &new.password);
    if change.make(sign_in, keep, restore).await? == Changed::Found {
        ctx.events()
            .warn("the database's answer was lost; it takes the new password");
    }
    if standing.opened.credentials.is_some() {
        standing.opened.credentials = Some(new);
    }
    Ok(notes.names())
}

/// Where on this machine the password is written down.
enum Notes {
    /// Beside the local database.
    Local,
    /// In `.env`.
    DotEnv,
    /// Nowhere: the secret alone has it.
    Nowhere,
}

impl Notes {
    fn of(ctx: &Context, standing: &Standing) -> Result<Self> {
        let opened = &standing.opened;
        if opened.environment.is_local() {
            return Ok(Self::Local);
        }
        if opened.dotenv.get(KEY).is_none() {
            return Ok(Self::Nowhere);
        }
        if opened.dotenv.is_from_file(KEY) && ctx.path(".env").is_file() {
            return Ok(Self::DotEnv);
        }
        Err(Error::refused(format!(
            "{KEY} is a variable of this process: the next deploy would bring the old one back"
        ))
        .hint(format!(
            "unset it, keep {KEY} in .env, and run the command again"
        )))
    }

    fn write(&self, ctx: &Context, password: &Secret) -> Result<()> {
        match self {
            Self::Local => local::keep_password(ctx.root(), password),
            Self::DotEnv => {
                let path = ctx.path(".env");
                let text = std::fs::read_to_string(&path).doing_as(Kind::Input, "read .env")?;
                let new = BTreeMap::from([(KEY.to_owned(), password.clone())]);
                dotenv::write(&path, &dotenv::merged(&text, &new))
            }
            Self::Nowhere => Ok(()),
        }
    }

    fn names(&self) -> Vec<String> {
        match self {
            Self::Local => vec![".local/postgres-password".to_owned()],
            Self::DotEnv => vec![format!(".env {KEY}")],
            Self::Nowhere => Vec::new(),
        }
    }
}

impl fmt::Display for Rotated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            environment, by, ..
        } = self;
        writeln!(
            f,
            "{environment}: {by} changed the password; the secret has it"
        )?;
        for place in &self.also {
            writeln!(f, "also written: {place}")?;
        }
        match self.looked_up {
            true => writeln!(f, "a running function looked it up and signed in"),
            false => writeln!(f, "a function signed in with it"),
        }
    }
}
