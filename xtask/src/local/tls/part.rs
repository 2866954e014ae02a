//! The TLS front as a part: how it starts, and whether it does a real handshake.

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use time::OffsetDateTime;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::certificates::{Certificates, ca_file};
use crate::error::{Doing as _, Kind, Result};
use crate::event::Events;
use crate::local::layout::Layout;
use crate::local::part::Part;
use crate::local::postgres;
use crate::local::process::{Launch, gated};
use crate::local::service::Service;

const PATIENCE: Duration = Duration::from_secs(10);
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// The TLS front, ready to be started.
pub(crate) struct TlsFront {
    root: PathBuf,
    certificates: Certificates,
    socket: PathBuf,
    port: u16,
}

impl TlsFront {
    /// For one checkout.
    pub(crate) fn new(layout: &Layout, port: u16) -> Self {
        let certificates = Certificates::in_folder(layout.tls());
        Self {
            root: layout.root().to_owned(),
            certificates,
            socket: postgres::socket(layout),
            port,
        }
    }
}

#[async_trait]
impl Service for TlsFront {
    fn part(&self) -> Part {
        Part::Tls
    }

    async fn prepare(&self, _events: &Events) -> Result<Launch> {
        self.certificates.ensure(OffsetDateTime::now_utc())?;
        let program = std::env::current_exe().doing_as(Kind::Machine, "find this program")?;
        let mut command = gated(program);
        command
            .arg("--root")
            .arg(&self.root)
            .args(["local", "tls-front", "--listen"])
            .arg(format!("{}:{}", Ipv4Addr::LOCALHOST, self.port))
            .arg("--socket")
            .arg(&self.socket)
            .arg("--certificate")
            .arg(self.certificates.certificate())
            .arg("--key")
            .arg(self.certificates.key())
            .env_clear()
            .current_dir("/");
        Ok(Launch {
            command,
            patience: PATIENCE,
        })
    }
}

/// Whether the front does the whole handshake with the certificate that clients trust.
pub(crate) async fn probe(folder: &Path, port: u16) -> Result<(), String> {
    if !Certificates::in_folder(folder.to_owned()).are_good(OffsetDateTime::now_utc()) {
        return Err("its certificate is missing or about to expire".to_owned());
    }
    handshake(&ca_file(folder), port)
        .await
        .map_err(|error| format!("{error:#}"))
}

async fn handshake(ca: &Path, port: u16) -> anyhow::Result<()> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(ca)?)?;
    let config = ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    stream.write_all(&SSL_REQUEST).await?;
    anyhow::ensure!(stream.read_u8().await? == b'S', "it does not speak TLS");
    let name = ServerName::try_from("localhost")?;
    let mut stream = TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await?;
    stream.shutdown().await?;
    Ok(())
}
