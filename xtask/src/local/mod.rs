//! The environment on one machine: PostgreSQL behind TLS, an AWS emulator and a model server, as
//! processes on loopback that outlive the command. No account, no Docker.

mod care;
mod emulator;
mod environment;
mod files;
mod health;
mod layout;
mod lock;
mod logs;
mod models;
mod part;
mod ports;
mod postgres;
mod process;
mod psql;
mod service;
mod state;
mod status;
mod supervisor;
mod tls;
pub(crate) mod tools;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

pub use self::environment::{Database, LocalEnvironment};
pub(crate) use self::files::free_bytes;
pub use self::layout::TOOLS_VARIABLE;
pub use self::logs::{Logs, follow};
pub use self::part::Part;
pub use self::psql::command as psql;
pub use self::status::{PartStatus, Status};
pub use self::tls::front;
pub use crate::secret::Secret;

use self::layout::Layout;
use self::lock::Lock;
use self::state::State;
use self::supervisor::Supervisor;
use self::tools::{Extra, Tools};
use crate::error::{Doing as _, Error, Kind, Result};
use crate::event::Events;

/// A first `up` of another command may have to download and to compile.
const PATIENCE: Duration = Duration::from_secs(1800);

/// What is installed without starting anything, for tests that use the parts by themselves.
#[derive(Clone, Debug)]
pub struct Installed {
    /// The folder of all tools; tests find PostgreSQL below it.
    pub tools: PathBuf,
    /// The sentence model's files.
    pub sentence_model: PathBuf,
}

/// Installs the tools, if they are not there yet.
pub async fn install(root: &Path, events: &Events) -> Result<Installed> {
    let layout = Layout::open(root)?;
    let tools = Tools::install(&layout, events).await?;
    Ok(Installed {
        tools: layout.tools().to_owned(),
        sentence_model: tools.sentence_model,
    })
}

/// The search path with a cmake on it: the machine's own, else one installed beside the tools.
pub async fn path_with_cmake(root: &Path, events: &Events) -> Result<OsString> {
    path_with(root, &[Extra::Cmake], events).await
}

/// The search path with everything that compiles functions for AWS.
pub async fn path_for_aws(root: &Path, events: &Events) -> Result<OsString> {
    let extras = [Extra::Cmake, Extra::CargoLambda, Extra::Zig];
    path_with(root, &extras, events).await
}

async fn path_with(root: &Path, extras: &[Extra], events: &Events) -> Result<OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    for extra in extras {
        let is_there = |folder: &PathBuf| folder.join(extra.program()).is_file();
        if !folders.iter().any(is_there) {
            let layout = Layout::open(root)?;
            folders.push(tools::install_extra(&layout, *extra, events).await?);
        }
    }
    std::env::join_paths(folders).doing("put programs on the search path")
}

/// Starts what is not healthy and says where everything is. Does nothing when all is well.
pub async fn up(root: &Path, events: &Events) -> Result<LocalEnvironment> {
    let layout = Layout::open(root)?;
    let _lock = Lock::take(&layout.lock(), PATIENCE, events).await?;
    let before = State::load(&layout.state(), events)?;
    let password = postgres::password(&layout)?;
    let supervisor = Supervisor {
        layout: &layout,
        events,
        state: Mutex::new(before.clone()),
    };
    let outcome = tokio::select! {
        outcome = supervisor.up(&password) => outcome,
        _ = tokio::signal::ctrl_c() => {
            supervisor.back_to(&before).await?;
            Err(Error::interrupted("interrupted; what was being started is stopped again")
                .hint("`cargo xtask local up` goes on where this ended"))
        }
    };
    outcome?;
    LocalEnvironment::of(&layout, &supervisor.state(), password)
}

/// Where everything is, without starting anything.
pub fn environment(root: &Path, events: &Events) -> Result<LocalEnvironment> {
    let layout = Layout::open(root)?;
    let state = State::load(&layout.state(), events)?;
    LocalEnvironment::of(&layout, &state, postgres::password(&layout)?)
}

/// How every part is.
pub async fn status(root: &Path, events: &Events) -> Result<Status> {
    let layout = Layout::open(root)?;
    let state = State::load(&layout.state(), events)?;
    let password = layout
        .password()
        .is_file()
        .then(|| postgres::password(&layout))
        .transpose()?;
    Ok(Status::look(&layout, &state, password.as_ref()).await)
}

/// Stops every part, the last started first. Data stays.
pub async fn down(root: &Path, events: &Events) -> Result<()> {
    let layout = Layout::open(root)?;
    let _lock = Lock::take(&layout.lock(), PATIENCE, events).await?;
    stop_all(&layout, events).await
}

/// Stops every part and removes its data; tools stay. Whoever calls this has asked the user.
pub async fn remove(root: &Path, events: &Events) -> Result<()> {
    let layout = Layout::open(root)?;
    let _lock = Lock::take(&layout.lock(), PATIENCE, events).await?;
    stop_all(&layout, events).await?;
    let step = events.start("remove the data");
    postgres::remove(&layout)?;
    for folder in [
        layout.emulator(),
        layout.tls(),
        layout.logs(),
        layout.binaries(),
    ] {
        gone(std::fs::remove_dir_all(&folder), &folder)?;
    }
    for file in [layout.password(), layout.state()] {
        gone(std::fs::remove_file(&file), &file)?;
    }
    step.finish();
    Ok(())
}

/// Removes the data and starts anew.
pub async fn reset(root: &Path, events: &Events) -> Result<LocalEnvironment> {
    remove(root, events).await?;
    up(root, events).await
}

async fn stop_all(layout: &Layout, events: &Events) -> Result<()> {
    let state = Mutex::new(State::load(&layout.state(), events)?);
    Supervisor {
        layout,
        events,
        state,
    }
    .down()
    .await
}

fn gone(removed: std::io::Result<()>, path: &Path) -> Result<()> {
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).doing_as(Kind::Machine, format!("remove {}", path.display()))
        }
        _ => Ok(()),
    }
}
