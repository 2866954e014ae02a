//! `images`: a user's originals, from a folder into the bucket and back. What is there already is
//! left, so a run that ended half-way is simply run again.

mod content;
mod download;
mod folder;
mod upload;

#[cfg(test)]
mod tests;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use collections_core::domain::UserId;
use contract::objects::Kind;
use serde::Serialize;

use super::{standing, users};
use crate::cloud::Media;
use crate::context::Context;
use crate::engine::steps::output;
use crate::environments::EnvArg;
use crate::error::{Error, Kind as ErrorKind, Result};
use crate::report::Outcome;

/// Transfers at one time.
const AT_ONCE: usize = 8;

/// The subcommands of `images`.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Store the images of a folder; the pipeline takes each from there
    Upload(UploadArgs),
    /// Fetch a user's originals into a folder
    Download(DownloadArgs),
}

/// Whose images, and where they are on this machine.
#[derive(clap::Args)]
struct Where {
    #[command(flatten)]
    env: EnvArg,
    /// The folder
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// Whose images, by address; else who signed in from here, or the test user
    #[arg(long, value_parser = users::address)]
    email: Option<String>,
    /// Whose images: the `sub` of the user's token
    #[arg(long, value_name = "SUB", conflicts_with = "email")]
    user: Option<UserId>,
}

/// Options of `images upload`.
#[derive(clap::Args)]
pub struct UploadArgs {
    #[command(flatten)]
    place: Where,
    /// Replace an image of the same id and other content
    #[arg(long)]
    force: bool,
}

/// Options of `images download`.
#[derive(clap::Args)]
pub struct DownloadArgs {
    #[command(flatten)]
    place: Where,
    /// Replace a file of the same name and other content
    #[arg(long)]
    force: bool,
}

/// The images of one user in a bucket.
#[derive(Clone)]
struct Shelf {
    media: Arc<dyn Media>,
    bucket: String,
    user: UserId,
    /// The user as people know one.
    whose: String,
}

impl Shelf {
    /// What the keys of the user's originals begin with.
    fn prefix(&self) -> String {
        format!("{}/{}/", self.user, Kind::Image.folder())
    }
}

/// What a run did.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
struct Moved {
    moved: u64,
    bytes: u64,
    same: u64,
    /// What was left, with the reason.
    left: Vec<String>,
}

/// What became of one image.
#[derive(Debug, PartialEq, Eq)]
enum One {
    Moved(u64),
    Same,
    Left(String),
}

impl FromIterator<One> for Moved {
    fn from_iter<T: IntoIterator<Item = One>>(all: T) -> Self {
        let mut moved = Self::default();
        for one in all {
            match one {
                One::Moved(bytes) => {
                    moved.moved += 1;
                    moved.bytes += bytes;
                }
                One::Same => moved.same += 1,
                One::Left(reason) => moved.left.push(reason),
            }
        }
        moved.left.sort();
        moved
    }
}

/// Runs one subcommand; Ctrl-C leaves nothing half-written.
pub(super) async fn run(ctx: &Context, command: Command) -> Result<Outcome> {
    let work = async {
        match command {
            Command::Upload(args) => {
                let shelf = shelf(ctx, &args.place).await?;
                upload::run(&shelf, &args.place.folder, args.force, ctx.events()).await
            }
            Command::Download(args) => {
                let shelf = shelf(ctx, &args.place).await?;
                download::run(&shelf, &args.place.folder, args.force, ctx.events()).await
            }
        }
    };
    let moved = tokio::select! {
        moved = work => moved?,
        _ = tokio::signal::ctrl_c() => {
            return Err(Error::interrupted("stopped").hint("the same command goes on where this ended"));
        }
    };
    let outcome = Outcome::of(&moved)?;
    Ok(match moved.left.is_empty() {
        true => outcome,
        false => outcome.with_code(ErrorKind::Failed.exit_code()),
    })
}

async fn shelf(ctx: &Context, place: &Where) -> Result<Shelf> {
    let standing = standing::deployed(ctx, &place.env).await?;
    let (whose, user) = match &place.user {
        Some(user) => (user.to_string(), user.clone()),
        None => users::id_of(ctx, &standing, place.email.as_deref()).await?,
    };
    Ok(Shelf {
        media: standing.opened.cloud.media.clone(),
        bucket: output(&standing.deployed, "storage", "BucketName")?.to_owned(),
        user,
        whose,
    })
}

impl fmt::Display for Moved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (moved, same) = (self.moved, self.same);
        let size = match self.bytes {
            bytes @ 0..1_048_576 => format!("{:.1} KiB", bytes as f64 / 1_024.0),
            bytes => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
        };
        writeln!(f, "{moved} moved ({size}), {same} there already")?;
        self.left
            .iter()
            .try_for_each(|reason| writeln!(f, "left: {reason}"))
    }
}
