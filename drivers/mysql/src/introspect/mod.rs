//! What the database holds, as a catalog: a handful of questions about all of it at once, whatever
//! its size, and the rows go straight into the catalog. Only the database of the connection, without
//! the ledger. What information_schema garbles (texts with quotes, partitions) is asked for by SHOW
//! CREATE, all of it in one packet. Must never write, nor count rows.

mod checks;
mod code;
mod columns;
mod indexes;
mod keys;
pub mod sequences;
mod shown;
mod tables;
mod wanted;

use crate::dialect::{Family, MySql};
use crate::error::number;
use crate::read::head;
use crate::session::Session;
use crate::words::literal;
use initium_driver::catalog::{Index, Sizes};
use initium_driver::sorted;
use initium_driver::{Catalog, Error, Name, Result, Table};
use std::collections::BTreeMap;
use wanted::Wanted;

/// What the questions are about.
pub struct About {
    dialect: MySql,
    /// The database, without quotes.
    name: String,
    /// The same as a literal.
    database: String,
    /// The tables that are not told, as literals.
    hidden: String,
    /// Who asks: what they made themselves names no definer.
    user: String,
}

/// A table and what only its reading needs to know.
#[derive(Default)]
pub struct Half {
    table: Table,
    collation: String,
    /// MariaDB: the names of the checks that stand with columns.
    own: Vec<String>,
    /// What else has to be looked at in its SHOW CREATE TABLE.
    odd: Vec<Odd>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Odd {
    Partitions,
    /// MariaDB: a check may be a period's.
    Period,
    /// MariaDB: whose a check is that stands with a column.
    OwnChecks,
    /// The parser of a full text.
    Parser,
    /// The default of this column is bytes, which are told as if they were a text.
    Bytes(String),
}

/// What is found while the rows come.
#[derive(Default)]
pub struct Seen {
    halves: BTreeMap<String, Half>,
    /// What has to be asked for by its name.
    wanted: Vec<Wanted>,
}

/// The cells of a row, which are taken out of it.
pub struct Row(Vec<Option<String>>);

impl Row {
    fn maybe(&mut self, n: usize) -> Option<String> {
        self.0.get_mut(n).and_then(Option::take)
    }

    fn text(&mut self, n: usize) -> String {
        self.maybe(n).unwrap_or_default()
    }

    fn peek(&self, n: usize) -> &str {
        self.0.get(n).and_then(Option::as_deref).unwrap_or_default()
    }
}

/// A question and what becomes of its rows.
type Asked = (fn(&About) -> String, fn(Row, &About, &mut Seen));

/// Tables first: what follows is put into them.
const ASKED: &[Asked] = &[
    (tables::question, tables::row),
    (tables::parted, tables::parted_row),
    (columns::question, columns::row),
    (indexes::question, indexes::row),
    (keys::question, keys::row),
    (keys::actions, keys::action_row),
    (checks::question, checks::row),
    (code::views, code::view_row),
    (code::triggers, code::trigger_row),
    (code::routines, code::routine_row),
];

pub fn introspect(session: &mut Session, ledger: &[String]) -> Result<Catalog> {
    let found = found(session, ledger);
    // Whatever became of it.
    let back = session.one_by_one();
    found.and_then(|catalog| back.map(|()| catalog))
}

fn found(session: &mut Session, ledger: &[String]) -> Result<Catalog> {
    let about = about(session, ledger)?;
    let mut seen = Seen::default();
    let questions: Vec<_> = ASKED.iter().map(|(question, _)| question(&about)).collect();
    session.questions(&questions, &mut |n, row| {
        if let Some((_, take)) = ASKED.get(n) {
            take(Row(row), &about, &mut seen);
        }
    })?;
    shown::want(&mut seen);
    let wanted = std::mem::take(&mut seen.wanted);
    let questions: Vec<_> = wanted.iter().map(Wanted::question).collect();
    let mut catalog = Catalog::default();
    let mut told = Ok(());
    session
        .questions(&questions, &mut |n, row| {
            if let (Some(it), Ok(())) = (wanted.get(n), &told) {
                told = wanted::take(it, Row(row), &about, &mut seen, &mut catalog);
            }
        })
        .map_err(denied)?;
    told?;
    catalog.tables = seen.halves.into_values().map(|half| half.table).collect();
    catalog.tables.iter_mut().for_each(tidy);
    code::tell_apart(&mut catalog.routines);
    catalog.sort();
    Ok(catalog)
}

/// In the order that every catalog has. Triggers of one event keep theirs, in which they run.
pub fn tidy(table: &mut Table) {
    sorted::by(&mut table.foreign_keys, |a, b| a.name.cmp(&b.name));
    sorted::by(&mut table.checks, |a, b| a.name.cmp(&b.name));
    sorted::by(&mut table.indexes, |a, b| a.name.cmp(&b.name));
    sorted::by_key(&mut table.triggers, |it| {
        head(&it.definition).map(|it| it.event)
    });
}

/// How many rows there are, by the statistics.
pub fn sizes(session: &mut Session, ledger: &[String]) -> Result<Sizes> {
    let mut sizes = Sizes::new();
    let sql = format!(
        "SELECT table_name, table_rows FROM information_schema.tables \
         WHERE table_schema = {} AND table_type <> 'VIEW' AND table_name NOT IN ({})",
        literal(&session.database),
        hidden(ledger)
    );
    session.rows(&sql, &mut |cells| {
        let mut row = Row(cells);
        let name = Name::new(row.text(0));
        if let Ok(rows) = row.text(1).parse() {
            sizes.insert(name, rows);
        }
    })?;
    Ok(sizes)
}

fn hidden(ledger: &[String]) -> String {
    let all: Vec<_> = ledger.iter().map(|table| literal(table)).collect();
    all.join(", ")
}

/// Which server it is, who asks, and what a table has by itself here.
fn about(session: &mut Session, ledger: &[String]) -> Result<About> {
    let database = literal(&session.database);
    let facts = session.question(&format!(
        "SELECT VERSION(), CURRENT_USER(), default_collation_name \
         FROM information_schema.schemata WHERE schema_name = {database}"
    ))?;
    let mut row = Row(facts.rows.into_iter().next().unwrap_or_default());
    if let Some(version) = row.maybe(0) {
        session.is(Some(version));
    }
    let user = row.text(1);
    session.dialect.collation = row.maybe(2);
    Ok(About {
        dialect: session.dialect.clone(),
        name: session.database.clone(),
        database,
        hidden: hidden(ledger),
        user,
    })
}

impl About {
    fn is_mariadb(&self) -> bool {
        self.dialect.family() == Family::MariaDb
    }

    /// What `table_schema` and `table_name` have to be.
    fn tables(&self) -> String {
        let About {
            database, hidden, ..
        } = self;
        format!("table_schema = {database} AND table_name NOT IN ({hidden})")
    }
}

/// The index of this name, which is the last one while the rows come in order.
fn index<'a>(table: &'a mut Table, name: &str) -> Option<&'a mut Index> {
    table.indexes.iter_mut().rev().find(|it| it.name == name)
}

fn denied(error: Error) -> Error {
    match number(&error) {
        Some(1142 | 1370 | 1227 | 1044) => error.help(
            "the texts of views, triggers and routines are part of the catalog: GRANT SHOW VIEW, TRIGGER ON the database, and SHOW_ROUTINE (MariaDB: SELECT ON mysql.proc)",
        ),
        _ => error,
    }
}
