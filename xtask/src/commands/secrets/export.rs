//! `secrets export`: the parameters that come from `.env`, back into such a file.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use contract::parameters::{MANIFEST, Source, prefix};
use serde::Serialize;

use crate::commands::standing;
use crate::context::Context;
use crate::dotenv;
use crate::engine::parameters::LOCAL_KEY;
use crate::environments::EnvArg;
use crate::error::{Doing as _, Error, Kind, Result};
use crate::report::Outcome;
use crate::secret::Secret;

/// Options of `secrets export`.
#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    env: EnvArg,
    /// The file; only its owner may read it
    #[arg(long, value_name = "FILE", default_value = ".env")]
    out: PathBuf,
    /// Set the keys in a file that is there; its other lines stay
    #[arg(long)]
    force: bool,
}

#[derive(Serialize)]
struct Exported {
    file: String,
    keys: Vec<String>,
}

/// Never over a file that is there without being told to.
pub(super) async fn run(ctx: &Context, args: Args) -> Result<Outcome> {
    let path = ctx.path(&args.out);
    let shown = args.out.display();
    let before = match std::fs::read_to_string(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        read => read.doing_as(Kind::Input, format!("read {shown}"))?,
    };
    if path.exists() && !args.force {
        return Err(Error::refused(format!("{shown} is there already"))
            .hint("--force sets the keys in it and leaves its other lines")
            .hint("--out FILE writes another file"));
    }
    let standing = standing::look(ctx, &args.env).await?;
    let name = &args.env.env;
    let parameters = &standing.opened.cloud.parameters;
    let live = parameters.below(&prefix(name)).await?;
    let keys = MANIFEST.iter().filter_map(|spec| {
        let (Source::DotEnv { key, .. } | Source::Default { key, .. }) = spec.source else {
            return None;
        };
        let value = &live.get(&spec.path(&prefix(name)))?.value;
        // A stand-in of `local` is no key: in .env it would call the real provider with it.
        let stands_in = standing.opened.environment.is_local() && value.expose() == LOCAL_KEY;
        (!stands_in).then(|| (key.to_owned(), value.clone()))
    });
    let keys: BTreeMap<String, Secret> = keys.collect();
    if keys.is_empty() {
        return Err(
            Error::input(format!("{name} has no parameters to export")).hint(format!(
                "fill them: cargo xtask secrets populate --env {name}"
            )),
        );
    }
    dotenv::write(&path, &dotenv::merged(&before, &keys))?;
    Outcome::of(&Exported {
        file: args.out.display().to_string(),
        keys: keys.into_keys().collect(),
    })
}

impl fmt::Display for Exported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = self.keys.join(", ");
        writeln!(f, "{}: {keys}; only you may read it", self.file)
    }
}
