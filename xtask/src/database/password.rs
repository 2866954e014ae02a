//! A new password for the user that is signed in. The server gets a verifier made here, as psql's
//! \password sends it: the password itself is in no statement, log or view of activity.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use rand::RngExt as _;
use sha2::{Digest as _, Sha256};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::error::{Doing as _, Error, Result};
use crate::secret::Secret;

/// What PostgreSQL itself takes.
const ROUNDS: u32 = 4096;

/// How often it is asked which password counts, and how long between.
const LOOKS: u32 = 10;
const BETWEEN_LOOKS: Duration = Duration::from_secs(3);

/// A password that is to follow another.
pub struct Change<'a> {
    /// The one that counts.
    pub old: &'a Secret,
    /// The one that is to count.
    pub new: &'a Secret,
    /// How often it is asked which one counts, when the answer to the change is lost.
    pub looks: u32,
    /// How long between.
    pub pause: Duration,
}

/// How a change ended well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// The server said so.
    Said,
    /// The server's answer was lost; the new password is the one that it takes.
    Found,
}

/// Which password a server takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Counts {
    Old,
    New,
    Unknown,
}

/// A change that came to nothing, as far as is known.
struct Failure {
    error: Error,
    /// Whether the server may have done it all the same.
    may_count: bool,
}

impl<'a> Change<'a> {
    /// From one to the other.
    pub fn new(old: &'a Secret, new: &'a Secret) -> Self {
        Self {
            old,
            new,
            looks: LOOKS,
            pause: BETWEEN_LOOKS,
        }
    }

    /// Changes it. `keep` writes the new one down before it counts, `restore` the old one where
    /// that still counts in the end.
    pub async fn make(
        &self,
        sign_in: impl AsyncFn(&Secret) -> Result<PgConnection>,
        keep: impl AsyncFnOnce() -> Result<()>,
        restore: impl AsyncFnOnce() -> Result<()>,
    ) -> Result<Changed> {
        let mut connection = sign_in(self.old).await?;
        let session = session(&mut connection).await?;
        let Err(failure) = change(&mut connection, self.new, keep).await else {
            return Ok(Changed::Said);
        };
        drop(connection);
        let counts = match failure.may_count {
            true => self.counts(&sign_in, session).await,
            false => Counts::Old,
        };
        match counts {
            Counts::New => Ok(Changed::Found),
            Counts::Old => Err(match restore().await {
                Ok(()) => failure.error,
                Err(also) => failure.error.hint(format!(
                    "the old password still counts, and is not written back everywhere: {also}"
                )),
            }),
            Counts::Unknown => Err(failure
                .error
                .hint(
                    "the database does not say which password counts; the new one is written down",
                )
                .hint(
                    "if that is refused, the one before counts: version AWSPREVIOUS of the secret",
                )),
        }
    }

    /// Asks the server until it says.
    async fn counts(
        &self,
        sign_in: &impl AsyncFn(&Secret) -> Result<PgConnection>,
        session: i32,
    ) -> Counts {
        for _ in 0..self.looks {
            match self.look(sign_in, session).await {
                Ok(Counts::Unknown) | Err(_) => tokio::time::sleep(self.pause).await,
                Ok(known) => return known,
            }
        }
        Counts::Unknown
    }

    async fn look(
        &self,
        sign_in: &impl AsyncFn(&Secret) -> Result<PgConnection>,
        session: i32,
    ) -> Result<Counts> {
        if taken(sign_in(self.new).await)?.is_some() {
            return Ok(Counts::New);
        }
        let Some(mut connection) = taken(sign_in(self.old).await)? else {
            return Ok(Counts::Unknown);
        };
        // The session that was cut off may still be about to end its transaction.
        sqlx::query("SELECT pg_terminate_backend($1, 5000)")
            .bind(session)
            .execute(&mut connection)
            .await
            .doing("end the session that was cut off")?;
        Ok(match taken(sign_in(self.new).await)? {
            Some(_) => Counts::New,
            None => Counts::Old,
        })
    }
}

/// A refused password is an answer too.
fn taken(connection: Result<PgConnection>) -> Result<Option<PgConnection>> {
    match connection {
        Ok(connection) => Ok(Some(connection)),
        Err(error) if is_refused(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// PostgreSQL's `invalid_password`.
fn is_refused(error: &Error) -> bool {
    let cause = error.caused_by::<sqlx::Error>();
    let said = cause.and_then(sqlx::Error::as_database_error);
    said.and_then(|said| said.code())
        .is_some_and(|code| code == "28P01")
}

async fn session(connection: &mut PgConnection) -> Result<i32> {
    sqlx::query_scalar("SELECT pg_backend_pid()")
        .fetch_one(connection)
        .await
        .doing("ask for the number of the session")
}

async fn change(
    connection: &mut PgConnection,
    new: &Secret,
    keep: impl AsyncFnOnce() -> Result<()>,
) -> Result<(), Failure> {
    let undone = |error| Failure {
        error,
        may_count: false,
    };
    let salt: [u8; 16] = rand::rng().random();
    // Letters, digits and =+/$: nothing that ends a string.
    let alter = format!(
        "ALTER ROLE CURRENT_USER PASSWORD '{}'",
        verifier(new, &salt)
    );
    let transaction = connection.begin().await.doing("begin a transaction");
    let mut transaction = transaction.map_err(undone)?;
    let altered = sqlx::query(AssertSqlSafe(alter))
        .execute(&mut *transaction)
        .await;
    altered.doing("change the password").map_err(undone)?;
    keep().await.map_err(undone)?;
    let committed = transaction.commit().await.doing("change the password");
    committed.map_err(|error| Failure {
        error,
        may_count: true,
    })
}

/// SCRAM-SHA-256 as PostgreSQL stores it. The password has letters and digits alone, so that it
/// is its own normal form.
fn verifier(password: &Secret, salt: &[u8]) -> String {
    let salted = salted(password.expose().as_bytes(), salt);
    let stored = Sha256::digest(keyed(&salted, b"Client Key"));
    let server = keyed(&salted, b"Server Key");
    format!(
        "SCRAM-SHA-256${ROUNDS}:{}${}:{}",
        STANDARD.encode(salt),
        STANDARD.encode(stored),
        STANDARD.encode(server)
    )
}

/// PBKDF2 of one block.
fn salted(password: &[u8], salt: &[u8]) -> [u8; 32] {
    let mut round = keyed(password, &[salt, &1u32.to_be_bytes()].concat());
    let mut sum = round;
    for _ in 1..ROUNDS {
        round = keyed(password, &round);
        sum.iter_mut().zip(round).for_each(|(sum, one)| *sum ^= one);
    }
    sum
}

fn keyed(key: &[u8], text: &[u8]) -> [u8; 32] {
    // HMAC takes a key of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        unreachable!("HMAC refuses no key");
    };
    mac.update(text);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// The exchange of RFC 7677: user `user`, password `pencil`.
    #[test]
    fn the_verifier_checks_the_example_of_the_standard() {
        let nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        let message = format!(
            "n=user,r=rOprNGfwEbeRWgbNEkqO,r={nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r={nonce}"
        );
        let salt = STANDARD.decode("W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();
        let verifier = verifier(&Secret::new("pencil"), &salt);
        let keys = verifier.rsplit('$').next().unwrap();
        let (stored, server) = keys.split_once(':').unwrap();
        let server = STANDARD.decode(server).unwrap();
        let signature = STANDARD.encode(keyed(&server, message.as_bytes()));
        assert_eq!(signature, "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
        // The proof hides the client key by the signature; what is stored is that key's hash.
        let stored = STANDARD.decode(stored).unwrap();
        let proof = STANDARD
            .decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
            .unwrap();
        let signed = keyed(&stored, message.as_bytes());
        let key: Vec<u8> = proof.iter().zip(signed).map(|(a, b)| a ^ b).collect();
        assert_eq!(Sha256::digest(key).as_slice(), stored);
    }

    mod cut {
        //! A change whose answer is lost, against a real server behind a line that can be cut.

        use std::cell::RefCell;
        use std::sync::Arc;
        use std::sync::atomic::{AtomicU8, Ordering};

        use sqlx::{AssertSqlSafe, ConnectOptions as _, Executor as _};
        use testkit::TestDatabase;
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        use tokio::net::{TcpListener, UnixStream};

        use super::*;
        use crate::error::Kind;

        /// What becomes of what the server sends and gets.
        const OPEN: u8 = 0;
        /// The server gets it; its answer is lost, and the line with it.
        const ANSWERS_LOST: u8 = 1;
        /// Nothing gets through any more, in a session that stood before.
        const CUT: u8 = 2;
        /// And no new one is let in.
        const GONE: u8 = 3;

        struct Line {
            state: Arc<AtomicU8>,
            port: u16,
            database: TestDatabase,
            role: String,
        }

        impl Line {
            async fn new() -> Self {
                let database = testkit::postgres::empty_database().await;
                let role = format!("role_{}", uuid::Uuid::new_v4().simple());
                let made = format!("CREATE ROLE {role} LOGIN PASSWORD 'old'");
                let pool = database.pool();
                pool.execute(AssertSqlSafe(made)).await.unwrap();
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                let port = listener.local_addr().unwrap().port();
                let state = Arc::new(AtomicU8::new(OPEN));
                let folder = database.options().get_socket().unwrap().clone();
                let line = state.clone();
                tokio::spawn(async move {
                    while let Ok((client, _)) = listener.accept().await {
                        if line.load(Ordering::SeqCst) == GONE {
                            continue;
                        }
                        // A session that begins after the cut finds the line whole.
                        let state = match line.load(Ordering::SeqCst) {
                            OPEN => line.clone(),
                            _ => Arc::new(AtomicU8::new(OPEN)),
                        };
                        let server = UnixStream::connect(folder.join(".s.PGSQL.5432"));
                        tokio::spawn(carry(client, server.await.unwrap(), state));
                    }
                });
                Self {
                    state,
                    port,
                    database,
                    role,
                }
            }

            async fn sign_in(&self, password: &Secret) -> Result<PgConnection> {
                let database = self.database.options();
                sqlx::postgres::PgConnectOptions::new_without_pgpass()
                    .host("127.0.0.1")
                    .port(self.port)
                    .username(&self.role)
                    .password(password.expose())
                    .database(database.get_database().unwrap())
                    .ssl_mode(sqlx::postgres::PgSslMode::Disable)
                    .connect()
                    .await
                    .doing_as(Kind::Machine, "connect")
            }

            /// Changes the password; the line becomes this before the change is committed. Says
            /// how it ended and what is written down.
            async fn change(&self, then: u8) -> (Result<Changed>, &'static str) {
                let (old, new) = (Secret::new("old"), Secret::new("new"));
                let written = RefCell::new("old");
                let change = Change {
                    old: &old,
                    new: &new,
                    looks: 2,
                    pause: Duration::from_millis(20),
                };
                let keep = async || {
                    *written.borrow_mut() = "new";
                    self.state.store(then, Ordering::SeqCst);
                    Ok(())
                };
                let restore = async || {
                    *written.borrow_mut() = "old";
                    Err(Error::failed(".env is read-only"))
                };
                let sign_in = async |password: &Secret| self.sign_in(password).await;
                let ended = change.make(sign_in, keep, restore).await;
                (ended, written.into_inner())
            }
        }

        async fn carry(client: tokio::net::TcpStream, server: UnixStream, state: Arc<AtomicU8>) {
            let (mut from_client, mut to_client) = client.into_split();
            let (mut from_server, mut to_server) = server.into_split();
            let there = async {
                let mut bytes = [0; 4096];
                while let Ok(read) = from_client.read(&mut bytes).await {
                    let lost = state.load(Ordering::SeqCst) >= CUT;
                    if read == 0 || lost || to_server.write_all(&bytes[..read]).await.is_err() {
                        return;
                    }
                }
            };
            let back = async {
                let mut bytes = [0; 4096];
                while let Ok(read) = from_server.read(&mut bytes).await {
                    let lost = state.load(Ordering::SeqCst) >= ANSWERS_LOST;
                    if read == 0 || lost || to_client.write_all(&bytes[..read]).await.is_err() {
                        return;
                    }
                }
            };
            tokio::select! {
                () = there => {}
                () = back => {}
            }
        }

        #[tokio::test]
        async fn what_is_written_down_in_the_end_is_what_the_server_takes() {
            let line = Line::new().await;
            let (ended, written) = line.change(OPEN).await;
            assert_eq!((ended.unwrap(), written), (Changed::Said, "new"));

            let line = Line::new().await;
            let (ended, written) = line.change(ANSWERS_LOST).await;
            assert_eq!((ended.unwrap(), written), (Changed::Found, "new"));
            line.sign_in(&Secret::new("new")).await.unwrap();

            // The change never got there. What cannot be written back does not hide why.
            let line = Line::new().await;
            let (ended, written) = line.change(CUT).await;
            let error = ended.unwrap_err();
            assert_eq!(written, "old");
            assert_eq!(error.message(), "could not change the password");
            assert!(error.hints()[0].contains(".env is read-only"), "{error:?}");
            line.sign_in(&Secret::new("old")).await.unwrap();
        }

        #[tokio::test]
        async fn a_server_that_is_gone_leaves_both_passwords_known() {
            let line = Line::new().await;
            let (ended, written) = line.change(GONE).await;
            let error = ended.unwrap_err();
            assert_eq!(written, "new");
            assert_eq!(error.message(), "could not change the password");
            assert!(error.hints()[1].contains("AWSPREVIOUS"), "{error:?}");
        }
    }
}
