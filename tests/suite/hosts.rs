//! Several hosts, and servers that only read: PostgreSQL with a real standby. (Catches a run that
//! writes where it cannot, a gate that needs to write, a password tried out on host after host, and
//! a failover that is not found.)

#[allow(dead_code)]
#[path = "../tls/server.rs"]
mod server;

use super::support::{Folder, Ran, database, databases, initium, of};
use initium::connect;
use initium_driver::driver::{Access, Driver, Limits, Run};
use initium_driver::{Code, Error, Host, Secret, Settings};
use server::Server;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};

const ONE: &str = "version: 1\nmigrations:\n  - {name: one, up: CREATE TABLE a (n integer)}\n";

fn on(url: &str, spec: &str, words: &[&str]) -> Ran {
    initium(&[&["migrate"], words, &["--spec", spec]].concat())
        .env("DATABASE_URL", url)
        .run()
}

fn until(what: &str, mut true_now: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !true_now() {
        assert!(Instant::now() < end, "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// These ports of this machine, in this order.
struct Several {
    settings: Settings,
    access: Access,
}

impl Several {
    fn of(url: &str, ports: &[u16], access: Access) -> Several {
        let mut settings = Settings::parse(url, "the test").unwrap();
        let host = |port: &u16| Host::new("127.0.0.1", Some(*port));
        settings.hosts = ports.iter().map(host).collect();
        Several { settings, access }
    }

    fn wanting(mut self, attrs: &str) -> Several {
        let option = ("target_session_attrs".into(), attrs.into());
        self.settings.options.push(option);
        self
    }

    fn open(&self) -> Result<Box<dyn Driver>, Error> {
        let run = Run {
            id: "hosts".into(),
            table: "initium_migrate".into(),
            prefix: String::new(),
            limits: Limits {
                connect: Duration::from_secs(5),
                ..Limits::default()
            },
            access: self.access,
            pulse: Default::default(),
        };
        connect::open(&self.settings, &run, &|_| None)
    }

    /// Whether it is the standby that answers.
    fn reads(&self) -> bool {
        let mut driver = self.open().unwrap_or_else(|error| panic!("{error:?}"));
        let rows = driver.query("SELECT pg_is_in_recovery()").unwrap();
        rows.first() == Some("t")
    }

    fn refused(&self) -> Error {
        match self.open() {
            Ok(_) => panic!("it leads somewhere"),
            Err(error) => error,
        }
    }
}

#[test]
fn a_url_with_several_hosts_leads_to_the_one_that_is_up() {
    for db in databases().iter().filter(|db| db.kind != "sqlite") {
        let spec = db.folder.write("a.yaml", ONE);
        let (login, rest) = db.url.rsplit_once('@').unwrap();
        let url = format!("{login}@127.0.0.1:1,{rest}");
        let ran = on(&url, &spec, &["apply"]);
        assert_eq!(ran.status, 0, "{}: {}", db.kind, ran.err);
        let writable = format!("{url}?target_session_attrs=read-write");
        assert_eq!(on(&writable, &spec, &["check"]).status, 0, "{}", db.kind);
        let nobody = format!("{login}@127.0.0.1:1,127.0.0.1:2/{}", db.name);
        let ran = on(&nobody, &spec, &["check", "--connect-timeout", "0"]);
        assert_eq!(ran.code(), "connect-failed", "{}", ran.err);
        for place in ["127.0.0.1:1", "127.0.0.1:2"] {
            assert!(ran.err.contains(place), "{}: {}", db.kind, ran.err);
        }
    }
}

#[test]
fn a_standby_answers_questions_and_is_left_for_whoever_writes() {
    if of("postgres").is_empty() {
        return;
    }
    let Some(primary) = Server::start("postgres") else {
        return;
    };
    let folder = Folder::new();
    let spec = folder.write("a.yaml", ONE);
    assert_eq!(on(&primary.url, &spec, &["apply"]).status, 0);
    let Some(standby) = primary.standby() else {
        return;
    };
    until("the standby is up", || {
        on(&standby.url, &spec, &["check"]).status == 0
    });

    // What only reads works; what has nothing to write is done.
    for verb in ["check", "status", "plan", "history", "apply"] {
        let ran = on(&standby.url, &spec, &[verb]);
        assert_eq!(ran.status, 0, "{verb}: {}", ran.err);
    }
    let two = folder.write("b.yaml", &format!("{ONE}  - {{name: two, up: SELECT 2}}\n"));
    assert_eq!(on(&standby.url, &two, &["check"]).status, 3);
    let ran = on(&standby.url, &two, &["apply"]);
    assert_eq!((ran.status, ran.code()), (5, "read-only"), "{}", ran.err);
    let why = format!(
        "127.0.0.1:{} only reads: it is a standby in recovery",
        standby.port
    );
    assert!(ran.err.contains(&why), "{}", ran.err);

    one_of_several(&primary, &standby);

    // A failover while a run is away from its server.
    primary.kill();
    let both = Several::of(&primary.url, &[primary.port, standby.port], Access::Write);
    assert!(both.reads(), "until it is promoted");
    let strict = Several::of(&primary.url, &[primary.port, standby.port], Access::Write);
    let error = strict.wanting("read-write").refused();
    assert_eq!(error.code(), Code::ConnectFailed, "{error}");
    let mut promoting = database::open(&standby.url);
    promoting.query("SELECT pg_promote()").unwrap();
    until("the standby is promoted", || !both.reads());
    let ran = on(&standby.url, &two, &["apply"]);
    assert_eq!(ran.status, 0, "{}", ran.err);
}

fn one_of_several(primary: &Server, standby: &server::Standby) {
    let (p, s, dead) = (primary.port, standby.port, 1);
    let to = |ports: &[u16], access| Several::of(&primary.url, ports, access);
    assert!(!to(&[s, p], Access::Write).reads(), "whoever writes");
    assert!(to(&[s, p], Access::Read).reads(), "whoever reads");
    assert!(!to(&[dead, p], Access::Read).reads());
    assert!(to(&[s, dead], Access::Write).reads(), "better than none");
    for (attrs, reads) in [
        ("any", true),
        ("read-write", false),
        ("primary", false),
        ("read-only", true),
        ("standby", true),
        ("prefer-standby", true),
    ] {
        let chosen = to(&[s, p], Access::Write).wanting(attrs).reads();
        assert_eq!(chosen, reads, "{attrs} of standby, primary");
        if attrs != "any" {
            let chosen = to(&[p, s], Access::Read).wanting(attrs).reads();
            assert_eq!(chosen, reads, "{attrs} of primary, standby");
        }
    }
    assert!(!to(&[p], Access::Read).wanting("prefer-standby").reads());

    let error = to(&[s, dead], Access::Write)
        .wanting("read-write")
        .refused();
    assert_eq!(error.code(), Code::ConnectFailed, "{error}");
    for said in [
        format!("127.0.0.1:{s} does not allow writes"),
        "127.0.0.1:1: ".into(),
    ] {
        assert!(error.message().contains(&said), "{error}");
    }
    let error = to(&[s], Access::Write).wanting("read-write").refused();
    assert_eq!(error.code(), Code::ReadOnly, "{error}");
    assert!(error.message().contains("standby in recovery"), "{error}");

    // A server that starts up is passed by; a wrong password is not tried out elsewhere.
    let starting = says(b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0");
    assert!(!to(&[starting, p], Access::Write).reads());
    let witness = TcpListener::bind("127.0.0.1:0").unwrap();
    witness.set_nonblocking(true).unwrap();
    let mut wrong = to(&[p, witness.local_addr().unwrap().port()], Access::Write);
    wrong.settings.password = Some(Secret::new("hunter2"));
    assert_eq!(wrong.refused().code(), Code::AuthenticationFailed);
    assert!(witness.accept().is_err(), "it went on with the password");
}

/// A server that answers every login with this error; its port.
fn says(fields: &'static [u8]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let _ = client.read(&mut [0; 1024]);
            let length = (fields.len() as u32 + 4).to_be_bytes();
            let _ = client.write_all(&[b"E", &length[..], fields].concat());
        }
    });
    port
}

#[test]
fn a_database_that_is_set_to_only_read_says_so_where_something_is_pending() {
    for db in of("postgres") {
        let spec = db.folder.write("a.yaml", ONE);
        assert_eq!(on(&db.url, &spec, &["apply"]).status, 0);
        let name = &db.name;
        db.statement(&format!(
            "ALTER DATABASE {name} SET default_transaction_read_only = on"
        ));
        for verb in ["check", "status", "plan", "history", "apply"] {
            let ran = on(&db.url, &spec, &[verb]);
            assert_eq!(ran.status, 0, "{verb}: {}", ran.err);
        }
        let more = format!("{ONE}  - {{name: two, up: SELECT 2}}\n");
        let spec = db.folder.write("b.yaml", &more);
        let ran = on(&db.url, &spec, &["apply"]);
        assert_eq!((ran.status, ran.code()), (5, "read-only"), "{}", ran.err);
        let why = "only reads: default_transaction_read_only is on";
        assert!(ran.err.contains(why), "{}", ran.err);
    }
}

#[test]
fn the_first_line_tells_the_four_usual_mistakes_apart() {
    for db in of("postgres") {
        let (start, rest) = db.url.split_once("://").unwrap();
        let (login, place) = rest.rsplit_once('@').unwrap();
        let (host, _) = place.split_once('/').unwrap();
        let spec = db.folder.write("a.yaml", ONE);
        for (url, code, says) in [
            (
                format!("{start}://u:hunter2@h:port/x"),
                "connection-invalid",
                "cannot be read",
            ),
            (
                format!("{start}://initium:hunter2@{place}"),
                "authentication-failed",
                "password authentication failed",
            ),
            (
                format!("{start}://{login}@127.0.0.1:1/x"),
                "connect-failed",
                "no connection to 127.0.0.1:1",
            ),
            (
                format!("{start}://{login}@{host}/nowhere"),
                "database-missing",
                "\"nowhere\" does not exist",
            ),
        ] {
            let ran = on(&url, &spec, &["check", "--connect-timeout", "0"]);
            let first = ran.err.lines().next().unwrap_or_default();
            assert!(first.starts_with(&format!("error[{code}]: ")), "{first}");
            assert!(first.contains(says), "{first}");
            assert!(ran.err.contains("\n  help: "), "{}", ran.err);
            assert!(!ran.err.contains("hunter2"), "{}", ran.err);
        }
    }
}
