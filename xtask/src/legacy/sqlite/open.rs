//! Opens a database only to read it, and leaves nothing beside it.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::error::{Doing as _, Error, Kind, Result};

const HEAD: &[u8] = b"SQLite format 3\0";
/// The format's version for reading: 2 is a database with a write-ahead log.
const READ_VERSION: usize = 19;
const PATIENCE: Duration = Duration::from_secs(2);

/// Size and time of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    size: u64,
    changed: Option<SystemTime>,
}

impl Stamp {
    fn of(path: &Path) -> Result<Self> {
        let found = path
            .metadata()
            .doing_as(Kind::Input, format!("look at {}", path.display()))?;
        Ok(Self {
            size: found.len(),
            changed: found.modified().ok(),
        })
    }

    /// Whether the file is still the one that was opened.
    pub(super) fn unchanged(self, path: &Path) -> Result<()> {
        match Self::of(path)? == self {
            true => Ok(()),
            false => Err(in_use(path, "it changed while it was read")),
        }
    }
}

/// Whether a file begins as SQLite's do.
pub fn is_sqlite(path: &Path) -> bool {
    head(path).is_ok_and(|head| head.starts_with(HEAD))
}

fn head(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut head = Vec::new();
    std::fs::File::open(path)?
        .take(100)
        .read_to_end(&mut head)?;
    Ok(head)
}

/// Opens a file, in a transaction that ends with the connection.
pub(super) fn open(path: &Path) -> Result<(Connection, Stamp)> {
    let shown = path.display();
    if path.is_dir() {
        return Err(
            Error::input(format!("{shown} is a folder, not a SQLite database")).hint(format!(
                "a Chroma directory: cargo xtask import chroma {shown}"
            )),
        );
    }
    let head = head(path).doing_as(Kind::Input, format!("read {shown}"))?;
    if !head.starts_with(HEAD) {
        return Err(Error::input(format!("{shown} is no SQLite database"))
            .hint("what is wanted is the file that the old app had as collections.db"));
    }
    nothing_pending(path)?;
    let stamp = Stamp::of(path)?;
    // A database with a log would get two more files beside it, even to be read.
    let how = match head.get(READ_VERSION) {
        Some(2) => "mode=ro&immutable=1",
        _ => "mode=ro",
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(format!("file:{}?{how}", escaped(path)), flags);
    let connection = connection.doing_as(Kind::Input, format!("open {shown}"))?;
    begin(&connection).map_err(|error| said(path, error))?;
    Ok((connection, stamp))
}

/// The same for a database that is another program's.
pub fn read_only(path: &Path) -> Result<Connection> {
    open(path).map(|(connection, _)| connection)
}

fn begin(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(PATIENCE)?;
    connection.execute_batch("PRAGMA query_only = 1; PRAGMA trusted_schema = 0; BEGIN")?;
    // The lock is taken with the first look.
    connection.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()))
}

fn said(path: &Path, error: rusqlite::Error) -> Error {
    let shown = path.display();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            in_use(path, "another program is writing to it")
        }
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            Error::input(format!("{shown} is damaged"))
                .because(error)
                .hint(format!(
                    "mend a copy: sqlite3 {shown} .recover | sqlite3 mended.db"
                ))
        }
        _ => Error::input(format!("could not read {shown}")).because(error),
    }
}

fn in_use(path: &Path, why: &str) -> Error {
    Error::conflict(format!("{} is in use: {why}", path.display()))
        .hint("stop the old app, or give a copy: sqlite3 collections.db '.backup copy.db'")
}

/// Changes that are not in the file itself would be missed, and may not be taken in here.
fn nothing_pending(path: &Path) -> Result<()> {
    for (ending, what) in [
        ("-wal", "write-ahead log"),
        ("-journal", "rollback journal"),
    ] {
        let beside = PathBuf::from(format!("{}{ending}", path.display()));
        if beside.metadata().is_ok_and(|found| found.len() > 0) {
            let (shown, beside) = (path.display(), beside.display());
            return Err(Error::conflict(format!(
                "{shown} has a {what} beside it ({beside}): the file is not all of its data"
            ))
            .hint("stop the old app; it takes the log in when it ends")
            .hint(format!(
                "or take it in: sqlite3 {shown} 'PRAGMA wal_checkpoint(TRUNCATE)'"
            )));
        }
    }
    Ok(())
}

/// A path within an address.
fn escaped(path: &Path) -> String {
    let path = path.to_string_lossy();
    path.replace('%', "%25")
        .replace('?', "%3f")
        .replace('#', "%23")
}
