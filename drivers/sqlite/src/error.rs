//! SQLite's errors in the words of the contract. Its own message stays as it is.

use initium_driver::error::{Code, Error, Server};
use rusqlite::ErrorCode;
use rusqlite::ffi;

/// What came back instead of an answer.
#[derive(Debug)]
pub enum Trouble {
    Sqlite(rusqlite::Error),
    /// We refuse it, SQLite would not.
    Refused(Error),
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Trouble {
        Trouble::Sqlite(error)
    }
}

impl Trouble {
    /// Where in `text`, of which a tail was prepared, SQLite saw the fault.
    pub fn offset(&self, text: &str) -> Option<usize> {
        match self {
            Trouble::Sqlite(rusqlite::Error::SqlInputError { sql, offset, .. }) => {
                let tail = text.len().checked_sub(sql.len())?;
                Some(tail + usize::try_from(*offset).ok()?)
            }
            _ => None,
        }
    }

    pub fn into_error(self) -> Error {
        let (said, message) = match self {
            Trouble::Refused(error) => return error,
            Trouble::Sqlite(rusqlite::Error::SqlInputError { error, msg, .. }) => (error, msg),
            Trouble::Sqlite(rusqlite::Error::SqliteFailure(error, message)) => {
                (error, message.unwrap_or_else(|| error.to_string()))
            }
            Trouble::Sqlite(other) => {
                return Error::new(Code::StatementFailed, other.to_string());
            }
        };
        let (code, help) = meaning(said);
        let error = Error::new(code, message).server(Server {
            state: Some(said.extended_code.to_string()),
            ..Server::default()
        });
        match help {
            "" => error,
            help => error.help(help),
        }
    }
}

fn meaning(said: ffi::Error) -> (Code, &'static str) {
    match (said.code, said.extended_code) {
        (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => (
            Code::LockTimeout,
            "another connection writes to the database; wait for it, or raise --lock-timeout",
        ),
        (_, ffi::SQLITE_READONLY_ROLLBACK | ffi::SQLITE_READONLY_RECOVERY) => (
            Code::ReadOnly,
            "somebody died while writing; the next one who opens the database for writing repairs \
             it, for instance `initium migrate apply`",
        ),
        (_, ffi::SQLITE_READONLY_DBMOVED) => (
            Code::ConnectionLost,
            "the file was moved or replaced while it was open; start again",
        ),
        (ErrorCode::ReadOnly, _) => (
            Code::ReadOnly,
            "check the rights on the file and on its folder, and how the volume is mounted",
        ),
        (ErrorCode::DiskFull, _) => (
            Code::StatementFailed,
            "the disk or the database's max_page_count is full; nothing was kept",
        ),
        (ErrorCode::NotADatabase, _) => (
            Code::DatabaseMismatch,
            "the file is no SQLite database, or an encrypted one",
        ),
        (ErrorCode::DatabaseCorrupt, _) => (
            Code::StatementFailed,
            "the file is damaged: see `PRAGMA integrity_check`, and restore a backup",
        ),
        (ErrorCode::CannotOpen | ErrorCode::PermissionDenied, _) => (
            Code::FileUnreadable,
            "check the rights on the file and on its folder",
        ),
        (ErrorCode::SystemIoFailure | ErrorCode::FileLockingProtocolFailed, _) => (
            Code::ConnectionLost,
            "the volume answers with errors; start again when it is well: the ledger tells what \
             was committed",
        ),
        (ErrorCode::OperationInterrupted, _) => (
            Code::StatementFailed,
            "it ran longer than --statement-timeout; nothing was kept",
        ),
        _ => (Code::StatementFailed, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(extended: i32) -> Code {
        let error = rusqlite::Error::SqliteFailure(ffi::Error::new(extended), None);
        Trouble::Sqlite(error).into_error().code()
    }

    #[test]
    fn what_waiting_cures_is_told_apart() {
        assert_eq!(code(ffi::SQLITE_BUSY), Code::LockTimeout);
        assert_eq!(code(ffi::SQLITE_BUSY_SNAPSHOT), Code::LockTimeout);
        assert_eq!(code(ffi::SQLITE_LOCKED), Code::LockTimeout);
        assert_eq!(code(ffi::SQLITE_READONLY), Code::ReadOnly);
        assert_eq!(code(ffi::SQLITE_READONLY_ROLLBACK), Code::ReadOnly);
        assert_eq!(code(ffi::SQLITE_FULL), Code::StatementFailed);
        assert_eq!(code(ffi::SQLITE_NOTADB), Code::DatabaseMismatch);
        assert_eq!(code(ffi::SQLITE_IOERR_READ), Code::ConnectionLost);
    }
}
