//! Keys whose new name lies in another slot of a cluster: no command moves them, so the value is
//! carried over, and the old key goes only if it is still what was carried.

use crate::bulk::course::Course;
use crate::bulk::scripts;
use crate::bulk::shape::Conflict;
use crate::bulk::value::{command, values};
use crate::bulk::work::{Load, Verb};
use crate::resp::Reply;
use initium_driver::{Code, Error, Result};

/// How many values are carried, and held, at a time.
const HELD: usize = 16;
const TRIES: usize = 16;

#[derive(Clone, Debug)]
pub struct Pair {
    pub old: Vec<u8>,
    pub new: Vec<u8>,
}

struct Carried {
    pair: Pair,
    dump: Vec<u8>,
    ttl: Vec<u8>,
}

pub fn carry(course: &mut Course, pairs: Vec<Pair>, verb: Verb, conflict: Conflict) -> Result<()> {
    for some in pairs.chunks(HELD) {
        let mut open = some.to_vec();
        // After the first time what lies under the new name is what was carried before.
        let mut conflict = conflict;
        for _ in 0..TRIES {
            open = once(course, open, verb, conflict)?;
            conflict = Conflict::Overwrite;
        }
        for pair in open {
            course.note.fail(
                &pair.old,
                "it changed each time while it was carried to another slot",
            );
        }
    }
    Ok(())
}

/// The pairs whose old key changed meanwhile.
fn once(
    course: &mut Course,
    pairs: Vec<Pair>,
    verb: Verb,
    conflict: Conflict,
) -> Result<Vec<Pair>> {
    if pairs.is_empty() {
        return Ok(pairs);
    }
    let carried = read(course, pairs)?;
    let put = restore(course, &carried, "new")?;
    let mut over = Vec::new();
    let mut gone = Vec::new();
    for (one, put) in carried.into_iter().zip(put) {
        match put {
            Put::Done => gone.push((one, true)),
            Put::Taken => over.push(one),
            Put::Failed => {}
        }
    }
    let mut written = Vec::new();
    for one in over {
        match taken(course, &one.pair, conflict)? {
            Taken::Same => gone.push((one, false)),
            Taken::Over => written.push(one),
            Taken::Counted => {}
        }
    }
    let put = restore(course, &written, "over")?;
    let done = written.into_iter().zip(put);
    gone.extend(
        done.filter(|(_, put)| *put == Put::Done)
            .map(|(one, _)| (one, true)),
    );
    if verb == Verb::Copy {
        let fresh = gone.iter().filter(|(_, fresh)| *fresh).count() as u64;
        course.note.processed += fresh;
        course.note.skipped += gone.len() as u64 - fresh;
        return Ok(Vec::new());
    }
    forget(course, gone.into_iter().map(|(one, _)| one).collect())
}

/// The values; what is gone, or not of the type that is asked for, is counted.
fn read(course: &mut Course, pairs: Vec<Pair>) -> Result<Vec<Carried>> {
    let mut asked = Vec::new();
    for pair in &pairs {
        let verbs = ["TYPE", "PTTL", "DUMP"];
        asked.extend(verbs.map(|verb| command(verb, &pair.old, &[])));
    }
    let replies = course.ground.read(&asked)?;
    let mut carried = Vec::new();
    for (pair, known) in pairs.into_iter().zip(replies.chunks(3)) {
        let [kind, ttl, Reply::Text(dump)] = known else {
            if let Some(error) = known.iter().find_map(Reply::error) {
                return Err(Error::new(
                    Code::StatementFailed,
                    format!("a value cannot be read: {error}"),
                ));
            }
            course.note.skip();
            continue;
        };
        let wanted = course.step.select.kind;
        if wanted.is_some_and(|wanted| kind.text() != Some(wanted.as_bytes())) {
            course.note.skip();
            continue;
        }
        // One that ends this very moment ends in the other slot too.
        let ttl = match ttl.integer() {
            Some(-1) | None => 0,
            Some(ms) => ms.max(1),
        };
        carried.push(Carried {
            pair,
            dump: dump.clone(),
            ttl: ttl.to_string().into(),
        });
    }
    Ok(carried)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Put {
    Done,
    Taken,
    Failed,
}

fn restore(course: &mut Course, carried: &[Carried], mode: &str) -> Result<Vec<Put>> {
    let load = |one: &Carried| Load {
        keys: vec![one.pair.new.clone()],
        args: vec![mode.into(), one.ttl.clone(), one.dump.clone()],
    };
    let answers = course.ask(scripts::RESTORE, carried.iter().map(load).collect())?;
    let mut all = Vec::new();
    for (one, answer) in carried.iter().zip(answers) {
        for (_, why) in &answer.reasons {
            course.note.fail(&one.pair.old, why);
        }
        all.push(match (answer.processed, answer.skipped) {
            (1, _) => Put::Done,
            (_, 1) => Put::Taken,
            _ => Put::Failed,
        });
    }
    Ok(all)
}

enum Taken {
    /// By the same value: it was carried before.
    Same,
    Over,
    Counted,
}

fn taken(course: &mut Course, pair: &Pair, conflict: Conflict) -> Result<Taken> {
    let both = values(&[&pair.old, &pair.new], course.ground)?;
    Ok(match (&both[..], conflict) {
        ([old, new], _) if old == new => Taken::Same,
        (_, Conflict::Overwrite) => Taken::Over,
        (_, Conflict::Skip) => {
            course.note.skip();
            Taken::Counted
        }
        (_, Conflict::Fail) => {
            course
                .note
                .fail(&pair.old, "its new name is taken, by another value");
            Taken::Counted
        }
    })
}

/// Deletes the old keys; those that changed are to be carried again.
fn forget(course: &mut Course, carried: Vec<Carried>) -> Result<Vec<Pair>> {
    let load = |one: &Carried| Load {
        keys: vec![one.pair.old.clone()],
        args: vec![one.dump.clone()],
    };
    let answers = course.ask(scripts::FORGET, carried.iter().map(load).collect())?;
    let mut again = Vec::new();
    for (one, answer) in carried.into_iter().zip(answers) {
        if !answer.again.is_empty() {
            again.push(one.pair);
        } else if answer.failed > 0 {
            course
                .note
                .fail(&one.pair.old, "its old name cannot be deleted");
        } else {
            course.note.processed += 1;
        }
    }
    Ok(again)
}
