//! A server that means harm: absurd lengths, words without end, an end after each byte, logins that
//! nobody knows. (Catches a run that hangs, panics, fills the memory, or shows what a terminal obeys.)

use super::support::{initium, ran};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// What the server does behind the client's first words.
type Script = Arc<dyn Fn(&mut TcpStream) -> std::io::Result<()> + Send + Sync>;

struct Case {
    name: String,
    script: Script,
    mode: &'static str,
    /// One of these; nothing else is right.
    codes: &'static [&'static str],
}

const PATIENCE: Duration = Duration::from_millis(800);
/// A machine that is busy.
const SLACK: Duration = Duration::from_secs(8);

const QUESTION: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];
/// AuthenticationOk, a parameter, the session's key, ReadyForQuery.
const LOGIN: &[u8] =
    b"R\0\0\0\x08\0\0\0\0S\0\0\0\x09a\0bc\0K\0\0\0\x0c\0\x01\x02\x03\0\0\0\x09Z\0\0\0\x05I";

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = (body.len() as u32 + 4).to_be_bytes();
    [&[kind], &length[..], body].concat()
}

fn asks(method: u32, body: &[u8]) -> Vec<u8> {
    message(b'R', &[&method.to_be_bytes(), body].concat())
}

/// Until the client goes.
fn hold(client: &mut TcpStream) -> std::io::Result<()> {
    while client.read(&mut [0; 1 << 12])? > 0 {}
    Ok(())
}

fn forever(client: &mut TcpStream, words: &[u8]) -> std::io::Result<()> {
    let many = words.repeat(1 + (1 << 14) / words.len());
    loop {
        client.write_all(&many)?;
    }
}

fn serve(listener: &TcpListener, case: &Case) {
    for mut client in listener.incoming().flatten() {
        let script = case.script.clone();
        let tls = case.mode == "require";
        std::thread::spawn(move || {
            let mut first = [0; 8];
            client.read_exact(&mut first)?;
            if !tls {
                if first == QUESTION {
                    return client.write_all(b"N");
                }
                let length = u32::from_be_bytes([first[0], first[1], first[2], first[3]]);
                client.read_exact(&mut vec![0; length as usize - 8])?;
            }
            script(&mut client)
        });
    }
}

/// What is wrong with it; nothing, usually.
fn run(case: Case, peak: &AtomicUsize) -> Vec<String> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (name, codes, mode) = (case.name.clone(), case.codes, case.mode);
    std::thread::spawn(move || serve(&listener, &case));
    let patience = format!("{}ms", PATIENCE.as_millis());
    let start = Instant::now();
    let mut child = initium(&["migrate", "history", "--connect-timeout", &patience])
        .env(
            "DATABASE_URL",
            &format!("postgres://u:hunter2@127.0.0.1:{port}/db?sslmode={mode}"),
        )
        .spawn();
    let mut most = 0;
    while child.try_wait().unwrap().is_none() {
        most = most.max(super::support::peak(&child) as usize);
        if start.elapsed() > PATIENCE + SLACK + SLACK {
            let _ = child.kill();
        }
        std::thread::sleep(Duration::from_millis(3));
    }
    let taken = start.elapsed();
    peak.fetch_max(most, Ordering::SeqCst);
    let ran = ran(child);
    let mut wrong = Vec::new();
    let mut expect = |what: String, holds: bool| {
        if !holds {
            wrong.push(format!(
                "{name}: {what}: {} {}",
                ran.status,
                &ran.err.chars().take(600).collect::<String>()
            ));
        }
    };
    expect(format!("{taken:?}"), taken < PATIENCE + SLACK);
    expect(format!("{most} KiB"), most < 64 << 10);
    expect(format!("{codes:?}"), codes.contains(&ran.code()));
    expect("exit status".into(), [1, 2, 5].contains(&ran.status));
    expect("help".into(), ran.err.contains("\n  help: "));
    expect("no panic".into(), !ran.err.contains("panicked"));
    expect(
        "no control characters".into(),
        !ran.err.contains(['\u{1b}', '\u{7}', '\u{9b}']),
    );
    expect("no secret".into(), !ran.err.contains("hunter2"));
    wrong
}

struct Cases(Vec<Case>);

impl Cases {
    fn add(
        &mut self,
        name: impl Into<String>,
        codes: &'static [&'static str],
        script: impl Fn(&mut TcpStream) -> std::io::Result<()> + Send + Sync + 'static,
    ) {
        self.0.push(Case {
            name: name.into(),
            script: Arc::new(script),
            mode: "disable",
            codes,
        });
    }

    /// Several at a time: most of them wait.
    fn run(self) {
        let count = self.0.len();
        let queue = Mutex::new(self.0);
        let (wrong, done) = (Mutex::new(Vec::new()), AtomicUsize::new(0));
        let peak = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| {
                    loop {
                        let Some(case) = queue.lock().unwrap().pop() else {
                            return;
                        };
                        let found = run(case, &peak);
                        wrong.lock().unwrap().extend(found);
                        done.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
        });
        assert_eq!(done.into_inner(), count);
        println!(
            "{count} ways to mean harm, at most {} KiB",
            peak.into_inner()
        );
        let wrong = wrong.into_inner().unwrap();
        assert!(
            wrong.is_empty(),
            "{} of {count}:\n{}",
            wrong.len(),
            wrong.join("\n")
        );
    }
}

const AWAY: &[&str] = &["connect-failed"];
const DENIED: &[&str] = &["authentication-failed"];

#[test]
fn a_login_without_sense_or_end_is_given_up_in_time() {
    let mut cases = Cases(Vec::new());
    for kind in *b"RSNEKZ\0v" {
        for length in [
            0u32,
            1,
            3,
            u32::MAX,
            1 << 31,
            (1 << 31) - 1,
            1 << 30,
            1 << 17,
        ] {
            let name = format!("{:?} of {length}", kind as char);
            cases.add(name, AWAY, move |client| {
                client.write_all(&[kind])?;
                client.write_all(&length.to_be_bytes())?;
                forever(client, &[0])
            });
        }
    }
    cases.add("notices without end", AWAY, |client| {
        forever(client, &message(b'N', b"SNOTICE\0C00000\0Mhello\0\0"))
    });
    cases.add("notices without end behind the password", AWAY, |client| {
        client.write_all(&asks(0, b""))?;
        forever(client, &message(b'N', b"SNOTICE\0C00000\0Mhello\0\0"))
    });
    cases.add("parameters without end", AWAY, |client| {
        client.write_all(&asks(0, b""))?;
        let mut number = 0u64;
        loop {
            number += 1;
            let name = format!("name{number}\0value\0");
            client.write_all(&message(b'S', name.as_bytes()))?;
        }
    });
    cases.add("one byte at a time", AWAY, |client| {
        loop {
            client.write_all(&message(b'N', &[0; 100])[..1])?;
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    cases.add("another protocol", AWAY, |client| {
        client.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    });
    cases.add("a redis", AWAY, |client| {
        client.write_all(b"-ERR unknown command\r\n")
    });
    cases.add("an error of a megabyte", AWAY, |client| {
        let text = [b"SFATAL\0C28P01\0M", &[b'x'; 1 << 20][..], b"\0\0"].concat();
        client.write_all(&message(b'E', &text))
    });
    cases.add("an error that a terminal would obey", DENIED, |client| {
        let text =
            b"SFATAL\0C28P01\0M\x1b[2J\x1b]0;gone\x07 \xc2\x9b2J no\0D\x1b[31m\0H\x1b[1A\0\0";
        client.write_all(&message(b'E', text))
    });
    cases.add("an error without fields", AWAY, |client| {
        client.write_all(&message(b'E', b"\0"))
    });
    cases.add("an error that is no text", DENIED, |client| {
        client.write_all(&message(b'E', b"SFATAL\0C28P01\0M\xff\xfe\0\0"))
    });
    cases.run();
}

#[test]
fn a_login_that_ends_or_falls_silent_anywhere_is_given_up_in_time() {
    let mut cases = Cases(Vec::new());
    for end in 0..=LOGIN.len() {
        let codes: &[&str] = match end == LOGIN.len() {
            true => &["connection-lost"],
            false => AWAY,
        };
        cases.add(format!("an end behind byte {end}"), codes, move |client| {
            client.write_all(&LOGIN[..end])
        });
    }
    for end in [0, 3, 9, 19, 24, 32, 37] {
        cases.add(format!("silence behind byte {end}"), AWAY, move |client| {
            client.write_all(&LOGIN[..end])?;
            hold(client)
        });
    }
    cases.run();
}

#[test]
fn a_login_that_nobody_knows_or_that_proves_nothing_is_refused() {
    let mut cases = Cases(Vec::new());
    for method in [2, 6, 7, 9] {
        cases.add(format!("login {method}"), DENIED, move |client| {
            client.write_all(&asks(method, b""))?;
            hold(client)
        });
    }
    for method in [1, 4, 8, 11, 12, 99, u32::MAX] {
        cases.add(format!("login {method}"), AWAY, move |client| {
            client.write_all(&asks(method, b"abcd"))?;
            hold(client)
        });
    }
    cases.add("a password in the clear", DENIED, |client| {
        client.write_all(&asks(3, b""))?;
        hold(client)
    });
    for (name, words) in [
        ("an unknown mechanism", &b"PLAIN\0\0"[..]),
        ("no mechanism", b"\0"),
        ("a mechanism without end", b"SCRAM-SHA-256"),
    ] {
        let codes: &[&str] = &["authentication-failed", "connect-failed"];
        cases.add(name, codes, move |client| {
            client.write_all(&asks(10, words))?;
            hold(client)
        });
    }
    for (name, salt, rounds, last) in [
        ("a wrong signature", "AAAA", "4096", "v=AAAA"),
        ("a signature that is none", "AAAA", "4096", "v=?"),
        ("an error for a signature", "AAAA", "4096", "e=other-error"),
        ("a hash of days", "AAAA", "2147483648", ""),
        ("a hash of hours", "AAAA", "2147483647", ""),
        ("a hash of no round", "AAAA", "0", ""),
        ("a hash of minus one", "AAAA", "-1", ""),
        ("a salt that is none", "?", "4096", ""),
    ] {
        cases.add(
            name,
            &["authentication-failed", "connect-failed"],
            move |client| {
                client.write_all(&asks(10, b"SCRAM-SHA-256\0\0"))?;
                let mut said = [0; 256];
                let n = client.read(&mut said)?;
                let said = String::from_utf8_lossy(&said[..n]).into_owned();
                let nonce = said.rsplit_once("r=").map_or("", |(_, nonce)| nonce);
                let first = format!("r={nonce}more,s={salt},i={rounds}");
                client.write_all(&asks(11, first.as_bytes()))?;
                let _ = client.read(&mut [0; 512])?;
                client.write_all(&asks(12, last.as_bytes()))?;
                client.write_all(LOGIN)?;
                hold(client)
            },
        );
    }
    cases.run();
}

#[test]
fn an_answer_without_sense_or_end_is_given_up() {
    const LOST: &[&str] = &["connection-lost"];
    let mut cases = Cases(Vec::new());
    let mut answer = |name: &str, codes, words: Vec<u8>, more: Vec<u8>| {
        cases.add(name, codes, move |client| {
            client.write_all(LOGIN)?;
            let _ = client.read(&mut [0; 1 << 13])?;
            client.write_all(&words)?;
            match more.is_empty() {
                true => hold(client),
                false => forever(client, &more),
            }
        });
    };
    let odd: &[&str] = &["connection-lost", "statement-failed"];
    let row = message(b'D', b"\0\x01\0\0\0\x04text");
    let columns = message(
        b'T',
        b"\0\x01a\0\0\0\0\0\0\0\0\0\0\x19\xff\xff\xff\xff\xff\xff\0\0",
    );
    answer("rows without end", LOST, columns, row);
    answer("rows of nothing", odd, vec![], message(b'D', b"\0\0"));
    answer(
        "a row of a gigabyte",
        LOST,
        b"D\x40\0\0\0".to_vec(),
        vec![0; 100],
    );
    answer(
        "a message of minus one",
        LOST,
        b"D\xff\xff\xff\xff".to_vec(),
        vec![0],
    );
    answer("a message of nothing", LOST, b"D\0\0\0\0".to_vec(), vec![]);
    answer(
        "notices without end",
        LOST,
        vec![],
        message(b'N', b"SNOTICE\0C00000\0Mx\0\0"),
    );
    answer(
        "notifications without end",
        LOST,
        vec![],
        message(b'A', b"\0\0\0\x01a\0b\0"),
    );
    answer(
        "ends without end",
        LOST,
        vec![],
        message(b'C', b"SELECT 1\0"),
    );
    answer(
        "65535 columns",
        odd,
        message(b'T', b"\xff\xff"),
        message(b'Z', b"I"),
    );
    answer(
        "a row of other columns",
        odd,
        message(b'D', b"\xff\xffabc"),
        message(b'Z', b"I"),
    );
    answer(
        "another protocol",
        odd,
        b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(),
        vec![0],
    );
    answer(
        "a copy that nobody wants",
        odd,
        message(b'G', b"\0\0\0"),
        message(b'Z', b"I"),
    );
    cases.run();
}

#[test]
fn a_tls_handshake_without_sense_or_end_is_given_up_in_time() {
    const BROKEN: &[&str] = &["tls-failed", "connect-failed"];
    let mut cases = Cases(Vec::new());
    for (name, codes, words, more) in [
        ("no", &["tls-refused"][..], &b"N"[..], &b""[..]),
        ("an error", AWAY, b"E\0\0\0\x0aSFATAL", b""),
        ("another letter", &["tls-failed"], b"X", b""),
        ("silence", AWAY, b"", b""),
        ("silence in the handshake", AWAY, b"S", b""),
        ("half a record", AWAY, b"S\x16\x03\x03", b""),
        ("zeros", BROKEN, b"S", b"\0"),
        ("records of nothing", BROKEN, b"S", b"\x16\x03\x03\0\0"),
        (
            "the longest records",
            BROKEN,
            b"S\x16\x03\x03\x40\0\x02\xff\xff\xff",
            b"\0",
        ),
        (
            "warnings without end",
            BROKEN,
            b"S",
            b"\x15\x03\x03\0\x02\x01\x5a",
        ),
    ] {
        cases.add(name, codes, move |client| {
            client.write_all(words)?;
            match more.is_empty() {
                true => hold(client),
                false => forever(client, more),
            }
        });
    }
    cases.add("an end", AWAY, |_| Ok(()));
    cases.add("an end in the handshake", AWAY, |client| {
        client.write_all(b"S")
    });
    for case in &mut cases.0 {
        case.mode = "require";
    }
    cases.run();
}
