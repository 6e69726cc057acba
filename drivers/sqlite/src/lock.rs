//! One run at a time: an operating system lock on a small file beside the database. It goes with
//! its process, however that dies; what stays then is a file that nobody holds.
//!
//! Not on the database itself: SQLite uses POSIX locks, and closing any other descriptor of a file
//! drops all of a process's POSIX locks on it. Not BEGIN EXCLUSIVE either: it shuts readers out and
//! ends with every COMMIT.

use initium_driver::driver::{Holder, Locked};
use initium_driver::ledger::fingerprint;
use initium_driver::{Code, Error, Result};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

pub struct FileLock {
    /// Of the database; `None` in memory, where nobody else is.
    database: Option<PathBuf>,
    /// What tells this ledger's lock from another's.
    mark: String,
    run: String,
    held: Option<(File, PathBuf)>,
}

impl FileLock {
    pub fn beside(database: Option<&Path>, name: &str, run: &str) -> FileLock {
        FileLock {
            database: database.map(PathBuf::from),
            mark: format!("initium-{:010x}", fingerprint(name, "")),
            run: run.into(),
            held: None,
        }
    }

    /// Through symbolic links to the one place that all names of the database share.
    fn path(&self) -> Option<PathBuf> {
        let database = self.database.as_ref()?;
        let real = std::fs::canonicalize(database).unwrap_or_else(|_| database.clone());
        let mut name = real.into_os_string();
        name.push(format!("-{}", self.mark));
        Some(name.into())
    }

    pub fn take(&mut self) -> Result<Locked> {
        let Some(path) = self.path() else {
            return Ok(Locked::Taken);
        };
        if self.held.is_some() {
            return Ok(Locked::Taken);
        }
        loop {
            let mut file = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .open(&path)
                .map_err(|e| unusable(&path, &e))?;
            match file.try_lock() {
                Ok(()) if names(&path, &file) => {
                    self.sign(&mut file).map_err(|e| unusable(&path, &e))?;
                    self.held = Some((file, path));
                    return Ok(Locked::Taken);
                }
                // The last holder removed the file between our open and our lock: ours is a file
                // that nobody else will find.
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    return Ok(Locked::Held(Box::new(read(&mut file))));
                }
                Err(TryLockError::Error(e)) => return Err(unusable(&path, &e)),
            }
        }
    }

    /// Removes the file while it is still held, so that nobody can be between.
    pub fn free(&mut self) -> Result<()> {
        let Some((file, path)) = self.held.take() else {
            return Ok(());
        };
        let answer = match std::fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(unusable(&path, &error)),
            _ => Ok(()),
        };
        drop(file);
        answer
    }

    pub fn holder(&self) -> Result<Option<Holder>> {
        let Some(path) = self.path() else {
            return Ok(None);
        };
        let mut file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unusable(&path, &error)),
        };
        // Whoever died left the file, not the lock. Shared, so that two who look do not see
        // each other.
        match file.try_lock_shared() {
            Ok(()) => Ok(None),
            Err(TryLockError::WouldBlock) => Ok(Some(read(&mut file))),
            Err(TryLockError::Error(error)) => Err(unusable(&path, &error)),
        }
    }

    /// Says who holds it, for those who wait.
    fn sign(&self, file: &mut File) -> std::io::Result<()> {
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let text = format!(
            "{}\n{}\n{}\n{}\n",
            std::process::id(),
            host.trim(),
            now(),
            self.run.replace('\n', " ")
        );
        file.set_len(0)?;
        file.rewind()?;
        file.write_all(text.as_bytes())
    }
}

impl Drop for FileLock {
    fn drop(&mut self) {
        // A file that stays hurts nobody.
        let _ = self.free();
    }
}

/// Whether the path still leads to this file.
#[cfg(unix)]
fn names(path: &Path, file: &File) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (std::fs::metadata(path), file.metadata()) {
        (Ok(there), Ok(ours)) => (there.dev(), there.ino()) == (ours.dev(), ours.ino()),
        _ => false,
    }
}

/// Elsewhere an open file cannot be removed.
#[cfg(not(unix))]
fn names(path: &Path, _file: &File) -> bool {
    path.exists()
}

fn read(file: &mut File) -> Holder {
    let mut text = String::new();
    // A holder that has not signed yet is a holder all the same.
    let _ = file.read_to_string(&mut text);
    let mut lines = text.lines().map(String::from);
    let mut next = || lines.next().filter(|line| !line.is_empty());
    let session = next().unwrap_or_else(|| "unknown".into());
    let host = next();
    let since: Option<u64> = next().and_then(|line| line.parse().ok());
    Holder {
        session,
        host,
        seconds: since.map(|since| now().saturating_sub(since)),
        application: next().map(|run| format!("initium {run}")),
        ..Holder::default()
    }
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

fn unusable(path: &Path, error: &std::io::Error) -> Error {
    let (code, help) = match error.kind() {
        ErrorKind::ReadOnlyFilesystem => (
            Code::ReadOnly,
            "the volume is mounted read-only; a run needs to write beside the database",
        ),
        ErrorKind::Unsupported => (
            Code::NotSupported,
            "this file system has no locks; put the database on one that has",
        ),
        _ => (
            Code::FileUnreadable,
            "a run locks this file; its folder must be writable, as SQLite itself needs it",
        ),
    };
    Error::new(code, format!("lock file {}: {error}", path.display())).help(help)
}
