//! The parts of the local environment, by name.

use std::fmt;

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// A process that `local up` keeps running.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// PostgreSQL with pgvector, on a Unix socket
    Postgres,
    /// The TLS front through which everybody reaches PostgreSQL
    Tls,
    /// The AWS emulator
    Emulator,
    /// The model server
    Models,
}

impl Part {
    /// In the order in which they start; they stop in the reverse.
    pub const ALL: [Part; 4] = [Part::Postgres, Part::Tls, Part::Emulator, Part::Models];

    /// The name in commands, file names and output.
    pub fn name(self) -> &'static str {
        match self {
            Part::Postgres => "postgres",
            Part::Tls => "tls",
            Part::Emulator => "emulator",
            Part::Models => "models",
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
