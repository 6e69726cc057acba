//! From settings to an open file. Reading opens read-only and creates nothing; what cannot be
//! opened is told apart: no directory, no right, no database.

use crate::error::Trouble;
use crate::pace::Pace;
use crate::temporary;
use initium_driver::driver::{Access, Limits};
use initium_driver::{Code, Error, Result, Run, Settings};
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long to wait for another process's write where nothing else is said.
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Home {
    Memory,
    File(PathBuf),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Read,
    Write,
    Create,
}

/// Everything that is to know before a file is opened.
#[derive(Clone, Debug)]
pub struct Target {
    pub home: Home,
    pub mode: Mode,
    pub foreign_keys: Option<String>,
    pub limits: Limits,
    pub pace: Pace,
}

/// A connection, or an empty one that stands in for a file that is not there (yet).
pub enum Opened {
    There(Connection),
    Awaited(Connection),
}

impl Target {
    pub fn read(settings: &Settings, run: &Run) -> Result<Target> {
        settings.allow_options(&["mode", "foreign_keys"])?;
        let name = settings.name.as_deref().unwrap_or_default();
        let home = match name {
            "" => {
                return Err(Error::new(
                    Code::ConnectionMissing,
                    "no SQLite file is named",
                ));
            }
            ":memory:" => Home::Memory,
            // Absolute, so that a path that begins with `file:` is a path and not a URI.
            path => Home::File(std::path::absolute(path).map_err(|e| unusable(path.as_ref(), &e))?),
        };
        let mode = match (run.access, one_of(settings, "mode", &["ro", "rw", "rwc"])?) {
            (Access::Read, _) | (_, Some("ro")) => Mode::Read,
            (Access::Write, Some("rw")) => Mode::Write,
            (Access::Write, _) => Mode::Create,
        };
        let foreign_keys = one_of(settings, "foreign_keys", &["on", "off"])?.map(String::from);
        Ok(Target {
            home,
            mode,
            foreign_keys,
            limits: run.limits,
            pace: Pace::new(run.pulse),
        })
    }

    pub fn open(&self) -> Result<Opened> {
        let mut opened = match &self.home {
            Home::Memory => Opened::There(memory(OpenFlags::SQLITE_OPEN_READ_WRITE)?),
            Home::File(path) => self.open_file(path)?,
        };
        let (Opened::There(connection) | Opened::Awaited(connection)) = &mut opened;
        let patience = match self.limits.lock {
            Duration::ZERO => PATIENCE,
            limit => limit.min(Duration::from_secs(86_400)),
        };
        self.pace.keep(connection, patience).map_err(said)?;
        if let Some(value) = &self.foreign_keys {
            connection
                .pragma_update(None, "foreign_keys", value)
                .map_err(said)?;
        }
        if let Opened::There(connection) = &opened {
            // Opening reads nothing; the first page tells whether this is a database.
            match connection.pragma_query_value(None, "schema_version", |_| Ok(())) {
                // Somebody writes just now: whoever asks next waits for that.
                Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {}
                answer => answer.map_err(|e| self.unopened(e))?,
            }
            // A folder that may not be written is told by the lock, which names it.
            let _ = temporary::provide(connection, &self.home, self.mode);
        }
        Ok(opened)
    }

    fn open_file(&self, path: &Path) -> Result<Opened> {
        let folder = path.parent().unwrap_or(path);
        if !folder.is_dir() {
            return Err(missing(format!("there is no folder {}", folder.display()))
                .help("create it, or mount the volume that holds the database"));
        }
        if path.is_dir() {
            return Err(missing(format!("{} is a folder", path.display()))
                .help("name the file of the database"));
        }
        let there = path.try_exists().map_err(|e| unusable(path, &e))?;
        let flags = OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let flags = match (self.mode, there) {
            // Whoever writes to what is not there must hear of it.
            (Mode::Read, false) => {
                let nothing = memory(OpenFlags::SQLITE_OPEN_READ_ONLY)?;
                return Ok(Opened::Awaited(nothing));
            }
            (Mode::Write, false) => {
                return Err(missing(format!("there is no file {}", path.display()))
                    .help("create it, or leave out mode=rw"));
            }
            (Mode::Read, true) => flags | OpenFlags::SQLITE_OPEN_READ_ONLY,
            (Mode::Write, true) => flags | OpenFlags::SQLITE_OPEN_READ_WRITE,
            (Mode::Create, _) => {
                flags | OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
            }
        };
        let connection = Connection::open_with_flags(path, flags).map_err(|e| self.unopened(e))?;
        Ok(Opened::There(connection))
    }

    fn unopened(&self, error: rusqlite::Error) -> Error {
        let place = match &self.home {
            Home::Memory => ":memory:".into(),
            Home::File(path) => path.display().to_string(),
        };
        let error = Trouble::Sqlite(error).into_error();
        let message = format!("{place}: {}", error.message());
        let help = error.help_text().unwrap_or_default().to_string();
        Error::new(error.code(), message)
            .help(help)
            .server(error.server_said().clone())
    }
}

fn one_of<'a>(settings: &'a Settings, key: &str, known: &[&str]) -> Result<Option<&'a str>> {
    match settings.option(key) {
        // Without the value, as for every connection option: it may be the end of a password.
        Some(value) if !known.contains(&value) => Err(Error::new(
            Code::ConnectionInvalid,
            format!("the connection option {key} is none of its words"),
        )
        .help(format!("known here: {}", known.join(", ")))),
        value => Ok(value),
    }
}

fn memory(rights: OpenFlags) -> Result<Connection> {
    let flags = rights | OpenFlags::SQLITE_OPEN_MEMORY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_in_memory_with_flags(flags).map_err(said)
}

fn said(error: rusqlite::Error) -> Error {
    Trouble::Sqlite(error).into_error()
}

fn missing(message: String) -> Error {
    Error::new(Code::DatabaseMissing, message)
}

fn unusable(path: &Path, error: &std::io::Error) -> Error {
    Error::new(Code::FileUnreadable, format!("{}: {error}", path.display()))
        .help("check the path and who may enter its folders")
}
