//! Connecting: every way it can fail has its code, and none shows the password.

#![allow(clippy::unwrap_used)]

mod bench;

use bench::{BOTH, Database, MARIADB, MYSQL, each, open};
use initium_driver::{Code, Error, Host, Secret, Settings};

fn refused(settings: &Settings) -> Error {
    let error = match open(settings, "initium_migrate") {
        Ok(_) => panic!("connected to {}", settings.shown()),
        Err(error) => error,
    };
    let all = format!("{error} {error:?} {:?}", error.help_text());
    if let Some(password) = &settings.password {
        assert!(!all.contains(password.reveal()), "{all}");
    }
    error
}

#[test]
fn a_wrong_password_or_user_is_an_authentication_failure() {
    each(|database| {
        for (user, password) in [(None, "hunter2"), (Some("nobody"), "hunter2"), (None, "")] {
            let settings = Settings {
                password: Some(Secret::new(password)),
                user: user.map(String::from).or(database.settings.user.clone()),
                ..database.settings.clone()
            };
            if password.is_empty() {
                let error = open(&settings, "t").map(|_| ()).unwrap_err();
                assert_eq!(error.code(), Code::AuthenticationFailed);
                continue;
            }
            let error = refused(&settings);
            assert_eq!(error.code(), Code::AuthenticationFailed, "{error}");
            // MySQL plays a plugin to a user it does not know.
            let known = user.is_none();
            assert!(!known || error.message().contains("(1045)"), "{error}");
        }
    });
}

#[test]
fn a_missing_database_is_named() {
    each(|database| {
        let settings = Settings {
            name: Some("not_there".into()),
            ..database.settings.clone()
        };
        let error = refused(&settings);
        assert_eq!(error.code(), Code::DatabaseMissing, "{error}");
        assert!(error.message().contains("not_there"), "{error}");
    });
}

#[test]
fn nobody_there_is_a_failure_to_connect() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = closed.local_addr().unwrap().port();
    drop(closed);
    for url in [
        format!("mysql://u:hunter2@127.0.0.1:{port}/db"),
        "mysql://u:hunter2@no-such-host.invalid/db?ssl-mode=DISABLED".into(),
        "mysql://u:hunter2@h/db?socket=/not/there.sock".into(),
    ] {
        let error = refused(&Settings::parse(&url, "TEST").unwrap());
        assert_eq!(error.code(), Code::ConnectFailed, "{error}");
    }
}

#[test]
fn every_address_of_a_name_is_tried() {
    // `localhost` may be ::1 first, where the test's server does not listen.
    each(|database| {
        let settings = Settings {
            hosts: vec![Host::new("localhost", database.settings.hosts[0].port)],
            ..database.settings.clone()
        };
        drop(open(&settings, "t").unwrap());
    });
}

#[test]
fn a_statement_may_take_longer_than_connecting() {
    each(|database| {
        let mut settings = database.settings.clone();
        settings
            .options
            .push(("connect_timeout".into(), "1".into()));
        let mut driver = open(&settings, "t").unwrap();
        let slept = bench::cell(&mut *driver, "SELECT sleep(1.5)");
        assert_eq!(slept.as_deref(), Some("0"));
    });
}

#[test]
fn a_server_that_says_nothing_is_given_up() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let url = format!("mysql://u:hunter2@127.0.0.1:{port}/db?connect_timeout=1");
    let error = refused(&Settings::parse(&url, "TEST").unwrap());
    assert_eq!(error.code(), Code::ConnectFailed, "{error}");
    assert!(error.message().contains("does not answer"), "{error}");
}

#[test]
fn a_server_that_speaks_something_else_is_no_server() {
    for hello in [
        &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..],
        b"\x05\x00\x00\x00\x0a5.7\x00",
        b"\x01\x00\x00\x00\x09",
        b"\x00\x00\x00\x00",
        b"\x17\x00\x00\x00\xff\x10\x04Too many connections",
    ] {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            use std::io::Write;
            let (mut client, _) = listener.accept().unwrap();
            let _ = client.write_all(hello);
        });
        let url = format!("mysql://u:hunter2@127.0.0.1:{port}/db");
        let error = refused(&Settings::parse(&url, "TEST").unwrap());
        assert_eq!(error.code(), Code::ConnectFailed, "{hello:?} {error}");
    }
}

#[test]
fn no_error_of_a_session_shows_the_password() {
    const CANARY: &str = "canary-4711";
    each(|database| {
        let user = format!("c_{}", database.name);
        database.sql(&[
            &format!("CREATE USER {user} IDENTIFIED BY '{CANARY}'"),
            &format!("GRANT ALL ON {}.* TO {user}", database.name),
        ]);
        let settings = Settings {
            user: Some(user.clone()),
            password: Some(Secret::new(CANARY)),
            ..database.settings.clone()
        };
        let mut driver = bench::ready(&settings);
        let mut errors = Vec::new();
        for text in ["SELECT * FROM gone", "SELECT", "USE gone", "DROP USER root"] {
            let statement = bench::split(&*driver, text).remove(0);
            errors.push(bench::try_alone(&mut *driver, statement).unwrap_err());
        }
        let holder = driver.holder().unwrap().unwrap();
        bench::alone(&mut *database.open(), &format!("KILL {}", holder.session));
        std::thread::sleep(std::time::Duration::from_millis(200));
        errors.push(driver.query("SELECT 1").unwrap_err());
        assert_eq!(errors.last().unwrap().code(), Code::ConnectionLost);
        for error in &errors {
            let all = format!("{error} {error:?} {:?}", error.help_text());
            assert!(!all.contains(CANARY), "{all}");
        }
        database.sql(&[&format!("DROP USER {user}")]);
    });
}

#[test]
fn the_kind_of_server_must_be_the_one_that_is_meant() {
    let of = |variable: &str, database: &str| {
        let found = Database::new(variable)?;
        let settings = Settings {
            database: database.into(),
            ..found.settings.clone()
        };
        Some((found, settings))
    };
    if let Some((_kept, settings)) = of(MYSQL, "mariadb") {
        assert_eq!(refused(&settings).code(), Code::DatabaseMismatch);
    }
    if let Some((_kept, settings)) = of(MYSQL, "mysql") {
        let mut driver = open(&settings, "t").unwrap();
        assert_eq!(driver.dialect().names(), ["mysql"]);
        assert!(
            driver.server().starts_with("MySQL 9."),
            "{}",
            driver.server()
        );
    }
    for word in ["mysql", "mariadb"] {
        if let Some((_kept, settings)) = of(MARIADB, word) {
            let mut driver = open(&settings, "t").unwrap();
            assert_eq!(driver.dialect().names(), ["mariadb", "mysql"]);
            assert!(
                driver.server().starts_with("MariaDB 10."),
                "{}",
                driver.server()
            );
        }
    }
}

#[test]
fn a_new_password_is_proven_without_tls_and_without_showing_it() {
    // The first login of a user finds nothing in MySQL's cache: the full way, through RSA.
    let Some(database) = Database::new(MYSQL) else {
        return;
    };
    let user = format!("u_{}", database.name);
    let password = "p@ss:/?#%+'\"\\ \u{e9} and rather long, so that the nonce is used twice";
    database.sql(&[
        &format!(
            "CREATE USER {user} IDENTIFIED BY 'p@ss:/?#%+\\'\"\\\\ \u{e9} and rather long, so that the nonce is used twice'"
        ),
        &format!("GRANT ALL ON {}.* TO {user}", database.name),
    ]);
    let settings = Settings {
        user: Some(user.clone()),
        password: Some(Secret::new(password)),
        ..database.settings.clone()
    };
    let (through, counted) = bench::proxy::through(&settings);
    drop(open(&through, "t").unwrap());
    assert!(counted.trips() > 1, "the cache knew the password already");
    let said = counted.said.lock().unwrap().clone();
    assert!(!String::from_utf8_lossy(&said).contains("p@ss"));
    drop(open(&settings, "t").unwrap());
    let wrong = Settings {
        password: Some(Secret::new("hunter2hunter2")),
        ..settings
    };
    assert_eq!(refused(&wrong).code(), Code::AuthenticationFailed);
    database.sql(&[&format!("DROP USER {user}")]);
}

#[test]
fn an_empty_password_is_a_password() {
    for variable in BOTH {
        let Some(database) = Database::new(variable) else {
            continue;
        };
        let user = format!("e_{}", database.name);
        database.sql(&[
            &format!("CREATE USER {user} IDENTIFIED BY ''"),
            &format!("GRANT ALL ON {}.* TO {user}", database.name),
        ]);
        let settings = Settings {
            user: Some(user.clone()),
            password: None,
            ..database.settings.clone()
        };
        drop(open(&settings, "t").unwrap());
        database.sql(&[&format!("DROP USER {user}")]);
    }
}

#[test]
fn a_user_without_the_database_is_told() {
    each(|database| {
        let user = format!("d_{}", database.name);
        database.sql(&[&format!("CREATE USER {user} IDENTIFIED BY 'hunter22'")]);
        let settings = Settings {
            user: Some(user.clone()),
            password: Some(Secret::new("hunter22")),
            ..database.settings.clone()
        };
        assert_eq!(refused(&settings).code(), Code::AuthenticationFailed);
        database.sql(&[&format!("DROP USER {user}")]);
    });
}
