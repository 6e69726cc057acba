//! Reading the ledger, and preparing it. What reads works for a user who may only read.

use crate::entries;
use crate::lock::{foreign, wrong};
use crate::lua;
use crate::resp::Reply;
use crate::session::Session;
use initium_driver::ledger::{FORMAT, Stored};
use initium_driver::sorted;
use initium_driver::{Attempt, Code, Digest, Error, History, Phase, Result};

/// Answers about the ledger's keys, in one round trip.
fn ask(session: &mut Session, questions: &[&[&str]]) -> Result<Vec<Reply>> {
    let home = session.home();
    let names = &session.names;
    let commands: Vec<_> = questions
        .iter()
        .map(|question| {
            let mut words: Vec<_> = question.iter().map(|w| w.as_bytes().to_vec()).collect();
            words[1] = names.key(question[1]);
            (home, words)
        })
        .collect();
    let replies = session.servers.ask(&commands)?;
    match replies.iter().find_map(Reply::error) {
        Some(said) => Err(wrong(session, said)),
        None => Ok(replies),
    }
}

fn text(reply: &Reply) -> String {
    String::from_utf8_lossy(reply.text().unwrap_or_default()).into_owned()
}

fn pairs(reply: &Reply) -> impl Iterator<Item = (String, String)> {
    let pair = |pair: &[Reply]| (text(&pair[0]), text(&pair[1]));
    reply.items().chunks_exact(2).map(pair)
}

/// `None`: there is no ledger.
fn accepted(session: &Session, format: &Reply) -> Result<Option<u32>> {
    let Some(said) = format.text() else {
        return Ok(None);
    };
    let format = std::str::from_utf8(said).ok().and_then(|f| f.parse().ok());
    match format {
        None => Err(foreign(&session.names.pattern())),
        Some(format) if format > FORMAT => Err(Error::new(
            Code::LedgerNewer,
            format!(
                "the ledger {} has format {format}, this tool knows {FORMAT}",
                session.names.pattern()
            ),
        )
        .help("a newer initium wrote it; use that version or a later one")),
        Some(format) => Ok(Some(format)),
    }
}

pub fn digest(session: &mut Session) -> Result<Option<Digest>> {
    let replies = ask(
        session,
        &[
            &["HMGET", "meta", "format", "count", "sum"],
            &["HKEYS", "steps"],
        ],
    )?;
    let [format, count, sum] = replies[0].items() else {
        return Ok(None);
    };
    if accepted(session, format)?.is_none() {
        return Ok(None);
    }
    // The record of a migration that is half undone says nothing: look closer.
    let down = format!("{}/", Phase::Down.word());
    if replies[1]
        .items()
        .iter()
        .any(|field| text(field).starts_with(&down))
    {
        return Ok(None);
    }
    let number = |reply: &Reply| u64::try_from(reply.integer().unwrap_or(0)).unwrap_or(0);
    Ok(Some(Digest {
        count: number(count),
        sum: number(sum),
    }))
}

pub fn history(session: &mut Session) -> Result<History> {
    let replies = ask(
        session,
        &[
            &["HGET", "meta", "format"],
            &["HGETALL", "records"],
            &["HGETALL", "steps"],
        ],
    )?;
    if accepted(session, &replies[0])?.is_none() {
        return Ok(History::default());
    }
    let records = pairs(&replies[1]).map(|(id, row)| entries::record(&id, &row));
    let mut records = records.collect::<Result<Vec<_>>>()?;
    sorted::by_key(&mut records, |record| record.seq);
    let steps = pairs(&replies[2]).map(|(field, row)| entries::step(&field, &row));
    let mut steps = steps.collect::<Result<Vec<_>>>()?;
    sorted::by(&mut steps, |a, b| {
        (&a.id, a.phase.word(), a.number).cmp(&(&b.id, b.phase.word(), b.number))
    });
    Ok(History {
        records: records.into(),
        steps,
    })
}

pub fn stored(session: &mut Session, id: &str) -> Result<Stored> {
    let replies = ask(session, &[&["HGET", "scripts", id]])?;
    match replies[0].text() {
        None => Ok(Stored::default()),
        Some(_) => entries::stored(&text(&replies[0])),
    }
}

pub fn attempts(session: &mut Session, limit: u64) -> Result<Vec<Attempt>> {
    let limit = limit.min(i64::MAX as u64).to_string();
    let replies = ask(
        session,
        &[
            &["HGET", "meta", "format"],
            &["XREVRANGE", "log", "+", "-", "COUNT", &limit],
        ],
    )?;
    if accepted(session, &replies[0])?.is_none() {
        return Ok(Vec::new());
    }
    let attempt = |entry: &Reply| {
        let id = entry.items().first().map(text).unwrap_or_default();
        let seq = id
            .split('-')
            .next()
            .and_then(|n| n.parse().ok())
            .unwrap_or(0);
        let row = entry.items().get(1).and_then(|pair| pair.items().get(1));
        entries::attempt(seq, &row.map(text).unwrap_or_default())
    };
    replies[1].items().iter().rev().map(attempt).collect()
}

/// Looks before it creates. Only under the lock.
pub fn prepare(session: &mut Session) -> Result<()> {
    let replies = ask(session, &[&["HGET", "meta", "format"]])?;
    if accepted(session, &replies[0])? == Some(FORMAT) {
        return Ok(());
    }
    let mut ready = session.on_ledger(lua::prepare(), None)?;
    ready.args.push(FORMAT.to_string().into_bytes());
    let reply = session.run(&[ready], &[])?.pop().unwrap_or(Reply::Nil);
    match reply.error() {
        None => Ok(()),
        Some(said) if said.contains("FOREIGN ") => {
            let key = said.split("FOREIGN ").nth(1).unwrap_or_default();
            Err(foreign(crate::error::line(key).as_str()))
        }
        Some(said) => Err(wrong(session, said)),
    }
}
