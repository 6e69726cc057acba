//! One plan over many databases: one after the other, in one process, over one connection at a time.
//! A verb runs as it does for one; here is only which database is next, what became of each, and when
//! to stop. Nothing of a database is kept but its name where it failed.

mod list;
mod query;
mod shard;
mod sink;
mod tally;

pub use list::One;
pub use sink::Sink;

use super::arguments::{Common, Words};
use super::output::Output;
use super::verb::Verb;
use super::{interrupt, logging};
use crate::report::{Fate, many};
use initium_driver::{Code, Error};
use list::List;
use std::rc::Rc;
use tally::Tally;

/// Runs a verb: as it is, or for each database of the list that the line or the spec names.
pub fn run(verb: &Verb, mut common: Common, words: &Words, output: &Output) -> i32 {
    match list::of(verb.name, &mut common, words) {
        Err(error) => output.fail(verb.name, &error),
        Ok(None) => (verb.run)(&common, words, output),
        Ok(Some(list)) => each(verb, &common, words, output, &list),
    }
}

fn each(verb: &Verb, common: &Common, words: &Words, output: &Output, list: &List) -> i32 {
    let mut tally = Tally::new(list);
    let width = many::width(list.entries.iter().map(|entry| entry.name.as_str()));
    let mut answers = Vec::new();
    let head = || output.piece(String::new, || many::head(verb.name));
    for (n, entry) in list.entries.iter().enumerate() {
        if let Some(signal) = interrupt::signal() {
            tally.stopped(signal, &entry.name);
            break;
        }
        let sink = Sink::default();
        let mut call = common.clone();
        call.one = Some(Rc::new(list.one(entry)));
        logging::about(Some(&entry.name));
        let exit = (verb.run)(&call, words, &output.to_sink(&sink));
        logging::about(None);
        let told = sink.end();
        if n == 0
            && let Some(error) = told.error.as_ref().filter(|error| of_the_line(verb, error))
        {
            return output.fail(verb.name, error);
        }
        if n == 0 {
            head();
        }
        answers.extend(told.answer.map(|answer| (Some(entry.name.clone()), answer)));
        let fate = Fate::of(exit, told.error.as_ref());
        let error = told.error.map(|error| error.target(&entry.name));
        if let Some(error) = error.as_ref().filter(|_| fate == Fate::Failed) {
            output.tell_error(error);
        }
        output.piece(
            || many::line(&entry.name, width, fate, &told.text, error.as_ref()),
            || many::item(n, &entry.name, exit, &told.text),
        );
        tally.add(&entry.name, exit, fate, told.pending, error);
        if tally.is_over() {
            break;
        }
    }
    if list.entries.is_empty() || tally.is_untouched() {
        head();
    }
    tally.end(verb.name, output, answers)
}

/// Wrong for every database alike, and known before the first is touched.
fn of_the_line(verb: &Verb, error: &Error) -> bool {
    match error.code() {
        Code::Usage | Code::ConfirmationRequired => true,
        // `rollback` asks the ledger of each.
        Code::UnknownMigration => verb.name != "rollback",
        _ => false,
    }
}
