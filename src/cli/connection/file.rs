//! Secrets in files: mounted ones, mostly. What is read is never shown, and nothing endless is read.

use initium_driver::{Code, Error, Result, Secret};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// A URL, a password, a list of them: nothing of it is longer.
const LONGEST: u64 = 1 << 20;

/// The text of a secret file without its last line end.
pub fn secret(path: &str, origin: &str) -> Result<Secret> {
    let mut text = text(Path::new(path), origin)?;
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    Ok(Secret::new(text))
}

/// The whole text; `origin` is who named the file.
pub fn text(path: &Path, origin: &str) -> Result<String> {
    // Who gives the secret itself instead of its file must not find it in the message.
    let shown = path.display().to_string();
    let shown = match shown.starts_with('/') && !shown.contains("://") {
        true => format!("'{shown}', which {origin} names"),
        false => format!("the file that {origin} names"),
    };
    let unreadable = |why: &dyn std::fmt::Display| {
        Error::new(Code::FileUnreadable, format!("cannot read {shown}: {why}"))
            .help("is the secret mounted, and may this user read it?")
    };
    // A pipe without a writer would be waited for, so what it is is asked before it is opened.
    let about = std::fs::metadata(path).map_err(|error| unreadable(&error))?;
    if !about.is_file() && !is_pipe(path) {
        return Err(unreadable(&"it is no file"));
    }
    let mut text = String::new();
    File::open(path)
        .and_then(|file| file.take(LONGEST + 1).read_to_string(&mut text))
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::InvalidData => unreadable(&"it is not UTF-8"),
            _ => unreadable(&error),
        })?;
    match text.len() as u64 > LONGEST {
        true => Err(unreadable(&"it is longer than 1 MiB")),
        false => Ok(text),
    }
}

/// `<(command)` of a shell: open already, and whoever writes is there.
fn is_pipe(path: &Path) -> bool {
    path.starts_with("/dev/fd") || path.starts_with("/proc/self/fd")
}

/// Whether others than the owner may read it.
pub fn is_shared(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::metadata(path).is_ok_and(|about| about.permissions().mode() & 0o077 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}
