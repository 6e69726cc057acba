//! Questions: commands that write nothing, scripts in the form that cannot, and what is asked of many
//! keys.

use crate::bulk;
use crate::dialect::{Lua, QUESTIONS, SCRIPT, one};
use crate::error::failed;
use crate::refused::refused;
use crate::resp::Reply;
use crate::servers::{Where, Words};
use crate::session::Session;
use crate::text::{What, spelled};
use initium_driver::{Code, Error, Result, Rows};

pub fn query(session: &mut Session, text: &str) -> Result<Rows> {
    match one(text)? {
        What::Command(words) => command(session, words),
        What::Step { name, json, body } if name == SCRIPT => {
            let lua = Lua::read(&json)?;
            script(session, lua, body.unwrap_or_default())
        }
        What::Step { name, json, body } if QUESTIONS.contains(&name.as_str()) => {
            let step = bulk::parse(&name, &json, body.as_deref().unwrap_or_default())?;
            bulk::query(&step, session)
        }
        What::Step { name, .. } => Err(writes(&format!("initium.{name}"))),
    }
}

fn writes(what: &str) -> Error {
    Error::new(
        Code::StatementFailed,
        format!("{what} is no question: it may write, or never end"),
    )
    .help("a query is a command that only reads, a script, or initium.count, any, none, sample")
}

fn command(session: &mut Session, words: Words) -> Result<Rows> {
    if let Some(error) = refused(&words) {
        return Err(error);
    }
    let name = String::from_utf8_lossy(&words[0]).to_ascii_uppercase();
    if !only_reads(session, &words)? {
        return Err(writes(&name));
    }
    let place = match session.slot_of_command(&words)? {
        Some(slot) => Where::Slot(slot),
        None => Where::Anywhere,
    };
    let reply = session.servers.one(place, words)?;
    rows(reply)
}

/// By the server's own list; a command within a command is looked up by both names.
fn only_reads(session: &mut Session, words: &Words) -> Result<bool> {
    let info = |name: Vec<u8>| {
        let words = vec![b"COMMAND".to_vec(), b"INFO".to_vec(), name];
        (Where::Anywhere, words)
    };
    let mut questions = vec![info(words[0].clone())];
    if let Some(second) = words.get(1) {
        questions.push(info([&words[0][..], b"|", second].concat()));
    }
    let replies = session.servers.ask(&questions)?;
    if let Some(said) = replies.iter().find_map(Reply::error) {
        return Err(failed(said).help(
            "whether a command writes is asked with COMMAND INFO: give this user +command|info",
        ));
    }
    let known = |reply: &Reply| {
        let entry = reply.items().first()?;
        entry.items().get(2).map(|flags| flags.items().to_vec())
    };
    let flags = replies.iter().rev().find_map(known);
    // A command that is not there is refused by the server in its own words.
    let flags = flags.unwrap_or_default();
    let has = |word: &str| {
        flags
            .iter()
            .any(|flag| flag.text() == Some(word.as_bytes()))
    };
    let harmful = ["write", "admin", "pubsub", "blocking", "may_replicate"];
    Ok(has("readonly") || !(harmful.iter().any(|word| has(word)) || has("noscript")))
}

fn script(session: &mut Session, lua: Lua, body: String) -> Result<Rows> {
    let bytes = |list: Vec<String>| list.into_iter().map(String::into_bytes).collect::<Words>();
    let keys = bytes(lua.keys);
    let place = match session.one_slot(&keys)? {
        Some(slot) => Where::Slot(slot),
        None => Where::Anywhere,
    };
    let mut words = vec![b"EVAL_RO".to_vec(), body.into_bytes()];
    words.push(keys.len().to_string().into_bytes());
    words.extend(keys);
    words.extend(bytes(lua.args));
    let reply = session.servers.one(place, words)?;
    match reply.error() {
        Some(said) if said.contains("unknown command") => Err(Error::new(
            Code::NotSupported,
            "this server cannot run a script that only reads",
        )
        .help("EVAL_RO came with Redis 7; ask with commands instead")),
        _ => rows(reply),
    }
}

/// A list is rows, a list in it is the cells of one.
fn rows(reply: Reply) -> Result<Rows> {
    let rows = match reply {
        Reply::Error(said) => return Err(failed(&said)),
        Reply::List(items) => items.iter().map(cells).collect::<Result<_>>()?,
        other => vec![cells(&other)?],
    };
    Ok(Rows {
        columns: vec!["answer".into()],
        rows,
    })
}

fn cells(reply: &Reply) -> Result<Vec<Option<String>>> {
    Ok(match reply {
        Reply::Nil => vec![None],
        Reply::Integer(number) => vec![Some(number.to_string())],
        Reply::Status(word) => vec![Some(word.clone())],
        Reply::Text(bytes) => vec![Some(text(bytes))],
        Reply::Error(said) => return Err(failed(said)),
        Reply::List(items) => {
            let items = items.iter().map(cells).collect::<Result<Vec<_>>>()?;
            items.into_iter().flatten().collect()
        }
    })
}

/// Bytes that are no text are shown as they would be written.
fn text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => spelled(bytes),
    }
}
