//! A PostgreSQL server of this test's own, whose certificates change while it runs.

use crate::support::certificates::Pair;
use crate::support::{root, unique};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

pub struct Server {
    kind: &'static str,
    folder: PathBuf,
    /// With all rights, in the clear.
    pub url: String,
    pub port: u16,
}

impl Server {
    /// `None`: it cannot be had on this machine.
    pub fn start(kind: &'static str) -> Option<Server> {
        let folder = std::env::temp_dir().join(unique("initium-tls"));
        let started = Command::new(root().join("tests/servers").join(kind))
            .args(["start", folder.to_str().unwrap()])
            .output()
            .unwrap();
        if !started.status.success() {
            let required = std::env::var("INITIUM_TEST_SERVERS").as_deref() == Ok("required");
            let said = String::from_utf8_lossy(&started.stderr);
            assert!(!required, "{said}");
            eprintln!("SKIPPED: {said}");
            return None;
        }
        let url = std::fs::read_to_string(folder.join("url")).unwrap();
        let (_, place) = url.rsplit_once('@').unwrap();
        let port = place.split([':', '/']).nth(1).unwrap().parse().unwrap();
        Some(Server {
            kind,
            folder,
            url: url.trim().to_string(),
            port,
        })
    }

    pub fn has(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.join("data").join(name)).unwrap()
    }

    /// A file of the server's own, which only it can read.
    pub fn put(&self, name: &str, text: &str) {
        let path = self.folder.join("data").join(name);
        let data = std::fs::metadata(self.folder.join("data")).unwrap();
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        chown(&path, Some(data.uid()), Some(data.gid())).unwrap();
    }

    /// From now on it shows this certificate.
    pub fn shows(&self, pair: &Pair) {
        let text = |path: &Path| std::fs::read_to_string(path).unwrap();
        self.put("server.crt", &text(&pair.certificate));
        self.put("server.key", &text(&pair.key));
        self.reload();
    }

    /// Whoever connects after this meets the files as they are now.
    pub fn reload(&self) {
        let told = || {
            let log = std::fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            log.matches("received SIGHUP").count()
        };
        let before = told();
        let pid = std::fs::read_to_string(self.folder.join("pid")).unwrap();
        let sent = Command::new("kill").args(["-HUP", pid.trim()]).status();
        assert!(sent.unwrap().success());
        let end = Instant::now() + Duration::from_secs(20);
        while told() == before {
            assert!(Instant::now() < end, "it does not read its files again");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = Command::new(root().join("tests/servers").join(self.kind))
            .args(["stop", self.folder.to_str().unwrap()])
            .status();
    }
}

/// A standby of a server; it ends with it.
pub struct Standby {
    pub url: String,
    pub port: u16,
    process: Child,
}

impl Drop for Standby {
    fn drop(&mut self) {
        let quit = ["-QUIT", &self.process.id().to_string()];
        let _ = Command::new("kill").args(quit).status();
        let _ = self.process.wait();
    }
}

impl Server {
    /// `None`: this server came without the program that copies it.
    pub fn standby(&self) -> Option<Standby> {
        let pid = std::fs::read_to_string(self.folder.join("pid")).unwrap();
        let program = std::fs::read_link(format!("/proc/{}/exe", pid.trim())).unwrap();
        let copies = program.with_file_name("pg_basebackup");
        if !copies.exists() {
            return None;
        }
        let data = self.folder.join("standby");
        let owner = std::fs::metadata(self.folder.join("data")).unwrap();
        std::fs::create_dir(&data).unwrap();
        std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o700)).unwrap();
        chown(&data, Some(owner.uid()), Some(owner.gid())).unwrap();
        let own = std::fs::metadata("/proc/self").unwrap().uid() == owner.uid();
        let as_owner = |program: &Path| {
            let mut command = Command::new(if own { program } else { Path::new("setpriv") });
            if !own {
                command
                    .arg(format!("--reuid={}", owner.uid()))
                    .arg(format!("--regid={}", owner.gid()))
                    .arg("--clear-groups")
                    .arg(program);
            }
            command.current_dir(&data);
            command
        };
        let copied = as_owner(&copies)
            .args(["-R", "-X", "stream", "-c", "fast", "-D"])
            .arg(&data)
            .args(["-d", &self.url])
            .output()
            .unwrap();
        assert!(
            copied.status.success(),
            "{}",
            String::from_utf8_lossy(&copied.stderr)
        );
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let log = std::fs::File::create(self.folder.join("standby.log")).unwrap();
        let process = as_owner(&program)
            .arg("-D")
            .arg(&data)
            .args(["-p", &port.to_string()])
            .args(["-c", "listen_addresses=127.0.0.1"])
            .args(["-c", "unix_socket_directories="])
            .args(["-c", "shared_buffers=32MB", "-c", "max_connections=200"])
            .args(["-c", "wal_level=logical"])
            .args(["-c", "dynamic_shared_memory_type=mmap"])
            .stdin(std::process::Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let url = self
            .url
            .replace(&format!(":{}/", self.port), &format!(":{port}/"));
        Some(Standby { url, port, process })
    }

    /// At once and all of it, as a machine that dies.
    pub fn kill(&self) {
        let pid = std::fs::read_to_string(self.folder.join("pid")).unwrap();
        let sent = Command::new("kill").args(["-QUIT", pid.trim()]).status();
        assert!(sent.unwrap().success());
        while std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}
