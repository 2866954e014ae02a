//! The front itself: takes TLS on loopback and passes what is inside on to PostgreSQL's socket.
//! It runs as a process of its own, a hidden subcommand of this tool.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;

use super::greeting::{self, Greeting};
use crate::error::{Doing as _, Error, Kind, Result};
use crate::event::Events;

/// More than PostgreSQL takes: it is PostgreSQL who says that there is no place left.
const CONNECTIONS: usize = 256;
/// A client that has not finished its handshake by then is dropped.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// The first byte of a TLS handshake without a request before it (`sslnegotiation=direct`).
const TLS_RECORD: u8 = 0x16;

/// What the front is told on its command line.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Where clients connect
    #[arg(long)]
    pub listen: SocketAddr,
    /// PostgreSQL's socket
    #[arg(long)]
    pub socket: PathBuf,
    /// The server's certificate, PEM
    #[arg(long)]
    pub certificate: PathBuf,
    /// Its key, PEM
    #[arg(long)]
    pub key: PathBuf,
}

/// Serves until the process ends.
pub async fn serve(options: &Options, events: &Events) -> Result<()> {
    let acceptor = acceptor(&options.certificate, &options.key)?;
    let listener = TcpListener::bind(options.listen)
        .await
        .doing_as(Kind::Machine, format!("listen on {}", options.listen))?;
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let place = places
            .clone()
            .acquire_owned()
            .await
            .doing("wait for a place")?;
        let client = match listener.accept().await {
            Ok((client, _)) => client,
            Err(error) => {
                // Out of file descriptors, usually: others end, then it goes on.
                events.warn(format!("could not accept a connection: {error}"));
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let (acceptor, socket, events) = (acceptor.clone(), options.socket.clone(), events.clone());
        tokio::spawn(async move {
            if let Err(error) = pass(client, &acceptor, &socket).await
                && !is_ordinary(&error)
            {
                events.warn(format!("a connection failed: {error}"));
            }
            drop(place);
        });
    }
}

async fn pass(mut client: TcpStream, acceptor: &TlsAcceptor, socket: &Path) -> io::Result<()> {
    client.set_nodelay(true)?;
    let Some(mut client) = tokio::time::timeout(HANDSHAKE, async {
        if !wants_tls(&mut client, socket).await? {
            return Ok::<_, io::Error>(None);
        }
        acceptor.accept(client).await.map(Some)
    })
    .await??
    else {
        return Ok(());
    };
    let mut server = UnixStream::connect(socket).await?;
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}

/// Answers what comes before TLS. `false`: the connection is done with.
async fn wants_tls(client: &mut TcpStream, socket: &Path) -> io::Result<bool> {
    let mut first = [0; 1];
    if client.peek(&mut first).await? == 1 && first[0] == TLS_RECORD {
        return Ok(true);
    }
    loop {
        match greeting::read(client).await? {
            Greeting::Tls => {
                client.write_all(b"S").await?;
                return Ok(true);
            }
            Greeting::Gss => client.write_all(b"N").await?,
            Greeting::Cancel(bytes) => {
                UnixStream::connect(socket).await?.write_all(&bytes).await?;
                return Ok(false);
            }
            Greeting::Plain => {
                client.write_all(&greeting::refusal()).await?;
                client.shutdown().await?;
                return Ok(false);
            }
        }
    }
}

fn acceptor(certificate: &Path, key: &Path) -> Result<TlsAcceptor> {
    let what = || format!("read {} and {}", certificate.display(), key.display());
    let certificates = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect)
        .map_err(|source| Error::machine(format!("could not {}", what())).because(source))?;
    let key = PrivateKeyDer::from_pem_file(key)
        .map_err(|source| Error::machine(format!("could not {}", what())).because(source))?;
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(certificates, key)
        .doing("use the server's certificate")?;
    config.alpn_protocols = vec![b"postgresql".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Clients that leave early, also those that only look whether the front is there.
fn is_ordinary(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionReset, NotConnected, TimedOut, UnexpectedEof};
    matches!(
        error.kind(),
        BrokenPipe | ConnectionReset | NotConnected | TimedOut | UnexpectedEof
    )
}
