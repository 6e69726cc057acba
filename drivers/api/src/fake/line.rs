//! What a line means.

use super::Flavour;
use super::world::World;
use crate::driver::{Rows, Verdict};
use crate::error::{Code, Error, Result};
use crate::source::Effect;

/// `None`: not a line of this language.
pub fn effect(line: &str) -> Option<Effect> {
    let (word, rest) = parts(line);
    Some(match word {
        "create" | "drop" => Effect::Schema,
        "begin" | "commit" | "rollback" => Effect::Control,
        "alone" => {
            effect(rest)?;
            Effect::Alone
        }
        "bulk" => {
            super::bulk::parse(line)?;
            Effect::Bulk
        }
        "steal" => Effect::Data,
        "ok" | "fail" | "busy" | "insert" | "delete" | "rows" | "true" | "false" | "null"
        | "value" => Effect::Data,
        _ => return None,
    })
}

fn parts(line: &str) -> (&str, &str) {
    match line.trim().split_once(char::is_whitespace) {
        Some((word, rest)) => (word, rest.trim()),
        None => (line.trim(), ""),
    }
}

/// Runs a line; whether the transaction around it was committed on the way.
pub fn run(world: &mut World, flavour: Flavour, line: &str) -> Result<Committed> {
    let (word, rest) = parts(line);
    let failed = |message: String| Error::new(Code::StatementFailed, message);
    let tables = &mut world.kept.tables;
    let missing = || failed(format!("there is no table '{rest}'"));
    match word {
        "steal" => {}
        "alone" => return run(world, flavour, rest),
        "fail" => return Err(failed(format!("'{line}' fails"))),
        "begin" | "commit" | "rollback" => return Err(failed(format!("'{line}' is not for you"))),
        "busy" => {
            let tried = world.tried.entry(line.into()).or_default();
            *tried += 1;
            let over = rest.parse::<usize>().is_ok_and(|n| *tried > n);
            if !over {
                let message = format!("'{line}' got no lock");
                return Err(Error::new(Code::LockTimeout, message));
            }
        }
        "create" if tables.contains_key(rest) => {
            return Err(failed(format!("there is a table '{rest}' already")));
        }
        "create" => drop(tables.insert(rest.into(), 0)),
        "drop" => drop(tables.remove(rest).ok_or_else(missing)?),
        "insert" => *tables.get_mut(rest).ok_or_else(missing)? += 1,
        "delete" => *tables.get_mut(rest).ok_or_else(missing)? = 0,
        _ => drop(answer(world, line)?),
    }
    let schema = matches!(word, "create" | "drop");
    Ok(if schema && flavour == Flavour::Implicit {
        Committed::Yes
    } else {
        Committed::No
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Committed {
    Yes,
    No,
}

/// What an intent notes of the catalog: whether the table of a schema line is there.
pub fn seen(world: &World, line: &str) -> Option<String> {
    let (word, rest) = parts(line);
    match word {
        "alone" => seen(world, rest),
        "create" | "drop" => {
            let there = world.kept.tables.contains_key(rest);
            Some(format!("{rest} {}", if there { "there" } else { "absent" }))
        }
        _ => None,
    }
}

/// What became of a line, by what its intent noted. Rows tell nothing.
pub fn verdict(world: &World, noted: Option<&str>, line: &str) -> Verdict {
    let now = seen(world, line);
    match (noted, now.as_deref()) {
        (Some(before), Some(now)) if before == now => Verdict::Without { clear: Vec::new() },
        (Some(_), Some(_)) => Verdict::With,
        _ => Verdict::Invisible(format!("'{line}' does not show in the catalog")),
    }
}

/// The answer to a line that asks.
pub fn answer(world: &World, line: &str) -> Result<Rows> {
    let (word, rest) = parts(line);
    let cells = match word {
        "true" => vec![Some("1".to_string())],
        "false" => vec![Some("0".to_string())],
        "null" => vec![None],
        "value" => vec![Some(rest.to_string())],
        "ok" => vec![],
        "rows" => match world.kept.tables.get(rest) {
            Some(rows) => vec![Some("1".to_string()); *rows],
            None => {
                let message = format!("there is no table '{rest}'");
                return Err(Error::new(Code::StatementFailed, message));
            }
        },
        _ => {
            let message = format!("'{line}' is not a question");
            return Err(Error::new(Code::StatementFailed, message));
        }
    };
    Ok(Rows {
        columns: vec!["value".into()],
        rows: cells.into_iter().map(|cell| vec![cell]).collect(),
    })
}
