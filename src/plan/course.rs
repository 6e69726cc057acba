//! What the pending migrations of a target run, one after the other: their scripts, or the statements
//! that are made of their changes on the ground that those before leave.

use super::fill::unfilled;
use super::logical::kept::NUMBER;
use super::logical::{Ground, Kept};
use super::resume::{nowhere, verdict};
use super::wanted::Up;
use super::{Facts, Seen, Start, Wanted};
use crate::diff::Difference;
use crate::spec::Logical;
use initium_driver::ddl::{SCHEMAS, missing};
use initium_driver::{
    Code, Error, Phase, Result, Source, State, Statement, Step, StepState, Verdict,
};
use std::borrow::Cow;

pub(super) struct Course<'a> {
    facts: &'a Facts<'a>,
    /// None where no change is pending, or nothing is run.
    ground: Option<Ground<'a>>,
}

/// What one of them runs.
pub(super) struct Ready<'a> {
    /// Whether it is run at all.
    pub runs: bool,
    pub up: Cow<'a, [Source]>,
    pub down: Option<Cow<'a, [Source]>>,
    /// The row that keeps what was made of changes.
    pub keeps: Option<Step>,
    /// What it means, where it is made of changes now.
    pub difference: Option<Difference>,
}

impl Ready<'_> {
    /// Another one stands for it.
    pub fn nothing() -> Ready<'static> {
        Ready {
            runs: false,
            up: Cow::Borrowed(&[]),
            down: None,
            keeps: None,
            difference: None,
        }
    }
}

impl<'a> Course<'a> {
    pub fn new(facts: &'a Facts<'a>) -> Course<'a> {
        let ground = match (&facts.seen, facts.dialect.ddl()) {
            (Seen::Held { catalog, sizes }, Some(ddl)) if SCHEMAS => {
                Some(Ground::new(facts.dialect, ddl, catalog, sizes))
            }
            _ => None,
        };
        Course { facts, ground }
    }

    /// One that does not run.
    pub fn past(&mut self, one: &Wanted) {
        let made = self
            .facts
            .history
            .record(&one.migration.id)
            .is_some_and(|record| {
                matches!(
                    record.state,
                    State::Applied | State::Verified | State::Cleaned | State::Baseline
                )
            });
        if let (true, Some(ground), Up::Changes(list)) = (SCHEMAS && made, &mut self.ground, one.up)
        {
            ground.past(list);
        }
    }

    /// Its scripts or its changes.
    pub fn next(&mut self, one: &Wanted<'a>, start: Start) -> Result<Ready<'a>> {
        let migration = one.migration;
        if migration.variables.is_some() {
            return Err(unfilled(migration));
        }
        match one.up {
            Up::Scripts(up) => Ok(Ready {
                runs: true,
                up: match migration.is_alone() {
                    true => Cow::Borrowed(up),
                    false => {
                        let whole = migration.whole_up(self.facts.dialect.names());
                        Cow::Owned(whole.unwrap_or_default())
                    }
                },
                down: migration
                    .down
                    .as_ref()
                    .and_then(|down| down.of(self.facts.dialect.names()))
                    .map(|down| Cow::Borrowed(down.as_slice())),
                keeps: None,
                difference: None,
            }),
            Up::Changes(_) if start == Start::Rerun => Err(Error::new(
                Code::NotSupported,
                format!(
                    "migration '{}' cannot run again: its changes are made",
                    migration.id
                ),
            )
            .help("write a new migration")),
            Up::Changes(list) if SCHEMAS => self.changes(one, list),
            Up::Changes(_) => Err(missing("changes")),
        }
    }

    fn changes(&mut self, one: &Wanted, list: &[Logical]) -> Result<Ready<'a>> {
        let (id, checksum) = (&one.migration.id, &one.checksum);
        let Some(ground) = &mut self.ground else {
            return match self.facts.seen {
                // It is taken for made.
                Seen::Adopted => Ok(ready(&Kept::default(), list, one, None, None)),
                _ => Err(Error::new(
                    Code::Internal,
                    format!("nobody looked at what the changes of '{id}' meet"),
                )),
            };
        };
        let (kept, difference) = match kept(self.facts, id)? {
            Some((kept, row)) if row.checksum == *checksum || kept.covers(list) => {
                goes_on(ground, kept, list, done(self.facts, id))?
            }
            Some((kept, _)) => edited(ground, kept, list, done(self.facts, id))?,
            None => {
                let made = ground.make(list)?;
                (Kept::of(made.parts), Some(made.difference))
            }
        };
        if one.migration.when.is_some() {
            ground.perhaps(list)?;
        }
        let row = kept.row(id, checksum)?;
        Ok(ready(&kept, list, one, difference, Some(row)))
    }

    /// Scripts that come before what is asked next.
    pub fn ran(&mut self, one: &Wanted, statements: &[Statement]) {
        if let (Some(ground), Up::Scripts(_), true) = (&mut self.ground, one.up, SCHEMAS) {
            ground.sql(statements);
        }
    }
}

/// The statements of all migrations, whatever the history says.
pub fn replay(facts: &Facts) -> Result<Vec<Statement>> {
    let mut course = Course::new(facts);
    let mut all = Vec::new();
    for one in &facts.wanted {
        let of_it = |error: Error| error.migration(&one.migration.id);
        let ready = course.next(one, Start::Pending).map_err(of_it)?;
        let mut statements = Vec::new();
        for source in ready.up.iter() {
            statements.extend(facts.dialect.split(source).map_err(of_it)?);
        }
        course.ran(one, &statements);
        all.extend(statements);
    }
    Ok(all)
}

fn ready<'a>(
    kept: &Kept,
    list: &[Logical],
    one: &Wanted,
    difference: Option<Difference>,
    keeps: Option<Step>,
) -> Ready<'a> {
    let place = &one.migration.place;
    Ready {
        runs: true,
        up: Cow::Owned(kept.up(list, place)),
        down: kept.down(&nowhere(&one.migration.id)).map(Cow::Owned),
        keeps,
        difference,
    }
}

/// What an earlier run made of it, and the row that keeps it, where some of that ran or may have.
fn kept<'f>(facts: &'f Facts, id: &str) -> Result<Option<(Kept, &'f Step)>> {
    let steps = || facts.history.steps.iter().filter(|step| step.id == id);
    if !steps().any(|step| step.phase == Phase::Up && step.number != NUMBER) {
        return Ok(None);
    }
    let mut rows = steps().filter_map(|step| Some((Kept::read(step)?, step)));
    match rows.next() {
        Some((kept, row)) => Ok(Some((kept?, row))),
        None => Ok(None),
    }
}

/// How many statements took effect.
fn done(facts: &Facts, id: &str) -> usize {
    let mine = |step: &&Step| step.id == id && step.phase == Phase::Up;
    let took = |step: &&Step| match step.state {
        StepState::Done => true,
        StepState::Intent => verdict(facts, step) == Verdict::With,
    };
    let steps = facts.history.steps.iter().filter(mine).filter(took);
    steps.map(|step| step.number as usize).max().unwrap_or(0)
}

/// A migration that an earlier run began: the statements are those that it made.
fn goes_on(
    ground: &mut Ground,
    kept: Kept,
    list: &[Logical],
    done: usize,
) -> Result<(Kept, Option<Difference>)> {
    let (made, _) = kept.made(done);
    let (made, left) = list.split_at(kept.items(made).min(list.len()));
    ground.past(made);
    ground.perhaps(left)?;
    // What they mean was told by the run that made them.
    Ok((kept, None))
}

/// The same, edited since: those behind what ran are made anew.
fn edited(
    ground: &mut Ground,
    kept: Kept,
    list: &[Logical],
    done: usize,
) -> Result<(Kept, Option<Difference>)> {
    let (made, is_whole) = kept.made(done);
    if !is_whole || made > kept.same(list) {
        return Err(Error::new(
            Code::StepChanged,
            "changes of which some statements already ran were edited since",
        )
        .help("an earlier run stopped in the middle of them; restore those that were begun, and edit only what follows"));
    }
    let (past, left) = list.split_at(kept.items(made));
    ground.past(past);
    let anew = ground.make(left)?;
    Ok((kept.from(made, anew.parts), Some(anew.difference)))
}
