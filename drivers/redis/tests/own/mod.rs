//! Servers that a test starts itself, because it needs them set up in its own way, or to end. Gone
//! with the test.
#![allow(dead_code, clippy::print_stderr)]

use initium_driver::Settings;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Folder {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let n = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("initium-redis-{}-{n}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).expect("a folder");
        Folder(path)
    }

    pub fn write(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, text).expect("a file");
        path.display().to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub struct Server {
    child: Child,
    pub port: u16,
}

impl Server {
    /// `None` where no Redis is installed and none is required.
    pub fn start(folder: &Folder, name: &str, port: u16, lines: &[String]) -> Option<Server> {
        let dir = folder.0.join(name);
        std::fs::create_dir_all(&dir).expect("a folder");
        let mut text = format!("bind 127.0.0.1\ndir {}\nsave \"\"\n", dir.display());
        for line in lines {
            text.push_str(line);
            text.push('\n');
        }
        let file = folder.write(&format!("{name}.conf"), &text);
        let mut command = Command::new("redis-server");
        command
            .arg(file)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if lines.iter().any(|line| line.starts_with("sentinel ")) {
            command.arg("--sentinel");
        }
        let child = match command.spawn() {
            Ok(child) => child,
            Err(error) => {
                let required = std::env::var("INITIUM_TEST_SERVERS").is_ok_and(|v| v == "required");
                assert!(!required, "redis-server cannot be started: {error}");
                eprintln!("SKIPPED: redis-server cannot be started: {error}");
                return None;
            }
        };
        let server = Server { child, port };
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(
                start.elapsed() < Duration::from_secs(20),
                "{name} does not come up"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(server)
    }

    pub fn settings(&self, scheme: &str, rest: &str) -> Settings {
        let url = format!("{scheme}://localhost:{}{rest}", self.port);
        Settings::parse(&url, "TEST").expect("a URL")
    }

    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A port nobody listens on at the moment.
pub fn port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}
