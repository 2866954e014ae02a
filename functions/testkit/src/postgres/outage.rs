//! A way to a database that can be cut: what a client sees of a server that is down.

use std::sync::Arc;

use sqlx::postgres::PgConnectOptions;
use tokio::io::{AsyncRead, AsyncWrite, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;

use super::TestDatabase;

/// A front on loopback before a test's database.
#[derive(Clone, Debug)]
pub struct Outage {
    down: Arc<watch::Sender<bool>>,
    options: PgConnectOptions,
}

impl Outage {
    /// Starts one; the database is up.
    pub async fn before(database: &TestDatabase) -> Self {
        let server = database.options();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let down = Arc::new(watch::Sender::new(false));
        tokio::spawn(serve(listener, server.clone(), down.clone()));
        let options = PgConnectOptions::new_without_pgpass()
            .host("127.0.0.1")
            .port(port)
            .username(server.get_username())
            .database(server.get_database().unwrap())
            .ssl_mode(sqlx::postgres::PgSslMode::Disable);
        Self { down, options }
    }

    /// How to connect by way of it.
    pub fn options(&self) -> PgConnectOptions {
        self.options.clone()
    }

    /// Cuts every connection and refuses new ones.
    pub fn begin(&self) {
        self.down.send_replace(true);
    }

    /// Lets clients in again.
    pub fn end(&self) {
        self.down.send_replace(false);
    }
}

async fn serve(listener: TcpListener, server: PgConnectOptions, down: Arc<watch::Sender<bool>>) {
    while let Ok((mut client, _)) = listener.accept().await {
        let mut cut = down.subscribe();
        let server = server.clone();
        tokio::spawn(async move {
            if *cut.borrow_and_update() {
                return;
            }
            let mut server = connect(&server).await;
            tokio::select! {
                _ = copy_bidirectional(&mut client, &mut server) => {}
                _ = cut.changed() => {}
            }
        });
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

async fn connect(server: &PgConnectOptions) -> Box<dyn Stream> {
    match server.get_socket() {
        Some(folder) => Box::new(
            UnixStream::connect(folder.join(".s.PGSQL.5432"))
                .await
                .unwrap(),
        ),
        None => {
            let address = (server.get_host(), server.get_port());
            Box::new(TcpStream::connect(address).await.unwrap())
        }
    }
}
