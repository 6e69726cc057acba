//! What became of a statement whose run died, or that failed outside a transaction: the catalog now
//! beside what was noted of it before. Reads only; in doubt it says what was found and decides nothing.

use crate::noted::{Indexes, detaching, expression};
use crate::session::Link;
use crate::subject::{self, Subject};
use initium_driver::driver::{Rows, Verdict};
use initium_driver::error::Result;
use initium_driver::ledger::Step;
use initium_driver::source::Statement;

pub fn of(link: &mut Link, step: &Step, statement: &Statement) -> Result<Verdict> {
    let subject = subject::of(&statement.text);
    match subject {
        Subject::Repeatable => return Ok(untouched()),
        Subject::Unknown => return Ok(invisible("the catalog does not show what it did")),
        _ => {}
    }
    let Some(note) = &step.catalog else {
        return Ok(invisible("nothing was noted of the catalog before it ran"));
    };
    match &subject {
        Subject::Listed { .. } => listed(link, &subject, note),
        Subject::Detached { .. } => detached(link, note),
        _ => {
            let Some(note) = Indexes::read(note) else {
                return Ok(invisible("the note of the catalog cannot be read"));
            };
            let now = indexes(link, &subject, &note)?;
            Ok(judge(&subject, &note, &now))
        }
    }
}

fn untouched() -> Verdict {
    Verdict::Without { clear: Vec::new() }
}

fn unclear(what: impl Into<String>) -> Verdict {
    Verdict::Otherwise(what.into())
}

fn invisible(why: &str) -> Verdict {
    Verdict::Invisible(why.into())
}

fn listed(link: &mut Link, subject: &Subject, note: &str) -> Result<Verdict> {
    let question = expression(subject).unwrap_or_default();
    let answers = link.rows(&format!("SELECT {question}"))?;
    // It was the only one who could make the difference.
    Ok(match answers.first().and_then(Rows::first) == Some(note) {
        true => untouched(),
        false => Verdict::With,
    })
}

fn detached(link: &mut Link, note: &str) -> Result<Verdict> {
    let mut words = note.split(' ');
    let mut number = || words.next()?.parse::<u32>().ok();
    let (Some(table), Some(partition)) = (number(), number()) else {
        return Ok(invisible("the note of the catalog cannot be read"));
    };
    let question = detaching(&table.to_string(), &partition.to_string());
    let answers = link.rows(&format!("SELECT {question}"))?;
    let now = answers.first().and_then(Rows::first).unwrap_or_default();
    Ok(match (words.next().unwrap_or_default(), now) {
        (before, now) if before == now => untouched(),
        (_, "-") => Verdict::With,
        (_, "t") => unclear(
            "the partition is being detached: ALTER TABLE ... DETACH PARTITION ... FINALIZE ends that",
        ),
        (before, now) => unclear(format!("the partition was '{before}' and is '{now}'")),
    })
}

/// An index that is there now.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Index {
    number: u32,
    valid: bool,
    name: String,
    /// Qualified and quoted.
    path: String,
    /// Another session works on its table and may be building it.
    busy: bool,
}

fn indexes(link: &mut Link, subject: &Subject, note: &Indexes) -> Result<Vec<Index>> {
    let which = match subject {
        Subject::RebuiltMany => "NOT x.indisvalid".to_string(),
        _ => format!("x.indrelid = {}", note.table),
    };
    let answers = link.rows(&format!(
        "SELECT x.indexrelid, x.indisvalid, i.relname, pg_catalog.format('%I.%I', n.nspname, i.relname), \
         EXISTS (SELECT 1 FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid \
         WHERE l.relation = x.indrelid AND l.granted AND l.mode = 'ShareUpdateExclusiveLock' \
         AND l.pid <> pg_catalog.pg_backend_pid() AND a.usesysid IS NOT NULL AND a.datname = pg_catalog.current_database()) \
         FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid \
         JOIN pg_catalog.pg_namespace n ON n.oid = i.relnamespace WHERE {which} ORDER BY 1"
    ))?;
    let rows = answers.first().map(|rows| rows.rows.as_slice());
    let index = |row: &Vec<Option<String>>| match row.as_slice() {
        [
            Some(number),
            Some(valid),
            Some(name),
            Some(path),
            Some(busy),
        ] => Some(Index {
            number: number.parse().ok()?,
            valid: valid == "t",
            name: name.clone(),
            path: path.clone(),
            busy: busy == "t",
        }),
        _ => None,
    };
    Ok(rows.unwrap_or_default().iter().filter_map(index).collect())
}

fn judge(subject: &Subject, note: &Indexes, now: &[Index]) -> Verdict {
    let was = |index: &&Index| note.before.iter().find(|(n, _)| *n == index.number);
    let is = |number: u32| now.iter().find(|index| index.number == number);
    let new: Vec<&Index> = now.iter().filter(|index| was(index).is_none()).collect();
    let half: Vec<&Index> = now
        .iter()
        .filter(|index| !index.valid && of_a_rebuild(&index.name))
        // It was there before, and was as invalid: somebody else's.
        .filter(|index| was(index).is_none_or(|(_, valid)| *valid))
        .collect();
    match subject {
        Subject::NewIndex { index, .. } => {
            let gone = note.before.iter().any(|(number, _)| is(*number).is_none());
            let ours = |found: &&Index| index.as_ref().is_none_or(|name| *name == found.name);
            let found: Vec<&Index> = new.into_iter().filter(ours).collect();
            match found.as_slice() {
                [] => untouched(),
                _ if index.is_none() && (gone || found.len() > 1) => unclear(
                    "indexes of its table came and went; which one is its own cannot be told",
                ),
                [one] if one.valid => Verdict::With,
                all => clear(all),
            }
        }
        Subject::OldIndex(_) if note.target != 0 && is(note.target).is_none() => Verdict::With,
        Subject::OldIndex(_) => untouched(),
        Subject::Rebuilt(_) if note.target != 0 && is(note.target).is_none() && half.is_empty() => {
            Verdict::With
        }
        Subject::RebuiltTable(_)
            if half.is_empty()
                && !note.before.is_empty()
                && note.before.iter().all(|(number, _)| is(*number).is_none()) =>
        {
            Verdict::With
        }
        // To build what was built already is no harm.
        _ => clear(&half),
    }
}

/// `i_ccnew`, `i_ccold`, `i_ccnew1`
fn of_a_rebuild(name: &str) -> bool {
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit());
    name.ends_with("_ccnew") || name.ends_with("_ccold")
}

fn clear(indexes: &[&Index]) -> Verdict {
    match indexes.iter().find(|index| index.busy) {
        Some(index) => unclear(format!(
            "{} is not valid, and another session works on its table and may be building it",
            index.path
        )),
        None => Verdict::Without {
            clear: indexes
                .iter()
                .map(|index| format!("DROP INDEX CONCURRENTLY IF EXISTS {}", index.path))
                .collect(),
        },
    }
}
