//! What became of the databases so far: counts, the worst of the exit statuses, the names of those
//! that failed; and how it all ends.

use super::super::output::Output;
use super::list::{List, Most};
use crate::report::{Answer, Counts, Document, Fate, ReportDocument, many};
use crate::run::Report;
use initium_driver::{Code, Error};

/// From the worst to the best; a signal is above them all.
const WORST: [i32; 8] = [143, 130, 4, 1, 2, 3, 5, 6];

/// What a verb said of a database, for the forms that are made of answers.
pub type Named = (Option<String>, Answer);

pub struct Tally<'a> {
    list: &'a List,
    counts: Counts,
    exit: i32,
    /// The first error of the worst status.
    error: Option<Error>,
    failed: Vec<String>,
}

impl<'a> Tally<'a> {
    pub fn new(list: &'a List) -> Tally<'a> {
        Tally {
            list,
            counts: Counts {
                total: list.entries.len(),
                ..Counts::default()
            },
            exit: 0,
            error: None,
            failed: Vec::new(),
        }
    }

    pub fn add(&mut self, name: &str, exit: i32, fate: Fate, pending: usize, error: Option<Error>) {
        match fate {
            Fate::Done => self.counts.done += 1,
            Fate::Pending => self.counts.pending += 1,
            Fate::Failed => {
                self.counts.failed += 1;
                self.failed.push(name.into());
            }
        }
        self.counts.migrations += pending;
        self.worst(exit, error);
    }

    /// A signal came before this database was begun.
    pub fn stopped(&mut self, signal: i32, name: &str) {
        let at = self.counts.reached();
        let error = Error::new(
            Code::Interrupted,
            format!(
                "stopped by signal {signal} before '{name}', after {at} of {} databases",
                self.counts.total
            ),
        )
        .help("run it again: what is done is not done twice")
        .signal(signal);
        self.worst(error.exit(), Some(error));
    }

    fn worst(&mut self, exit: i32, error: Option<Error>) {
        let rank = |exit: i32| WORST.iter().position(|e| *e == exit).unwrap_or(WORST.len());
        if exit != 0 && rank(exit) < rank(self.exit) {
            self.exit = exit;
            self.error = error;
        }
    }

    /// Whether the rest is left alone.
    pub fn is_over(&self) -> bool {
        let too_many = match self.list.most {
            Most::All => false,
            Most::Count(most) => self.counts.failed > most,
        };
        too_many || self.exit > 128
    }

    pub fn is_untouched(&self) -> bool {
        self.counts.reached() == 0
    }

    /// The closing words, and the exit status.
    pub fn end(mut self, verb: &str, output: &Output, mut answers: Vec<Named>) -> i32 {
        // Of many databases that are only pending no single one is the story.
        if self.exit == Code::Pending.exit() as i32 && self.counts.failed == 0 {
            self.error = Some(many::pending(&self.counts));
        }
        let shard = self.list.shard.map(|shard| (shard.index, shard.count));
        output.piece(
            || many::closing(&self.counts, shard, self.list.named),
            || many::foot(&self.counts, shard, self.list.named, self.error.as_ref()),
        );
        let interrupted = self.error.as_ref();
        let interrupted = interrupted.filter(|error| error.code() == Code::Interrupted);
        answers.extend(interrupted.map(|error| {
            let document = ReportDocument::new(verb, &Report::default(), Some(error));
            (None, document.answer())
        }));
        output.gathered(answers);
        let Some(error) = self.error else {
            return self.exit;
        };
        // Those of single databases were told as they happened.
        if matches!(error.code(), Code::Pending | Code::Interrupted) {
            output.tell_error(&error);
        }
        output.leave(
            || many::left_text(&error, &self.failed),
            || many::left_json(&error, &self.failed),
        );
        self.exit
    }
}
