//! What only SHOW CREATE TABLE tells: how a table is parted, a period, the parser of a full text, a
//! default that is no text.

use super::wanted::Wanted;
use super::{About, Half, Odd, Seen, index};
use crate::read;
use crate::spelled::{self, literal, value};
use crate::types::name_of;
use crate::words::{hex, quote};
use initium_driver::catalog::Check;
use initium_driver::{Code, Error, Result};

pub fn want(seen: &mut Seen) {
    let odd = seen.halves.iter().filter(|(_, half)| !half.odd.is_empty());
    let names = odd.map(|(name, _)| Wanted::Table(name.clone()));
    seen.wanted.extend(names);
}

pub fn complete(half: &mut Half, text: &str, about: &About) -> Result<()> {
    let table = &mut half.table;
    for odd in std::mem::take(&mut half.odd) {
        match odd {
            Odd::Partitions => table.partition_by = read::partitions(text),
            Odd::Bytes(name) => {
                let begin = quote(&name);
                let mut lines = text.lines().map(str::trim_start);
                let told = lines.find(|line| line.starts_with(&begin));
                let column = table.columns.iter_mut().find(|it| it.name == name);
                if let (Some(told), Some(column)) = (told.and_then(read::default), column) {
                    column.default = Some(
                        bytes(&told, &column.data_type)
                            .ok_or_else(|| untold(&table.name.name, &name))?,
                    );
                }
            }
            Odd::OwnChecks => {
                table.checks.retain(|check| !half.own.contains(&check.name));
                for line in text.lines().map(str::trim_start) {
                    if let Some((name, expression)) = read::own_check(line)
                        && table.column(&name).is_some_and(|it| it.data_type != "json")
                    {
                        table.checks.push(Check {
                            name,
                            expression: spelled::expression(&expression, &about.name),
                            ..Check::default()
                        });
                    }
                }
            }
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

/// Bytes as a literal, readable where they can be; `None` where they are not told as they are.
fn bytes(told: &str, data_type: &str) -> Option<String> {
    if !told.starts_with('\'') {
        return Some(told.into());
    }
    let mut value = value(told);
    if value.contains(char::REPLACEMENT_CHARACTER) {
        return None;
    }
    if name_of(data_type) == "binary" {
        // It is filled up to its length, which nobody wrote.
        value.truncate(value.trim_end_matches('\0').len());
    }
    let is_readable = value.bytes().all(|b| b == b' ' || b.is_ascii_graphic());
    Some(match is_readable {
        true => literal(&value),
        false => format!("0x{}", hex(value.as_bytes()).to_uppercase()),
    })
}

fn untold(table: &str, column: &str) -> Error {
    Error::new(
        Code::NotSupported,
        format!("{table}.{column}: its default is bytes that are no text, and MariaDB does not tell them"),
    )
    .help("write them as an expression: DEFAULT (unhex('FF'))")
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
