//! Getting in, and how it is said when one does not. (Catches a code that sends people the wrong way,
//! and a password in a message.)

mod bench;

use bench::{Database, REDIS, VALKEY, open, ready, run};
use initium_driver::driver::Access;
use initium_driver::{Code, Driver, Error, Locked, Run, Script, Settings, Source};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};

fn databases() -> Vec<Database> {
    let both = [REDIS, VALKEY];
    both.into_iter().filter_map(Database::new).collect()
}

fn fails(settings: &Settings) -> Error {
    match (initium_redis::OPENER.open)(settings, &run("r")) {
        Ok(_) => panic!("it is let in: {}", settings.shown()),
        Err(error) => error,
    }
}

#[test]
fn each_reason_has_its_code() {
    for database in databases() {
        let with = |change: &dyn Fn(&mut Settings)| {
            let mut settings = database.settings.clone();
            change(&mut settings);
            fails(&settings)
        };
        let wrong = with(&|s| s.password = Some(initium_driver::Secret::new("hunter22")));
        assert_eq!(wrong.code(), Code::AuthenticationFailed, "{wrong}");
        assert!(!wrong.message().contains("hunter22"), "{wrong}");
        let none = with(&|s| s.password = None);
        assert_eq!(none.code(), Code::AuthenticationFailed, "{none}");
        let user = with(&|s| s.user = Some("nobody".into()));
        assert_eq!(user.code(), Code::AuthenticationFailed, "{user}");
        let number = with(&|s| s.name = Some("99999".into()));
        assert_eq!(number.code(), Code::DatabaseMissing, "{number}");
        let closed = with(&|s| s.hosts[0].port = Some(1));
        assert_eq!(closed.code(), Code::ConnectFailed, "{closed}");
        let option = with(&|s| s.options.push(("what".into(), "1".into())));
        assert_eq!(option.code(), Code::ConnectionInvalid, "{option}");
    }
}

/// Answers whoever comes with this, once.
fn impostor(answer: &'static [u8]) -> Settings {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let mut bytes = [0; 4096];
            let _ = stream.read(&mut bytes);
            let _ = stream.write_all(answer);
        }
    });
    Settings::parse(&format!("redis://127.0.0.1:{port}"), "TEST").expect("a URL")
}

#[test]
fn what_is_no_server_of_data_is_said_so() {
    for (answer, code, word) in [
        (
            &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..],
            Code::ConnectFailed,
            "no Redis",
        ),
        (b"", Code::ConnectFailed, "closed"),
        (
            b"-LOADING Redis is loading\r\n+OK\r\n",
            Code::ConnectFailed,
            "LOADING",
        ),
        (
            b"+OK\r\n$9\r\nloading:1\r\n",
            Code::ConnectFailed,
            "LOADING",
        ),
        (
            b"+OK\r\n$19\r\nredis_mode:sentinel\r\n",
            Code::ConnectionInvalid,
            "sentinel",
        ),
        (
            b"-DENIED protected mode\r\n-DENIED x\r\n",
            Code::ConnectionInvalid,
            "protected",
        ),
    ] {
        let error = fails(&impostor(answer));
        assert_eq!(error.code(), code, "{error}");
        assert!(error.message().contains(word), "{word}: {error}");
    }
}

#[test]
fn a_replica_is_not_written_to_and_another_host_is_tried() {
    let replica = || impostor(b"+OK\r\n$12\r\nrole:slave\r\n\r\n");
    let mut driver = open(&replica());
    let error = driver.try_lock().expect_err("a replica");
    assert_eq!(error.code(), Code::ReadOnly, "{error}");
    for database in databases() {
        let mut settings = database.settings.clone();
        settings.hosts.insert(0, replica().hosts.remove(0));
        // The impostor takes any password, as long as it is said in the same breath.
        settings.hosts[0].password = None;
        let mut driver = match (initium_redis::OPENER.open)(&settings, &run("r")) {
            Ok(driver) => driver,
            Err(error) => panic!("{error}"),
        };
        assert_eq!(driver.try_lock().expect("an answer"), Locked::Taken);
    }
}

#[test]
fn who_does_not_answer_is_given_up_with_the_pulse_beating() {
    use std::sync::atomic::{AtomicU64, Ordering};
    static BEATS: AtomicU64 = AtomicU64::new(0);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let url = format!("redis://127.0.0.1:{port}?connect_timeout=1");
    let mut patient: Run = run("r");
    patient.pulse = initium_driver::driver::Pulse(|| {
        BEATS.fetch_add(1, Ordering::Relaxed);
    });
    let start = Instant::now();
    let settings = Settings::parse(&url, "TEST").expect("a URL");
    let Err(error) = (initium_redis::OPENER.open)(&settings, &patient) else {
        panic!("nobody is there");
    };
    assert_eq!(error.code(), Code::ConnectFailed, "{error}");
    assert!(start.elapsed() < Duration::from_secs(5));
    let beats = BEATS.load(Ordering::Relaxed);
    assert!(beats >= 5, "{beats} beats in a second");
}

#[test]
fn a_connection_that_breaks_is_lost_and_nothing_is_said_to_have_failed() {
    for database in databases() {
        let mut driver = ready(&database.settings);
        let mut client = database.client();
        let number = format!(" db={} ", database.settings.name.as_deref().unwrap_or("0"));
        let list = client.text(&["CLIENT", "LIST"]);
        let ours = |line: &&str| line.contains(&number) && line.contains("name=initium:run-1");
        let line = list.lines().find(ours).expect("our connection");
        let id = line.split([' ', '=']).nth(1).expect("its number");
        client.ask(&["CLIENT", "KILL", "ID", id]);
        let statement = driver
            .dialect()
            .split(&Source::file("a", "SET a 1"))
            .expect("one");
        let script = Script::Alone {
            before: vec![],
            statement: Box::new(statement[0].clone()),
            after: vec![],
        };
        let error = driver.execute(&script).expect_err("the connection is gone");
        assert_eq!(error.code(), Code::ConnectionLost, "{error}");
        // Its lock stays until the lease ends.
        let mut other = open(&database.settings);
        assert!(matches!(
            other.try_lock().expect("an answer"),
            Locked::Held(_)
        ));
    }
}

fn user(database: &Database, rules: &[&str]) -> Settings {
    let name = format!("u{}", database.settings.name.as_deref().unwrap_or_default());
    let mut words = vec!["ACL", "SETUSER", &name, "reset", "on", ">sesame"];
    words.extend(rules);
    database.client().ask(&words);
    let mut settings = database.settings.clone();
    settings.user = Some(name);
    settings.password = Some(initium_driver::Secret::new("sesame"));
    settings
}

#[test]
fn who_may_only_read_reads_and_is_told_what_is_missing_to_write() {
    for database in databases() {
        drop(ready(&database.settings));
        let settings = user(
            &database,
            &["%R~{initium_migrate*", "+@read", "+@connection", "+info"],
        );
        let mut reading = run("r");
        reading.access = Access::Read;
        let mut driver: Box<dyn Driver> = match (initium_redis::OPENER.open)(&settings, &reading) {
            Ok(driver) => driver,
            Err(error) => panic!("{error}"),
        };
        assert!(driver.digest().expect("a digest").is_some());
        driver.history().expect("a history");
        driver.attempts(5).expect("a log");
        assert_eq!(driver.holder().expect("an answer"), None);
        let error = driver.try_lock().expect_err("no right to write");
        assert_eq!(error.code(), Code::LedgerDenied, "{error}");
        let help = error.help_text().unwrap_or_default();
        assert!(
            help.contains("~{initium_migrate*") && help.contains("+@scripting"),
            "{help}"
        );

        // And what it asks for is enough.
        let rules = [
            "~{initium_migrate*",
            "+@read",
            "+@write",
            "+@scripting",
            "+@connection",
            "+info",
            "+time",
            "+wait",
        ];
        let settings = user(&database, &rules);
        let mut driver = ready(&settings);
        assert!(driver.holder().expect("an answer").is_some());
        driver.unlock().expect("an unlock");
        let name = settings.user.unwrap_or_default();
        database.client().ask(&["ACL", "DELUSER", &name]);
    }
}

#[test]
fn what_is_remarkable_of_a_server_is_said() {
    for database in databases() {
        let mut driver = open(&database.settings);
        let remarks = driver.remarks();
        assert_eq!(
            remarks, [""; 0],
            "the tests' servers keep a log of what is written"
        );
        let server = driver.server();
        assert!(
            server.starts_with("Redis ") || server.starts_with("Valkey "),
            "{server}"
        );
    }
}
