//! Where SQLite puts what is too much for its cache: a large sort, the copy that VACUUM makes, what it would need to
//! take one statement back. It looks for a folder itself (SQLITE_TMPDIR, TMPDIR, /var/tmp, /tmp), and in a container
//! there may be none. Then it is the folder of the database, which a run has to be able to write to anyway.
//!
//! Not `temp_store = MEMORY` for everybody: VACUUM would hold the whole database. It never looks at the environment and
//! never overrules a place that is there: SQLite is asked.

use crate::open::{Home, Mode};
use rusqlite::{Connection, Result};
use std::path::Path;

pub fn provide(connection: &Connection, home: &Home, mode: Mode) -> Result<()> {
    let place = match (home, mode) {
        // What only reads asks for a few rows of the ledger, and may have no right to write anywhere.
        (Home::Memory, _) | (_, Mode::Read) => None,
        (Home::File(_), _) if there_is_one() => return Ok(()),
        (Home::File(path), _) => path.parent().and_then(Path::to_str),
    };
    match place {
        Some(folder) => connection.pragma_update(None, "temp_store_directory", folder),
        None => connection.pragma_update(None, "temp_store", "MEMORY"),
    }
}

/// A database without a name is a temporary file, made when its first page has to leave the cache.
fn there_is_one() -> bool {
    let write = || {
        let nameless = Connection::open("")?;
        nameless.execute_batch("BEGIN; CREATE TABLE t (n)")?;
        nameless.cache_flush()
    };
    write().is_ok()
}
