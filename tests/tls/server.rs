//! A PostgreSQL server of this test's own, whose certificates change while it runs.

use crate::support::certificates::Pair;
use crate::support::{root, unique};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
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
