//! Questions about many keys, answered in one row.

use crate::bulk::moves::Move;
use crate::bulk::sample::sample;
use crate::bulk::shape::Compare;
use crate::bulk::walk::{On, walk};
use crate::bulk::{Step, Task, mistaken};
use crate::ground::Ground;
use initium_driver::{Result, Rows};

#[derive(Clone, Debug)]
pub enum Ask {
    Count {
        at_least: Option<u64>,
        at_most: Option<u64>,
    },
    Any,
    None,
    Sample {
        by: Move,
        size: usize,
        compare: Compare,
    },
}

pub fn query(step: &Step, ground: &mut dyn Ground) -> Result<Rows> {
    let Task::Ask(ask) = &step.task else {
        return Err(mistaken("question"));
    };
    let (column, cell) = match ask {
        Ask::Count { at_least, at_most } => {
            let count = count(step, ground, None)?;
            ("count", judged(count, *at_least, *at_most))
        }
        Ask::Any => ("any", count(step, ground, Some(1))?.to_string()),
        Ask::None => ("none", (1 - count(step, ground, Some(1))?).to_string()),
        Ask::Sample { by, size, compare } => ("sample", sample(step, by, *size, *compare, ground)?),
    };
    Ok(Rows {
        columns: vec![column.into()],
        rows: vec![vec![Some(cell)]],
    })
}

/// How many there are, or the limit if there are more.
fn count(step: &Step, ground: &mut dyn Ground, limit: Option<u64>) -> Result<u64> {
    let limit = limit.unwrap_or(u64::MAX);
    let mut count: u64 = 0;
    walk(&step.select, ground, &mut |_, keys| {
        count += keys.len() as u64;
        Ok(if count >= limit { On::Stop } else { On::Go })
    })?;
    Ok(count.min(limit))
}

fn judged(count: u64, at_least: Option<u64>, at_most: Option<u64>) -> String {
    match (at_least, at_most) {
        (None, None) => count.to_string(),
        (Some(least), _) if count < least => format!("{count}, fewer than {least}"),
        (_, Some(most)) if count > most => format!("{count}, more than {most}"),
        _ => "true".into(),
    }
}
