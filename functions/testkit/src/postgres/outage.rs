//! A way to a database that can be cut: what a client sees of a server that is down.

use std::path::PathBuf;
use std::sync::Arc;

use sqlx::postgres::PgConnectOptions;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, UnixStream};
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
        let socket = database.options().get_socket().cloned();
        let socket = socket
            .expect("a test server with a socket")
            .join(".s.PGSQL.5432");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let down = Arc::new(watch::Sender::new(false));
        tokio::spawn(serve(listener, socket, down.clone()));
        let options = PgConnectOptions::new_without_pgpass()
            .host("127.0.0.1")
            .port(port)
            .username("postgres")
            .database(database.options().get_database().unwrap())
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

async fn serve(listener: TcpListener, socket: PathBuf, down: Arc<watch::Sender<bool>>) {
    while let Ok((mut client, _)) = listener.accept().await {
        let mut cut = down.subscribe();
        let socket = socket.clone();
        tokio::spawn(async move {
            if *cut.borrow_and_update() {
                return;
            }
            let mut server = UnixStream::connect(&socket).await.unwrap();
            tokio::select! {
                _ = copy_bidirectional(&mut client, &mut server) => {}
                _ = cut.changed() => {}
            }
        });
    }
}
