//! Servers that lie, babble, or say nothing: each ends in time, with a code, without a panic, and in
//! little memory. Alone in its binary, because memory is that of the whole process; the server is in
//! it, so what it says is made piece by piece.

#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod bench;

use initium_driver::{Code, Driver, Error, Result, Settings};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// What a statement on the first or on a later line of a conversation is answered with.
type Play = fn(&mut TcpStream, usize) -> std::io::Result<()>;

const PATIENCE: u64 = 1;

fn packet(number: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = (payload.len() as u32).to_le_bytes().to_vec();
    bytes[3] = number;
    bytes.extend_from_slice(payload);
    bytes
}

/// A greeting as it should be.
fn greeting(plugin: &str) -> Vec<u8> {
    let mut hello = b"\x0a9.9.9\0\x07\0\0\0abcdefgh\0".to_vec();
    hello.extend_from_slice(b"\xff\xf7\x2d\x02\0\xff\xdf\x15\0\0\0\0\0\0\0\0\0\0");
    hello.extend_from_slice(b"ijklmnopqrst\0");
    hello.extend_from_slice(plugin.as_bytes());
    hello.push(0);
    packet(0, &hello)
}

const NATIVE: &str = "mysql_native_password";
const FINE: &[u8] = b"\0\0\0\x02\0\0\0";

/// One packet of the client; its number.
fn heard(client: &mut TcpStream) -> std::io::Result<u8> {
    let mut head = [0; 4];
    client.read_exact(&mut head)?;
    let length = u32::from_le_bytes([head[0], head[1], head[2], 0]);
    let mut body = vec![0; length as usize];
    client.read_exact(&mut body)?;
    Ok(head[3])
}

/// Greets and takes the login.
fn welcome(client: &mut TcpStream) -> std::io::Result<()> {
    client.write_all(&greeting(NATIVE))?;
    heard(client)?;
    client.write_all(&packet(2, FINE))
}

fn silence(client: &mut TcpStream) -> std::io::Result<()> {
    let mut byte = [0];
    while client.read(&mut byte)? > 0 {}
    Ok(())
}

/// A server that plays; a connection to it is tried, and then a question.
fn met(play: Play, case: usize) -> (Result<Box<dyn Driver>>, Duration) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = std::thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let _ = play(&mut client, case);
    });
    let url = format!("mysql://u:hunter2@127.0.0.1:{port}/db?connect_timeout={PATIENCE}");
    let settings = Settings::parse(&url, "TEST").unwrap();
    let start = Instant::now();
    let mut limits = bench::run("initium_migrate");
    limits.limits.statement = Duration::from_millis(1);
    let opened = (initium_mysql::OPENER.open)(&settings, &limits);
    let taken = start.elapsed();
    if opened.is_err() {
        server.join().unwrap();
    }
    (opened, taken)
}

/// The login fails, in time and with a code.
fn refused(play: Play, case: usize) -> Error {
    let (opened, taken) = met(play, case);
    let Err(error) = opened else {
        panic!("connected: {case}");
    };
    assert!(
        taken < Duration::from_secs(PATIENCE + 2),
        "{taken:?} {error}"
    );
    let all = format!("{error} {:?}", error.help_text());
    assert!(!all.contains("hunter2"), "{all}");
    assert!(!all.contains(|c: char| c.is_control()), "{all:?}");
    assert!(all.len() < 6000, "{}", all.len());
    error
}

fn pour(client: &mut TcpStream, mut head: [u8; 4]) -> std::io::Result<()> {
    let chunk = vec![b'x'; 1 << 16];
    loop {
        client.write_all(&head)?;
        head[3] = head[3].wrapping_add(1);
        let mut left = 0xff_ffff;
        while left > 0 {
            let now = left.min(chunk.len());
            client.write_all(&chunk[..now])?;
            left -= now;
        }
    }
}

fn early_close() {
    let hello = greeting(NATIVE).len();
    let play: Play = |client, case| {
        let mut all = greeting(NATIVE);
        all.truncate(case);
        client.write_all(&all)?;
        if case == greeting(NATIVE).len() {
            heard(client)?;
        }
        Ok(())
    };
    for case in 0..=hello {
        assert_eq!(refused(play, case).code(), Code::ConnectFailed, "{case}");
    }
    // Every byte of a greeting, wrong.
    let play: Play = |client, case| {
        let mut all = greeting(NATIVE);
        all[case % 256] ^= 1 << (case / 256);
        client.write_all(&all)?;
        heard(client)?;
        client.write_all(&packet(2, b"\xff\x15\x04#28000Access denied"))?;
        Ok(())
    };
    for case in (0..hello).flat_map(|at| [at, at + 256 * 7]) {
        let error = refused(play, case);
        let codes = [Code::ConnectFailed, Code::AuthenticationFailed];
        assert!(codes.contains(&error.code()), "{case}: {error}");
    }
}

fn silent() {
    let plays: [Play; 5] = [
        |client, _| silence(client),
        |client, _| {
            client.write_all(&greeting(NATIVE)[..9])?;
            silence(client)
        },
        |client, _| {
            client.write_all(&greeting(NATIVE))?;
            silence(client)
        },
        |client, _| {
            client.write_all(&greeting(NATIVE))?;
            heard(client)?;
            client.write_all(&packet(
                2,
                b"\xfecaching_sha2_password\0abcdefghijklmnopqrst\0",
            ))?;
            silence(client)
        },
        // A byte now and then is silence too.
        |client, _| loop {
            for byte in greeting(NATIVE) {
                client.write_all(&[byte])?;
                std::thread::sleep(Duration::from_millis(100));
            }
        },
    ];
    for (n, play) in plays.into_iter().enumerate() {
        let error = refused(play, 0);
        assert_eq!(error.code(), Code::ConnectFailed, "{n}: {error}");
        assert!(error.message().contains("does not answer"), "{n}: {error}");
    }
}

fn absurd_lengths() {
    let plays: [Play; 4] = [
        |client, _| pour(client, [0xff, 0xff, 0xff, 0]),
        |client, _| {
            client.write_all(&greeting(NATIVE))?;
            heard(client)?;
            pour(client, [0xff, 0xff, 0xff, 2])
        },
        // A version of a mebibyte.
        |client, _| {
            let mut hello = vec![10];
            hello.resize(1 << 20, b'9');
            client.write_all(&packet(0, &hello))
        },
        |client, _| loop {
            client.write_all(&[0, 0, 0, 0])?;
        },
    ];
    for (n, play) in plays.into_iter().enumerate() {
        let error = refused(play, 0);
        assert_eq!(error.code(), Code::ConnectFailed, "{n}: {error}");
    }
}

/// What may come instead of an answer to the login.
const ANSWERS: &[&[u8]] = &[
    b"",
    b"\0",
    b"\0\xfe",
    b"\0\0\0\x02\x40\0\0\0\xfe\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\0\0\0\x02\x40\0\0\xfb\xff",
    b"\x01",
    b"\x01\x03",
    b"\x01\x04",
    b"\x01P\x00",
    b"\x02mysql_native_password\0",
    b"\xfe",
    b"\xfe\0",
    b"\xfecaching_sha2_password",
    b"\xfecaching_sha2_password\0",
    b"\xfecaching_sha2_password\0short\0",
    b"\xfemysql_native_password\0",
    b"\xfemysql_native_password\0\0",
    b"\xfeclient_ed25519\0abcdefghijklmnopqrst\0",
    b"\xfesha256_password\0",
    b"\xfeparsec\0",
    b"\xfemysql_clear_password\0",
    b"\xfemysql_old_password\0abcdefgh",
    b"\xfedialog\0",
    b"\xfe\x1b[2J\0",
    b"\xff",
    b"\xff\xff\xff",
    b"\xff\x00\x00#",
    b"\xff\x15\x04#28000\x1b[2J\x07\r\n",
    b"\xfb/etc/passwd",
];

fn absurd_logins() {
    let play: Play = |client, case| {
        client.write_all(&greeting(NATIVE))?;
        heard(client)?;
        client.write_all(&packet(2, ANSWERS[case]))?;
        // Whatever is said then, twice.
        for answer in [&b"\x01\x04"[..], b"\x01-----BEGIN PUBLIC KEY-----\nMIIB"] {
            let number = heard(client)?;
            client.write_all(&packet(number + 1, answer))?;
        }
        Ok(())
    };
    let codes = [Code::ConnectFailed, Code::AuthenticationFailed];
    for case in 0..ANSWERS.len() {
        let error = refused(play, case);
        assert!(codes.contains(&error.code()), "{case}: {error}");
    }
    // The password itself is for nobody to ask in the clear.
    let clear = ANSWERS
        .iter()
        .position(|a| a.starts_with(b"\xfemysql_clear"));
    let error = refused(play, clear.unwrap());
    assert_eq!(error.code(), Code::AuthenticationFailed, "{error}");
    assert!(error.message().contains("mysql_clear_password"), "{error}");

    // A login that never ends, of each kind, and garbage for it.
    let loops: [Play; 4] = [
        |client, _| again(client, b"\xfemysql_native_password\0abcdefghijklmnopqrst\0"),
        |client, _| again(client, b"\xfecaching_sha2_password\0abcdefghijklmnopqrst\0"),
        |client, _| {
            client.write_all(&greeting("caching_sha2_password"))?;
            let mut number = heard(client)? + 1;
            loop {
                client.write_all(&packet(number, b"\x01\x03"))?;
                number = number.wrapping_add(1);
            }
        },
        |client, _| again(client, b"\xfeparsec\0abcdefghijklmnopqrstuvwxyz012345"),
    ];
    for play in loops {
        let error = refused(play, 0);
        assert_eq!(error.code(), Code::ConnectFailed, "{error}");
    }
    // A refusal of a mebibyte, one that just fits, and a plugin's name that does.
    let long: Play = |client, case| {
        client.write_all(&greeting(NATIVE))?;
        heard(client)?;
        let mut said = match case {
            2 => b"\xfe".to_vec(),
            _ => b"\xff\x15\x04#28000".to_vec(),
        };
        said.resize(if case == 0 { 1 << 20 } else { 65_000 }, b'\x1b');
        client.write_all(&packet(2, &said))
    };
    assert_eq!(refused(long, 0).code(), Code::ConnectFailed);
    assert_eq!(refused(long, 1).code(), Code::AuthenticationFailed);
    assert_eq!(refused(long, 2).code(), Code::AuthenticationFailed);
}

fn again(client: &mut TcpStream, said: &[u8]) -> std::io::Result<()> {
    client.write_all(&greeting(NATIVE))?;
    loop {
        let number = heard(client)?;
        client.write_all(&packet(number.wrapping_add(1), said))?;
    }
}

/// What may come instead of the answer to a question.
const QUESTIONED: &[&[u8]] = &[
    b"",
    b"\xfb/etc/passwd",
    b"\xfe\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\xfe\xff\xff\xff\xff\0\0\0\0",
    b"\xfd\xff\xff\xff",
    b"\xfc\x01",
    b"\xff",
    b"\0\xfe\xff",
    b"\0\0\0\x02\x40\0\0\0\x05\x00\xff\xff\xff\xff",
    b"\0\0\0\x02\x40\0\0\0\x03\x00\x01\xff",
    b"\x01",
    b"\x02",
];

fn absurd_answers() {
    let play: Play = |client, case| {
        welcome(client)?;
        heard(client)?;
        client.write_all(&packet(1, QUESTIONED[case]))?;
        // Where columns follow: one that is none.
        client.write_all(&packet(2, b"\x03def\xfe\xff\xff\xff\xff\xff\xff\xff\xff"))
    };
    let asked = |play: Play, case: usize| {
        let (opened, _) = met(play, case);
        let mut driver = opened.unwrap_or_else(|error| panic!("{case}: {error}"));
        let start = Instant::now();
        let error = driver.query("SELECT 1").unwrap_err();
        assert!(start.elapsed() < Duration::from_secs(8), "{case}");
        error
    };
    for case in 0..QUESTIONED.len() {
        let error = asked(play, case);
        assert_eq!(error.code(), Code::ConnectionLost, "{case}: {error}");
    }
    // Columns and rows that are none, answers that never end, another answer than was asked for.
    let plays: [Play; 7] = [
        |client, _| columned(client, b"\x02\x31"),
        |client, _| columned(client, b"\xfe\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0"),
        |client, _| columned(client, b""),
        |client, _| {
            welcome(client)?;
            heard(client)?;
            let mut number = 0u8;
            loop {
                number = number.wrapping_add(1);
                client.write_all(&packet(number, b"\xfc\xff\x0f"))?;
            }
        },
        |client, _| {
            welcome(client)?;
            heard(client)?;
            client.write_all(&packet(7, FINE))
        },
        |client, _| {
            welcome(client)?;
            heard(client)?;
            client.write_all(&packet(1, b"\x01"))?;
            pour(client, [0xff, 0xff, 0xff, 2])
        },
        |client, _| {
            welcome(client)?;
            heard(client)?;
            silence(client)
        },
    ];
    for (case, play) in plays.into_iter().enumerate() {
        let error = asked(play, case);
        assert_eq!(error.code(), Code::ConnectionLost, "{case}: {error}");
    }
    let several: Play = |client, _| {
        welcome(client)?;
        heard(client)?;
        client.write_all(&packet(1, b"\0\0\0\x0a\0\0\0"))?;
        client.write_all(&packet(2, FINE))
    };
    let error = asked(several, 0);
    assert!(error.message().contains("more than one"), "{error}");
}

/// One column, and a row that is this.
fn columned(client: &mut TcpStream, row: &[u8]) -> std::io::Result<()> {
    welcome(client)?;
    heard(client)?;
    client.write_all(&packet(1, b"\x01"))?;
    client.write_all(&packet(
        2,
        b"\x03def\0\0\0\x01a\x01a\x0c\x2d\0\0\0\0\0\xfd\0\0\0\0\0",
    ))?;
    client.write_all(&packet(3, b"\xfe\0\0\x02\0"))?;
    client.write_all(&packet(4, row))
}

fn garbage() {
    let play: Play = |client, seed| {
        let mut state = seed as u64 * 2 + 1;
        let mut next = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) as u8
        };
        let place = usize::from(next() % 3);
        if place > 0 {
            client.write_all(&greeting(
                ["mysql_native_password", "caching_sha2_password"][place - 1],
            ))?;
            heard(client)?;
        }
        let body: Vec<u8> = (0..next()).map(|_| next()).collect();
        client.write_all(&packet(if place > 0 { 2 } else { 0 }, &body))?;
        Ok(())
    };
    for seed in 0..300 {
        // Some of it may pass for a login.
        let (opened, taken) = met(play, seed);
        assert!(taken < Duration::from_secs(PATIENCE + 2), "seed {seed}");
        if let Ok(mut driver) = opened {
            assert!(driver.query("SELECT 1").is_err(), "seed {seed}");
        }
    }
}

#[test]
fn no_server_makes_it_hang_panic_or_grow() {
    early_close();
    silent();
    absurd_lengths();
    absurd_logins();
    absurd_answers();
    garbage();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    if let Some(peak) = peak {
        let kibibytes: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
        eprintln!("peak of client and servers together: {kibibytes} KiB");
        assert!(kibibytes < 64 << 10, "{kibibytes} KiB");
    }
}
