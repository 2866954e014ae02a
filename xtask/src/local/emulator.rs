//! The AWS emulator: a Python program that runs function zips as processes.

use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;

use crate::error::Result;
use crate::event::Events;
use crate::local::health;
use crate::local::layout::{Layout, make_folder};
use crate::local::part::Part;
use crate::local::process::{Launch, gated};
use crate::local::service::Service;

/// The region of everything local.
pub(super) const REGION: &str = "us-east-1";
/// The account of everything local.
pub(super) const ACCOUNT: &str = "000000000000";

const PATIENCE: Duration = Duration::from_secs(60);

/// The emulator, ready to be started.
pub(super) struct Emulator {
    layout: Layout,
    python: PathBuf,
    port: u16,
}

/// Where the emulator answers.
pub(super) fn url(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

impl Emulator {
    /// From the environment that holds it.
    pub(super) fn new(layout: &Layout, python: PathBuf, port: u16) -> Self {
        Self {
            layout: layout.clone(),
            python,
            port,
        }
    }

    /// All that the emulator is told; it starts with nothing else, because whatever stands in its
    /// environment also reaches every function.
    fn settings(&self) -> Vec<(&'static str, String)> {
        let kept = |name: &str| self.layout.emulator().join(name).display().to_string();
        vec![
            ("BIND_HOST", "127.0.0.1".to_owned()),
            ("GATEWAY_PORT", self.port.to_string()),
            // Functions call back here.
            ("AWS_ENDPOINT_URL", url(self.port)),
            ("AWS_DEFAULT_REGION", REGION.to_owned()),
            ("MINISTACK_REGION", REGION.to_owned()),
            ("MINISTACK_ACCOUNT_ID", ACCOUNT.to_owned()),
            ("PERSIST_STATE", "1".to_owned()),
            ("STATE_DIR", kept("state")),
            ("S3_PERSIST", "1".to_owned()),
            ("S3_DATA_DIR", kept("s3")),
            ("TMPDIR", kept("tmp")),
            ("IOT_MTLS_ENABLED", "0".to_owned()),
            ("SFTP_ENABLED", "0".to_owned()),
            // No containers, whatever the machine has: what runs here runs everywhere.
            ("DOCKER_HOST", "unix:///nonexistent".to_owned()),
            ("PATH", "/usr/local/bin:/usr/bin:/bin".to_owned()),
            ("LANG", "C.UTF-8".to_owned()),
        ]
    }
}

#[async_trait]
impl Service for Emulator {
    fn part(&self) -> Part {
        Part::Emulator
    }

    async fn prepare(&self, _events: &Events) -> Result<Launch> {
        for name in ["state", "s3", "tmp"] {
            make_folder(&self.layout.emulator().join(name))?;
        }
        let mut command = gated(&self.python);
        command
            .args(["-I", "-u"])
            .arg(self.layout.descriptions().join("emulator.py"))
            .env_clear()
            .envs(self.settings())
            .current_dir(self.layout.emulator());
        Ok(Launch {
            command,
            patience: PATIENCE,
        })
    }
}

/// Whether it takes calls.
pub(super) async fn probe(port: u16) -> Result<(), String> {
    health::get_ok(&format!("{}/_ministack/ready", url(port))).await
}
