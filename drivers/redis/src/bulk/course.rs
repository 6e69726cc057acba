//! A run of a step: its note, and the way to the servers. What a script counted is counted here.

use crate::bulk::Step;
use crate::bulk::note::Note;
use crate::bulk::work::{Load, Work};
use crate::ground::{Call, Ground, Page, Scan, Script};
use crate::resp::Reply;
use initium_driver::{Code, Error, Result};

pub struct Course<'a> {
    pub step: &'a Step,
    pub work: &'a Work,
    pub name: &'a str,
    pub ground: &'a mut dyn Ground,
    pub note: Note,
}

/// What came of one script.
#[derive(Debug, Default)]
pub struct Answer {
    pub processed: u64,
    pub skipped: u64,
    pub failed: u64,
    /// They changed meanwhile.
    pub again: Vec<Vec<u8>>,
    pub reasons: Vec<(Vec<u8>, String)>,
}

impl Course<'_> {
    /// Whether all keys lie together, so that a script can write the note as well.
    pub fn together(&self) -> bool {
        self.ground.slot(b"").is_none()
    }

    /// Runs a script for each load. Where all keys lie together there is one load at most. The
    /// answers are counted.
    pub fn send(&mut self, script: Script, loads: Vec<Load>) -> Result<Vec<Answer>> {
        let calls = self.begin(script, loads, None)?;
        Ok(self.finish(&calls)?.0)
    }

    /// The same, and the answers are fetched later.
    pub fn begin(
        &mut self,
        script: Script,
        loads: Vec<Load>,
        scan: Option<Scan>,
    ) -> Result<Vec<Call>> {
        let mut calls = Vec::with_capacity(loads.len());
        for load in loads {
            calls.push(self.call(script, load, self.together()));
            if self.together() {
                self.note.aside = (0, 0);
            }
        }
        self.ground.begin(&calls, scan)?;
        Ok(calls)
    }

    pub fn finish(&mut self, calls: &[Call]) -> Result<(Vec<Answer>, Option<Page>)> {
        let (replies, page) = self.ground.finish()?;
        let mut answers = Vec::with_capacity(calls.len());
        for (call, reply) in calls.iter().zip(&replies) {
            let answer = answer(call, reply)?;
            self.note.processed += answer.processed;
            self.note.skipped += answer.skipped;
            self.note.failed += answer.failed;
            for (key, why) in &answer.reasons {
                self.note.reason(key, why);
            }
            answers.push(answer);
        }
        Ok((answers, page))
    }

    /// Runs scripts that only do a part of the work: nothing is counted or noted.
    pub fn ask(&mut self, script: Script, loads: Vec<Load>) -> Result<Vec<Answer>> {
        let call = |load| self.call(script, load, false);
        let calls: Vec<Call> = loads.into_iter().map(call).collect();
        let (replies, _) = self.ground.work(&calls, None)?;
        let both = calls.iter().zip(&replies);
        both.map(|(call, reply)| answer(call, reply)).collect()
    }

    fn call(&self, script: Script, load: Load, noted: bool) -> Call {
        let mut keys = load.keys;
        let mut args: Vec<Vec<u8>> = Vec::with_capacity(load.args.len() + 6);
        if noted {
            keys.insert(0, self.ground.notes());
            args.extend([self.name.into(), self.note.head()]);
            let (skipped, failed) = self.note.aside;
            args.extend([0, skipped, failed].map(|count| count.to_string().into_bytes()));
        } else {
            args.extend(std::iter::repeat_n(Vec::new(), 5));
        }
        args.push(self.step.select.kind.unwrap_or_default().into());
        args.extend(load.args);
        Call { script, keys, args }
    }

    /// Writes the note by itself; this renews the lease too.
    pub fn keep(&mut self) -> Result<()> {
        self.note.aside = (0, 0);
        self.ground.keep(self.name, &self.note.text())
    }
}

/// `KEYS` of a script count from 1, and two of them are the guard's.
const BEFORE: usize = 3;

fn answer(call: &Call, reply: &Reply) -> Result<Answer> {
    if let Some(error) = reply.error() {
        let message = format!("the server stopped a step in the middle: {error}");
        return Err(Error::new(Code::StatementFailed, message)
            .help("mend what the server says, then apply again: the step goes on where it was"));
    }
    let [processed, skipped, failed, again, reasons] = reply.items() else {
        return Err(strange());
    };
    let count = |reply: &Reply| reply.integer().and_then(|count| u64::try_from(count).ok());
    let key = |reply: &Reply| {
        let at = reply.integer().and_then(|at| usize::try_from(at).ok());
        let key = at.and_then(|at| call.keys.get(at.checked_sub(BEFORE)?));
        key.cloned().ok_or_else(strange)
    };
    let mut answer = Answer {
        processed: count(processed).ok_or_else(strange)?,
        skipped: count(skipped).ok_or_else(strange)?,
        failed: count(failed).ok_or_else(strange)?,
        ..Answer::default()
    };
    for at in again.items() {
        answer.again.push(key(at)?);
    }
    for pair in reasons.items().chunks(2) {
        let [at, why] = pair else {
            return Err(strange());
        };
        let why = String::from_utf8_lossy(why.text().unwrap_or_default()).into_owned();
        answer.reasons.push((key(at)?, why));
    }
    Ok(answer)
}

fn strange() -> Error {
    Error::new(
        Code::Internal,
        "a script of ours answers what it should not",
    )
}
