//! psql on the local database. The one we bring has no TLS, so the machine's own is preferred and
//! goes through the TLS front as everybody does; without it, ours goes over the Unix socket.

use std::path::Path;
use std::process::Command;

use crate::error::Result;
use crate::event::Events;
use crate::local::environment::LocalEnvironment;
use crate::local::layout::Layout;
use crate::local::postgres;
use crate::local::state::State;
use crate::local::tools::Tools;

/// A psql that connects when it is run; the password goes through its environment.
pub async fn command(root: &Path, events: &Events) -> Result<Command> {
    let layout = Layout::open(root)?;
    let state = State::load(&layout.state(), events)?;
    let database = LocalEnvironment::of(&layout, &state, postgres::password(&layout)?)?.database;
    let mut command = if is_installed() {
        let mut command = Command::new("psql");
        command
            .env("PGSSLMODE", "verify-full")
            .env("PGSSLROOTCERT", &database.ca_file)
            .env("PGHOST", &database.host)
            .env("PGPORT", database.port.to_string());
        command
    } else {
        events.warn("no psql with TLS is installed; the one without it goes over the Unix socket");
        let tools = Tools::install(&layout, events).await?;
        let socket = postgres::socket(&layout);
        let mut command = Command::new(tools.postgresql.join("bin/psql"));
        command
            .env("PGSSLMODE", "disable")
            .env("PGHOST", socket.parent().unwrap_or(&socket))
            .env("PGPORT", "5432");
        command
    };
    command
        .env("PGUSER", &database.user)
        .env("PGDATABASE", &database.name)
        .env("PGPASSWORD", database.password.expose());
    Ok(command)
}

fn is_installed() -> bool {
    let asked = Command::new("psql").arg("--version").output();
    asked.is_ok_and(|output| output.status.success())
}
