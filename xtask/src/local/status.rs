//! How the parts are, as a table and as JSON.

use std::fmt;
use std::path::PathBuf;

use comfy_table::{CellAlignment, Table, presets::NOTHING};
use serde::Serialize;
use time::OffsetDateTime;
use time::macros::format_description;

use crate::local::health::Doctor;
use crate::local::layout::Layout;
use crate::local::part::Part;
use crate::local::process::tree_bytes;
use crate::local::state::State;
use crate::local::{emulator, models, postgres, tls};
use crate::secret::Secret;

/// The state of every part.
#[derive(Debug, Serialize)]
pub struct Status {
    /// Whether all parts are.
    pub healthy: bool,
    /// One by one, in the order in which they start.
    pub parts: Vec<PartStatus>,
    /// The certificate with which clients check the database.
    pub ca_file: PathBuf,
}

/// The state of one part.
#[derive(Debug, Serialize)]
pub struct PartStatus {
    /// Which.
    pub part: Part,
    /// `healthy`, or what is wrong.
    pub state: String,
    /// Whether it answers.
    pub healthy: bool,
    /// Where it answers.
    pub address: Option<String>,
    /// Its process.
    pub pid: Option<u32>,
    /// The memory of its process and those below it.
    pub memory_bytes: Option<u64>,
    /// When it was started.
    #[serde(with = "time::serde::rfc3339::option")]
    pub since: Option<OffsetDateTime>,
    /// Where it writes.
    pub log: PathBuf,
}

impl Status {
    pub(super) async fn look(layout: &Layout, state: &State, password: Option<&Secret>) -> Self {
        let doctor = Doctor { layout, password };
        let looks = Part::ALL.map(|part| PartStatus::look(layout, state, &doctor, part));
        let parts = futures::future::join_all(looks).await;
        let healthy = parts.iter().all(|part| part.healthy);
        Self {
            healthy,
            parts,
            ca_file: tls::ca_file(&layout.tls()),
        }
    }
}

impl PartStatus {
    async fn look(layout: &Layout, state: &State, doctor: &Doctor<'_>, part: Part) -> Self {
        let running = state.living(part);
        let answer = doctor.examine(state, part).await;
        let pid = running.map(|running| running.process.pid);
        Self {
            part,
            healthy: answer.is_ok(),
            state: answer.err().unwrap_or_else(|| "healthy".to_owned()),
            address: address(layout, state, part),
            pid,
            memory_bytes: pid.and_then(tree_bytes),
            since: running.map(|running| running.since),
            log: layout.log(part),
        }
    }
}

fn address(layout: &Layout, state: &State, part: Part) -> Option<String> {
    let port = state.ports.get(&part).copied();
    match part {
        Part::Postgres => Some(postgres::socket(layout).display().to_string()),
        Part::Tls => port.map(|port| {
            format!(
                "postgresql://{}@localhost:{port}/{}",
                postgres::USER,
                postgres::DATABASE
            )
        }),
        Part::Emulator => port.map(emulator::url),
        Part::Models => port.map(models::url),
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new();
        table.load_style(NOTHING);
        table.set_header([
            "PART",
            "STATE",
            "ADDRESS",
            "PID",
            "MEMORY",
            "SINCE (UTC)",
            "LOG",
        ]);
        for part in &self.parts {
            let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
            table.add_row([
                part.part.to_string(),
                part.state.clone(),
                or_dash(part.address.clone()),
                or_dash(part.pid.map(|pid| pid.to_string())),
                or_dash(
                    part.memory_bytes
                        .map(|bytes| format!("{} MB", bytes / 1_000_000)),
                ),
                or_dash(part.since.and_then(moment)),
                part.log.display().to_string(),
            ]);
        }
        if let Some(memory) = table.column_mut(4) {
            memory.set_cell_alignment(CellAlignment::Right);
        }
        let all: u64 = self.parts.iter().filter_map(|part| part.memory_bytes).sum();
        writeln!(f, "{}", table.trim_fmt())?;
        writeln!(
            f,
            "\nTogether {} MB. CA file of the database: {}",
            all / 1_000_000,
            self.ca_file.display()
        )
    }
}

fn moment(since: OffsetDateTime) -> Option<String> {
    since
        .format(format_description!(
            "[year]-[month]-[day] [hour]:[minute]:[second]"
        ))
        .ok()
}
