//! `export`: writes another tool's ledger from ours, so that a folder can go back to its tool. Rows that
//! are there stay; what they say is never changed.

use super::facts::histories;
use super::foreign::tables;
use super::lock::{waiting, with_lock};
use super::{Connection, Context, Past};
use crate::plan::{attempt, text};
use crate::source::Turn;
use crate::source::ledger::{Entry, Kind, Tool, Written, foreign, question, read, written};
use crate::spec::{Migration, Spec};
use initium_driver::sql::name::TableName;
use initium_driver::{Code, Error, Part, Record, Result, Script, Source, State, Statement};
use std::borrow::Cow;

/// What one target's other ledger is to hold.
#[derive(Clone, Debug)]
pub struct Given {
    pub target: String,
    pub tool: Tool,
    pub table: TableName,
    pub written: Written,
}

impl Given {
    pub fn statements(&self) -> impl Iterator<Item = &String> {
        self.written.table.iter().chain(&self.written.rows)
    }
}

/// What would be written. Reads only, and takes no lock.
pub fn preview_export(
    spec: &Spec,
    connections: &mut [Connection],
    tool: Tool,
    table: Option<&TableName>,
) -> Result<Vec<Given>> {
    let pasts = histories(spec, connections)?;
    let mut all = Vec::new();
    for (connection, past) in connections.iter_mut().zip(&pasts) {
        let given = given(spec, connection, past, tool, table);
        all.extend(given.map_err(|error| error.target(&connection.target))?);
    }
    match all.is_empty() {
        false => Ok(all),
        true => Err(
            refused(format!("none of the migrations is of {}", tool.word())).help(
                "give the folder of its migrations with --dir, or under `sources:` of the spec",
            ),
        ),
    }
}

/// Writes it, under the lock, in one transaction where there is one.
pub fn export(
    spec: &Spec,
    connections: &mut [Connection],
    tool: Tool,
    table: Option<&TableName>,
    context: &mut Context,
    agree: &mut dyn FnMut(&[Given]) -> Result<()>,
) -> Result<Vec<Given>> {
    with_lock(connections, context, |connections, context| {
        let all = waiting(context, || preview_export(spec, connections, tool, table))?;
        if all.iter().all(|one| one.statements().next().is_none()) {
            return Ok(all);
        }
        agree(&all)?;
        for one in &all {
            let connection = connections.iter_mut().find(|it| it.target == one.target);
            let Some(connection) = connection else {
                continue;
            };
            write(connection, one, context).map_err(|error| error.target(&one.target))?;
        }
        Ok(all)
    })
}

fn refused(message: String) -> Error {
    Error::new(Code::ExportRefused, message)
}

/// `None` where the target has nothing of this tool.
fn given(
    spec: &Spec,
    connection: &mut Connection,
    past: &Past,
    tool: Tool,
    table: Option<&TableName>,
) -> Result<Option<Given>> {
    let driver = connection.driver.as_mut();
    let names = driver.dialect().names();
    let of_it = |one: &&Migration| {
        let origin = one.origin.as_ref();
        one.targets.contains(&connection.target)
            && origin.and_then(|origin| Tool::of(origin.format)) == Some(tool)
    };
    let mine: Vec<_> = spec.migrations.iter().filter(of_it).collect();
    let (Some(kind), false) = (Kind::of(names), mine.is_empty()) else {
        return Ok(None);
    };
    settled(past)?;
    let table = table.cloned().unwrap_or_else(|| tool.usual());
    let all = tables(driver)?;
    let found = all.iter().find(|one| {
        let place = match &table.schema {
            None => one.here,
            schema => *schema == one.name.schema,
        };
        place && one.name.table.eq_ignore_ascii_case(&table.table)
    });
    let there = match found {
        None => None,
        Some(found) => {
            let others = foreign(std::slice::from_ref(found));
            if let Some(other) = others.iter().find(|one| one.tool != tool) {
                let message = format!(
                    "the table {} is the ledger of {}",
                    other.table,
                    other.tool.word()
                );
                return Err(refused(message).help("write into another table with --ledger"));
            }
            let asked = question(tool, &table, kind).unwrap_or_default();
            Some(read(tool, &driver.query(&asked)?)?)
        }
    };
    let found = applied(&mine, past);
    if tool == Tool::GolangMigrate {
        unbroken(&mine, &found)?;
    }
    let texts: Vec<Option<Cow<str>>> = found.iter().map(|(one, _)| text(one, names)).collect();
    let entries = found
        .iter()
        .zip(&texts)
        .filter_map(|((one, record), text)| {
            Some(Entry {
                origin: one.origin.as_ref()?,
                text: text.as_deref(),
                instead: one.turn == Turn::Baseline,
                at: &record.applied_at,
                millis: record.duration_ms,
            })
        });
    let entries: Vec<_> = entries.collect();
    let written = match entries.is_empty() {
        true => Written::default(),
        false => written(tool, &table, kind, &entries, there.as_deref())?,
    };
    let target = connection.target.clone();
    Ok(Some(Given {
        target,
        tool,
        table,
        written,
    }))
}

/// What stopped half-way has no word in any other ledger.
fn settled(past: &Past) -> Result<()> {
    match past.history.steps.first() {
        None => Ok(()),
        Some(step) => Err(refused(format!("migration '{}' stopped half-way", step.id))
            .help("end it with `initium migrate apply` or `rollback`, then export")
            .migration(&step.id)),
    }
}

/// Those that are there, in the order in which they came; without those that a baseline ran instead of.
fn applied<'a>(mine: &[&'a Migration], past: &'a Past) -> Vec<(&'a Migration, &'a Record)> {
    let there = |record: &&Record| record.state != State::NotApplicable;
    let found = past.history.records.iter().filter(there);
    let found = found.filter_map(|record| {
        let one = mine.iter().find(|one| one.id == record.id)?;
        Some((*one, record))
    });
    let found: Vec<_> = found.collect();
    let instead = found.iter().any(|(one, _)| one.turn == Turn::Baseline);
    let stays = |(_, record): &(&Migration, &Record)| !instead || record.state != State::Baseline;
    found.into_iter().filter(stays).collect()
}

/// A ledger that has only the last version can say nothing of one before it that is missing.
fn unbroken(mine: &[&Migration], found: &[(&Migration, &Record)]) -> Result<()> {
    let is = |one: &&Migration| found.iter().any(|(there, _)| there.id == one.id);
    let Some(last) = mine.iter().rposition(is) else {
        return Ok(());
    };
    match mine[..last].iter().find(|one| !is(one)) {
        None => Ok(()),
        Some(one) => Err(refused(format!(
            "migration '{}' is pending, and '{}' behind it is applied: this ledger cannot say that",
            one.id, mine[last].id
        ))
        .help("apply it first, with --allow-out-of-order")
        .migration(&one.id)),
    }
}

fn write(connection: &mut Connection, given: &Given, context: &mut Context) -> Result<()> {
    if given.statements().next().is_none() {
        return Ok(());
    }
    let mut author = context.author.clone();
    let told = format!(
        "{} rows into {} of {}",
        given.written.rows.len(),
        given.table,
        given.tool.word()
    );
    author.reason = Some(match author.reason {
        None => told,
        Some(reason) => format!("{reason}; {told}"),
    });
    let driver = connection.driver.as_mut();
    let capabilities = driver.dialect().capabilities();
    let parsed = |texts: &[String]| -> Result<Vec<Statement>> {
        let mut all = Vec::new();
        for text in texts {
            let source = Source::file("export", text.as_str());
            all.extend(driver.dialect().split(&source)?);
        }
        Ok(all)
    };
    let (mut alone, mut together) = (parsed(&given.written.table)?, parsed(&given.written.rows)?);
    if capabilities.transactional_ddl {
        alone.append(&mut together);
        std::mem::swap(&mut alone, &mut together);
    } else if !capabilities.transactions {
        alone.append(&mut together);
    }
    for statement in alone {
        driver.execute(&Script::Alone {
            before: Vec::new(),
            statement: Box::new(statement),
            after: Vec::new(),
        })?;
    }
    driver.execute(&Script::Together(vec![Part {
        statements: together,
        entries: vec![attempt(None, None, &author)],
    }]))
}
