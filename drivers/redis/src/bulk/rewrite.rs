//! Keys whose new value is made here: their values are read, and written back only if they are
//! still what was read. No more than a mebibyte of them, or one, is held.

use crate::bulk::course::Course;
use crate::bulk::json::{self, Shape};
use crate::bulk::shape::Kind;
use crate::bulk::sort::loads;
use crate::bulk::value::command;
use crate::bulk::work::{Load, Work};
use crate::resp::Reply;
use initium_driver::{Code, Error, Result};

const HELD: u64 = 1 << 20;
/// How often a value that changes meanwhile is read again.
const TRIES: usize = 16;

pub fn rewrite(course: &mut Course, keys: Vec<Vec<u8>>) -> Result<()> {
    let mut open = keys;
    for _ in 0..TRIES {
        open = once(course, open)?;
        if open.is_empty() {
            return Ok(());
        }
    }
    for key in open {
        course
            .note
            .fail(&key, "it changed each time while its new value was made");
    }
    Ok(())
}

/// The keys that changed meanwhile.
fn once(course: &mut Course, keys: Vec<Vec<u8>>) -> Result<Vec<Vec<u8>>> {
    let mut asked = Vec::with_capacity(2 * keys.len());
    for key in &keys {
        asked.extend([command("TYPE", key, &[]), command("STRLEN", key, &[])]);
    }
    let known = course.ground.read(&asked)?;
    let mut again = Vec::new();
    let mut group = Vec::new();
    let mut held = 0;
    for (key, known) in keys.into_iter().zip(known.chunks(2)) {
        if !is_text(course, &key, known) {
            continue;
        }
        let length = known.get(1).and_then(Reply::integer).unwrap_or(0);
        let length = u64::try_from(length).unwrap_or(0);
        if held + length > HELD && !group.is_empty() {
            again.extend(values(course, std::mem::take(&mut group))?);
            held = 0;
        }
        held += length;
        group.push(key);
    }
    again.extend(values(course, group)?);
    Ok(again)
}

/// Whether a key is a string; what is none is counted here.
fn is_text(course: &mut Course, key: &[u8], known: &[Reply]) -> bool {
    let kind = known.first().and_then(Reply::text).unwrap_or(b"none");
    let done = match course.work {
        Work::Convert { to, .. } => to.word(),
        _ => "none",
    };
    let wanted = course.step.select.kind.unwrap_or("string");
    if kind == b"string" && wanted == "string" {
        return true;
    }
    if kind == b"none" || kind == done.as_bytes() || kind != wanted.as_bytes() && wanted != "string"
    {
        course.note.skip();
    } else {
        let kind = String::from_utf8_lossy(kind);
        course
            .note
            .fail(key, &format!("it is a {kind}, not a string"));
    }
    false
}

fn values(course: &mut Course, keys: Vec<Vec<u8>>) -> Result<Vec<Vec<u8>>> {
    let asked: Vec<_> = keys.iter().map(|key| command("GET", key, &[])).collect();
    let read = match asked.is_empty() {
        true => Vec::new(),
        false => course.ground.read(&asked)?,
    };
    let mut again = Vec::new();
    let mut made = Vec::new();
    for (key, reply) in keys.into_iter().zip(read) {
        match reply {
            Reply::Text(old) => match heard(course.work, &old) {
                Ok(Some(args)) => made.push((key, old, args)),
                Ok(None) => course.note.skip(),
                Err(why) => course.note.fail(&key, &why),
            },
            Reply::Nil => course.note.skip(),
            // Of another type since it was asked for.
            Reply::Error(text) if text.starts_with("WRONGTYPE") => again.push(key),
            other => {
                let said = other.error().unwrap_or("no text");
                let message = format!("a value cannot be read: {said}");
                return Err(Error::new(Code::StatementFailed, message));
            }
        }
    }
    let mut all = loads(course.work, &*course.ground);
    for (key, old, args) in made {
        let load: &mut Load = all.of(&key);
        load.args.push(old);
        load.args.extend(args);
        load.keys.push(key);
    }
    let answers = course.send(course.work.script(), all.all())?;
    again.extend(answers.into_iter().flat_map(|answer| answer.again));
    Ok(again)
}

/// What the script hears of the new value; `None` if there is nothing to do.
fn heard(work: &Work, old: &[u8]) -> Result<Option<Vec<Vec<u8>>>, String> {
    match work {
        Work::Json(edits) => Ok(edits.apply(old)?.map(|new| vec![new])),
        Work::Convert { to, .. } => {
            let shape = if *to == Kind::List {
                Shape::List
            } else {
                Shape::Hash
            };
            let parts = json::parts(old, shape)?;
            let mut args = vec![parts.len().to_string().into_bytes()];
            args.extend(parts);
            Ok(Some(args))
        }
        _ => Ok(None),
    }
}
