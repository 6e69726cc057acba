//! Several hosts: which one is taken, which failure goes on to the next and which does not.

#![allow(clippy::unwrap_used)]

mod bench;

use bench::{cell, each, open};
use initium_driver::{Code, Error, Host, Secret, Settings};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};

fn port(listener: &TcpListener) -> Option<u16> {
    Some(listener.local_addr().unwrap().port())
}

fn closed() -> Host {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    Host::new("127.0.0.1", port(&listener))
}

/// Says this to whoever comes, and then nothing.
fn speaker(words: &'static [u8]) -> Host {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = port(&listener);
    std::thread::spawn(move || {
        let mut kept = Vec::new();
        for mut client in listener.incoming().flatten() {
            let _ = client.write_all(words);
            kept.push(client);
        }
    });
    Host::new("127.0.0.1", port)
}

fn nowhere() -> Host {
    Host::new("no-such-host.invalid", None)
}

fn with(settings: &Settings, hosts: Vec<Host>) -> Settings {
    let mut settings = Settings {
        hosts,
        ..settings.clone()
    };
    // The test's server is spoken to in the clear, and so is what stands before it.
    settings.tls.mode = Some(initium_driver::Mode::Disable);
    settings
        .options
        .push(("connect_timeout".into(), "1".into()));
    settings
}

fn refused(settings: &Settings) -> Error {
    match open(settings, "t") {
        Ok(_) => panic!("connected to {}", settings.shown()),
        Err(error) => error,
    }
}

#[test]
fn a_host_that_does_not_serve_gives_way_to_the_next() {
    each(|database| {
        let real = database.settings.hosts[0].clone();
        let busy = b"\x17\0\0\0\xff\x10\x04Too many connections";
        for before in [
            closed(),
            nowhere(),
            speaker(b""),
            speaker(busy),
            speaker(b"SSH-2.0-x\r\n"),
        ] {
            let settings = with(&database.settings, vec![before.clone(), real.clone()]);
            let start = Instant::now();
            let mut driver = open(&settings, "t").unwrap_or_else(|e| panic!("{before:?} {e}"));
            assert!(start.elapsed() < Duration::from_secs(4));
            assert_eq!(cell(&mut *driver, "SELECT 1").as_deref(), Some("1"));
            // What ends a statement goes to the same server.
            assert!(driver.stopper().is_some());
        }
    });
}

#[test]
fn what_somebody_must_mend_is_told_at_once() {
    each(|database| {
        let real = database.settings.hosts[0].clone();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let second = Host::new("127.0.0.1", port(&listener));
        let settings = with(&database.settings, vec![real, second]);
        let wrong = Settings {
            password: Some(Secret::new("hunter2")),
            ..settings.clone()
        };
        assert_eq!(refused(&wrong).code(), Code::AuthenticationFailed);
        let missing = Settings {
            name: Some("not_there".into()),
            ..settings
        };
        assert_eq!(refused(&missing).code(), Code::DatabaseMissing);
        assert!(listener.accept().is_err(), "the second host was asked");
    });
}

#[test]
fn where_no_host_serves_each_says_why() {
    let settings = Settings::parse("mysql://u:hunter2@h/db", "TEST").unwrap();
    let error = refused(&with(&settings, vec![closed(), nowhere(), speaker(b"")]));
    assert_eq!(error.code(), Code::ConnectFailed, "{error}");
    for word in [
        "no host can be used",
        "refused",
        "no-such-host.invalid",
        "does not answer",
    ] {
        assert!(error.message().contains(word), "{word}: {error}");
    }
    assert!(!error.message().contains("hunter2"), "{error}");
}

#[test]
fn a_writer_has_a_server_that_takes_writes_and_a_reader_any() {
    each(|database| {
        let real = database.settings.hosts[0].clone();
        for (word, found) in [
            ("any", true),
            ("read-write", true),
            ("primary", true),
            ("prefer-standby", true),
            ("read-only", false),
            ("standby", false),
        ] {
            let mut settings = with(&database.settings, vec![closed(), real.clone()]);
            settings
                .options
                .push(("target_session_attrs".into(), word.into()));
            match open(&settings, "t") {
                Ok(_) => assert!(found, "{word}"),
                Err(error) => {
                    assert!(!found, "{word}: {error}");
                    // One of them is away, and may be what is asked for when it is back.
                    assert_eq!(error.code(), Code::ConnectFailed, "{word}: {error}");
                    let said = ["takes writes", "is no standby"];
                    assert!(said.iter().any(|s| error.message().contains(s)), "{error}");
                }
            }
        }
    });
}

/// A server that takes every login, and answers every question that it only reads.
fn reader() -> Host {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = port(&listener);
    std::thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let mut said = [0; 4096];
                let mut hello = b"\0\0\0\0\x0a9.9.9\0\x07\0\0\0abcdefgh\0".to_vec();
                hello.extend_from_slice(b"\xff\xf7\x2d\x02\0\xff\xdf\x15\0\0\0\0\0\0\0\0\0\0");
                hello.extend_from_slice(b"ijklmnopqrst\0mysql_native_password\0");
                hello[0] = hello.len() as u8 - 4;
                client.write_all(&hello)?;
                let _ = client.read(&mut said)?;
                client.write_all(b"\x07\0\0\x02\0\0\0\x02\0\0\0")?;
                while client.read(&mut said)? > 0 {
                    client.write_all(b"\x01\0\0\x01\x02")?;
                    for number in [2, 3] {
                        client.write_all(&[0x18, 0, 0, number])?;
                        client.write_all(
                            b"\x03def\0\0\0\x01a\x01a\x0c\x2d\0\0\0\0\0\x08\0\0\0\0\0",
                        )?;
                    }
                    client.write_all(b"\x05\0\0\x04\xfe\0\0\x02\0")?;
                    client.write_all(b"\x04\0\0\x05\x011\x010\x05\0\0\x06\xfe\0\0\x02\0")?;
                }
                std::io::Result::Ok(())
            });
        }
    });
    Host::new("127.0.0.1", port)
}

#[test]
fn who_writes_goes_past_a_server_that_only_reads_and_takes_it_if_there_is_no_other() {
    each(|database| {
        let real = database.settings.hosts[0].clone();
        let server = |driver: &mut dyn initium_driver::Driver| driver.server();
        let mut settings = with(&database.settings, vec![reader(), real]);
        settings.database = "mysql".into();
        let found = server(&mut *open(&settings, "t").unwrap());
        assert!(found.contains('.') && !found.ends_with(" 1"), "{found}");
        settings.hosts = vec![reader(), reader()];
        let any = open(&settings, "t").map(|_| ());
        assert!(any.is_ok(), "nothing may be pending: {any:?}");
        let demanded = ("target_session_attrs".to_string(), "read-write".to_string());
        settings.options.push(demanded);
        let error = refused(&settings);
        assert_eq!(error.code(), Code::ReadOnly, "{error}");
        assert!(error.message().contains("read_only is on"), "{error}");
        // Who asks for the one that only reads has it.
        settings.options.last_mut().unwrap().1 = "standby".into();
        assert!(open(&settings, "t").is_ok());
    });
}
