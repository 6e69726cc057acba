//! kill -9 of the server itself, in the middle of a run; it is started again and recovers. A server
//! of this test's own: the others belong to everybody. (Catches a record that survives a crash
//! without its effect, and an effect without its record.)

use crate::drill::{amount, arguments, converge, said};
use crate::proxy::{Point, Proxy, Variant, Way, When};
use crate::shapes::{dump, shapes};
use crate::support::{database, of, ran, root, unique};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How a server was started, so that it can be started again on its data.
struct Server {
    kind: &'static str,
    folder: PathBuf,
    words: Vec<String>,
    variables: Vec<(String, String)>,
    user: u32,
    again: Mutex<Vec<Child>>,
}

impl Server {
    fn start(kind: &'static str) -> Option<Server> {
        let folder = std::env::temp_dir().join(unique("initium-server"));
        let output = Command::new(root().join("tests/servers").join(kind))
            .args(["start", folder.to_str().unwrap()])
            .output()
            .unwrap();
        if !output.status.success() {
            eprintln!("SKIPPED: {}", String::from_utf8_lossy(&output.stderr));
            return None;
        }
        let pid = std::fs::read_to_string(folder.join("pid")).unwrap();
        let process = Path::new("/proc").join(pid.trim());
        let list = |name: &str| {
            let bytes = std::fs::read(process.join(name)).unwrap();
            let parts = bytes.split(|b| *b == 0).filter(|part| !part.is_empty());
            parts
                .map(|part| String::from_utf8(part.to_vec()).unwrap())
                .collect::<Vec<_>>()
        };
        let pairs = list("environ").into_iter();
        Some(Server {
            kind,
            words: list("cmdline"),
            variables: pairs
                .filter_map(|pair| {
                    let (name, value) = pair.split_once('=')?;
                    Some((name.to_string(), value.to_string()))
                })
                .collect(),
            user: std::fs::metadata(&process).unwrap().uid(),
            folder,
            again: Mutex::default(),
        })
    }

    fn url(&self) -> String {
        let url = std::fs::read_to_string(self.folder.join("url")).unwrap();
        url.trim().to_string()
    }

    /// All of its processes at once: those that work in its folder, and the one that was started.
    fn kill(&self) {
        let mut victims = vec![std::fs::read_to_string(self.folder.join("pid")).unwrap()];
        for entry in std::fs::read_dir("/proc").unwrap().flatten() {
            let inside = std::fs::read_link(entry.path().join("cwd"))
                .is_ok_and(|cwd| cwd.starts_with(&self.folder));
            if inside {
                victims.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        let victims: Vec<_> = victims.iter().map(|pid| pid.trim()).collect();
        let _ = Command::new("kill")
            .arg("-9")
            .args(&victims)
            .stderr(Stdio::null())
            .status();
        let alive = |pid: &&str| {
            let status = std::fs::read_to_string(format!("/proc/{pid}/stat"));
            status.is_ok_and(|text| !text.contains(") Z"))
        };
        while victims.iter().any(alive) {
            std::thread::sleep(Duration::from_millis(5));
        }
        // They name processes that are dead; whose number is whose later, nobody knows.
        for left in ["data/postmaster.pid", "data/socket.lock", "data/pid"] {
            let _ = std::fs::remove_file(self.folder.join(left));
        }
    }

    /// The same command on the same data.
    fn start_again(&self) {
        for mut gone in self.again.lock().unwrap().drain(..) {
            let _ = gone.wait();
        }
        let own = std::fs::metadata("/proc/self").unwrap().uid();
        let mut command = match self.user == own {
            true => Command::new(&self.words[0]),
            false => {
                let mut command = Command::new("setpriv");
                let group = std::fs::metadata(self.folder.join("data")).unwrap().gid();
                command
                    .arg(format!("--reuid={}", self.user))
                    .arg(format!("--regid={group}"))
                    .args(["--clear-groups", &self.words[0]]);
                command
            }
        };
        let log = std::fs::File::options()
            .append(true)
            .open(self.folder.join("log"))
            .unwrap();
        let child = command
            .args(&self.words[1..])
            .env_clear()
            .envs(self.variables.iter().cloned())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        std::fs::write(self.folder.join("pid"), child.id().to_string()).unwrap();
        self.again.lock().unwrap().push(child);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        for mut gone in self.again.lock().unwrap().drain(..) {
            let _ = gone.wait();
        }
        let _ = Command::new(root().join("tests/servers").join(self.kind))
            .args(["stop", self.folder.to_str().unwrap()])
            .status();
    }
}

fn server_crashes(kind: &'static str) {
    if of(kind).is_empty() {
        return;
    }
    let Some(server) = Server::start(kind).map(Arc::new) else {
        return;
    };
    let admin = server.url();
    let shape = &shapes(kind)[1];
    let (expected, messages) = {
        let db = database::on(kind, admin.clone());
        let spec = shape.write(&db.folder);
        let proxy = Proxy::before(&db.url, None);
        db.initium(&arguments(&shape.run, &spec))
            .env("DATABASE_URL", &proxy.url)
            .exits(0);
        (dump(&db), proxy.counted()[Way::Client as usize])
    };
    let points = amount(5, 40);
    let (mut hit, mut reruns) = (0, 0);
    for n in 0..points {
        let db = database::on(kind, admin.clone());
        let spec = shape.write(&db.folder);
        // Spread over the later part of the run, where the work is.
        let at = messages / 4 + (messages - messages / 4) * n / points;
        let proxy = Proxy::before(
            &db.url,
            Some(Point {
                when: When::Nth(Way::Client, at.max(1)),
                variant: Variant::KillAfter,
            }),
        );
        let victim = Arc::clone(&server);
        proxy.victim(move || victim.kill());
        let child = db
            .initium(&arguments(&shape.run, &spec))
            .env("DATABASE_URL", &proxy.url)
            .env("INITIUM_CONNECT_TIMEOUT", "300ms")
            .spawn();
        let first = ran(child);
        assert!(proxy.hit(), "{kind}: message {at} of {messages}");
        hit += 1;
        drop(proxy);
        server.start_again();
        wait_for(&db.url);
        match converge(&db, &shape.run, &spec) {
            Ok(again) => reruns = reruns.max(again),
            Err(ran) => panic!("{kind} message {at}: {}\n{}", first.err, ran.err),
        }
        assert_eq!(dump(&db), expected, "{kind} message {at}: {}", first.err);
    }
    said(
        "server crashes",
        kind,
        &format!("{hit} kill -9 of the server, {hit} converged, max {reruns} reruns, counter 1"),
    );
}

/// A server that recovers refuses at first.
fn wait_for(url: &str) {
    let words = ["migrate", "unlock", "--connect-timeout", "60s"];
    crate::support::initium(&words)
        .env("DATABASE_URL", url)
        .exits(0);
}

#[test]
fn a_run_whose_server_was_killed_converges_on_postgres() {
    server_crashes("postgres");
}

#[test]
fn a_run_whose_server_was_killed_converges_on_mysql() {
    server_crashes("mysql");
}

#[test]
fn a_run_whose_server_was_killed_converges_on_mariadb() {
    server_crashes("mariadb");
}
