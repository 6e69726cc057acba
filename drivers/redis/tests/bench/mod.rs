//! A numbered database of its own for each test, on a real server. Nothing of it is left.
#![allow(dead_code, clippy::print_stderr)]

use initium_driver::conformance::{Bench, Sql};
use initium_driver::driver::{Access, Limits, Run};
use initium_driver::{Driver, Result, Settings};
use initium_redis::resp::{Reply, Sending};
use std::io::{BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

pub const REDIS: &str = "INITIUM_TEST_REDIS_URL";
pub const VALKEY: &str = "INITIUM_TEST_VALKEY_URL";
pub const CLUSTER: &str = "INITIUM_TEST_REDIS_CLUSTER_URL";

/// The URL, or `None` where there is no server and none is required.
pub fn url(variable: &str) -> Option<String> {
    match std::env::var(variable) {
        Ok(url) if !url.is_empty() => Some(url),
        _ => {
            let required = std::env::var("INITIUM_TEST_SERVERS").is_ok_and(|v| v == "required");
            assert!(
                !required,
                "{variable} is not set, and the servers are required"
            );
            eprintln!("SKIPPED: {variable} is not set; tests/run starts servers");
            None
        }
    }
}

/// A plain client, which shares nothing with the driver but the protocol.
pub struct Client(BufReader<TcpStream>);

impl Client {
    pub fn new(settings: &Settings) -> Client {
        let host = settings.host().expect("a host");
        let address = (host.name.as_str(), host.port.unwrap_or(6379));
        let mut client = Client(BufReader::new(
            TcpStream::connect(address).expect("a server"),
        ));
        if let Some(password) = &settings.password {
            let user = settings.user.as_deref().unwrap_or("default");
            client.ask(&["AUTH", user, password.reveal()]);
        }
        let number = settings.name.as_deref().unwrap_or("0");
        if number != "0" {
            client.ask(&["SELECT", number]);
        }
        client
    }

    pub fn try_ask(&mut self, words: &[&str]) -> Reply {
        let mut sending = Sending::default();
        sending.command(words);
        self.0
            .get_mut()
            .write_all(&sending.bytes)
            .expect("it is sent");
        Reply::read(&mut self.0).expect("a reply")
    }

    pub fn ask(&mut self, words: &[&str]) -> Reply {
        let reply = self.try_ask(words);
        assert_eq!(reply.error(), None, "{words:?}");
        reply
    }

    pub fn text(&mut self, words: &[&str]) -> String {
        match self.ask(words) {
            Reply::Integer(number) => number.to_string(),
            Reply::Nil => "nil".into(),
            reply => String::from_utf8_lossy(reply.text().expect("a text")).into_owned(),
        }
    }
}

/// One database of a server.
pub struct Database {
    pub settings: Settings,
}

impl Database {
    pub fn new(variable: &str) -> Option<Database> {
        let mut settings = Settings::parse(&url(variable)?, variable).expect("a URL");
        settings.name = None;
        let mut client = Client::new(&settings);
        let databases = client.ask(&["CONFIG", "GET", "databases"]).items()[1].integer();
        let next = client.ask(&["INCR", "initium:tests:database"]).integer();
        let number = 1 + next.expect("a number") % (databases.expect("a number") - 1);
        settings.name = Some(number.to_string());
        let database = Database { settings };
        database.client().ask(&["FLUSHDB"]);
        Some(database)
    }

    pub fn client(&self) -> Client {
        Client::new(&self.settings)
    }

    pub fn with(&self, option: &str, value: &str) -> Settings {
        let mut settings = self.settings.clone();
        settings.options.push((option.into(), value.into()));
        settings
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.client().ask(&["FLUSHDB"]);
        }
    }
}

impl Bench for Database {
    fn open(&self, run: &Run) -> Result<Box<dyn Driver>> {
        (initium_redis::OPENER.open)(&self.settings, run)
    }

    fn sql(&self) -> Sql {
        Sql::Commands
    }
}

pub fn bench(variable: &str) -> Option<Box<dyn Bench>> {
    Some(Box::new(Database::new(variable)?))
}

pub fn run(id: &str) -> Run {
    Run {
        id: id.into(),
        table: "initium_migrate".into(),
        prefix: String::new(),
        limits: Limits {
            connect: Duration::from_secs(10),
            ..Limits::default()
        },
        access: Access::Write,
        pulse: Default::default(),
    }
}

pub fn open(settings: &Settings) -> Box<dyn Driver> {
    (initium_redis::OPENER.open)(settings, &run("run-1")).expect("a connection")
}

/// A connection that holds the lock and has its ledger.
pub fn ready(settings: &Settings) -> Box<dyn Driver> {
    let mut driver = open(settings);
    assert_eq!(
        driver.try_lock().expect("an answer"),
        initium_driver::Locked::Taken
    );
    driver.prepare_ledger().expect("a ledger");
    driver
}
