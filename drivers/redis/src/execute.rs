//! Scripts: each statement is one script of the server, with the entries that prove it. What the
//! server does not let a script do is sent by itself, behind a mark that says so.

use crate::bulk;
use crate::dialect::{Lua, SCRIPT, what};
use crate::entries::{mark, words};
use crate::error::failed;
use crate::lock::wrong;
use crate::lua;
use crate::place;
use crate::resp::Reply;
use crate::servers::Words;
use crate::session::{Ready, Session};
use crate::text::What;
use initium_driver::driver::Progress;
use initium_driver::error::At;
use initium_driver::ledger::fingerprint;
use initium_driver::{Code, Entry, Error, Result, Script, Statement};
use std::time::{Duration, Instant};

pub struct Work<'a> {
    pub session: &'a mut Session,
    /// The mark of the statement whose intent was written last.
    pub next: &'a mut Option<String>,
    pub tell: &'a mut dyn FnMut(&Progress) -> Result<()>,
}

/// A statement as the script that runs it is told.
struct Task {
    kind: &'static str,
    lists: Vec<Words>,
    /// The slot that its keys are in; `None`: it has none, or all keys lie together.
    slot: Option<u16>,
}

impl Work<'_> {
    pub fn execute(&mut self, script: &Script) -> Result<()> {
        match script {
            Script::Together(parts) => {
                if let Some(part) = parts.iter().position(|part| !part.statements.is_empty()) {
                    return Err(Error::new(
                        Code::NotSupported,
                        "Redis has no transaction that holds several statements",
                    )
                    .help("each statement is written with its own proof")
                    .at(At {
                        part,
                        ..At::default()
                    }));
                }
                let entries: Vec<_> = parts.iter().flat_map(|part| &part.entries).collect();
                self.entries(&entries, Instant::now())
            }
            Script::Alone {
                before,
                statement,
                after,
            } => self.alone(before, statement, after),
        }
    }

    fn alone(&mut self, before: &[Entry], statement: &Statement, after: &[Entry]) -> Result<()> {
        let start = Instant::now();
        let (before, after): (Vec<_>, Vec<_>) = (before.iter().collect(), after.iter().collect());
        self.comes(&before);
        let mark = self.next.take();
        let task = match what(statement)? {
            What::Step { name, json, body } if name != SCRIPT => {
                let step = bulk::parse(&name, &json, body.as_deref().unwrap_or_default())?;
                self.entries(&before, start)?;
                let name = mark.unwrap_or_else(|| unnamed(statement));
                let tell = &mut *self.tell;
                bulk::run(&step, &name, self.session, tell).map_err(here)?;
                return self.entries(&after, start);
            }
            What::Step { json, body, .. } => self.script(&json, &body.unwrap_or_default())?,
            What::Command(words) => self.command(words)?,
        };
        let mark = mark.unwrap_or_default();
        if !self.session.is_home(task.slot) {
            self.entries(&before, start)?;
            self.run(&[], &task, &mark, &[], start, statement)?;
            self.entries(&after, start)?;
            return self.session.forget_mark(task.slot, &mark);
        }
        self.session.forget_marks(&before)?;
        self.session.forget_marks(&after)?;
        self.run(&before, &task, &mark, &after, start, statement)?;
        self.comes(&after);
        self.settle(&after)
    }

    /// Notes which statement is next.
    fn comes(&mut self, entries: &[&Entry]) {
        for entry in entries {
            if let Entry::Intent { step, .. } = entry {
                *self.next = Some(mark(step));
            }
        }
    }

    /// Entries on their own.
    fn entries(&mut self, entries: &[&Entry], start: Instant) -> Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        self.session.forget_marks(entries)?;
        let ready = self.ready(entries, &nothing(), "", &[], start)?;
        self.sent(ready)?;
        self.comes(entries);
        self.settle(entries)
    }

    fn run(
        &mut self,
        before: &[&Entry],
        task: &Task,
        mark: &str,
        after: &[&Entry],
        start: Instant,
        statement: &Statement,
    ) -> Result<()> {
        let ready = self.ready(before, task, mark, after, start)?;
        match self.sent(ready)? {
            Answer::Done => Ok(()),
            Answer::Failed(said) => {
                let offset = place::offset(&said, &statement.text);
                let error = place::ours(&said).map_or_else(|| failed(&said), script_failed);
                Err(error.at(At {
                    offset,
                    ..At::default()
                }))
            }
            Answer::Direct => self.direct(task, mark, after, start),
        }
    }

    /// No script may do it: the mark says that it was about to be sent, which is all that can be
    /// said if nobody hears how it went.
    fn direct(&mut self, task: &Task, mark: &str, after: &[&Entry], start: Instant) -> Result<()> {
        let about = Task {
            kind: "direct",
            lists: Vec::new(),
            slot: task.slot,
        };
        let ready = self.ready(&[], &about, mark, &[], start)?;
        let place = ready.place;
        self.sent(ready)?;
        let words = task.lists.first().cloned().unwrap_or_default();
        let reply = self.session.servers.one(place, words)?;
        if let Some(said) = reply.error() {
            return Err(here(failed(said)));
        }
        self.entries(after, start)
    }

    fn ready(
        &mut self,
        before: &[&Entry],
        task: &Task,
        mark: &str,
        after: &[&Entry],
        start: Instant,
    ) -> Result<Ready> {
        let now = self.session.now(start);
        let mut ready = self.session.on_ledger(lua::work(), task.slot)?;
        ready.args.push(task.kind.into());
        ready.args.push(mark.into());
        let spelled = |entries: &[&Entry]| {
            let bytes = |entry: &&Entry| {
                let words = words(entry, &now);
                words.into_iter().map(String::into_bytes).collect::<Words>()
            };
            entries.iter().map(bytes).collect::<Vec<_>>()
        };
        for lists in [&spelled(before), &spelled(after), &task.lists] {
            ready.args.push(lists.len().to_string().into_bytes());
            for list in lists {
                ready.args.push(list.len().to_string().into_bytes());
                ready.args.extend(list.iter().cloned());
            }
        }
        Ok(ready)
    }

    fn sent(&mut self, ready: Ready) -> Result<Answer> {
        let reply = self.session.run(&[ready], &[])?.pop();
        written(self.session, reply.unwrap_or(Reply::Nil))
    }

    fn command(&mut self, words: Words) -> Result<Task> {
        Ok(Task {
            kind: "command",
            slot: self.session.slot_of_command(&words).map_err(here)?,
            lists: vec![words],
        })
    }

    fn script(&mut self, json: &str, body: &str) -> Result<Task> {
        let lua = Lua::read(json)?;
        let bytes = |list: Vec<String>| list.into_iter().map(String::into_bytes).collect::<Words>();
        let keys = bytes(lua.keys);
        Ok(Task {
            kind: "script",
            slot: self.session.one_slot(&keys).map_err(here)?,
            lists: vec![vec![body.into()], keys, bytes(lua.args)],
        })
    }

    /// Where replicas exist, a record is worth what they have of it.
    fn settle(&mut self, entries: &[&Entry]) -> Result<()> {
        match entries.iter().any(|e| matches!(e, Entry::Record(_))) {
            true => self.session.wait_for_replicas(Duration::from_secs(1)),
            false => Ok(()),
        }
    }
}

fn nothing() -> Task {
    Task {
        kind: "",
        lists: Vec::new(),
        slot: None,
    }
}

/// Of a statement that nobody announced.
fn unnamed(statement: &Statement) -> String {
    format!("none/0/{:010x}/", fingerprint("", &statement.text))
}

fn here(error: Error) -> Error {
    match error.code() {
        Code::LeaseLost | Code::ConnectionLost => error,
        _ => error.at(At::default()),
    }
}

fn script_failed(said: &str) -> Error {
    Error::new(Code::StatementFailed, format!("the script failed: {said}"))
        .help("what it wrote before that stays: a script is not undone")
}

enum Answer {
    Done,
    Failed(String),
    /// No script may do this.
    Direct,
}

fn written(session: &Session, reply: Reply) -> Result<Answer> {
    if let Some(said) = reply.error() {
        return Err(match said.split_once("TWICE ") {
            Some((_, id)) => Error::new(
                Code::StatementFailed,
                format!(
                    "the ledger has a record of '{}' already",
                    crate::error::line(id)
                ),
            ),
            None => wrong(session, said),
        });
    }
    let text = |n: usize| {
        let item = reply.items().get(n).and_then(Reply::text);
        String::from_utf8_lossy(item.unwrap_or_default()).into_owned()
    };
    match text(0).as_str() {
        "done" => Ok(Answer::Done),
        "failed" => Ok(Answer::Failed(text(1))),
        "direct" => Ok(Answer::Direct),
        _ => Err(Error::new(
            Code::Internal,
            "the script that writes the ledger answered something else",
        )),
    }
}
