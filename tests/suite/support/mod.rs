//! What the tests share: a folder of their own, the binary, and a fresh database on every server.

#[allow(dead_code)]
#[path = "../../tls/certificates.rs"]
pub mod certificates;
pub mod database;
#[allow(dead_code)]
pub mod impostor;
#[allow(dead_code)]
pub mod lender;
mod lending;
pub mod panic;
pub mod proxy;
#[allow(dead_code)]
#[cfg(feature = "aws-iam")]
pub mod rds;
#[allow(dead_code)]
pub mod redis;

#[allow(unused_imports)]
pub use database::{Database, databases, of};
#[allow(unused_imports)]
pub use lending::lending;

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

static NEXT: AtomicUsize = AtomicUsize::new(0);

/// A name that no other test of this machine uses.
pub fn unique(prefix: &str) -> String {
    let nanos = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_nanos();
    let n = NEXT.fetch_add(1, Ordering::Relaxed);
    format!(
        "{prefix}_{:x}_{:x}_{n}",
        std::process::id(),
        nanos & 0xffff_ffff
    )
}

/// A folder that goes away with the test.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Folder {
        let path = std::env::temp_dir().join(unique("initium"));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    /// The same where files are memory, for tests that would wait for a thousand flushes.
    pub fn fleeting() -> Folder {
        let memory = Path::new("/dev/shm");
        if !memory.is_dir() {
            return Folder::new();
        }
        let path = memory.join(unique("initium"));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    pub fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }

    pub fn root(&self) -> &Path {
        &self.0
    }

    pub fn write(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The repository.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// One run of the binary, without the environment's own settings.
pub struct Initium {
    command: Command,
    input: Option<String>,
}

#[derive(Debug)]
pub struct Ran {
    pub status: i32,
    pub out: String,
    pub err: String,
}

pub fn initium(arguments: &[&str]) -> Initium {
    // A binary that was built otherwise, to measure it.
    let binary = std::env::var("INITIUM_TEST_BINARY");
    let built = env!("CARGO_BIN_EXE_initium");
    let mut command = Command::new(binary.as_deref().unwrap_or(built));
    for (name, _) in std::env::vars() {
        let ours = [
            "INITIUM_",
            "DATABASE_URL",
            "DIRECT_",
            "PG",
            "POSTGRES",
            "MYSQL_",
            "MARIADB_",
            "AWS_",
            // The tests may run in continuous integration themselves.
            "GITHUB_",
            "CI_",
        ];
        if ours.iter().any(|start| name.starts_with(start)) {
            command.env_remove(name);
        }
    }
    // Nobody's password file, list of authorities or binding.
    for name in ["HOME", "SSL_CERT_FILE", "SERVICE_BINDING_ROOT"] {
        command.env_remove(name);
    }
    command.args(arguments);
    Initium {
        command,
        input: None,
    }
}

impl Initium {
    /// The same words for another program.
    #[allow(dead_code)]
    pub fn binary(mut self, path: &Path) -> Initium {
        let mut command = Command::new(path);
        command.args(self.command.get_args());
        for (name, value) in self.command.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        self.command = command;
        self
    }

    pub fn env(mut self, name: &str, value: &str) -> Initium {
        self.command.env(name, value);
        self
    }

    /// On a database that a test filled before the first run.
    pub fn beside(self) -> Initium {
        self.env("INITIUM_ALLOW_NOT_EMPTY", "true")
    }

    pub fn at(mut self, folder: &Path) -> Initium {
        self.command.current_dir(folder);
        self
    }

    pub fn input(mut self, text: &str) -> Initium {
        self.input = Some(text.into());
        self
    }

    pub fn spawn(mut self) -> Child {
        self.command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = self.command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        if let Some(input) = &self.input {
            let _ = stdin.write_all(input.as_bytes());
        }
        child
    }

    pub fn run(self) -> Ran {
        ran(self.spawn())
    }

    /// Runs and expects this exit status.
    pub fn exits(self, status: i32) -> Ran {
        let shown = format!("{:?}", self.command.get_args().collect::<Vec<_>>());
        let ran = self.run();
        assert_eq!(ran.status, status, "{shown}\n{}\n{}", ran.out, ran.err);
        ran
    }
}

/// The most memory it has had so far, in KiB.
pub fn peak(child: &Child) -> u64 {
    let path = format!("/proc/{}/status", child.id());
    let status = std::fs::read_to_string(path).unwrap_or_default();
    let of = |key: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(key))?;
        line.split_whitespace().next()
    };
    // For a moment it is still the test that started it, and has its memory.
    if of("Name:") != Some("initium") {
        return 0;
    }
    of("VmHWM:").and_then(|kib| kib.parse().ok()).unwrap_or(0)
}

pub fn ran(child: Child) -> Ran {
    use std::os::unix::process::ExitStatusExt;
    let output = child.wait_with_output().unwrap();
    Ran {
        status: output
            .status
            .code()
            .unwrap_or_else(|| -output.status.signal().unwrap_or(0)),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A run that has said something on standard error, and goes on.
pub struct Heard {
    pub child: Child,
    stderr: BufReader<ChildStderr>,
    said: String,
}

/// Waits until a run says this word: so that no test has to guess how long a start takes.
pub fn hear(mut child: Child, word: &str) -> Heard {
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains(word) {
        let n = stderr.read_line(&mut said).unwrap();
        assert!(n > 0, "it ended without '{word}': {said}");
    }
    Heard {
        child,
        stderr,
        said,
    }
}

impl Heard {
    pub fn end(mut self) -> Ran {
        self.stderr.read_to_string(&mut self.said).unwrap();
        let mut ran = ran(self.child);
        ran.err = self.said;
        ran
    }
}

impl Ran {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|e| panic!("{e}\n{}\n{}", self.out, self.err))
    }

    /// The code of the error that is the whole answer, as JSON.
    pub fn refused(&self) -> String {
        let document = self.json();
        document["error"]["code"].as_str().unwrap_or("none").into()
    }

    /// The code of the error, from the text on standard error.
    pub fn code(&self) -> &str {
        let start = self.err.find("error[").map(|at| at + 6);
        start
            .and_then(|at| self.err[at..].split(']').next())
            .unwrap_or("")
    }
}
