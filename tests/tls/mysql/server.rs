//! A MySQL or MariaDB server of this test's own, whose certificates change while it runs.

use crate::support::certificates::Pair;
use crate::support::{root, unique};
use initium_driver::driver::Access;
use initium_driver::{Driver, Limits, Run, Script, Settings, Source};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub struct Server {
    pub kind: &'static str,
    folder: PathBuf,
    /// With all rights, as a URL without options.
    pub url: String,
    pub port: u16,
    again: Option<Child>,
}

impl Server {
    /// Started as the scripts do it, and once again with certificates: MariaDB is told of them when
    /// it starts, and never later. `None`: it cannot be had on this machine.
    pub fn start(kind: &'static str, roots: &Path, pair: &Pair) -> Option<Server> {
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
        let mut server = Server {
            kind,
            folder,
            url: url.trim().to_string(),
            port,
            again: None,
        };
        server.put("ca.crt", roots);
        server.put("server.crt", &pair.certificate);
        server.put("server.key", &pair.key);
        server.start_again();
        Some(server)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// A file of the server's own, which only it can read.
    fn put(&self, name: &str, from: &Path) {
        let path = self.data().join(name);
        let data = std::fs::metadata(self.data()).unwrap();
        std::fs::write(&path, std::fs::read(from).unwrap()).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        chown(&path, Some(data.uid()), Some(data.gid())).unwrap();
    }

    fn start_again(&mut self) {
        let pid = std::fs::read_to_string(self.folder.join("pid")).unwrap();
        let process = Path::new("/proc").join(pid.trim());
        let user = std::fs::metadata(&process).unwrap().uid();
        let list = |name: &str| {
            let bytes = std::fs::read(process.join(name)).unwrap();
            let parts = bytes.split(|b| *b == 0).filter(|part| !part.is_empty());
            let words = parts.map(|part| String::from_utf8(part.to_vec()).unwrap());
            words.collect::<Vec<_>>()
        };
        let (words, pairs) = (list("cmdline"), list("environ"));
        let _ = Command::new("kill").args(["-9", pid.trim()]).status();
        if let Some(mut gone) = self.again.take() {
            let _ = gone.wait();
        }
        while std::fs::read_to_string(process.join("stat")).is_ok_and(|s| !s.contains(") Z")) {
            std::thread::sleep(Duration::from_millis(5));
        }
        for left in ["socket.lock", "pid"] {
            let _ = std::fs::remove_file(self.data().join(left));
        }
        let own = std::fs::metadata("/proc/self").unwrap().uid();
        let mut command = Command::new(if user == own { &words[0] } else { "setpriv" });
        if user != own {
            let group = std::fs::metadata(self.data()).unwrap().gid();
            command
                .arg(format!("--reuid={user}"))
                .arg(format!("--regid={group}"))
                .args(["--clear-groups", &words[0]]);
        }
        let known = |word: &&String| !word.starts_with("--ssl-");
        command.args(words[1..].iter().filter(known));
        for (option, file) in [
            ("ca", "ca.crt"),
            ("cert", "server.crt"),
            ("key", "server.key"),
        ] {
            command.arg(format!(
                "--ssl-{option}={}",
                self.data().join(file).display()
            ));
        }
        let log = std::fs::File::options()
            .append(true)
            .open(self.folder.join("log"))
            .unwrap();
        let child = command
            .env_clear()
            .envs(pairs.iter().filter_map(|pair| pair.split_once('=')))
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        std::fs::write(self.folder.join("pid"), child.id().to_string()).unwrap();
        self.again = Some(child);
        let end = Instant::now() + Duration::from_secs(60);
        while self.open(&self.url).is_err() {
            assert!(Instant::now() < end, "it does not start again");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// From now on it shows this certificate. MySQL takes one that is wrong only when it starts.
    pub fn shows(&mut self, pair: &Pair) {
        self.put("server.crt", &pair.certificate);
        self.put("server.key", &pair.key);
        match self.kind {
            "mariadb" => self.sql("FLUSH SSL"),
            _ => self.start_again(),
        }
    }

    pub fn open(&self, url: &str) -> initium_driver::Result<Box<dyn Driver>> {
        let settings = Settings::parse(url, "TEST")?;
        let run = Run {
            id: "test".into(),
            table: "initium_migrate".into(),
            prefix: String::new(),
            limits: Limits {
                connect: Duration::from_secs(10),
                lock: Duration::from_secs(5),
                statement: Duration::from_secs(60),
            },
            access: Access::Read,
            pulse: Default::default(),
        };
        (initium_mysql::OPENER.open)(&settings, &run)
    }

    /// As the administrator.
    pub fn sql(&self, text: &str) {
        self.try_sql(text)
            .unwrap_or_else(|error| panic!("{text}: {error}"));
    }

    pub fn try_sql(&self, text: &str) -> initium_driver::Result<()> {
        let mut driver = self.open(&self.url)?;
        for statement in driver.dialect().split(&Source::file("t.sql", text))? {
            driver.execute(&Script::Alone {
                before: Vec::new(),
                statement: Box::new(statement),
                after: Vec::new(),
            })?;
        }
        Ok(())
    }

    pub fn ask(&self, sql: &str) -> String {
        let rows = self.open(&self.url).unwrap().query(sql).unwrap();
        rows.first().unwrap_or_default().into()
    }

    /// The URL for somebody else, through another port, with these options.
    pub fn url_of(&self, login: &str, place: &str, options: &str) -> String {
        format!("{}://{login}@{place}/initium?{options}", self.kind)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = Command::new(root().join("tests/servers").join(self.kind))
            .args(["stop", self.folder.to_str().unwrap()])
            .status();
        if let Some(mut child) = self.again.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
