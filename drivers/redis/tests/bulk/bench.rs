//! A ground over TCP to a real server, as plain as can be: it has a lock, counts round trips, and
//! can be stopped in the middle. As a cluster it is that one server, but checks that no script
//! touches two slots.

#![allow(dead_code)]

use initium_driver::{Code, Error, Progress, Result, Rows};
use initium_redis::bulk;
use initium_redis::ground::{Call, Ground, Page, Scan};
use initium_redis::resp::{Reply, Sending};
use std::collections::{HashMap, VecDeque};
use std::io::{BufReader, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::time::Duration;

const VARIABLE: &str = "INITIUM_TEST_REDIS_URL";
static FREE: Mutex<Vec<u32>> = Mutex::new(Vec::new());
static BEGUN: Mutex<bool> = Mutex::new(false);

/// When a run dies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Death {
    /// Before the server hears of the n-th round of scripts.
    Before(usize),
    /// When the server is done with it.
    Behind(usize),
}

type Hook = Box<dyn FnMut(&mut Client)>;

pub struct Bench {
    pub client: Client,
    db: u32,
    pub cluster: bool,
    pub death: Option<Death>,
    /// Rounds with scripts, and all rounds.
    pub rounds: usize,
    pub trips: usize,
    pub paused: Duration,
    /// Called before each round of scripts: somebody else's work.
    pub meanwhile: Option<Hook>,
    pub generation: String,
    hashes: HashMap<&'static str, Vec<u8>>,
    /// Answers that nobody has fetched.
    landed: VecDeque<(Vec<Reply>, Option<Page>)>,
}

pub struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    fn open() -> Option<Client> {
        let url = match std::env::var(VARIABLE) {
            Ok(url) if !url.is_empty() => url,
            _ if std::env::var("INITIUM_TEST_SERVERS").as_deref() == Ok("required") => {
                panic!("{VARIABLE} is not set and INITIUM_TEST_SERVERS=required")
            }
            _ => {
                eprintln!("SKIPPED: {VARIABLE} is not set");
                return None;
            }
        };
        let rest = url.split_once("://").expect("a URL").1;
        let (login, rest) = rest.rsplit_once('@').unwrap_or(("", rest));
        let host = rest.split('/').next().expect("a host");
        let stream = TcpStream::connect(host).expect("a server");
        stream.set_nodelay(true).expect("a socket");
        let mut client = Client {
            stream: BufReader::with_capacity(1 << 16, stream),
        };
        if let Some((user, password)) = login.split_once(':') {
            let words = ["AUTH", user, password];
            let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
            client.ask(&words);
        }
        Some(client)
    }

    pub fn send(&mut self, sending: &Sending) -> Vec<Reply> {
        self.stream
            .get_mut()
            .write_all(&sending.bytes)
            .expect("sent");
        let read = |_| Reply::read(&mut self.stream).expect("a reply");
        (0..sending.count).map(read).collect()
    }

    pub fn ask<P: AsRef<[u8]>>(&mut self, parts: &[P]) -> Reply {
        let mut sending = Sending::default();
        sending.command(parts);
        self.send(&sending).remove(0)
    }

    /// Words of a line, without quotes.
    pub fn say(&mut self, line: &str) -> Reply {
        let reply = self.ask(&line.split(' ').collect::<Vec<_>>());
        assert_eq!(reply.error(), None, "{line}");
        reply
    }

    pub fn text(&mut self, line: &str) -> String {
        match self.say(line) {
            Reply::Text(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Reply::Status(word) => word,
            Reply::Integer(number) => number.to_string(),
            Reply::Nil => "nil".into(),
            Reply::List(items) => {
                let texts = items.iter().map(|item| {
                    String::from_utf8_lossy(item.text().unwrap_or_default()).into_owned()
                });
                texts.collect::<Vec<_>>().join(" ")
            }
            Reply::Error(text) => text,
        }
    }
}

impl Bench {
    pub fn new() -> Option<Bench> {
        let mut client = Client::open()?;
        let db = loop {
            let mut begun = BEGUN.lock().expect("a lock");
            let mut free = FREE.lock().expect("a lock");
            if !*begun {
                *begun = true;
                free.extend(8..16);
            }
            if let Some(db) = free.pop() {
                break db;
            }
            drop((begun, free));
            std::thread::sleep(Duration::from_millis(20));
        };
        client.say(&format!("SELECT {db}"));
        client.say("FLUSHDB");
        client.say("SET {bench}:lock token");
        client.say("SET {bench}:fence 7");
        Some(Bench {
            client,
            db,
            cluster: false,
            death: None,
            rounds: 0,
            trips: 0,
            paused: Duration::ZERO,
            meanwhile: None,
            generation: "one".into(),
            hashes: HashMap::new(),
            landed: VecDeque::new(),
        })
    }

    pub fn say(&mut self, line: &str) -> Reply {
        self.client.say(line)
    }

    pub fn text(&mut self, line: &str) -> String {
        self.client.text(line)
    }

    pub fn ask<P: AsRef<[u8]>>(&mut self, parts: &[P]) -> Reply {
        self.client.ask(parts)
    }

    pub fn run(&mut self, name: &str, json: &str) -> Result<Progress> {
        self.lua(name, json, "")
    }

    pub fn lua(&mut self, name: &str, json: &str, body: &str) -> Result<Progress> {
        let step = bulk::parse(name, json, body)?;
        bulk::run(&step, "up/1/test", self, &mut |_| Ok(()))
    }

    /// What a new run does: the note of the one before is gone.
    pub fn fresh(&mut self, name: &str, json: &str) -> Result<Progress> {
        self.say("DEL {bench}:marks");
        self.run(name, json)
    }

    pub fn query(&mut self, name: &str, json: &str) -> Rows {
        let step = bulk::parse(name, json, "").expect("a question");
        bulk::query(&step, self).expect("an answer")
    }

    pub fn answer(&mut self, name: &str, json: &str) -> String {
        let rows = self.query(name, json);
        rows.first().expect("a cell").to_string()
    }

    /// All keys with their type, value and whether they end, without the ledger's.
    pub fn everything(&mut self) -> Vec<String> {
        let Reply::List(keys) = self.say("KEYS *") else {
            panic!("no list");
        };
        let mut all = Vec::new();
        for key in keys {
            let key = key.text().expect("a key").to_vec();
            if self.ours(&key) {
                continue;
            }
            let kind = self.ask(&[b"TYPE", &key[..]]);
            let read: &[&[u8]] = match kind.text().expect("a type") {
                b"string" => &[b"GET", &key],
                b"hash" => &[b"HGETALL", &key],
                b"list" => &[b"LRANGE", &key, b"0", b"-1"],
                b"set" => &[b"SMEMBERS", &key],
                _ => &[b"ZRANGE", &key, b"0", b"-1", b"WITHSCORES"],
            };
            let value = self.ask(read);
            let ends = self.ask(&[b"PTTL", &key[..]]).integer() != Some(-1);
            all.push(format!("{} {kind:?} {value:?} {ends}", key.escape_ascii()));
        }
        all.sort();
        all
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.client.say("FLUSHDB");
        }
        FREE.lock().expect("a lock").push(self.db);
    }
}

pub fn counts(progress: Progress) -> (u64, u64, u64) {
    (progress.processed, progress.skipped, progress.failed)
}

fn lost() -> Error {
    Error::new(Code::ConnectionLost, "the bench died")
}

impl Bench {
    fn both(&mut self, calls: &[Call], scan: Option<Scan>) -> Result<(Vec<Reply>, Option<Page>)> {
        self.trips += 1;
        if !calls.is_empty() {
            self.rounds += 1;
            if let Some(mut hook) = self.meanwhile.take() {
                hook(&mut self.client);
                self.meanwhile = Some(hook);
            }
        }
        if !calls.is_empty() && self.death == Some(Death::Before(self.rounds)) {
            return Err(lost());
        }
        let mut sending = Sending::default();
        for call in calls {
            let text = call.script.text;
            if !self.hashes.contains_key(text) {
                let hash = self.client.ask(&["SCRIPT", "LOAD", text]);
                let hash = hash.text().unwrap_or_else(|| panic!("{hash:?}")).to_vec();
                self.hashes.insert(text, hash);
            }
            let slot = call.keys.first().and_then(|key| self.slot(key));
            for key in &call.keys {
                assert_eq!(self.slot(key), slot, "a script touches two slots");
            }
            let guard = match slot {
                Some(slot) => [
                    String::new(),
                    format!("{{bench}}:slot:{slot}"),
                    String::new(),
                ],
                None => [
                    "{bench}:lock".into(),
                    "{bench}:fence".into(),
                    "token".into(),
                ],
            };
            sending.begin(3 + 2 + call.keys.len() + 3 + call.args.len());
            sending.part(b"EVALSHA");
            sending.part(&self.hashes[text]);
            sending.part((2 + call.keys.len()).to_string().as_bytes());
            sending.part(guard[0].as_bytes());
            sending.part(guard[1].as_bytes());
            call.keys.iter().for_each(|key| sending.part(key));
            sending.part(guard[2].as_bytes());
            sending.part(b"7");
            sending.part(b"30000");
            call.args.iter().for_each(|arg| sending.part(arg));
        }
        let mut scanned = scan.is_some();
        if let Some(scan) = scan {
            let count = scan.count.to_string();
            let mut parts = vec![b"SCAN".to_vec(), scan.cursor.to_vec(), b"COUNT".to_vec()];
            parts.push(count.into());
            if scan.pattern != b"*" {
                parts.extend([b"MATCH".to_vec(), scan.pattern.to_vec()]);
            }
            if let Some(kind) = scan.kind {
                parts.extend([b"TYPE".to_vec(), kind.into()]);
            }
            sending.command(&parts);
        }
        let mut replies = self.client.send(&sending);
        if !calls.is_empty() && self.death == Some(Death::Behind(self.rounds)) {
            return Err(lost());
        }
        let mut page = None;
        if std::mem::take(&mut scanned) {
            let Some(Reply::List(mut parts)) = replies.pop() else {
                panic!("no page");
            };
            let Some(Reply::List(keys)) = parts.pop() else {
                panic!("no keys");
            };
            let keys = keys.into_iter().map(|key| match key {
                Reply::Text(bytes) => bytes,
                other => panic!("{other:?}"),
            });
            page = Some(Page {
                keys: keys.collect(),
                cursor: parts[0].text().expect("a cursor").to_vec(),
            });
        }
        if replies
            .iter()
            .any(|reply| reply.error().is_some_and(|text| text.contains("LEASELOST")))
        {
            return Err(Error::new(Code::LeaseLost, "the lock was taken"));
        }
        Ok((replies, page))
    }
}

impl Ground for Bench {
    fn servers(&mut self) -> Result<usize> {
        Ok(1)
    }

    fn generation(&mut self, _server: usize) -> Result<String> {
        Ok(self.generation.clone())
    }

    fn size(&mut self, _server: usize) -> Result<u64> {
        Ok(self.say("DBSIZE").integer().unwrap_or(0) as u64)
    }

    fn begin(&mut self, calls: &[Call], scan: Option<Scan>) -> Result<()> {
        let landed = self.both(calls, scan)?;
        self.landed.push_back(landed);
        Ok(())
    }

    fn finish(&mut self) -> Result<(Vec<Reply>, Option<Page>)> {
        Ok(self.landed.pop_front().expect("nothing was begun"))
    }

    fn read(&mut self, commands: &[Vec<Vec<u8>>]) -> Result<Vec<Reply>> {
        self.trips += 1;
        let mut sending = Sending::default();
        commands.iter().for_each(|command| sending.command(command));
        Ok(self.client.send(&sending))
    }

    fn slot(&self, key: &[u8]) -> Option<u16> {
        self.cluster.then(|| slot(key))
    }

    fn ours(&self, key: &[u8]) -> bool {
        key.starts_with(b"{bench}:")
    }

    fn note(&mut self, name: &str) -> Result<Option<Vec<u8>>> {
        let note = self.say(&format!("HGET {{bench}}:marks {name}"));
        Ok(note.text().map(<[u8]>::to_vec))
    }

    fn keep(&mut self, name: &str, note: &[u8]) -> Result<()> {
        self.ask(&[&b"HSET"[..], b"{bench}:marks", name.as_bytes(), note]);
        Ok(())
    }

    fn notes(&self) -> Vec<u8> {
        b"{bench}:marks".to_vec()
    }

    fn pause(&mut self, time: Duration) -> Result<()> {
        self.paused += time;
        Ok(())
    }
}

/// CRC16 of what stands between the first braces, or of the key.
pub fn slot(key: &[u8]) -> u16 {
    let open = key.iter().position(|byte| *byte == b'{');
    let tag = open.and_then(|open| {
        let rest = &key[open + 1..];
        let close = rest.iter().position(|byte| *byte == b'}')?;
        (close > 0).then(|| &rest[..close])
    });
    let crc = tag.unwrap_or(key).iter().fold(0u16, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte) << 8, |crc, _| {
            if crc & 0x8000 == 0 {
                crc << 1
            } else {
                crc << 1 ^ 0x1021
            }
        })
    });
    crc % 16384
}
