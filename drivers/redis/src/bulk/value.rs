//! What keys hold, in a form in which equal values are equal, whatever server they come from.

use crate::ground::Ground;
use crate::resp::Reply;
use initium_driver::sorted;
use initium_driver::{Code, Error, Result};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    pub kind: String,
    /// Whether it ends by itself.
    pub ends: bool,
    parts: Vec<Reply>,
}

/// `None` where there is no such key. All of them are held at once: ask for few.
pub fn values(keys: &[&[u8]], ground: &mut dyn Ground) -> Result<Vec<Option<Value>>> {
    let mut asked = Vec::new();
    for key in keys {
        asked.extend([command("TYPE", key, &[]), command("PTTL", key, &[])]);
    }
    let known = ground.read(&asked)?;
    let kind = |index: usize| -> &[u8] {
        let reply = known.get(2 * index);
        reply.and_then(Reply::text).unwrap_or(b"none")
    };
    let mut asked = Vec::new();
    for (index, key) in keys.iter().enumerate() {
        asked.push(match kind(index) {
            b"string" => command("GET", key, &[]),
            b"hash" => command("HGETALL", key, &[]),
            b"list" => command("LRANGE", key, &["0", "-1"]),
            b"set" => command("SMEMBERS", key, &[]),
            b"zset" => command("ZRANGE", key, &["0", "-1", "WITHSCORES"]),
            b"stream" => command("XRANGE", key, &["-", "+"]),
            _ => command("DUMP", key, &[]),
        });
    }
    let read = ground.read(&asked)?;
    let mut all = Vec::with_capacity(keys.len());
    for (index, reply) in read.into_iter().enumerate() {
        let kind = kind(index);
        let ends = known.get(2 * index + 1).and_then(Reply::integer) != Some(-1);
        let parts = match reply {
            Reply::Nil => Vec::new(),
            Reply::Error(text) if text.starts_with("WRONGTYPE") => vec![Reply::Error(text)],
            Reply::Error(text) => return Err(Error::new(Code::StatementFailed, text)),
            Reply::List(items) => sorted(kind, items),
            other => vec![other],
        };
        let value = Value {
            kind: String::from_utf8_lossy(kind).into_owned(),
            ends,
            parts,
        };
        // No type holds nothing; it went between the two questions.
        let there = kind != b"none" && !value.parts.is_empty();
        all.push((there || kind == b"stream").then_some(value));
    }
    Ok(all)
}

/// Hashes and sets are shown in any order.
fn sorted(kind: &[u8], items: Vec<Reply>) -> Vec<Reply> {
    let width = match kind {
        b"hash" => 2,
        b"set" => 1,
        _ => return items,
    };
    let mut groups: Vec<&[Reply]> = items.chunks(width).collect();
    sorted::by_key(&mut groups, |group| group[0].text());
    groups.concat()
}

pub fn command(verb: &str, key: &[u8], rest: &[&str]) -> Vec<Vec<u8>> {
    let mut parts = vec![verb.into(), key.to_vec()];
    parts.extend(rest.iter().map(|part| part.as_bytes().to_vec()));
    parts
}
