//! A proxy that knows where a message ends, counts messages in both directions, and does one bad
//! thing at one of them. It must never change a byte of what it passes on.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

/// Who sends a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    Client = 0,
    Server = 1,
}

/// What happens at a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Variant {
    /// kill -9 of the victim (mostly the client), and the message goes nowhere.
    KillBefore,
    /// The message goes on, then kill -9.
    KillAfter,
    /// Both sides are cut, and the message goes nowhere.
    CutBefore,
    /// The message goes on, then both sides are cut.
    CutAfter,
    /// This part of the message in hundredths goes on, then both sides are cut.
    CutInside(usize),
    /// The message goes on, its answer comes, and is dropped with the connection.
    CutAnswer,
    /// Nothing goes on for a while.
    Freeze,
}

/// Which message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum When {
    /// The n-th of the run that goes this way, from 1.
    Nth(Way, usize),
    /// The first of the client that holds this text.
    Holds(&'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Point {
    pub when: When,
    pub variant: Variant,
}

/// Where a message ends is said in each protocol otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Speech {
    Postgres,
    Mysql,
    Redis,
}

type Killer = Arc<dyn Fn() + Send + Sync>;

#[derive(Default)]
struct State {
    counted: [usize; 2],
    point: Option<Point>,
    /// kill -9 of whoever is to die.
    victim: Option<Killer>,
    hit: bool,
    /// The next message of the server is dropped with its connection.
    drop_answer: bool,
    /// What the client sends waits here.
    held: bool,
    closed: bool,
}

pub struct Proxy {
    pub url: String,
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl Proxy {
    /// A proxy before the server of this URL.
    pub fn before(url: &str, point: Option<Point>) -> Proxy {
        let (scheme, rest) = url.split_once("://").unwrap();
        let (login, place) = rest.rsplit_once('@').unwrap_or(("", rest));
        let (server, name) = place.split_once('/').unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let login = match login {
            "" => String::new(),
            login => format!("{login}@"),
        };
        let url = format!("{scheme}://{login}{address}/{name}");
        let speech = match scheme {
            "redis" => Speech::Redis,
            scheme if scheme.starts_with("postgres") => Speech::Postgres,
            _ => Speech::Mysql,
        };
        let state = Arc::new(Mutex::new(State {
            point,
            ..State::default()
        }));
        let (shared, server) = (Arc::clone(&state), server.to_string());
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if shared.lock().unwrap().closed {
                    break;
                }
                // A server that is down answers with a connection that ends.
                let Ok(server) = TcpStream::connect(&server) else {
                    continue;
                };
                for side in [&client, &server] {
                    side.set_nodelay(true).unwrap();
                }
                for way in [Way::Client, Way::Server] {
                    let (from, to) = match way {
                        Way::Client => (client.try_clone(), server.try_clone()),
                        Way::Server => (server.try_clone(), client.try_clone()),
                    };
                    let pump = Pump {
                        from: from.unwrap(),
                        to: to.unwrap(),
                        way,
                        speech,
                        state: Arc::clone(&shared),
                    };
                    thread::spawn(move || pump.run());
                }
            }
        });
        Proxy {
            url,
            address,
            state,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Whom to kill. Until then no message goes on.
    pub fn client(&self, id: u32) {
        self.victim(move || {
            let mut kill = Command::new("kill");
            kill.args(["-9", &id.to_string()]).stderr(Stdio::null());
            let _ = kill.status();
        });
    }

    pub fn victim(&self, kill: impl Fn() + Send + Sync + 'static) {
        self.state().victim = Some(Arc::new(kill));
    }

    pub fn hit(&self) -> bool {
        self.state().hit
    }

    /// From now on nothing that the client sends arrives, until it is let go.
    pub fn hold(&self) {
        self.state().held = true;
    }

    pub fn release(&self) {
        self.state().held = false;
    }

    /// Messages of the client and of the server so far.
    pub fn counted(&self) -> [usize; 2] {
        self.state().counted
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.state().closed = true;
        // Ends the wait for the next client.
        let _ = TcpStream::connect(self.address);
    }
}

/// One direction of one connection.
struct Pump {
    from: TcpStream,
    to: TcpStream,
    way: Way,
    speech: Speech,
    state: Arc<Mutex<State>>,
}

impl Pump {
    fn run(mut self) {
        let mut kept = Vec::new();
        let mut buffer = [0; 65536];
        // The first message of a PostgreSQL client has no letter before its length.
        let mut first = self.speech == Speech::Postgres && self.way == Way::Client;
        while let Ok(n) = self.from.read(&mut buffer) {
            if n == 0 {
                break;
            }
            kept.extend_from_slice(&buffer[..n]);
            while let Some(length) = length(&kept, self.speech, first) {
                let message: Vec<u8> = kept.drain(..length).collect();
                first = false;
                if !self.pass(&message) {
                    return self.cut();
                }
            }
        }
        // Half a message is the sender's own end.
        let _ = self.to.write_all(&kept);
        let _ = self.to.shutdown(Shutdown::Write);
    }

    /// Passes a message on, or does the bad thing; false: nothing more goes this way.
    fn pass(&mut self, message: &[u8]) -> bool {
        let Some((variant, kill)) = self.fate(message) else {
            return self.to.write_all(message).is_ok();
        };
        match variant {
            Variant::KillBefore => kill(),
            Variant::KillAfter => {
                let _ = self.to.write_all(message);
                kill();
            }
            Variant::CutBefore => {}
            Variant::CutAfter => drop(self.to.write_all(message)),
            Variant::CutInside(part) => {
                let end = (message.len() * part / 100).clamp(1, message.len() - 1);
                let _ = self.to.write_all(&message[..end]);
            }
            Variant::CutAnswer => return self.to.write_all(message).is_ok(),
            Variant::Freeze => {
                thread::sleep(Duration::from_millis(300));
                return self.to.write_all(message).is_ok();
            }
        }
        false
    }

    fn fate(&self, message: &[u8]) -> Option<(Variant, Killer)> {
        let mut state = self.state.lock().unwrap();
        while state.held && self.way == Way::Client && !state.closed {
            drop(state);
            thread::sleep(Duration::from_millis(1));
            state = self.state.lock().unwrap();
        }
        // A message that came before the test knew the client's number waits for it.
        while state.point.is_some() && state.victim.is_none() {
            drop(state);
            thread::sleep(Duration::from_micros(200));
            state = self.state.lock().unwrap();
        }
        state.counted[self.way as usize] += 1;
        let victim = state.victim.clone().unwrap_or_else(|| Arc::new(|| {}));
        if self.way == Way::Server && state.drop_answer {
            state.drop_answer = false;
            return Some((Variant::CutBefore, victim));
        }
        let point = state.point.filter(|_| !state.hit)?;
        let here = match point.when {
            When::Nth(way, n) => way == self.way && state.counted[way as usize] == n,
            When::Holds(text) => {
                let text = text.as_bytes();
                self.way == Way::Client && message.windows(text.len()).any(|found| found == text)
            }
        };
        if !here {
            return None;
        }
        state.hit = true;
        state.drop_answer = point.variant == Variant::CutAnswer;
        Some((point.variant, victim))
    }

    fn cut(&self) {
        for side in [&self.from, &self.to] {
            let _ = side.shutdown(Shutdown::Both);
        }
    }
}

/// The length of the first message, once all of it is here.
fn length(bytes: &[u8], speech: Speech, first: bool) -> Option<usize> {
    let length = match (speech, first) {
        (Speech::Redis, _) => return value(bytes, 0),
        (Speech::Postgres, true) => {
            u32::from_be_bytes(bytes.get(..4)?.try_into().unwrap()) as usize
        }
        (Speech::Postgres, false) => {
            1 + u32::from_be_bytes(bytes.get(1..5)?.try_into().unwrap()) as usize
        }
        (Speech::Mysql, _) => {
            let head = bytes.get(..4)?;
            4 + u32::from_le_bytes([head[0], head[1], head[2], 0]) as usize
        }
    };
    (bytes.len() >= length).then_some(length)
}

/// Where a value of Redis that begins here ends: a command is a list of texts, an answer is any value.
fn value(bytes: &[u8], start: usize) -> Option<usize> {
    let rest = bytes.get(start..)?;
    let line = rest.windows(2).position(|two| two == b"\r\n")?;
    let end = start + line + 2;
    let count = || std::str::from_utf8(&rest[1..line]).unwrap().parse::<i64>();
    match *rest.first()? {
        b'$' => {
            let end = count().map_or(end, |n| if n < 0 { end } else { end + n as usize + 2 });
            (bytes.len() >= end).then_some(end)
        }
        b'*' => (0..count().unwrap()).try_fold(end, |at, _| value(bytes, at)),
        _ => Some(end),
    }
}

#[test]
fn the_end_of_each_value_of_redis_is_known_and_no_half_one_is_passed_on() {
    let whole = b"*3\r\n$3\r\nSET\r\n$1\r\na\r\n$4\r\n\r\n*1\r\n";
    for end in 0..whole.len() {
        assert_eq!(value(&whole[..end], 0), None, "{end}");
    }
    assert_eq!(value(whole, 0), Some(whole.len()));
    for (bytes, end) in [
        (b"+OK\r\n+".as_slice(), 5),
        (b":12\r\n", 5),
        (b"$-1\r\n$", 5),
        (b"*0\r\n", 4),
        (b"*-1\r\n", 5),
        (b"*2\r\n*1\r\n:1\r\n$0\r\n\r\n-", 18),
    ] {
        assert_eq!(value(bytes, 0), Some(end), "{bytes:?}");
    }
}
