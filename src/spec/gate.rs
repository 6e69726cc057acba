//! Opens the files of a spec: without waiting, regular files only, and, for what a spec names, only
//! beneath the spec's folder. What was opened is what is judged, so that nobody can exchange a name
//! between the look and the open. Reads nothing and has no words for users.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Where a file may lie.
#[derive(Clone, Debug)]
pub(super) enum Within {
    /// The user named it.
    Anywhere,
    /// A spec named it: beneath this folder, whose path has no links.
    Folder(PathBuf),
}

/// Why a file is not read.
#[derive(Debug)]
pub(super) enum Refusal {
    /// It lies elsewhere.
    Outside,
    /// A folder, a FIFO, a socket or a device.
    Irregular,
    Failed(io::Error),
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Refusal {
        Refusal::Failed(error)
    }
}

pub(super) fn open(path: &Path, within: &Within) -> Result<File, Refusal> {
    // Asked before, because opening a device may already do something.
    if !fs::metadata(path)?.is_file() {
        return Err(Refusal::Irregular);
    }
    let file = options().open(path)?;
    judged(file, path, within)
}

/// Asked again of what was opened: the name may lead elsewhere by now.
fn judged(file: File, path: &Path, within: &Within) -> Result<File, Refusal> {
    if !file.metadata()?.is_file() {
        return Err(Refusal::Irregular);
    }
    match within {
        Within::Folder(root) if !real(&file, path)?.starts_with(root) => Err(Refusal::Outside),
        _ => Ok(file),
    }
}

/// A FIFO that took the file's place waits for its writer and `/proc/kmsg` for news: neither may
/// hang the run. A terminal that took it must not become ours.
#[cfg(unix)]
fn options() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = OpenOptions::new();
    options
        .read(true)
        .custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY);
    options
}

#[cfg(not(unix))]
fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    options
}

/// Where an open file lies: as the kernel says, and where it does not, as its path leads now.
fn real(file: &File, path: &Path) -> io::Result<PathBuf> {
    #[cfg(unix)]
    {
        use std::os::fd::AsRawFd;
        let number = file.as_raw_fd();
        if let Ok(known) = fs::read_link(format!("/proc/self/fd/{number}")) {
            return Ok(known);
        }
    }
    let now = fs::canonicalize(path)?;
    match same(file, &now)? {
        true => Ok(now),
        false => Err(io::Error::other("it was exchanged while it was opened")),
    }
}

#[cfg(unix)]
fn same(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let (ours, there) = (file.metadata()?, fs::metadata(path)?);
    Ok((ours.dev(), ours.ino()) == (there.dev(), there.ino()))
}

#[cfg(not(unix))]
fn same(file: &File, path: &Path) -> io::Result<bool> {
    Ok(file.metadata()?.len() == fs::metadata(path)?.len())
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn room(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("initium-gate-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(path.join("in")).expect("a folder");
        fs::canonicalize(path).expect("its path")
    }

    #[test]
    fn a_name_that_is_exchanged_between_the_look_and_the_open_gains_nothing() {
        let room = room("exchanged");
        let root = Within::Folder(room.join("in"));
        let path = room.join("in/a.sql");
        fs::write(room.join("secret"), "s").expect("a file");
        // Whoever won the race made the open lead to each of these.
        for (there, outside) in [
            (room.join("secret"), true),
            (PathBuf::from("/dev/zero"), false),
        ] {
            let _ = fs::remove_file(&path);
            symlink(&there, &path).expect("a link");
            let file = options().open(&path).expect("opened");
            match judged(file, &path, &root) {
                Err(Refusal::Outside) => assert!(outside),
                Err(Refusal::Irregular) => assert!(!outside),
                other => panic!("{there:?}: {other:?}"),
            }
        }
        fs::remove_dir_all(room).expect("gone");
    }

    #[test]
    fn a_fifo_in_place_of_a_file_is_opened_without_waiting() {
        let room = room("fifo");
        let path = room.join("in/a.sql");
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.expect("mkfifo").success());
        let file = options().open(&path).expect("opened at once");
        let root = Within::Folder(room.join("in"));
        assert!(matches!(
            judged(file, &path, &root),
            Err(Refusal::Irregular)
        ));
        fs::remove_dir_all(room).expect("gone");
    }

    #[test]
    fn a_file_that_is_removed_while_it_is_open_is_still_where_it_was() {
        let room = room("removed");
        let path = room.join("in/a.sql");
        fs::write(&path, "x").expect("a file");
        let file = options().open(&path).expect("opened");
        fs::remove_file(&path).expect("removed");
        assert!(judged(file, &path, &Within::Folder(room.join("in"))).is_ok());
        fs::remove_dir_all(room).expect("gone");
    }
}
