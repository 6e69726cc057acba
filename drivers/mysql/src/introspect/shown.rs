//! What only SHOW CREATE TABLE tells: how a table is parted, a period, the parser of a full text, a
//! default that is no text.

use super::wanted::Wanted;
use super::{Half, Odd, Seen, index};
use crate::read;
use crate::words::quote;
use initium_driver::Result;

pub fn want(seen: &mut Seen) {
    for (name, half) in &mut seen.halves {
        for odd in std::mem::take(&mut half.odd) {
            match odd {
                Odd::Bytes(column) => seen.wanted.push(Wanted::Bytes {
                    table: name.clone(),
                    column,
                }),
                odd => half.odd.push(odd),
            }
        }
        if !half.odd.is_empty() {
            seen.wanted.push(Wanted::Table(name.clone()));
        }
    }
}

pub fn complete(half: &mut Half, text: &str) -> Result<()> {
    let table = &mut half.table;
    for odd in std::mem::take(&mut half.odd) {
        match odd {
            Odd::Partitions => table.partition_by = read::partitions(text),
            Odd::Bytes(_) => {}
            Odd::Parser => {
                for line in text.lines().filter(|line| line.contains("FULLTEXT KEY")) {
                    if let Some((name, parser)) = read::parser(line)
                        && let Some(index) = index(table, &name)
                    {
                        index.options = vec![format!("parser={parser}")];
                    }
                }
            }
            Odd::Period => period(half_period(text), table),
        }
    }
    Ok(())
}

/// Bytes that are told in hexadecimal, as they are written: a fixed length is filled up by itself.
pub fn bytes(half: &mut Half, column: &str, hex: &str) {
    let found = half.table.columns.iter_mut().find(|it| it.name == column);
    if let Some(found) = found {
        found.default = Some(read::bytes(hex, &found.data_type));
    }
}

/// The line of a period of the application's own.
fn half_period(text: &str) -> Option<read::Period> {
    let mut lines = text.lines().map(str::trim_start);
    let line = lines.find(|line| line.starts_with("PERIOD FOR `"))?;
    read::period(line)
}

/// Its check is its own, and a key without overlaps names the period, not its ends.
fn period(found: Option<read::Period>, table: &mut initium_driver::Table) {
    let Some(read::Period { name, start, end }) = found else {
        return;
    };
    table.checks.retain(|check| check.name != name);
    let keys = table.indexes.iter_mut().map(|it| &mut it.parts);
    let first = table.primary_key.iter_mut().map(|it| &mut it.parts);
    for parts in keys.chain(first) {
        let count = parts.len();
        let tail = count.checked_sub(2).map(|at| &parts[at..]);
        let is_period = tail.is_some_and(|tail| {
            tail[0].name() == Some(end.as_str()) && tail[1].name() == Some(start.as_str())
        });
        if is_period {
            parts.truncate(count - 2);
            let mut part = initium_driver::catalog::Part::column(&name);
            part.class = Some("WITHOUT OVERLAPS".into());
            parts.push(part);
        }
    }
    let ends = format!("{} ({}, {})", quote(&name), quote(&start), quote(&end));
    table.options.insert("period".into(), ends);
}
