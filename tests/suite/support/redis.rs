//! The last database of the test server of Redis, empty, for one test at a time, and commands for it.

use initium_driver::Settings;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::{Mutex, MutexGuard};

const VARIABLE: &str = "INITIUM_TEST_REDIS_URL";
/// The one that nothing else of these tests uses.
const NUMBER: &str = "15";

/// Two tests of this program would see each other's keys.
static ALONE: Mutex<()> = Mutex::new(());

pub struct Redis {
    pub url: String,
    settings: Settings,
    _alone: MutexGuard<'static, ()>,
}

pub fn fresh() -> Option<Redis> {
    let Ok(given) = std::env::var(VARIABLE) else {
        if std::env::var("INITIUM_TEST_SERVERS").as_deref() == Ok("required") {
            panic!("{VARIABLE} is not set; run the tests with tests/run");
        }
        eprintln!("SKIPPED on redis: {VARIABLE} is not set; tests/run starts servers");
        return None;
    };
    let settings = Settings::parse(&given, VARIABLE).unwrap();
    let (scheme, rest) = given.split_once("://").unwrap();
    let authority = rest.split(['/', '?']).next().unwrap();
    let redis = Redis {
        url: format!("{scheme}://{authority}/{NUMBER}"),
        settings,
        _alone: ALONE.lock().unwrap_or_else(|broken| broken.into_inner()),
    };
    redis.empty();
    Some(redis)
}

impl Redis {
    pub fn empty(&self) {
        self.command(&["FLUSHDB"]);
    }

    /// What it answers, each part of a list on a line of its own.
    pub fn command(&self, words: &[&str]) -> String {
        let mut all: Vec<Vec<&str>> = Vec::new();
        if let Some(password) = &self.settings.password {
            let user = self.settings.user.as_deref().unwrap_or("default");
            all.push(vec!["AUTH", user, password.reveal()]);
        }
        all.extend([vec!["SELECT", NUMBER], words.to_vec()]);
        let host = &self.settings.hosts[0];
        let mut stream =
            TcpStream::connect((host.name.as_str(), host.port.unwrap_or(6379))).unwrap();
        for words in &all {
            let mut text = format!("*{}\r\n", words.len());
            for word in words {
                text += &format!("${}\r\n{word}\r\n", word.len());
            }
            stream.write_all(text.as_bytes()).unwrap();
        }
        let mut reader = BufReader::new(stream);
        let answers = all.iter().map(|_| answer(&mut reader));
        answers.last().unwrap()
    }

    /// Every key but those of ledgers, with its value and whether it ends.
    pub fn contents(&self) -> Vec<String> {
        let keys = self.command(&["KEYS", "*"]);
        let mut all: Vec<_> = keys
            .lines()
            .filter(|key| !key.contains("initium_migrate"))
            .map(|key| self.content(key))
            .collect();
        all.sort();
        all
    }

    fn content(&self, key: &str) -> String {
        let kind = self.command(&["TYPE", key]);
        let value = match kind.as_str() {
            "string" => self.command(&["GET", key]),
            "hash" => {
                let fields = self.command(&["HKEYS", key]);
                let field =
                    |field: &str| format!("{field}={}", self.command(&["HGET", key, field]));
                sorted(fields.lines().map(field).collect())
            }
            "set" => sorted(lines(&self.command(&["SMEMBERS", key]))),
            "list" => self.command(&["LRANGE", key, "0", "-1"]),
            "zset" => self.command(&["ZRANGE", key, "0", "-1", "WITHSCORES"]),
            other => panic!("{key} is a {other}"),
        };
        let ends = self.command(&["TTL", key]) != "-1";
        format!("{key} {kind} ends={ends} {value}")
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_string).collect()
}

fn sorted(mut all: Vec<String>) -> String {
    all.sort();
    all.join("\n")
}

fn answer(reader: &mut impl BufRead) -> String {
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let (sign, rest) = line.trim_end().split_at(1);
    match sign {
        "+" | ":" => rest.into(),
        "$" if rest == "-1" => "NULL".into(),
        "$" => {
            let mut bytes = vec![0; rest.parse::<usize>().unwrap() + 2];
            reader.read_exact(&mut bytes).unwrap();
            bytes.truncate(bytes.len() - 2);
            String::from_utf8(bytes).unwrap()
        }
        "*" => {
            let items = (0..rest.parse().unwrap()).map(|_| answer(reader));
            items.collect::<Vec<_>>().join("\n")
        }
        _ => panic!("redis says {line}"),
    }
}
