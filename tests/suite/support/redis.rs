//! A Redis of a test's own, because a test may need one that is empty, paused or dead; and a client that
//! shares no code with the driver. The server goes away with the test.

use super::{Folder, initium};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub struct Server {
    pub port: u16,
    pub folder: Folder,
    child: Child,
}

/// A server, where one can be started and this build speaks to it.
pub fn redis() -> Option<Server> {
    let version = initium(&["--version"]).exits(0).out;
    if !version.contains("redis") {
        eprintln!("SKIPPED: this build has no driver for Redis");
        return None;
    }
    Server::start("redis-server")
}

impl Server {
    pub fn start(program: &str) -> Option<Server> {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
        let port = port.unwrap().port();
        let folder = Folder::new();
        // However the test ends, the server ends with it.
        let mut child = Command::new("setpriv")
            .args(["--pdeathsig", "KILL", program])
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--appendonly", "no", "--loglevel", "warning"])
            .args(["--dir", folder.root().to_str().unwrap()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let start = Instant::now();
        while Client::to(port).is_none() {
            if child.try_wait().unwrap().is_some() {
                let required = std::env::var("INITIUM_TEST_SERVERS").as_deref() == Ok("required");
                assert!(!required, "{program} does not start");
                eprintln!("SKIPPED: {program} does not start");
                return None;
            }
            assert!(
                start.elapsed() < Duration::from_secs(10),
                "{program} does not answer"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(Server {
            port,
            folder,
            child,
        })
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }

    pub fn connect(&self) -> Client {
        Client::to(self.port).unwrap()
    }

    /// What must not fail, as text.
    pub fn command(&self, words: &[&str]) -> String {
        self.connect().tell(words)
    }

    pub fn empty(&self) {
        self.command(&["FLUSHDB"]);
    }

    /// Every key but those of ledgers, with its value and whether it ends.
    pub fn contents(&self) -> Vec<String> {
        let mut client = self.connect();
        let all = client.contents("*").into_iter();
        let all = all.filter(|line| !line.contains("initium_migrate"));
        let ends = |line: &str| {
            let key = line.split('=').next().unwrap();
            self.command(&["TTL", key]) != "-1"
        };
        all.map(|line| format!("{line} ends={}", ends(&line)))
            .collect()
    }

    /// The binary, pointed at this server.
    pub fn initium(&self, arguments: &[&str]) -> super::Initium {
        initium(arguments)
            .env("REDIS_URL", &self.url())
            .env("DATABASE_URL", &self.url())
            .at(self.folder.root())
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reply {
    Nothing,
    Text(String),
    Number(i64),
    Error(String),
    List(Vec<Reply>),
}

impl Reply {
    /// As text, a list one line per item.
    pub fn text(&self) -> String {
        match self {
            Reply::Nothing => "(nil)".into(),
            Reply::Text(text) | Reply::Error(text) => text.clone(),
            Reply::Number(number) => number.to_string(),
            Reply::List(items) => {
                let lines: Vec<_> = items.iter().map(Reply::text).collect();
                lines.join("\n")
            }
        }
    }
}

pub struct Client {
    reader: BufReader<TcpStream>,
}

impl Client {
    pub fn to(port: u16) -> Option<Client> {
        let stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
        stream.set_nodelay(true).unwrap();
        Some(Client {
            reader: BufReader::new(stream),
        })
    }

    pub fn ask(&mut self, words: &[&str]) -> Reply {
        self.all(&[words]).remove(0)
    }

    /// What must not fail, as text.
    pub fn tell(&mut self, words: &[&str]) -> String {
        match self.ask(words) {
            Reply::Error(error) => panic!("{words:?}: {error}"),
            reply => reply.text(),
        }
    }

    /// Many at once.
    pub fn all(&mut self, commands: &[&[&str]]) -> Vec<Reply> {
        let mut bytes = Vec::new();
        for words in commands {
            bytes.extend(format!("*{}\r\n", words.len()).bytes());
            for word in *words {
                bytes.extend(format!("${}\r\n{word}\r\n", word.len()).bytes());
            }
        }
        self.reader.get_mut().write_all(&bytes).unwrap();
        commands.iter().map(|_| self.reply()).collect()
    }

    fn reply(&mut self) -> Reply {
        let mut line = String::new();
        if self.reader.read_line(&mut line).unwrap_or(0) == 0 {
            return Reply::Error("the connection ended".into());
        }
        let (kind, rest) = line.trim_end().split_at(1);
        match kind {
            "+" => Reply::Text(rest.into()),
            "-" => Reply::Error(rest.into()),
            ":" => Reply::Number(rest.parse().unwrap()),
            _ if rest.starts_with('-') => Reply::Nothing,
            "$" => {
                let mut bytes = vec![0; rest.parse::<usize>().unwrap() + 2];
                self.reader.read_exact(&mut bytes).unwrap();
                bytes.truncate(bytes.len() - 2);
                Reply::Text(String::from_utf8_lossy(&bytes).into_owned())
            }
            "*" => Reply::List((0..rest.parse().unwrap()).map(|_| self.reply()).collect()),
            _ => panic!("{line}"),
        }
    }

    /// Every key with its value, in an order that only content decides.
    pub fn contents(&mut self, pattern: &str) -> Vec<String> {
        let Reply::List(keys) = self.ask(&["KEYS", pattern]) else {
            panic!("no keys");
        };
        let mut keys: Vec<String> = keys.iter().map(Reply::text).collect();
        keys.sort();
        let mut lines = Vec::new();
        for key in keys {
            let value = match self.tell(&["TYPE", &key]).as_str() {
                "string" => self.ask(&["GET", &key]),
                "hash" => pairs(self.ask(&["HGETALL", &key])),
                "list" => self.ask(&["LRANGE", &key, "0", "-1"]),
                "set" => self.ask(&["SORT", &key, "ALPHA"]),
                "zset" => self.ask(&["ZRANGE", &key, "0", "-1", "WITHSCORES"]),
                kind => Reply::Text(kind.into()),
            };
            lines.push(format!("{key}={}", value.text().replace('\n', " ")));
        }
        lines
    }
}

/// The fields of a hash in the order of their names.
fn pairs(reply: Reply) -> Reply {
    let Reply::List(mut items) = reply else {
        return reply;
    };
    let mut pairs: Vec<_> = items.chunks_mut(2).map(|pair| pair.to_vec()).collect();
    pairs.sort();
    Reply::List(pairs.concat())
}
